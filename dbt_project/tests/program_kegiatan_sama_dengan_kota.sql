-- The critical activities, one by one, are as many as the city's own figure says.
with
    irisan as (
        select periode_mulai as periode_mulai, count(*) filter (where is_kritis) as jumlah
        from {{ ref("mart__rfk_kegiatan") }}
        group by periode_mulai, bulan
    )

select irisan.*, kota.nilai
from irisan
inner join
    {{ ref("mart__indikator") }} as kota
    on kota.indikator_kode = 'kegiatan_kritis'
    and kota.wilayah_tingkat = 'kota'
    and irisan.periode_mulai = kota.periode_mulai
where irisan.jumlah is distinct from kota.nilai
