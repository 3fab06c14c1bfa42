-- K11: every kecamatan and kelurahan in every voter list; its stations and voters are those of the city's decree.
select
    dpt.tahun,
    count(distinct dpt.kode_kecamatan) as kecamatan,
    count(*) as kelurahan,
    sum(dpt.tps) as tps,
    sum(dpt.jumlah_jiwa) as pemilih,
    max(kota.tps) as tps_kota,
    max(kota.jumlah_jiwa) as pemilih_kota
from {{ ref("fct_dpt") }} as dpt
left join {{ ref("stg_kpu_dpt__kota") }} as kota on dpt.tahun = kota.tahun
group by dpt.tahun
having
    count(distinct dpt.kode_kecamatan) <> {{ var("jumlah_kecamatan") }}
    or count(*) <> {{ var("jumlah_kelurahan") }}
    or sum(dpt.tps) <> max(kota.tps)
    or sum(dpt.jumlah_jiwa) <> max(kota.jumlah_jiwa)
