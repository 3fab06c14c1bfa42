with
    source as (select * from {{ source("bmkg_nowcast_rss", "daftar") }}),

    renamed as (
        select
            -- keys
            peringatan_kode,

            -- texts
            judul,
            uraian,
            tautan,
            kategori,
            pengirim,

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
