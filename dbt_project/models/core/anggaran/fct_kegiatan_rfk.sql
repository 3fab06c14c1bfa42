{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "adpem_rfk",
            "table": "kegiatan",
            "kunci": {"bulan_mulai": "bulan", "kode_opd": "kode_opd", "kode_kegiatan": "kode_kegiatan"},
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["bulan_mulai", "kode_opd", "kode_kegiatan"], "unique": true},
        ],
    )
}}

with kegiatan as (select *, bulan as bulan_mulai from {{ ref("stg_adpem_rfk__kegiatan") }})

-- Cumulative since January. Deviation in percentage points; negative = behind the target.
select
    bulan_mulai,
    extract(year from bulan_mulai)::int as tahun,
    kode_opd,
    opd,
    program,
    kode_kegiatan,
    kegiatan,
    pagu_idr,
    target_keuangan_pct,
    target_fisik_pct,
    realisasi_keuangan_idr,
    round(100 * realisasi_keuangan_idr / nullif(pagu_idr, 0), 2) as realisasi_keuangan_pct,
    realisasi_keuangan_pct as realisasi_keuangan_lapor_pct,
    realisasi_fisik_pct,
    round(100 * realisasi_keuangan_idr / nullif(pagu_idr, 0) - target_keuangan_pct, 2) as deviasi_keuangan_poin,
    realisasi_fisik_pct - target_fisik_pct as deviasi_fisik_poin,
    coalesce(
        (target_fisik_pct <= 70 and target_fisik_pct - realisasi_fisik_pct > 10)
        or (target_fisik_pct > 70 and target_fisik_pct - realisasi_fisik_pct > 5),
        false
    ) as is_kritis,
    masalah,
    _is_simulasi as is_simulasi,
    _batch_id
from kegiatan {{ hanya_berubah() }}
