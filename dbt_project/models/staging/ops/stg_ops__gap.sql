with
    source as (select * from {{ source("ops", "gap") }}),

    renamed as (
        select
            -- keys
            source, table_name, part, kunci
        from source
    )

select *
from renamed
