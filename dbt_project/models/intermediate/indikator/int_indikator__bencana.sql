{%- set jumlah = {
    "jumlah_kejadian": "count(*)",
    "meninggal": "sum(meninggal_jiwa)",
    "hilang": "sum(hilang_jiwa)",
    "luka": "sum(luka_jiwa)",
    "mengungsi": "sum(mengungsi_jiwa)",
    "terdampak": "sum(terdampak_jiwa)",
    "rumah_ringan": "sum(rumah_ringan_unit)",
    "rumah_sedang": "sum(rumah_sedang_unit)",
    "rumah_berat": "sum(rumah_berat_unit)",
    "waktu_sah": "count(waktu_tanggap_menit)",
    "median_menit": "(percentile_cont(0.5) within group (order by waktu_tanggap_menit))::numeric",
} -%}

with
    kejadian as ({{ roll_up(ref("fct_kejadian_bencana"), jumlah) }}),

    petak as ({{ monthly_grid("kejadian", jumlah) }}),

    peringatan as (
        {{
            roll_up(
                "(select * from " ~ ref("fct_peringatan_cuaca") ~ " where is_sungguhan) as sungguhan",
                {"jumlah": "count(distinct peringatan_kode)"},
                ["kota", "kecamatan"],
            )
        }}
    )

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "jumlah_kejadian_bencana": {"pembilang": "coalesce(jumlah_kejadian, 0)"},
                "korban_meninggal": {"pembilang": "coalesce(meninggal, 0)"},
                "korban_hilang": {"pembilang": "coalesce(hilang, 0)"},
                "korban_luka": {"pembilang": "coalesce(luka, 0)"},
                "korban_mengungsi": {"pembilang": "coalesce(mengungsi, 0)"},
                "korban_terdampak": {"pembilang": "coalesce(terdampak, 0)"},
                "rumah_rusak_ringan": {"pembilang": "coalesce(rumah_ringan, 0)"},
                "rumah_rusak_sedang": {"pembilang": "coalesce(rumah_sedang, 0)"},
                "rumah_rusak_berat": {"pembilang": "coalesce(rumah_berat, 0)"},
                "waktu_tanggap_bencana": {
                    "nilai_langsung": "median_menit",
                    "penyebut": "coalesce(waktu_sah, 0)",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
            },
        )
    }}

union all

{{ per_indicator("peringatan", "bulan", "bulan_mulai", {"jumlah_peringatan_cuaca": {"pembilang": "jumlah"}}) }}
