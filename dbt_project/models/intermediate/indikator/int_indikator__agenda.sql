{%- set agenda = {
    "terjadwal": "count(*)",
    "lewat": "count(*) filter (where is_lewat)",
    "terlaksana": "count(*) filter (where is_lewat and is_dilaporkan_terlaksana)",
    "bentrok": "count(*) filter (where is_bentrok)",
    "kecamatan": "count(distinct kode_kecamatan)",
} -%}

with
    keadaan as (select data_per_at from {{ ref("int_sumber__keadaan") }} where source = 'setda_agenda'),

    acara as (
        select acara.*, acara.selesai_at < keadaan.data_per_at as is_lewat
        from {{ ref("fct_acara") }} as acara
        cross join keadaan
        where acara.is_terjadwal
    ),

    agenda as ({{ roll_up("acara", agenda, ["kota", "kecamatan"]) }}),

    petak as ({{ monthly_grid("agenda", agenda, ["kota", "kecamatan"]) }})

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "kegiatan_terjadwal": {"pembilang": "coalesce(terjadwal, 0)"},
                "persen_terlaksana": {"pembilang": "coalesce(terlaksana, 0)", "penyebut": "coalesce(lewat, 0)"},
                "bentrok_jadwal": {"pembilang": "coalesce(bentrok, 0)"},
                "sebaran_kecamatan": {
                    "pembilang": "coalesce(kecamatan, 0)",
                    "penyebut": var("jumlah_kecamatan"),
                    "where": "petak.tingkat = 'kota'",
                },
            },
        )
    }}
