with
    source as (select * from {{ source("diskominfo_sertifikat", "sertifikat") }}),

    renamed as (
        select
            -- keys
            titik_layanan,

            -- texts
            layanan,

            -- times
            berakhir_at,

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
