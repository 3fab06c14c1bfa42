with
    source as (select * from {{ source("bmkg_gempa", "gempa") }}),

    renamed as (
        select
            -- keys
            {{ gempa_kode("gempa_at", "lintang", "bujur") }} as gempa_kode,
            feed,

            -- times
            gempa_at,

            -- numbers
            lintang,
            bujur,
            magnitudo,
            kedalaman_km,

            -- texts
            wilayah,
            potensi,
            dirasakan,
            shakemap,

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
