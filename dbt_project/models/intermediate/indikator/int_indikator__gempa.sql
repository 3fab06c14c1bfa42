with
    bulanan as (select *, date_trunc('month', gempa_tanggal)::date as bulan_mulai from {{ ref("fct_gempa") }}),

    gempa as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            hitung_mulai as bulan_mulai,
            is_hari_sama,
            count(*) filter (where is_dirasakan and jarak_padang_km <= {{ var("radius_gempa_km") }}) as jumlah,
            bool_or(is_simulasi) as is_simulasi
        from {{ berhari_sama("bulanan", "bmkg_gempa", "gempa_at") }}
        group by hitung_mulai, is_hari_sama
    ),

    petak as ({{ monthly_grid("gempa", ["jumlah"], "bmkg_gempa", ["kota"], hari_sama=true) }})

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {"jumlah_gempa_dirasakan_radius": {"pembilang": "jumlah"}},
            hari_sama=true,
        )
    }}
