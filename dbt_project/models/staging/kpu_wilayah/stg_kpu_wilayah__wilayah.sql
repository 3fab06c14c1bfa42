with
    source as (select * from {{ source("kpu_wilayah", "wilayah") }}),

    renamed as (
        select
            -- keys
            kode as kode_kpu,

            -- texts and categories
            kode_induk as kode_kpu_induk,
            nama,

            -- numbers
            tingkat::int as tingkat,
            kpu_id,

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
