with
    source as (select * from {{ source("satudata_katalog", "dataset") }}),

    renamed as (
        select
            -- keys
            dataset_id,

            -- categories and texts
            nama,
            judul,
            uraian,
            organisasi::jsonb ->> 'name' as organisasi_kode,
            organisasi::jsonb ->> 'title' as organisasi,
            lisensi,
            keadaan,

            -- numbers
            sumber_daya_jumlah,

            -- times
            dibuat_at,
            diubah_at,

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
