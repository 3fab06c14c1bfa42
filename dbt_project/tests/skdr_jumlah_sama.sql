-- The weekly cases of all diseases and kecamatan are the city's figure.
with mingguan as (select minggu_mulai, sum(kasus) as kasus from {{ ref("mart__skdr_mingguan") }} group by minggu_mulai)

select mingguan.minggu_mulai, mingguan.kasus, indikator.nilai
from mingguan
full join
    {{ ref("mart__indikator") }} as indikator
    on mingguan.minggu_mulai = indikator.periode_mulai
    and indikator.indikator_kode = 'kasus_skdr_total'
    and indikator.wilayah_tingkat = 'kota'
where
    (
        indikator.indikator_kode is null
        or (indikator.indikator_kode = 'kasus_skdr_total' and indikator.wilayah_tingkat = 'kota')
    )
    and coalesce(mingguan.kasus, 0) is distinct from coalesce(indikator.nilai, 0)
