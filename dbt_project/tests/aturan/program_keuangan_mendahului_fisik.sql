{{ config(severity="warn") }}

-- Paid more than 10 points ahead of the work.
select bulan_mulai, kode_opd, kode_kegiatan, realisasi_keuangan_pct, realisasi_fisik_pct
from {{ ref("fct_kegiatan_rfk") }}
where realisasi_keuangan_pct - realisasi_fisik_pct > 10
