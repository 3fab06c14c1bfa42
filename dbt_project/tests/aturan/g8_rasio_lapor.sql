{{ config(severity="warn") }}

-- G8: a ratio that a source reports and that its own parts do not give, beyond 0,05 points.
select
    'fct_kegiatan_rfk' as model,
    bulan_mulai || ' ' || kode_opd || ' ' || kode_kegiatan as kunci,
    realisasi_keuangan_pct as dihitung,
    realisasi_keuangan_lapor_pct as lapor
from {{ ref("fct_kegiatan_rfk") }}
where abs(realisasi_keuangan_pct - realisasi_keuangan_lapor_pct) > 0.05
union all
select 'fct_layanan_spm', bulan_mulai || ' ' || puskesmas || ' ' || layanan, capaian_pct, capaian_lapor_pct
from {{ ref("fct_layanan_spm") }}
where abs(capaian_pct - capaian_lapor_pct) > 0.05
union all
select 'fct_suara_resmi', pemilihan || ' ' || tahun || ' ' || status || ' ' || nomor_urut, persen, persen_lapor
from {{ ref("fct_suara_resmi") }}
where abs(persen - persen_lapor) > 0.05
