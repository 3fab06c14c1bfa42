select
    kode_kecamatan,
    tahun,
    minggu,
    minggu_mulai,
    minggu_selesai,
    penyakit,
    kelompok,
    sum(kasus)::bigint as kasus,
    count(*) filter (where kasus is null)::int as puskesmas_tanpa_angka,
    bool_or(is_simulasi) as is_simulasi
from {{ ref("int_skdr__laporan") }}
where not is_luar_wilayah and minggu_mulai is not null
group by kode_kecamatan, tahun, minggu, minggu_mulai, minggu_selesai, penyakit, kelompok
