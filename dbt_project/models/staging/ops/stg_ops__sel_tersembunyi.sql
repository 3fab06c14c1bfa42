with
    source as (select * from {{ source("ops", "sel_tersembunyi") }}),

    renamed as (
        select
            -- keys
            indikator_kode,
            wilayah_kode,
            periode_mulai,

            -- flags
            is_disamarkan,
            is_sementara
        from source
    )

select *
from renamed
