with
    source as (select * from {{ source("ops", "asked") }}),

    renamed as (
        select
            -- keys
            source,
            table_name,
            part,

            -- times
            asked_from as mulai_at,
            asked_until as hingga_at
        from source
    )

select *
from renamed
