-- G5: no figure of a period that begins after the day of its data; the agenda is about the future.
select indikator_kode, wilayah_kode, periode_mulai, data_per
from {{ ref("mart__indikator") }}
where periode_mulai > data_per::date and domain <> 'agenda'
