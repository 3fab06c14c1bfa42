with
    source as (select * from {{ source("ops", "source_state") }}),

    renamed as (
        select
            -- keys
            source,

            -- times
            last_at as terakhir_at,
            data_per_at
        from source
    )

select *
from renamed
