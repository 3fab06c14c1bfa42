{{ config(meta={"camat_access": "rows"}) }}

select
    suara.pemilihan,
    pemilihan.nama as pemilihan_nama,
    wilayah.kode_wilayah as wilayah_kode,
    wilayah.nama as wilayah_nama,
    wilayah.tingkat as wilayah_tingkat,
    wilayah.kode_kecamatan,
    suara.paslon_id,
    paslon.nomor_urut,
    coalesce(paslon.paslon_nama, 'Pasangan calon ' || suara.paslon_id) as paslon_nama,
    suara.suara,
    round(
        100.0 * suara.suara / nullif(sum(suara.suara) over (partition by suara.pemilihan, suara.kode_wilayah), 0), 2
    ) as persen,
    progres.tps_masuk,
    progres.tps_total,
    round(100.0 * progres.tps_masuk / nullif(progres.tps_total, 0), 2) as progres_persen,
    {{ local_time("suara.diperbarui_at") }} as waktu,
    true as is_sementara,
    suara.is_simulasi or coalesce(progres.is_simulasi, false) as is_simulasi,
    {{ label_simulasi("suara.is_simulasi or progres.is_simulasi") }} as label_data,
    'Sementara, bukan hasil resmi' as catatan
from {{ ref("int_suara__terkini") }} as suara
inner join {{ ref("ref_pemilihan") }} as pemilihan on suara.pemilihan = pemilihan.pemilihan
inner join {{ ref("dim_wilayah_kini") }} as wilayah on suara.kode_wilayah = wilayah.kode_wilayah
left join
    {{ ref("int_paslon__kota") }} as paslon on suara.pemilihan = paslon.pemilihan and suara.paslon_id = paslon.paslon_id
left join
    {{ ref("int_progres_suara__terkini") }} as progres
    on suara.pemilihan = progres.pemilihan
    and suara.kode_wilayah = progres.kode_wilayah
