with
    source as (select * from {{ source("ops", "source_catalogue") }}),

    renamed as (
        select
            -- keys
            source,
            opd,

            -- texts
            title as judul,
            opd_name as opd_nama,
            attribution as atribusi,

            -- numbers
            freshness_hours as batas_jam
        from source
    )

select *
from renamed
