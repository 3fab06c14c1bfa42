-- A pair's votes stand beside how far the count is and the words that it is not official. Its share, which makes a
-- winner, is shown only when every TPS of the city is in and KPU has published its result.
with
    selesai as (
        select pemilihan
        from {{ ref("mart__pilkada_suara") }}
        where wilayah_tingkat = 'kota'
        group by pemilihan
        having bool_and(coalesce(tps_masuk >= tps_total, false))
    ),

    resmi as (
        select distinct suara.pemilihan
        from {{ ref("fct_suara_resmi") }} as suara
        inner join
            {{ ref("ref_pemilihan") }} as pemilihan
            on suara.pemilihan = pemilihan.pemilihan
            and suara.tahun = extract(year from pemilihan.pemungutan_suara_tanggal)
        where suara.status = 'resmi' and not suara.is_simulasi
    )

select
    suara.pemilihan,
    suara.pemilihan_nama,
    suara.wilayah_kode,
    suara.wilayah_nama,
    suara.wilayah_tingkat,
    suara.kode_kecamatan,
    suara.paslon_id,
    suara.nomor_urut,
    suara.paslon_nama,
    suara.suara,
    case when selesai.pemilihan is not null and resmi.pemilihan is not null then suara.persen end as persen,
    suara.tps_masuk,
    suara.tps_total,
    suara.progres_persen,
    suara.waktu,
    suara.is_sementara,
    suara.is_simulasi,
    suara.label_data,
    suara.catatan
from {{ ref("mart__pilkada_suara") }} as suara
left join selesai on suara.pemilihan = selesai.pemilihan
left join resmi on suara.pemilihan = resmi.pemilihan
where not suara.is_simulasi
