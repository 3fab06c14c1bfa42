-- 0 ≤ physical progress ≤ 100.
select bulan_mulai, kode_opd, kode_kegiatan, realisasi_fisik_pct
from {{ ref("fct_kegiatan_rfk") }}
where realisasi_fisik_pct not between 0 and 100
