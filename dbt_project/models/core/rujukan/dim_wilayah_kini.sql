{{ config(indexes=[{"columns": ["kode_wilayah"], "unique": true}]) }}

select
    kode_wilayah,
    nama,
    tingkat,
    kode_kecamatan,
    kecamatan,
    kode_bps,
    kode_kpu,
    luas_km2,
    jumlah_kelurahan,
    lintang,
    bujur,
    ejaan_lain
from {{ ref("dim_wilayah") }}
where is_berlaku
