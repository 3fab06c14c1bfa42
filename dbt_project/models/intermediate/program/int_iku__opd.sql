{%- set bawaan = [
    "kode_opd",
    "opd_nama",
    "kode_kecamatan",
    "tingkat",
    "iku",
    "dinilai",
    "jumlah_iku",
    "sasaran",
    "satuan_iku",
    "target_triwulan",
    "realisasi",
    "kategori_kinerja",
] -%}

with
    iku as (
        select iku.*, opd.nama as opd_nama, opd.kode_kecamatan, coalesce(iku.kode_opd, iku.opd) as opd_kunci
        from {{ ref("fct_capaian_iku") }} as iku
        left join
            {{ ref("dim_opd") }} as opd
            on iku.kode_opd = opd.kode_opd
            and (iku.triwulan_mulai + interval '3 months - 1 day')::date
            between opd.berlaku_sejak and opd.berlaku_sampai
    ),

    -- The city, each agency, and each of its key indicators: an indicator is the mean of itself.
    kelompok as (
        select
            case
                when grouping(opd_kunci) = 1
                then '{{ var("kode_kota") }}'
                when grouping(indikator) = 1
                then opd_kunci
                else opd_kunci || '|' || indikator
            end as kode_wilayah,
            case
                when grouping(opd_kunci) = 1 then 'kota' when grouping(indikator) = 1 then 'opd' else 'iku'
            end as tingkat,
            triwulan_mulai,
            case when grouping(opd_kunci) = 0 then min(kode_opd) end as kode_opd,
            case
                when grouping(opd_kunci) = 1 then 'Semua perangkat daerah' else coalesce(min(opd_nama), min(opd))
            end as opd_nama,
            case when grouping(opd_kunci) = 0 then min(kode_kecamatan) end as kode_kecamatan,
            indikator as iku,
            count(*) as jumlah_iku,
            count(capaian_pct) as dinilai,
            count(*) filter (where capaian_pct >= 100) as tercapai,
            sum(capaian_pct) as capaian,
            {% for nama in ["sasaran", "satuan", "target_triwulan", "realisasi", "kategori_kinerja"] %}
                case
                    when grouping(indikator) = 0 then min({{ nama }})
                end as {{ nama | replace("satuan", "satuan_iku") }},
            {% endfor %}
            bool_or(is_simulasi) as is_simulasi
        from iku
        group by grouping sets ((triwulan_mulai), (triwulan_mulai, opd_kunci), (triwulan_mulai, opd_kunci, indikator))
    ),

    -- Whose achievement is due, by the roster that the city's own figure has.
    kunci as (select distinct on (opd) opd, opd_kunci from iku order by opd, triwulan_mulai desc),

    daftar as (
        select
            daftar.triwulan_mulai,
            kunci.opd_kunci,
            case when grouping(kunci.opd_kunci) = 1 then 'kota' else 'opd' end as tingkat,
            count(*) filter (where daftar.is_jatuh_tempo) as terdaftar
        from {{ ref("int_iku__daftar") }} as daftar
        inner join kunci on daftar.opd = kunci.opd
        group by grouping sets ((daftar.triwulan_mulai), (daftar.triwulan_mulai, kunci.opd_kunci))
    ),

    terdaftar as (
        select kelompok.*, daftar.terdaftar
        from kelompok
        left join
            daftar
            on kelompok.triwulan_mulai = daftar.triwulan_mulai
            and kelompok.tingkat = daftar.tingkat
            and (kelompok.tingkat = 'kota' or kelompok.kode_wilayah = daftar.opd_kunci)
    ),

    bagian as (
        {{
            per_indicator(
                "terdaftar",
                "triwulan",
                "triwulan_mulai",
                {
                    "iku_tercapai": {
                        "pembilang": "tercapai",
                        "penyebut": "dinilai",
                        "alasan_sementara": missing_members("dinilai", "terdaftar", "IKU"),
                        "where": "petak.tingkat <> 'iku'",
                    },
                    "capaian_iku": {
                        "pembilang": "capaian",
                        "penyebut": "dinilai",
                        "alasan_sementara": missing_members("dinilai", "terdaftar", "IKU"),
                    },
                },
                bawaan=bawaan,
            )
        }}
    ),

    {{ angka_opd("bagian", bawaan, "organisasi_iku", "triwulan") }}

select
    angka.kode_opd as opd_kode,
    angka.opd_nama,
    angka.kode_kecamatan,
    angka.tingkat,
    coalesce(angka.iku, 'Semua IKU') as iku,
    angka.indikator_kode,
    angka.indikator_nama,
    {{ kata_angka() }},
    angka.dinilai || ' dari ' || angka.jumlah_iku || ' IKU dinilai' as dinilai_teks,
    angka.sasaran,
    coalesce('target ' || {{ nilai_tertulis("angka.target_triwulan", "angka.satuan_iku") }}, '–') as iku_target_teks,
    coalesce({{ nilai_tertulis("angka.realisasi", "angka.satuan_iku") }}, '–') as iku_realisasi_teks,
    replace(angka.kategori_kinerja, '_', ' ') as kategori_kinerja,
    angka.periode_selesai,
    angka.sementara_karena,
    angka.sejak,
    angka.is_simulasi
from angka
