with
    source as (select * from {{ source("media_berita", "berita") }}),

    renamed as (
        select
            -- keys
            berita_kode,
            kode_kecamatan,

            -- texts
            judul,
            tautan,
            media,
            topik,
            sentimen,

            -- times
            terbit_at,

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
