{{ config(meta={"camat_access": "all"}) }}

select kode_wilayah, nama, tingkat, kode_kecamatan, kode_bps, kode_kpu, luas_km2, jumlah_kelurahan, lintang, bujur
from {{ ref("dim_wilayah_kini") }}
