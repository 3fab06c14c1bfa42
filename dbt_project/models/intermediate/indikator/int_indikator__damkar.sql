{%- set jumlah = [
    "jumlah_kebakaran",
    "jumlah_penyelamatan",
    "jumlah_kejadian",
    "jumlah_waktu_sah",
    "jumlah_tanggap_15mnt",
    "waktu_tanggap_median_menit",
    "kerugian_idr",
    "korban_jiwa",
] -%}

with
    agregat as (select * from {{ ref("agg_damkar_bulanan") }}),

    -- A month without a fire is a zero, not a gap: the register is complete.
    petak as ({{ monthly_grid("agregat", jumlah) }})

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "jumlah_kebakaran": {"pembilang": "coalesce(jumlah_kebakaran, 0)"},
                "jumlah_penyelamatan": {"pembilang": "coalesce(jumlah_penyelamatan, 0)"},
                "waktu_tanggap": {
                    "nilai_langsung": "waktu_tanggap_median_menit",
                    "penyebut": "coalesce(jumlah_waktu_sah, 0)",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
                "persen_tanggap_15mnt": {
                    "pembilang": "coalesce(jumlah_tanggap_15mnt, 0)",
                    "penyebut": "coalesce(jumlah_kejadian, 0)",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
                "kerugian_kebakaran": {
                    "pembilang": "coalesce(kerugian_idr, 0)",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
                "korban_kebakaran": {
                    "pembilang": "coalesce(korban_jiwa, 0)",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
            },
        )
    }}
