-- Recorded ≤ obliged ≤ all.
select per_tanggal, kode_kelurahan, rekam_ktp_jiwa, wajib_ktp_jiwa, penduduk_jiwa
from {{ ref("fct_penduduk") }}
where rekam_ktp_jiwa > wajib_ktp_jiwa or wajib_ktp_jiwa > penduduk_jiwa
