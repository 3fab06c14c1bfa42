-- Every period of the city has all its kecamatan, be it with an empty value.
select indikator_kode, periode_mulai, count(*) as jumlah
from {{ ref("mart__indikator") }}
where wilayah_tingkat = 'kecamatan' and domain in ('kebakaran', 'kesehatan')
group by indikator_kode, periode_mulai
having count(*) <> {{ var("jumlah_kecamatan") }}
