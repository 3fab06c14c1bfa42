{{ config(meta={"camat_access": "rows"}) }}

select
    mingguan.kode_kecamatan,
    wilayah.nama as kecamatan,
    mingguan.tahun,
    mingguan.minggu,
    mingguan.minggu_mulai,
    mingguan.minggu_selesai,
    mingguan.penyakit,
    mingguan.kasus,
    mingguan.puskesmas_tanpa_angka,
    {{ label_simulasi("mingguan.is_simulasi") }} as label_data
from {{ ref("agg_skdr_mingguan") }} as mingguan
inner join {{ ref("dim_wilayah_kini") }} as wilayah on mingguan.kode_kecamatan = wilayah.kode_wilayah
