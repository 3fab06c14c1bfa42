select
    dpt.tahun,
    wilayah.kode_wilayah as kode_kelurahan,
    dpt.kode_kecamatan,
    dpt.nama_kelurahan,
    dpt.tps,
    dpt.laki_jiwa,
    dpt.perempuan_jiwa,
    dpt.jumlah_jiwa,
    dpt.pemula_jiwa,
    dpt.difabel_jiwa,
    dpt._is_simulasi as is_simulasi,
    dpt._batch_id
from {{ ref("stg_kpu_dpt__kelurahan") }} as dpt
left join
    {{ ref("int_wilayah__ejaan") }} as wilayah
    on ops.ejaan(dpt.nama_kelurahan) = wilayah.ejaan
    and wilayah.tingkat = 'kelurahan'
    and left(wilayah.kode_wilayah, 8) = dpt.kode_kecamatan
where dpt.kode_kecamatan is not null
