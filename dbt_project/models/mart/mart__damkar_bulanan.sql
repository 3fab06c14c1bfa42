{{ config(meta={"camat_access": "rows"}) }}

select
    wilayah.kode_kecamatan,
    wilayah.nama as kecamatan,
    bulanan.bulan_mulai as bulan,
    coalesce(sumber.cakupan = 'penuh', false) as is_lengkap,
    bulanan.jumlah_kebakaran,
    bulanan.jumlah_penyelamatan,
    round(bulanan.waktu_tanggap_median_menit, 2) as waktu_tanggap_median_menit,
    round(100.0 * bulanan.jumlah_tanggap_15mnt / nullif(bulanan.jumlah_kejadian, 0), 2) as persen_tanggap_15mnt,
    {{ label_simulasi("bulanan.is_simulasi") }} as label_data
from {{ ref("int_damkar__bulanan") }} as bulanan
inner join {{ ref("dim_wilayah_kini") }} as wilayah on bulanan.kode_wilayah = wilayah.kode_wilayah
left join
    {{ ref("int_sumber__periode") }} as sumber
    on sumber.source = 'damkar_kejadian'
    and sumber.periode_jenis = 'bulan'
    and sumber.periode_mulai = bulanan.bulan_mulai
where bulanan.tingkat = 'kecamatan' and not bulanan.is_hari_sama
