{{ config(meta={"camat_access": "all"}) }}

select
    saat.pemilihan,
    pemilihan.nama as pemilihan_nama,
    {{ local_time("saat.diperbarui_at") }} as waktu,
    paslon.nomor_urut,
    coalesce(paslon.paslon_nama, 'Pasangan calon ' || saat.paslon_id) as paslon_nama,
    saat.suara,
    round(100.0 * saat.tps_masuk / nullif(saat.tps_total, 0), 2) as progres_persen,
    saat.is_simulasi,
    {{ label_simulasi("saat.is_simulasi") }} as label_data
from {{ ref("int_suara__perkembangan") }} as saat
inner join {{ ref("ref_pemilihan") }} as pemilihan on saat.pemilihan = pemilihan.pemilihan
left join
    {{ ref("int_paslon__kota") }} as paslon on saat.pemilihan = paslon.pemilihan and saat.paslon_id = paslon.paslon_id
