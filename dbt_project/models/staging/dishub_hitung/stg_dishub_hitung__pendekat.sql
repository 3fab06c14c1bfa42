with
    source as (select * from {{ source("dishub_hitung", "pendekat") }}),

    renamed as (
        select
            -- keys
            kode_simpang,
            pendekat,
            kode_kelurahan,

            -- names and places
            simpang,
            lintang,
            bujur,

            -- numbers
            lajur,
            kapasitas_skr_jam,

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
