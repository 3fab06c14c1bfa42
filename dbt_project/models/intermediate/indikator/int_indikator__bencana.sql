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

    petak as ({{ monthly_grid("kejadian", jumlah, "bpbd_kejadian", unfilled=["median_menit"]) }}),

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
                "jumlah_kejadian_bencana": {"pembilang": "jumlah_kejadian"},
                "korban_meninggal": {"pembilang": "meninggal"},
                "korban_hilang": {"pembilang": "hilang"},
                "korban_luka": {"pembilang": "luka"},
                "korban_mengungsi": {"pembilang": "mengungsi"},
                "korban_terdampak": {"pembilang": "terdampak"},
                "rumah_rusak_ringan": {"pembilang": "rumah_ringan"},
                "rumah_rusak_sedang": {"pembilang": "rumah_sedang"},
                "rumah_rusak_berat": {"pembilang": "rumah_berat"},
                "waktu_tanggap_bencana": {
                    "nilai_langsung": "median_menit",
                    "penyebut": "waktu_sah",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
            },
        )
    }}

union all

{{ per_indicator("peringatan", "bulan", "bulan_mulai", {"jumlah_peringatan_cuaca": {"pembilang": "jumlah"}}) }}
