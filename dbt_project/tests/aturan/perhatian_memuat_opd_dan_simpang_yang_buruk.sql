-- What is bad of an agency's key indicators or of a junction in the newest period calls for attention.
with
    buruk as (
        select 'iku_opd' as aturan_kode, opd_nama as subjek_nama, indikator_kode, nilai_teks
        from {{ ref("mart__iku_opd") }}
        where is_terkini and tingkat <> 'kota' and status = 'buruk'
        union all
        select 'kemacetan_simpang', simpang, indikator_kode, nilai_teks
        from {{ ref("mart__kemacetan_simpang") }}
        where is_terkini and status = 'buruk'
    )

select buruk.*
from buruk
left join
    {{ ref("mart__perhatian") }} as perhatian
    on buruk.aturan_kode = perhatian.aturan_kode
    and buruk.subjek_nama = perhatian.subjek_nama
    and buruk.indikator_kode = perhatian.indikator_kode
    and buruk.nilai_teks = perhatian.nilai_teks
where perhatian.aturan_kode is null
