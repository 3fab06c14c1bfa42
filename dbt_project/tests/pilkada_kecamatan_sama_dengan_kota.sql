{{ config(severity="warn") }}

-- K10: once every polling station is in, the kecamatan add up to the city.
with
    kota as (select * from {{ ref("mart__pilkada_suara") }} where wilayah_tingkat = 'kota' and tps_masuk = tps_total),

    kecamatan as (
        select pemilihan, paslon_id, sum(suara) as suara
        from {{ ref("mart__pilkada_suara") }}
        where wilayah_tingkat = 'kecamatan'
        group by pemilihan, paslon_id
    )

select kota.pemilihan, kota.paslon_id, kota.suara as suara_kota, kecamatan.suara as suara_kecamatan
from kota
inner join kecamatan on kota.pemilihan = kecamatan.pemilihan and kota.paslon_id = kecamatan.paslon_id
where kota.suara <> kecamatan.suara
