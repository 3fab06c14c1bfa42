with
    source as ({{ corrected(source("dinkes_spm", "layanan"), "dinkes_spm__layanan") }}),

    renamed as (
        select
            -- keys
            bulan,
            puskesmas,
            layanan,

            -- numbers
            sasaran_orang,
            terlayani_orang,
            capaian_lapor_pct,

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
