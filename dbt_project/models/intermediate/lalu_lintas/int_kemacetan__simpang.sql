{%- set bawaan = [
    "kode_simpang",
    "simpang",
    "kode_kecamatan",
    "jumlah_kemacetan",
    "lama_kemacetan_jam",
    "antrean_terpanjang_m",
    "tingkat_terburuk",
] -%}

with
    hitungan as (
        select
            kode_simpang,
            bulan_mulai,
            min(kode_kecamatan) as kode_kecamatan,
            sum(volume_skr) as volume_skr,
            sum(jumlah_interval) * 0.25 as jam_pendekat,
            sum(volume_puncak_skr) as volume_puncak_skr,
            sum(kapasitas_skr_jam * jumlah_interval_puncak * 0.25) as kapasitas_puncak_skr,
            sum(kecepatan_kali_unit) as kecepatan_kali_unit,
            sum(kendaraan_berkecepatan_unit) as kendaraan_berkecepatan_unit,
            count(*) filter (where is_utuh) as pendekat_utuh,
            count(*) as pendekat,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("int_pendekat__bulanan") }}
        group by kode_simpang, bulan_mulai
    ),

    macet as (
        select
            kode_simpang,
            bulan_mulai,
            count(*) as jumlah,
            round(sum(lama_menit) / 60, 1) as lama_jam,
            max(panjang_m) as panjang_m,
            max(tingkat)::int as tingkat
        from {{ ref("fct_kemacetan") }}
        group by kode_simpang, bulan_mulai
    ),

    -- A month that the list of congestions does not cover has no nought.
    tercakup as (
        select periode_mulai
        from {{ ref("int_sumber__periode") }}
        where source = 'dishub_macet' and periode_jenis = 'bulan' and cakupan <> 'kosong'
    ),

    nama as (select kode_simpang, min(simpang) as simpang from {{ ref("dim_pendekat") }} group by kode_simpang),

    petak as (
        select
            hitungan.*,
            hitungan.kode_simpang as kode_wilayah,
            coalesce(nama.simpang, hitungan.kode_simpang) as simpang,
            case when tercakup.periode_mulai is not null then coalesce(macet.jumlah, 0) end as jumlah_kemacetan,
            -- Unknown where nobody noted an end, which is not a nought.
            case
                when tercakup.periode_mulai is null then null when macet.kode_simpang is null then 0 else macet.lama_jam
            end as lama_kemacetan_jam,
            macet.panjang_m as antrean_terpanjang_m,
            macet.tingkat as tingkat_terburuk
        from hitungan
        left join nama on hitungan.kode_simpang = nama.kode_simpang
        left join tercakup on hitungan.bulan_mulai = tercakup.periode_mulai
        left join macet on hitungan.kode_simpang = macet.kode_simpang and hitungan.bulan_mulai = macet.bulan_mulai
    ),

    bagian as (
        {{
            per_indicator(
                "petak",
                "bulan",
                "bulan_mulai",
                {
                    "volume_lalu_lintas": {"pembilang": "volume_skr", "penyebut": "jam_pendekat"},
                    "derajat_kejenuhan": {"pembilang": "volume_puncak_skr", "penyebut": "kapasitas_puncak_skr"},
                    "kecepatan_rata_rata": {
                        "pembilang": "kecepatan_kali_unit",
                        "penyebut": "kendaraan_berkecepatan_unit",
                    },
                },
                alasan_sementara=missing_members("pendekat_utuh", "pendekat", "pendekat"),
                bawaan=bawaan,
            )
        }}
    ),

    {{ angka_opd("bagian", bawaan, "dishub_hitung", "bulan") }}

select
    angka.kode_simpang,
    angka.simpang,
    angka.kode_kecamatan,
    wilayah.nama as kecamatan,
    angka.indikator_kode,
    angka.indikator_nama,
    {{ kata_angka() }},
    angka.jumlah_kemacetan,
    angka.lama_kemacetan_jam,
    {{ nilai_bersatuan("angka.lama_kemacetan_jam", "'jam'", 1) }} as lama_kemacetan_teks,
    angka.antrean_terpanjang_m,
    angka.tingkat_terburuk,
    angka.periode_selesai,
    angka.sementara_karena,
    angka.sejak,
    angka.is_simulasi
from angka
left join {{ ref("dim_wilayah_kini") }} as wilayah on angka.kode_kecamatan = wilayah.kode_wilayah
