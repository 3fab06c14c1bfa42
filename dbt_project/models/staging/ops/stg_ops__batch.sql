with
    source as (select * from {{ source("ops", "batch") }}),

    renamed as (
        select
            -- keys
            batch_id,
            source,
            table_name,
            part,

            -- categories
            status,
            quality as mutu,
            is_simulasi,

            -- numbers
            rows_published as baris_terbit,
            rows_quarantined as baris_karantina,

            -- times
            data_as_of as hingga_at,
            observed_at,
            finished_at
        from source
    )

select *
from renamed
