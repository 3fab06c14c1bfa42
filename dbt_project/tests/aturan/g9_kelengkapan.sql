{{ config(severity="warn") }}

-- G9: fewer than 90 of 100 reporters in the last complete period.
with
    terakhir as (
        select indikator_kode, max(periode_mulai) as periode_mulai
        from {{ ref("mart__indikator") }}
        where indikator_kode in ('kelurahan_melapor', 'skdr_kelengkapan')
        group by indikator_kode
    )

select indikator.indikator_kode, indikator.periode_mulai, indikator.wilayah_kode, indikator.nilai
from {{ ref("mart__indikator") }} as indikator
inner join
    terakhir on indikator.indikator_kode = terakhir.indikator_kode and indikator.periode_mulai = terakhir.periode_mulai
where indikator.nilai < 90
