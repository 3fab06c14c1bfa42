with
    source as (select * from {{ source("dishub_waze", "macet") }}),

    renamed as (
        select
            -- keys
            macet_kode,

            -- texts
            jalan,

            -- times
            mulai_at,

            -- numbers
            tingkat,
            kecepatan_km_jam,
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
