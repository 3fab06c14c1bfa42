{%- set jumlah = {
    "volume_skr": "sum(volume_skr)",
    "jam_pendekat": "sum(jumlah_interval) * 0.25",
    "volume_puncak_skr": "sum(volume_puncak_skr)",
    "kapasitas_puncak_skr": "sum(kapasitas_skr_jam * jumlah_interval_puncak * 0.25)",
    "kecepatan_kali_unit": "sum(kecepatan_kali_unit)",
    "kendaraan_berkecepatan_unit": "sum(kendaraan_berkecepatan_unit)",
    "pendekat_jenuh": "count(*) filter (where volume_jam_tertinggi_skr >= "
    ~ var("dj_jenuh")
    ~ " * kapasitas_skr_jam)",
    "pendekat": "count(*)",
} -%}

with
    -- An approach has the capacity and the place that it had in the middle of the month.
    bulanan as (
        select agregat.*, pendekat.kapasitas_skr_jam, pendekat.kode_kecamatan
        from {{ ref("agg_lalu_lintas_bulanan") }} as agregat
        inner join
            {{ ref("int_pendekat__masa") }} as pendekat
            on agregat.kode_simpang = pendekat.kode_simpang
            and agregat.pendekat = pendekat.pendekat
            and {{ in_force("pendekat", mid_month("agregat.bulan_mulai")) }}
    ),

    -- Where nothing is counted nothing is known: no zeros are filled in.
    hitungan as ({{ roll_up("bulanan", jumlah, ["kota", "kecamatan"]) }}),

    macet as (
        select macet.*, pendekat.kode_kecamatan
        from {{ ref("fct_kemacetan") }} as macet
        left join
            {{ ref("int_pendekat__masa") }} as pendekat
            on macet.kode_simpang = pendekat.kode_simpang
            and macet.pendekat = pendekat.pendekat
            and {{ in_force("pendekat", "macet.mulai_at") }}
    ),

    kemacetan as ({{ roll_up("macet", {"lama_jam": "sum(lama_menit) / 60"}, ["kota", "kecamatan"]) }}),

    angkutan as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            bulan_mulai,
            sum(penumpang_orang) as penumpang,
            count(distinct tanggal) as hari,
            sum(rit_jalan) * {{ var("kapasitas_bus_orang") }} as tempat,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_angkutan_umum") }}
        group by bulan_mulai
    )

    {{
        per_indicator(
            "hitungan",
            "bulan",
            "bulan_mulai",
            {
                "volume_lalu_lintas": {"pembilang": "volume_skr", "penyebut": "jam_pendekat"},
                "derajat_kejenuhan": {"pembilang": "volume_puncak_skr", "penyebut": "kapasitas_puncak_skr"},
                "kecepatan_rata_rata": {
                    "pembilang": "kecepatan_kali_unit",
                    "penyebut": "kendaraan_berkecepatan_unit",
                },
                "titik_macet": {"pembilang": "pendekat_jenuh"},
            },
        )
    }}

union all

{{ per_indicator("kemacetan", "bulan", "bulan_mulai", {"lama_kemacetan": {"pembilang": "round(lama_jam, 4)"}}) }}

union all

{{
    per_indicator(
        "angkutan",
        "bulan",
        "bulan_mulai",
        {
            "penumpang_trans_padang": {"pembilang": "penumpang", "penyebut": "hari"},
            "faktor_muat": {"pembilang": "penumpang", "penyebut": "tempat"},
        },
    )
}}
