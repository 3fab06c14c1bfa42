with
    -- The same headline in the same hour is one item, however many media carry it.
    unik as (
        select topik, jam_mulai, judul_kunci, min(sentimen) as sentimen, bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_berita") }}
        group by topik, jam_mulai, judul_kunci
    )

select
    topik,
    jam_mulai,
    count(*)::int as volume_sebutan,
    (count(*) filter (where sentimen = 'positif'))::int as positif,
    (count(*) filter (where sentimen = 'negatif'))::int as negatif,
    bool_or(is_simulasi) as is_simulasi
from unik
group by topik, jam_mulai
