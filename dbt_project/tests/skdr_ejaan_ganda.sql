{{ config(severity="warn") }}

-- Two spellings of one disease in one report were added up; one of them may be a
-- repetition.
select puskesmas, tahun, minggu, penyakit, jumlah_ejaan
from {{ ref("fct_kasus_skdr") }}
where jumlah_ejaan > 1
