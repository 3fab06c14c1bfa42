{%- set jumlah = {
    "volume_skr": "sum(volume_skr)",
    "jam_pendekat": "sum(jumlah_interval) * 0.25",
    "volume_puncak_skr": "sum(volume_puncak_skr)",
    "kapasitas_puncak_skr": "sum(kapasitas_skr_jam * jumlah_interval_puncak * 0.25)",
    "kecepatan_kali_unit": "sum(kecepatan_kali_unit)",
    "kendaraan_berkecepatan_unit": "sum(kendaraan_berkecepatan_unit)",
    "pendekat_jenuh": "case when count(jumlah_interval) > 0 then count(*) filter (where volume_jam_tertinggi_skr >= "
    ~ var("dj_jenuh")
    ~ " * kapasitas_skr_jam) end",
    "pendekat_utuh": "count(*) filter (where is_utuh)",
    "pendekat": "count(*)",
} -%}

{%- set macet = {
    "lama_jam": "sum(lama_menit) / 60",
    "berakhir": "count(lama_menit)",
    "kemacetan": "count(*)",
} -%}
{%- set pendekat_utuh = missing_members("pendekat_utuh", "pendekat", "pendekat") -%}

with
    bulanan as (select * from {{ ref("int_pendekat__bulanan") }}),

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

    kemacetan as (
        {{ roll_up("macet", macet, ["kota", "kecamatan"], hari_sama={"source": "dishub_macet", "waktu": "mulai_at"}) }}
    ),

    petak_kemacetan as (
        {{
            monthly_grid(
                "kemacetan",
                macet,
                "dishub_macet",
                ["kota", "kecamatan"],
                told_of={"lama_jam": "kemacetan"},
                hari_sama=true,
            )
        }}
    ),

    -- Where no approach is watched nothing is known of jams.
    teramati as (
        select petak.*
        from petak_kemacetan as petak
        where
            petak.tingkat = 'kota' or petak.kode_wilayah in (select kode_kecamatan from {{ ref("int_pendekat__masa") }})
    ),

    terdaftar as (
        select bulan_mulai, is_hari_sama, sum(hari_terdaftar) as hari_koridor
        from {{ ref("int_koridor__bulanan") }}
        group by bulan_mulai, is_hari_sama
    ),

    -- A day whose passengers nobody reported counts for neither the passengers nor the seats.
    melapor as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            hitung_mulai as bulan_mulai,
            is_hari_sama,
            sum(penumpang_orang) as penumpang,
            count(distinct tanggal) as hari,
            count(*) as hari_koridor,
            sum(rit_jalan) * {{ var("kapasitas_bus_orang") }} as tempat,
            bool_or(is_simulasi) as is_simulasi
        from {{ berhari_sama(ref("fct_angkutan_umum"), "dishub_trans_padang", from_local_time("tanggal")) }}
        where penumpang_orang is not null
        group by hitung_mulai, is_hari_sama
    ),

    angkutan as (
        select melapor.*, terdaftar.hari_koridor as hari_koridor_terdaftar
        from melapor
        inner join
            terdaftar on melapor.bulan_mulai = terdaftar.bulan_mulai and melapor.is_hari_sama = terdaftar.is_hari_sama
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
            alasan_sementara=pendekat_utuh,
        )
    }}

union all

{{
    per_indicator(
        "teramati",
        "bulan",
        "bulan_mulai",
        {
            "lama_kemacetan": {
                "pembilang": "round(lama_jam, 4)",
                "alasan_sementara": missing_members("berakhir", "kemacetan", "kemacetan"),
            }
        },
        hari_sama=true,
    )
}}

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
        alasan_sementara=missing_members("hari_koridor", "hari_koridor_terdaftar", "hari koridor"),
        hari_sama=true,
    )
}}
