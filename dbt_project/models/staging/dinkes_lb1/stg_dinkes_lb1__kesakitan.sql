with
    source as ({{ corrected(source("dinkes_lb1", "kesakitan"), "dinkes_lb1__kesakitan") }}),

    renamed as (
        select
            -- keys
            bulan,
            puskesmas,
            kode_icd,
            umur,
            kelamin,

            -- texts
            penyakit,

            -- numbers
            kasus,

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
