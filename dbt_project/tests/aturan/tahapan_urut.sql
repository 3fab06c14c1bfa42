-- A stage does not end before it begins, and every indicator of the count is preliminary (K14).
select nama
from {{ ref("fct_tahapan") }}
where selesai_tanggal < mulai_tanggal
union all
select indikator_kode
from {{ ref("mart__indikator") }}
where indikator_kode like 'suara_masuk%' and not is_sementara
