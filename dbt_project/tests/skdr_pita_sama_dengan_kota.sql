-- Cases of all diseases are as many as the city's own figure says.
with
    irisan as (
        select minggu_mulai as periode_mulai, sum(kasus) as jumlah
        from {{ ref("mart__skdr_pita") }}
        where wilayah_tingkat = 'kota'
        group by minggu_mulai
    )

select irisan.*, kota.nilai
from irisan
inner join
    {{ ref("mart__indikator") }} as kota
    on kota.indikator_kode = 'kasus_skdr_total'
    and kota.wilayah_tingkat = 'kota'
    and irisan.periode_mulai = kota.periode_mulai
where irisan.jumlah is distinct from kota.nilai
