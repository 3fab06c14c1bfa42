select
    kode_kecamatan,
    tahun,
    minggu,
    minggu_mulai,
    minggu_selesai,
    penyakit,
    kelompok,
    sum(kasus)::bigint as kasus,
    bool_or(is_simulasi) as is_simulasi
from {{ ref("fct_kasus_skdr") }}
where not is_luar_wilayah and minggu_mulai is not null
group by kode_kecamatan, tahun, minggu, minggu_mulai, minggu_selesai, penyakit, kelompok
