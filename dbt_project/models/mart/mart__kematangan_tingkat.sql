{{ config(materialized="view", meta={"camat_access": "none"}) }}

-- Every step stands here, also one on which no source is.
with
    tangga as (
        {% for satu in var("tangga_kematangan") %}
            select {{ loop.index0 }} as tingkat, '{{ satu.nama }}' as nama, '{{ satu.arti }}' as arti
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    berdiri as (
        select tingkat, count(*)::int as jumlah, string_agg(judul, ', ' order by judul) as judul
        from {{ ref("mart__kematangan_sumber") }}
        group by tingkat
    )

select
    tangga.tingkat,
    tangga.nama as tingkat_nama,
    tangga.tingkat || ' ' || tangga.nama as tingkat_teks,
    tangga.arti,
    coalesce(berdiri.jumlah, 0) as jumlah_sumber,
    coalesce(berdiri.judul, '–') as sumber_teks
from tangga
left join berdiri on tangga.tingkat = berdiri.tingkat
