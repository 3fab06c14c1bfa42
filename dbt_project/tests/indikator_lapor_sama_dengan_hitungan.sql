{{ config(severity="warn") }}

-- G8: a ratio that a source reports follows from its own parts, to 0,05 point.
select indikator_kode, wilayah_kode, periode_label, nilai, nilai_lapor
from {{ ref("mart__indikator") }}
where abs(nilai - nilai_lapor) > 0.05
