{{ config(materialized="view", meta={"camat_access": "none"}) }}

-- An agency is told by each of its sources: what one of them lacks is not hidden in a mean.
with
    sumber as (select * from {{ ref("mart__kematangan_sumber") }}),

    per_tingkat as (
        select opd_nama, tingkat, tingkat_nama, count(*) as jumlah from sumber group by opd_nama, tingkat, tingkat_nama
    ),

    sebaran as (
        select
            opd_nama,
            sum(jumlah)::int as jumlah_sumber,
            min(tingkat) as tingkat_terendah,
            max(tingkat) as tingkat_tertinggi,
            string_agg(jumlah || ' di ' || tingkat || ' ' || tingkat_nama, ' · ' order by tingkat) as sebaran_teks
        from per_tingkat
        group by opd_nama
    ),

    terendah as (
        select distinct on (opd_nama) opd_nama, tingkat_teks, judul || ': ' || berikutnya as berikutnya
        from sumber
        order by opd_nama, urutan
    )

select
    (row_number() over (order by sebaran.tingkat_terendah, sebaran.tingkat_tertinggi, sebaran.opd_nama))::int as urutan,
    sebaran.opd_nama,
    sebaran.jumlah_sumber,
    sebaran.tingkat_terendah,
    sebaran.tingkat_tertinggi,
    terendah.tingkat_teks as terendah_teks,
    sebaran.sebaran_teks,
    terendah.berikutnya
from sebaran
inner join terendah on sebaran.opd_nama = terendah.opd_nama
