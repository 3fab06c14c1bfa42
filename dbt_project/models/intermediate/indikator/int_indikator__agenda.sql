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

    petak as ({{ monthly_grid("agenda", agenda, "setda_agenda", ["kota", "kecamatan"]) }})

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "kegiatan_terjadwal": {"pembilang": "terjadwal"},
                "persen_terlaksana": {"pembilang": "terlaksana", "penyebut": "lewat"},
                "bentrok_jadwal": {"pembilang": "bentrok"},
                "sebaran_kecamatan": {
                    "pembilang": "kecamatan",
                    "penyebut": var("jumlah_kecamatan"),
                    "where": "petak.tingkat = 'kota'",
                },
            },
        )
    }}
