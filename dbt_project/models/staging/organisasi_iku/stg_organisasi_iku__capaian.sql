with
    source as ({{ corrected(source("organisasi_iku", "capaian"), "organisasi_iku__capaian") }}),

    renamed as (
        select
            -- keys
            tahun,
            triwulan,
            opd,
            indikator,

            -- texts
            sasaran,
            satuan,
            arah,
            keterangan,

            -- numbers
            target_tahun,
            target_triwulan,
            realisasi,

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
