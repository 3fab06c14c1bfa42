{{ config(meta={"camat_access": "rows"}) }}

{%- set irisan -%}
    case grouping(opd_kunci, topik, kode_kecamatan)
        when 7 then 'kota' when 3 then 'opd' when 5 then 'topik' when 1 then 'opd_topik' when 6 then 'kecamatan'
        else 'kecamatan_topik'
    end
{%- endset -%}
{%- set per_irisan -%}
    group by
        grouping sets (
            (bulan_mulai),
            (bulan_mulai, opd_kunci),
            (bulan_mulai, topik),
            (bulan_mulai, opd_kunci, topik),
            (bulan_mulai, kode_kecamatan),
            (bulan_mulai, kode_kecamatan, topik)
        )
    having grouping(kode_kecamatan) = 1 or kode_kecamatan is not null
{%- endset -%}
{%- set opd_kunci = "coalesce(kode_opd, instansi, '–')" -%}
{%- set masuk = {
    "masuk": "count(*)",
    "disposisi": "count(*) filter (where is_didisposisi)",
    "tindak_lanjut": "count(*) filter (where is_didisposisi and is_ditindaklanjuti)",
    "selesai": "count(*) filter (where is_didisposisi and is_selesai)",
    "jatuh_tempo": "count(*) filter (where is_jatuh_tempo)",
    "patuh": "count(*) filter (where is_jatuh_tempo and coalesce(selesai_hari_kerja <= batas_hari_kerja, false))",
} -%}
{%- set sisa = {
    "terbuka": "count(*)",
    "lewat_batas": "count(*) filter (where umur_hari_kerja > batas_hari_kerja)",
    "umur_sampai_5": "count(*) filter (where umur_hari_kerja <= 5)",
    "umur_6_14": "count(*) filter (where umur_hari_kerja between 6 and 14)",
    "umur_15_60": "count(*) filter (where umur_hari_kerja between 15 and 60)",
    "umur_lebih_60": "count(*) filter (where umur_hari_kerja > 60)",
} -%}

{%- set bawaan = ["irisan", "opd_kunci", "topik", "kode_kecamatan", "disposisi", "tertua_hari_kerja"] + [
    "masuk",
    "tindak_lanjut",
    "selesai",
] + sisa.keys() | list -%}

with
    {{ laporan_pengaduan() }}

    berkas as (
        select
            bulan_mulai,
            {{ irisan }} as irisan,
            opd_kunci,
            topik,
            kode_kecamatan
            {%- for nama, ukuran in masuk.items() %}, {{ ukuran }} as {{ nama }} {%- endfor %}
        from (select *, {{ opd_kunci }} as opd_kunci, kategori as topik from laporan) as laporan {{ per_irisan }}
    ),

    tunggakan as (
        select
            bulan_mulai,
            {{ irisan }} as irisan,
            opd_kunci,
            topik,
            kode_kecamatan
            {%- for nama, ukuran in sisa.items() %}, {{ ukuran }} as {{ nama }} {%- endfor %},
            max(umur_hari_kerja) as tertua_hari_kerja,
            (percentile_cont(0.5) within group (order by umur_hari_kerja))::numeric as median_hari_kerja
        from (select *, {{ opd_kunci }} as opd_kunci, kategori as topik from terbuka) as terbuka {{ per_irisan }}
    ),

    -- Who was ever told of has a nought in a month without a report.
    semua as (
        select
            bulan_mulai,
            irisan,
            opd_kunci,
            topik,
            kode_kecamatan,
            {{ masuk.keys() | join(", ") }},
            {% for nama in sisa %} 0::bigint as {{ nama }}, {% endfor %}
            null::bigint as tertua_hari_kerja,
            null::numeric as median_hari_kerja
        from berkas
        union all
        select
            bulan_mulai,
            irisan,
            opd_kunci,
            topik,
            kode_kecamatan,
            {% for nama in masuk %} 0, {% endfor %} {{ sisa.keys() | join(", ") }},
            tertua_hari_kerja,
            median_hari_kerja
        from tunggakan
        union all
        select
            bulan.bulan_mulai,
            kelompok.*,
            {% for nama in masuk %} 0, {% endfor %}
            {% for nama in sisa %} 0, {% endfor %} null,
            null
        from (select distinct irisan, opd_kunci, topik, kode_kecamatan from berkas) as kelompok
        cross join (select distinct bulan_mulai from akhir_bulan) as bulan
    ),

    dijumlah as (
        select
            concat_ws('|', irisan, opd_kunci, topik, kode_kecamatan) as kode_wilayah,
            irisan,
            opd_kunci,
            topik,
            kode_kecamatan,
            bulan_mulai,
            {% for nama in masuk.keys() | list + sisa.keys() | list %}
                sum({{ nama }})::bigint as {{ nama }},
            {% endfor %}
            max(tertua_hari_kerja) as tertua_hari_kerja,
            max(median_hari_kerja) as median_hari_kerja
        from semua
        group by irisan, opd_kunci, topik, kode_kecamatan, bulan_mulai
    ),

    petak as (
        select
            dijumlah.*,
            {{ belum_matang() }} as belum_matang,
            case
                when dijumlah.bulan_mulai > celah.bulan_mulai then 'laporan bulan sebelumnya ada yang tidak diterima'
            end as bercelah,
            asal.is_simulasi
        from dijumlah
        inner join matang on dijumlah.bulan_mulai = matang.bulan_mulai
        cross join hari_ini
        cross join celah
        cross join (select bool_or(is_simulasi) as is_simulasi from laporan) as asal
    ),

    bagian as (
        {{
            per_indicator(
                "petak",
                "bulan",
                "bulan_mulai",
                {
                    "laporan_masuk": {"pembilang": "masuk"},
                    "persen_tindak_lanjut": {
                        "pembilang": "tindak_lanjut",
                        "penyebut": "disposisi",
                        "alasan_sementara": "belum_matang",
                    },
                    "persen_selesai": {
                        "pembilang": "selesai",
                        "penyebut": "disposisi",
                        "alasan_sementara": "belum_matang",
                    },
                    "kepatuhan_sla": {
                        "pembilang": "patuh",
                        "penyebut": "jatuh_tempo",
                        "alasan_sementara": "belum_matang",
                    },
                    "umur_tunggakan": {
                        "nilai_langsung": "median_hari_kerja",
                        "penyebut": "terbuka",
                        "alasan_sementara": "bercelah",
                    },
                },
                bawaan=bawaan,
            )
        }}
    ),

    {{ angka_opd("bagian", bawaan, "diskominfo_lapor", "bulan") }},

    opd as (select kode_opd, nama from {{ ref("dim_opd") }} where is_berlaku)

select
    angka.irisan,
    opd.kode_opd as opd_kode,
    case
        when angka.opd_kunci is null
        then 'Semua perangkat daerah'
        when angka.opd_kunci = '–'
        then 'Belum didisposisikan'
        else coalesce(opd.nama, angka.opd_kunci)
    end as opd_nama,
    coalesce(angka.topik, 'Semua topik') as topik,
    angka.kode_kecamatan,
    wilayah.nama as wilayah_nama,
    angka.indikator_kode,
    angka.indikator_nama,
    {{ kata_angka() }},
    angka.masuk,
    angka.disposisi,
    angka.tindak_lanjut,
    angka.selesai,
    angka.terbuka,
    angka.lewat_batas,
    angka.tertua_hari_kerja,
    angka.umur_sampai_5,
    angka.umur_6_14,
    angka.umur_15_60,
    angka.umur_lebih_60
from angka
left join opd on angka.opd_kunci = opd.kode_opd
left join
    {{ ref("dim_wilayah_kini") }} as wilayah
    on wilayah.kode_wilayah = coalesce(angka.kode_kecamatan, '{{ var("kode_kota") }}')
