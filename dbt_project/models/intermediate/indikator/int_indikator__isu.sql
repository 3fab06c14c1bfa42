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
            min(terbit_at) as terbit_at,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_berita") }}
        group by bulan_mulai, kode_kecamatan, topik, jam_mulai, judul_kunci
    ),

    sebutan as (
        {{
            roll_up(
                "berita", jumlah, ["kota", "kecamatan"], hari_sama={"source": "media_berita", "waktu": "terbit_at"}
            )
        }}
    ),

    petak as ({{ monthly_grid("sebutan", jumlah, "media_berita", ["kota", "kecamatan"], hari_sama=true) }})

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "volume_sebutan": {"pembilang": "volume"},
                "sentimen_bersih": {"pembilang": "bersih", "penyebut": "volume"},
            },
            hari_sama=true,
        )
    }}
