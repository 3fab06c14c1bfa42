{{ config(meta={"camat_access": "all"}) }}

{%- set bawaan = ["koridor", "rute", "rit_rencana", "rit_jalan", "penumpang", "hari_lapor", "hari"] -%}

with
    -- A day whose passengers nobody reported counts for neither the passengers nor the seats.
    melapor as (
        select
            koridor::text as kode_wilayah,
            koridor,
            bulan_mulai,
            (array_agg(rute order by tanggal desc))[1] as rute,
            sum(rit_rencana) as rit_rencana,
            sum(rit_jalan) as rit_jalan,
            sum(penumpang_orang) as penumpang,
            count(penumpang_orang) as hari_lapor,
            sum(rit_jalan) filter (where penumpang_orang is not null) * {{ var("kapasitas_bus_orang") }} as tempat,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_angkutan_umum") }}
        group by koridor, bulan_mulai
    ),

    petak as (
        select melapor.*, terdaftar.hari_terdaftar as hari
        from melapor
        inner join
            {{ ref("int_koridor__bulanan") }} as terdaftar
            on melapor.koridor = terdaftar.koridor
            and melapor.bulan_mulai = terdaftar.bulan_mulai
            and not terdaftar.is_hari_sama
    ),

    bagian as (
        {{
            per_indicator(
                "petak",
                "bulan",
                "bulan_mulai",
                {
                    "penumpang_trans_padang": {"pembilang": "penumpang", "penyebut": "hari_lapor"},
                    "faktor_muat": {"pembilang": "penumpang", "penyebut": "tempat"},
                },
                alasan_sementara=missing_members("hari_lapor", "hari", "hari"),
                bawaan=bawaan,
            )
        }}
    ),

    {{ angka_opd("bagian", bawaan, "dishub_trans_padang", "bulan") }}

select
    angka.koridor,
    'Koridor ' || angka.koridor || coalesce(' · ' || angka.rute, '') as koridor_teks,
    angka.indikator_kode,
    angka.indikator_nama,
    {{ kata_angka() }},
    angka.penumpang,
    angka.rit_rencana,
    angka.rit_jalan,
    round(100.0 * angka.rit_jalan / nullif(angka.rit_rencana, 0), 1) as rit_jalan_persen,
    {{ nilai_bersatuan("100.0 * angka.rit_jalan / nullif(angka.rit_rencana, 0)", "'persen'", 1) }} as rit_jalan_teks
from angka
