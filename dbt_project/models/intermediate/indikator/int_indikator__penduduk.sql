{%- set jumlah = {
    "laki_laki": "sum(laki_laki_jiwa)",
    "perempuan": "sum(perempuan_jiwa)",
    "penduduk": "sum(penduduk_jiwa)",
    "keluarga": "sum(keluarga_kk)",
    "wajib_ktp": "sum(wajib_ktp_jiwa)",
    "rekam_ktp": "sum(rekam_ktp_jiwa)",
    "kelurahan": "count(*)",
} -%}
{%- set mutasi = {
    "lahir": "sum(lahir_jiwa)",
    "mati": "sum(mati_jiwa)",
    "datang": "sum(datang_jiwa)",
    "pindah": "sum(pindah_jiwa)",
    "melapor": "count(*)",
} -%}

with
    semester as ({{ roll_up(ref("fct_penduduk"), jumlah, period="per_tanggal") }}),

    lengkap as (
        select
            semester.*,
            wilayah.tingkat,
            wilayah.luas_km2,
            date_trunc('month', semester.per_tanggal - interval '5 months')::date as semester_mulai,
            lalu.penduduk as penduduk_lalu,
            'DKB per ' || to_char(semester.per_tanggal, 'DD-MM-YYYY') as seri,
            coalesce(wilayah.jumlah_kelurahan, 1) as jumlah_kelurahan
        from semester
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on semester.kode_wilayah = wilayah.kode_wilayah
        left join
            semester as lalu
            on semester.kode_wilayah = lalu.kode_wilayah
            and lalu.per_tanggal = (semester.per_tanggal - interval '1 year')::date
    ),

    bulanan as ({{ roll_up(ref("fct_mutasi_penduduk"), mutasi) }}),

    mutasi as (
        select bulanan.*, coalesce(wilayah.jumlah_kelurahan, 1) as jumlah_kelurahan
        from bulanan
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on bulanan.kode_wilayah = wilayah.kode_wilayah
    ),

    umur as (
        {{
            roll_up(
                ref("fct_penduduk_umur"),
                {
                    "tanggungan": "sum(penduduk_jiwa) filter (where umur_dari < 15 or umur_dari >= 65)",
                    "produktif": "sum(penduduk_jiwa) filter (where umur_dari between 15 and 60)",
                    "kelurahan": "count(distinct kode_kelurahan) - count(distinct kode_kelurahan) filter (where penduduk_jiwa is null)",
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
                "jumlah_kk": {"pembilang": "keluarga"},
                "kepadatan_penduduk": {
                    "pembilang": "penduduk",
                    "penyebut": "luas_km2",
                    "penyebut_asal": "'luas BPS'",
                    "where": "luas_km2 is not null",
                },
                "rasio_jenis_kelamin": {"pembilang": "laki_laki", "penyebut": "perempuan", "penyebut_asal": "seri"},
                "cakupan_perekaman_ktpel": {
                    "pembilang": "rekam_ktp",
                    "penyebut": "wajib_ktp",
                    "penyebut_asal": "seri",
                },
                "laju_pertumbuhan": {
                    "pembilang": "penduduk",
                    "penyebut": "penduduk_lalu",
                    "penyebut_asal": "'DKB per ' || to_char(per_tanggal - interval '1 year', 'DD-MM-YYYY')",
                    "where": "penduduk_lalu is not null",
                },
            },
            alasan_sementara=missing_members("kelurahan", "jumlah_kelurahan", "kelurahan"),
        )
    }}

union all

{{
    per_indicator(
        "mutasi",
        "bulan",
        "bulan_mulai",
        {
            "mutasi_lahir": {"pembilang": "lahir"},
            "mutasi_mati": {"pembilang": "mati"},
            "mutasi_datang": {"pembilang": "datang"},
            "mutasi_pindah": {"pembilang": "pindah"},
        },
        alasan_sementara=missing_members("melapor", "jumlah_kelurahan", "kelurahan"),
    )
}}

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
