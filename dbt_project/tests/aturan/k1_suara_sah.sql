-- K1: valid votes = the sum of the pairs, in every official result.
with
    paslon as (
        select pemilihan, tahun, status, sum(suara) as suara
        from {{ ref("fct_suara_resmi") }}
        group by pemilihan, tahun, status
    )

select rekap.pemilihan, rekap.tahun, rekap.kode_wilayah, rekap.suara_sah, paslon.suara
from {{ ref("fct_rekap_formulir") }} as rekap
inner join paslon on rekap.pemilihan = paslon.pemilihan and rekap.tahun = paslon.tahun and rekap.status = paslon.status
where rekap.status = 'resmi' and rekap.kode_wilayah = '{{ var("kode_kota") }}' and rekap.suara_sah <> paslon.suara
union all
select pemilihan, tahun, kode_wilayah, suara_sah, suara_paslon
from {{ ref("fct_rekap_formulir") }}
where status = 'resmi' and suara_sah <> suara_paslon
