with
    gempa as (
        select
            '13.71' as kode_wilayah,
            date_trunc('month', gempa_tanggal)::date as bulan_mulai,
            count(*) filter (where is_dirasakan and jarak_padang_km <= {{ var("radius_gempa_km") }}) as jumlah,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_gempa") }}
        group by date_trunc('month', gempa_tanggal)
    ),

    petak as ({{ petak_bulanan("gempa", ["jumlah"], ["kota"]) }})

    {{
        urai(
            "petak",
            "bulan",
            "bulan_mulai",
            {"jumlah_gempa_dirasakan_radius": {"pembilang": "coalesce(jumlah, 0)"}},
        )
    }}
