with
    source as (select * from {{ source("kpu_sirekap", "paslon") }}),

    renamed as (
        select
            -- keys
            pemilihan,
            kode_wilayah as kode_kpu,
            paslon_id,

            -- texts
            nama,
            warna,

            -- numbers
            nomor_urut::int as nomor_urut,

            -- times
            ts as diperbarui_at,

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
