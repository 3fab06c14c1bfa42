-- Disasters of all types are as many as the city's own figure says.
with
    irisan as (
        select bulan as periode_mulai, sum(jumlah_kejadian) as jumlah
        from {{ ref("mart__bencana_jenis") }}
        where wilayah_tingkat = 'kota'
        group by bulan
    )

select irisan.*, kota.nilai
from irisan
inner join
    {{ ref("mart__indikator") }} as kota
    on kota.indikator_kode = 'jumlah_kejadian_bencana'
    and kota.wilayah_tingkat = 'kota'
    and irisan.periode_mulai = kota.periode_mulai
where irisan.jumlah is distinct from kota.nilai
