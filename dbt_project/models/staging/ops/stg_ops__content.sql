with
    source as (select * from {{ source("ops", "content") }}),

    renamed as (
        select
            -- keys
            source,
            table_name,

            -- categories
            is_dated,

            -- numbers
            rows_read as baris_dibaca,
            rows_doubtful as baris_diragukan,

            -- times
            since as mulai_at,
            until as hingga_at
        from source
    )

select *
from renamed
