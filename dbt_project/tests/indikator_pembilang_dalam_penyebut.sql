{{ config(severity="warn") }}

-- G3: no more than all.
select
    indikator.indikator_kode, indikator.wilayah_kode, indikator.periode_label, indikator.pembilang, indikator.penyebut
from {{ ref("mart__indikator") }} as indikator
inner join {{ ref("dim_indikator") }} as registrasi on indikator.indikator_kode = registrasi.kode
where registrasi.cara = 'persen' and indikator.pembilang > indikator.penyebut
