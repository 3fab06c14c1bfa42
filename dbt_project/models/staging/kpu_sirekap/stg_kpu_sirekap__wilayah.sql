with
    source as (select * from {{ source("kpu_sirekap", "wilayah") }}),

    renamed as (
        select
            -- keys
            pemilihan,
            kode as kode_kpu,
            id as kpu_id,

            -- texts and categories
            nama,
            tingkat::int as tingkat,

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
