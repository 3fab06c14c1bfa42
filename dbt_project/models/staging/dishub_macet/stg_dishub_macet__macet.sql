with
    source as (select * from {{ source("dishub_macet", "macet") }}),

    renamed as (
        select
            -- keys
            macet_kode,

            -- texts
            kode_simpang,
            pendekat,
            jalan,

            -- times
            mulai_at,
            selesai_at,

            -- numbers
            tingkat,
            panjang_m,
            tundaan_detik,

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
