with
    source as (select * from {{ source("tren_pencarian", "tren") }}),

    renamed as (
        select
            -- keys
            pencarian,
            mulai_at,

            -- texts
            judul_berita,
            tautan_berita,
            media_berita,

            -- numbers
            lalu_lintas,

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
