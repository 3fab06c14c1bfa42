with
    source as (select * from {{ source("bmkg_nowcast", "umpan") }}),

    renamed as (
        select
            -- keys
            peringatan_kode,

            -- texts
            judul,
            tautan,
            uraian,
            pengirim,
            kategori,

            -- times
            diumumkan_at,

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
