-- Every period of an indicator that is told by kecamatan has all of them, be it with an empty value.
select indikator.indikator_kode, indikator.periode_mulai, count(*) as jumlah
from {{ ref("mart__indikator") }} as indikator
inner join {{ ref("dim_indikator") }} as registrasi on indikator.indikator_kode = registrasi.kode
where registrasi.level_estimasi <> 'kota'
group by indikator.indikator_kode, indikator.periode_mulai
having count(*) filter (where indikator.wilayah_tingkat = 'kecamatan') <> {{ var("jumlah_kecamatan") }}
