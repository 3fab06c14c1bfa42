-- Whatever misses its target in the newest complete month calls for attention, with its sentence, since when, and who
-- is to act.
select ubin.indikator_kode, ubin.wilayah_kode, ubin.status
from {{ ref("mart__ubin") }} as ubin
left join
    {{ ref("mart__perhatian") }} as perhatian
    on ubin.indikator_kode = perhatian.indikator_kode
    and ubin.wilayah_kode = perhatian.wilayah_kode
    and ubin.status = perhatian.status
    and perhatian.aturan_kode like 'target%'
    and perhatian.kalimat like '%' || ubin.nilai_teks || '%'
    and perhatian.sejak <= ubin.periode_mulai
    and perhatian.penanggung_jawab <> ''
where ubin.is_terkini and ubin.status in ('waspada', 'siaga', 'buruk') and perhatian.aturan_kode is null
