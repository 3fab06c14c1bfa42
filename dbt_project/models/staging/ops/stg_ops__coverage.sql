with
    source as (select * from {{ source("ops", "coverage") }}),

    renamed as (
        select
            -- keys
            source,
            table_name,
            part,

            -- times
            data_from as mulai_at,
            data_as_of as hingga_at
        from source
    )

select *
from renamed
