{{ config(meta={"camat_access": "rows"}) }}

select
    kejadian.no_kejadian,
    kejadian.jenis,
    kejadian.kejadian_tanggal as tanggal,
    kejadian.waktu_lapor,
    kejadian.kode_kelurahan,
    wilayah.nama as kelurahan,
    kejadian.kode_kecamatan,
    wilayah.kecamatan,
    round(kejadian.waktu_tanggap_menit, 2) as waktu_tanggap_menit,
    kejadian.objek,
    kejadian.penyebab,
    kejadian.kerugian_idr,
    kejadian.is_waktu_janggal,
    {{ label_simulasi("kejadian.is_simulasi") }} as label_data,
    kejadian.is_simulasi
from {{ ref("fct_kejadian_damkar") }} as kejadian
left join {{ ref("dim_wilayah_kini") }} as wilayah on kejadian.kode_kelurahan = wilayah.kode_wilayah
where not kejadian.is_luar_wilayah
