select
    bulan_mulai,
    kode_kecamatan,
    kode_icd,
    min(penyakit) as penyakit,
    sum(kasus)::bigint as kasus,
    count(distinct puskesmas)::int as jumlah_puskesmas,
    count(distinct puskesmas) filter (where kasus is null)::int as puskesmas_tanpa_angka,
    bool_or(is_simulasi) as is_simulasi
from {{ ref("int_lb1__laporan") }}
where kode_kecamatan is not null
group by bulan_mulai, kode_kecamatan, kode_icd
