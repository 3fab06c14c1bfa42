-- K10: the kecamatan of an official tabulation add up to the city.
with
    kecamatan as (
        select pemilihan, tahun, sum(suara_sah) as sah, sum(dpt_jiwa) as dpt, sum(tps) as tps
        from {{ ref("fct_rekap_suara") }}
        where kode_kecamatan is not null and status = 'resmi'
        group by pemilihan, tahun
    )

select
    kota.pemilihan,
    kota.tahun,
    kota.suara_sah,
    kecamatan.sah,
    kota.dpt_jiwa,
    kecamatan.dpt,
    kota.tps,
    kecamatan.tps as tps_kecamatan
from {{ ref("fct_rekap_suara") }} as kota
inner join kecamatan on kota.pemilihan = kecamatan.pemilihan and kota.tahun = kecamatan.tahun
where
    kota.kode_wilayah = '{{ var("kode_kota") }}'
    and kota.status = 'resmi'
    and (kota.suara_sah, kota.dpt_jiwa, kota.tps) is distinct from (kecamatan.sah, kecamatan.dpt, kecamatan.tps)
