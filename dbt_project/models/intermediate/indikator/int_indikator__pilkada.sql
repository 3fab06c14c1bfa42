with
    progres as (
        select
            pemilihan.indikator_kode,
            progres.kode_wilayah,
            pemilihan.pemungutan_suara_tanggal as pemungutan_tanggal,
            progres.tps_masuk,
            progres.tps_total,
            progres.persen_lapor,
            progres.is_simulasi
        from {{ ref("int_progres_suara__terkini") }} as progres
        inner join {{ ref("ref_pemilihan") }} as pemilihan on progres.pemilihan = pemilihan.pemilihan
        inner join
            {{ ref("dim_wilayah_kini") }} as wilayah
            on progres.kode_wilayah = wilayah.kode_wilayah
            and wilayah.tingkat in ('kota', 'kecamatan')
    ),

    rekap as (
        select rekap.*, hari.pemungutan_tanggal
        from {{ ref("fct_rekap_formulir") }} as rekap
        inner join {{ ref("ref_hari_pemilihan") }} as hari on rekap.tahun = hari.tahun
        where rekap.status = 'resmi' and rekap.pemilihan = 'pkwkk'
    ),

    dpt as ({{ roll_up(ref("fct_dpt"), {"dpt": "sum(jumlah_jiwa)", "tps": "sum(tps)"}, period="tahun") }}),

    dpt_hari as (
        select dpt.*, hari.pemungutan_tanggal
        from dpt
        inner join {{ ref("ref_hari_pemilihan") }} as hari on dpt.tahun = hari.tahun
    )

-- The web count is never the legal result, however complete.
select
    indikator_kode,
    kode_wilayah,
    'pemilihan' as periode_jenis,
    pemungutan_tanggal as periode_mulai,
    tps_masuk::numeric as pembilang,
    tps_total::numeric as penyebut,
    null::numeric as nilai_langsung,
    persen_lapor as nilai_lapor,
    null::text as penyebut_asal,
    true as is_belum_lengkap,
    'hitungan alat bantu, bukan hasil resmi' as alasan_sementara,
    false as is_hari_sama,
    is_simulasi
from progres

union all

{{
    per_indicator(
        "rekap",
        "pemilihan",
        "pemungutan_tanggal",
        {
            "partisipasi": {
                "pembilang": "pengguna_jiwa",
                "penyebut": "dpt_jiwa",
                "penyebut_asal": "'DPT ' || tahun",
                "where": "pengguna_jiwa is not null",
            },
            "suara_tidak_sah_persen": {
                "pembilang": "suara_tidak_sah",
                "penyebut": "suara_total",
                "where": "suara_total is not null",
            },
        },
    )
}}

union all

{{
    per_indicator(
        "dpt_hari",
        "pemilihan",
        "pemungutan_tanggal",
        {"jumlah_dpt": {"pembilang": "dpt"}, "jumlah_tps": {"pembilang": "tps"}},
    )
}}
