{{ config(severity="warn") }}

-- K1 on preliminary counts: published with a footnote. The web count of 2018 is off by 35, as it was published.
with
    paslon as (
        select pemilihan, tahun, status, sum(suara) as suara
        from {{ ref("fct_suara_resmi") }}
        group by pemilihan, tahun, status
    )

select rekap.pemilihan, rekap.tahun, rekap.suara_sah, paslon.suara
from {{ ref("fct_rekap_formulir") }} as rekap
inner join paslon on rekap.pemilihan = paslon.pemilihan and rekap.tahun = paslon.tahun and rekap.status = paslon.status
where rekap.status = 'sementara' and rekap.kode_wilayah = '{{ var("kode_kota") }}' and rekap.suara_sah <> paslon.suara
