with
    source as (select * from {{ source("kpu_sirekap", "suara") }}),

    renamed as (
        select
            -- keys
            pemilihan,
            tingkat_data,
            kode_wilayah as kode_kpu,
            paslon_id,

            -- numbers
            suara,

            -- times
            ts as diperbarui_at,

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
