with
    source as ({{ corrected(source("adpem_rfk", "kegiatan"), "adpem_rfk__kegiatan") }}),

    renamed as (
        select
            -- keys
            bulan,
            kode_opd,
            kode_kegiatan,

            -- texts
            opd,
            program,
            kegiatan,
            masalah,

            -- numbers
            pagu_idr,
            target_keuangan_pct,
            target_fisik_pct,
            realisasi_keuangan_idr,
            realisasi_keuangan_pct,
            realisasi_fisik_pct,

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
