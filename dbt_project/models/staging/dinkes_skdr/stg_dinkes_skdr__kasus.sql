with
    source as ({{ corrected(source("dinkes_skdr", "kasus"), "dinkes_skdr__kasus") }}),

    renamed as (
        select
            -- keys
            puskesmas,
            tahun::int as tahun,
            minggu::int as minggu,
            trim(penyakit) as penyakit_ejaan,
            {{ spelling_key("penyakit") }} as penyakit_kunci,

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
