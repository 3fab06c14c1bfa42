with
    source as (select * from {{ source("satudata_katalog", "sumber_daya") }}),

    renamed as (
        select
            -- keys
            sumber_daya_id,
            dataset_id,
            urutan::int as urutan,

            -- categories and texts
            nama,
            uraian,
            upper(trim(format)) as format,
            jenis_mime,
            sidik,
            tautan_unduh,
            is_datastore,

            -- numbers
            ukuran_bita,

            -- times
            dibuat_at,
            coalesce(diubah_at, dibuat_at) as diubah_at,

            -- provenance
            _batch_id,
            _row,
            _part,
            _is_simulasi,
            _observed_at
        from source
    )

select *
from renamed
