select
    pendekat.kode_simpang || '-' || pendekat.pendekat as kode_pendekat,
    pendekat.kode_simpang,
    pendekat.pendekat,
    pendekat.simpang,
    pendekat.kode_kelurahan,
    left(pendekat.kode_kelurahan, 8) as kode_kecamatan,
    pendekat.lintang,
    pendekat.bujur,
    pendekat.lajur,
    pendekat.kapasitas_skr_jam,
    pendekat._is_simulasi as is_simulasi
from {{ ref("stg_dishub_hitung__pendekat") }} as pendekat
