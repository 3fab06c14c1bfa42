{{ config(meta={"camat_access": "rows"}) }}

select
    batas.kode_wilayah,
    wilayah.nama,
    batas.tingkat,
    wilayah.kode_kecamatan,
    batas.geometri,
    batas.bujur,
    batas.lintang,
    batas.keterangan
from {{ ref("dim_batas_wilayah") }} as batas
inner join {{ ref("dim_wilayah_kini") }} as wilayah on batas.kode_wilayah = wilayah.kode_wilayah
