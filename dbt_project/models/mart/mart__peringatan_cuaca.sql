{{ config(meta={"camat_access": "all"}) }}

select
    peringatan.peringatan_kode,
    peringatan.kode_kecamatan,
    wilayah.nama as kecamatan,
    min(pesan.acara) as acara,
    min(pesan.keparahan) as keparahan,
    min(pesan.judul) as judul,
    min(pesan.uraian) as uraian,
    min(pesan.anjuran) as anjuran,
    {{ local_time("min(pesan.berlaku_at)") }} as mulai,
    {{ local_time("max(pesan.berakhir_at)") }} as berakhir,
    bool_or(pesan.is_diganti) as is_diganti,
    min(keadaan.opd_nama) as sumber,
    {{ label_simulasi("bool_or(pesan.is_simulasi)") }} as label_data
from {{ ref("fct_peringatan_cuaca") }} as peringatan
inner join {{ ref("fct_pesan_peringatan") }} as pesan on peringatan.peringatan_kode = pesan.peringatan_kode
inner join {{ ref("dim_wilayah_kini") }} as wilayah on peringatan.kode_kecamatan = wilayah.kode_wilayah
left join {{ ref("int_sumber__keadaan") }} as keadaan on keadaan.source = 'bmkg_nowcast'
where pesan.is_sungguhan and pesan.berakhir_at > {{ sekarang() }} - interval '31 days'
group by peringatan.peringatan_kode, peringatan.kode_kecamatan, wilayah.nama
