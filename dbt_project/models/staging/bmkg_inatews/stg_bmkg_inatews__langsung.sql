with
    source as (select * from {{ source("bmkg_inatews", "langsung") }}),

    renamed as (
        select
            -- keys
            gempa_kode,

            -- texts
            status,
            mekanisme,
            wilayah,

            -- times
            gempa_at,

            -- numbers
            lintang,
            bujur,
            magnitudo,
            kedalaman_km,

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
