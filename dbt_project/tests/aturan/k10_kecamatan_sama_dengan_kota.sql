-- K10: the kecamatan of an official tabulation add up to the city, in its totals and for each pair.
with
    kecamatan as (
        select pemilihan, tahun, sum(suara_sah) as sah, sum(dpt_jiwa) as dpt, sum(tps) as tps
        from {{ ref("fct_rekap_formulir") }}
        where kode_kecamatan is not null and status = 'resmi'
        group by pemilihan, tahun
    ),

    pasangan as (
        select
            pemilihan,
            tahun,
            nomor_urut,
            sum(suara) filter (where kode_kecamatan is null) as kota,
            sum(suara) filter (where kode_kecamatan is not null) as kecamatan
        from {{ ref("fct_rekap_suara") }}
        where status = 'resmi'
        group by pemilihan, tahun, nomor_urut
    )

select kota.pemilihan, kota.tahun, aturan.angka, aturan.kota, aturan.kecamatan
from {{ ref("fct_rekap_formulir") }} as kota
inner join kecamatan on kota.pemilihan = kecamatan.pemilihan and kota.tahun = kecamatan.tahun
cross join
    lateral(
        values
            ('suara sah', kota.suara_sah, kecamatan.sah),
            ('DPT', kota.dpt_jiwa, kecamatan.dpt),
            ('TPS', kota.tps, kecamatan.tps)
    ) as aturan(angka, kota, kecamatan)
where
    kota.kode_wilayah = '{{ var("kode_kota") }}'
    and kota.status = 'resmi'
    and aturan.kota is distinct from aturan.kecamatan
union all
select pemilihan, tahun, 'suara nomor urut ' || nomor_urut, kota, kecamatan
from pasangan
where kota <> kecamatan
