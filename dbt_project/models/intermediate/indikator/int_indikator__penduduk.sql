{#- A share counts only who has both of its parts; each figure knows of how many kelurahan it is made. -#}
{%- set dua_jenis = "filter (where laki_laki_jiwa is not null and perempuan_jiwa is not null)" -%}
{%- set berekam = "filter (where wajib_ktp_jiwa is not null and rekam_ktp_jiwa is not null)" -%}
{%- set berpembanding = "filter (where penduduk_jiwa is not null and penduduk_lalu_jiwa is not null)" -%}
{%- set jumlah = {
    "laki_laki": "sum(laki_laki_jiwa) " ~ dua_jenis,
    "perempuan": "sum(perempuan_jiwa) " ~ dua_jenis,
    "jenis_didata": "count(*) " ~ dua_jenis,
    "penduduk": "sum(penduduk_jiwa)",
    "penduduk_didata": "count(penduduk_jiwa)",
    "keluarga": "sum(keluarga_kk)",
    "keluarga_didata": "count(keluarga_kk)",
    "wajib_ktp": "sum(wajib_ktp_jiwa) " ~ berekam,
    "rekam_ktp": "sum(rekam_ktp_jiwa) " ~ berekam,
    "ktp_didata": "count(*) " ~ berekam,
    "penduduk_tumbuh": "sum(penduduk_jiwa) " ~ berpembanding,
    "penduduk_lalu": "sum(penduduk_lalu_jiwa) " ~ berpembanding,
    "tumbuh_didata": "count(*) " ~ berpembanding,
} -%}
{%- set peristiwa = ["lahir", "mati", "datang", "pindah"] -%}
{%- set mutasi = {} -%}
{%- set ukuran_mutasi = {} -%}
{%- for nama in peristiwa -%}
    {%- do mutasi.update({nama: "sum(" ~ nama ~ "_jiwa)", nama ~ "_didata": "count(" ~ nama ~ "_jiwa)"}) -%}
    {%- do ukuran_mutasi.update(
        {
            "mutasi_"
            ~ nama: {
                "pembilang": nama,
                "alasan_sementara": missing_members(nama ~ "_didata", "jumlah_kelurahan", "kelurahan"),
            },
        }
    ) -%}
{%- endfor %}

with
    penduduk as (
        select kini.*, lalu.penduduk_jiwa as penduduk_lalu_jiwa
        from {{ ref("fct_penduduk") }} as kini
        left join
            {{ ref("fct_penduduk") }} as lalu
            on kini.kode_kelurahan = lalu.kode_kelurahan
            and lalu.per_tanggal = (kini.per_tanggal - interval '1 year')::date
    ),

    semester as ({{ roll_up("penduduk", jumlah, period="per_tanggal") }}),

    lengkap as (
        select
            semester.*,
            wilayah.tingkat,
            wilayah.luas_km2,
            date_trunc('month', semester.per_tanggal - interval '5 months')::date as semester_mulai,
            'DKB per ' || to_char(semester.per_tanggal, 'DD-MM-YYYY') as seri,
            coalesce(wilayah.jumlah_kelurahan, 1) as jumlah_kelurahan
        from semester
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on semester.kode_wilayah = wilayah.kode_wilayah
    ),

    bulanan as ({{ roll_up(ref("fct_mutasi_penduduk"), mutasi) }}),

    mutasi as (
        select bulanan.*, coalesce(wilayah.jumlah_kelurahan, 1) as jumlah_kelurahan
        from bulanan
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on bulanan.kode_wilayah = wilayah.kode_wilayah
    ),

    -- A kelurahan of which an age is not known lacks it above or below the line.
    umur_kelurahan as (
        select *, bool_and(penduduk_jiwa is not null) over (partition by per_tanggal, kode_kelurahan) as is_utuh
        from {{ ref("fct_penduduk_umur") }}
    ),

    umur as (
        {{
            roll_up(
                "umur_kelurahan",
                {
                    "tanggungan": "sum(penduduk_jiwa) filter (where is_utuh and (umur_dari < 15 or umur_dari >= 65))",
                    "produktif": "sum(penduduk_jiwa) filter (where is_utuh and umur_dari between 15 and 60)",
                    "kelurahan": "count(distinct kode_kelurahan) filter (where is_utuh)",
                },
                period="per_tanggal",
            )
        }}
    ),

    umur_semester as (
        select
            umur.*,
            make_date(
                extract(year from umur.per_tanggal)::int,
                case when extract(month from umur.per_tanggal) > 6 then 7 else 1 end,
                1
            ) as semester_mulai,
            'Registrasi penduduk per ' || to_char(umur.per_tanggal, 'DD-MM-YYYY') as seri,
            coalesce(wilayah.jumlah_kelurahan, 1) as jumlah_kelurahan
        from umur
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on umur.kode_wilayah = wilayah.kode_wilayah
    )

    {{
        per_indicator(
            "lengkap",
            "semester",
            "semester_mulai",
            {
                "jumlah_penduduk": {"pembilang": "penduduk"},
                "jumlah_kk": {
                    "pembilang": "keluarga",
                    "alasan_sementara": missing_members("keluarga_didata", "jumlah_kelurahan", "kelurahan"),
                },
                "kepadatan_penduduk": {
                    "pembilang": "penduduk",
                    "penyebut": "luas_km2",
                    "penyebut_asal": "'luas BPS'",
                    "where": "luas_km2 is not null",
                },
                "rasio_jenis_kelamin": {
                    "pembilang": "laki_laki",
                    "penyebut": "perempuan",
                    "penyebut_asal": "seri",
                    "alasan_sementara": missing_members("jenis_didata", "jumlah_kelurahan", "kelurahan"),
                },
                "cakupan_perekaman_ktpel": {
                    "pembilang": "rekam_ktp",
                    "penyebut": "wajib_ktp",
                    "penyebut_asal": "seri",
                    "alasan_sementara": missing_members("ktp_didata", "jumlah_kelurahan", "kelurahan"),
                },
                "laju_pertumbuhan": {
                    "pembilang": "penduduk_tumbuh",
                    "penyebut": "penduduk_lalu",
                    "penyebut_asal": "'DKB per ' || to_char(per_tanggal - interval '1 year', 'DD-MM-YYYY')",
                    "alasan_sementara": missing_members("tumbuh_didata", "jumlah_kelurahan", "kelurahan"),
                    "where": "penduduk_lalu is not null",
                },
            },
            alasan_sementara=missing_members("penduduk_didata", "jumlah_kelurahan", "kelurahan"),
        )
    }}

union all

{{ per_indicator("mutasi", "bulan", "bulan_mulai", ukuran_mutasi) }}

union all

{{
    per_indicator(
        "umur_semester",
        "semester",
        "semester_mulai",
        {"rasio_ketergantungan": {"pembilang": "tanggungan", "penyebut": "produktif", "penyebut_asal": "seri"}},
        alasan_sementara=missing_members("kelurahan", "jumlah_kelurahan", "kelurahan"),
    )
}}
