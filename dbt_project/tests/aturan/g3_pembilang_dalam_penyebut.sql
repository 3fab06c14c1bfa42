-- G3: a share is never more than all, unless its denominator is an estimate and the registry says so.
select
    indikator.indikator_kode, indikator.wilayah_kode, indikator.periode_mulai, indikator.pembilang, indikator.penyebut
from {{ ref("mart__indikator") }} as indikator
inner join {{ ref("dim_indikator") }} as registrasi on indikator.indikator_kode = registrasi.kode
where registrasi.cara = 'persen' and not registrasi.is_lebih_100 and indikator.pembilang > indikator.penyebut
