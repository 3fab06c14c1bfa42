with
    source as (select * from {{ source("dishub_hitung", "hitungan") }}),

    renamed as (
        select
            -- keys
            mulai_at,
            kode_simpang,
            pendekat,

            -- numbers
            sepeda_motor_unit,
            mobil_penumpang_unit,
            kendaraan_sedang_unit,
            kendaraan_berat_unit,
            tak_bermotor_unit,
            kecepatan_km_jam,

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
