with
    gempa as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            date_trunc('month', gempa_tanggal)::date as bulan_mulai,
            count(*) filter (where is_dirasakan and jarak_padang_km <= {{ var("radius_gempa_km") }}) as jumlah,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_gempa") }}
        group by date_trunc('month', gempa_tanggal)
    ),

    petak as ({{ monthly_grid("gempa", ["jumlah"], "bmkg_gempa", ["kota"]) }})

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {"jumlah_gempa_dirasakan_radius": {"pembilang": "jumlah"}},
        )
    }}
