{%- set agenda = {
    "terjadwal": "count(*)",
    "lewat": "count(*) filter (where is_lewat and not is_berulang)",
    "terlaksana": "count(*) filter (where is_lewat and not is_berulang and is_dilaporkan_terlaksana)",
    "menunggu": "count(*) filter (where is_menunggu)",
    "bentrok": "count(*) filter (where is_bentrok)",
    "kecamatan": "count(distinct kode_kecamatan)",
} -%}

with
    keadaan as (select data_per_at from {{ ref("int_sumber__keadaan") }} where source = 'setda_agenda'),

    acara as (
        select
            acara.*,
            acara.selesai_at < keadaan.data_per_at as is_lewat,
            -- What was over a few days ago only may still be reported.
            acara.selesai_at < keadaan.data_per_at
            and acara.selesai_at >= keadaan.data_per_at - interval '{{ var("agenda_lapor_hari") }} days'
            and not acara.is_berulang
            and not acara.is_dilaporkan_terlaksana as is_menunggu
        from {{ ref("fct_acara") }} as acara
        cross join keadaan
        where acara.is_terjadwal
    ),

    -- What recurs is not reported one by one, so nobody knows whether it took place: it is scheduled, and no more.
    agenda as ({{ roll_up("acara", agenda, ["kota", "kecamatan"]) }}),

    petak as ({{ monthly_grid("agenda", agenda, "setda_agenda", ["kota", "kecamatan"]) }})

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "kegiatan_terjadwal": {"pembilang": "terjadwal"},
                "persen_terlaksana": {
                    "pembilang": "terlaksana",
                    "penyebut": "lewat",
                    "alasan_sementara": "case when menunggu > 0 then menunggu || ' acara menunggu laporan' end",
                },
                "bentrok_jadwal": {"pembilang": "bentrok"},
                "sebaran_kecamatan": {
                    "pembilang": "kecamatan",
                    "penyebut": var("jumlah_kecamatan"),
                    "where": "petak.tingkat = 'kota'",
                },
            },
        )
    }}
