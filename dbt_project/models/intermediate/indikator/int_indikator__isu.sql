{%- set jumlah = {
    "volume": "count(*)",
    "bersih": "count(*) filter (where sentimen = 'positif') - count(*) filter (where sentimen = 'negatif')",
} -%}

with
    -- The same headline in the same hour is one item. Of several moods the first in the alphabet counts: negatif,
    -- netral, positif.
    berita as (
        select
            bulan_mulai,
            kode_kecamatan,
            topik,
            jam_mulai,
            judul_kunci,
            min(sentimen) as sentimen,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_berita") }}
        group by bulan_mulai, kode_kecamatan, topik, jam_mulai, judul_kunci
    ),

    sebutan as ({{ roll_up("berita", jumlah, ["kota", "kecamatan"]) }}),

    petak as ({{ monthly_grid("sebutan", jumlah, "media_berita", ["kota", "kecamatan"]) }})

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "volume_sebutan": {"pembilang": "volume"},
                "sentimen_bersih": {"pembilang": "bersih", "penyebut": "volume"},
            },
        )
    }}
