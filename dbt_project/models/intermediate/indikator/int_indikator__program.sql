{%- set jumlah = {
    "pagu": "sum(pagu_idr)",
    "keuangan": "sum(realisasi_keuangan_idr)",
    "fisik": "sum(pagu_idr * realisasi_fisik_pct / 100)",
    "target_keuangan": "sum(pagu_idr * target_keuangan_pct / 100)",
    "target_fisik": "sum(pagu_idr * target_fisik_pct / 100)",
    "kritis": "count(*) filter (where is_kritis)",
} -%}

with
    -- The office of a kecamatan stands for the kecamatan; the city is all agencies.
    kegiatan as (
        select kegiatan.*, opd.kode_kecamatan
        from {{ ref("fct_kegiatan_rfk") }} as kegiatan
        left join {{ ref("dim_opd") }} as opd on kegiatan.kode_opd = opd.kode_opd and opd.is_berlaku
    ),

    bulanan as ({{ roll_up("kegiatan", jumlah, ["kota", "kecamatan"]) }}),

    iku as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            triwulan_mulai,
            count(capaian_pct) as dinilai,
            count(*) filter (where capaian_pct >= 100) as tercapai,
            sum(capaian_pct) as capaian,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_capaian_iku") }}
        group by triwulan_mulai
        having count(capaian_pct) > 0
    ),

    apbd as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            date_trunc('month', per_tanggal)::date as bulan_mulai,
            max(realisasi_idr) filter (where kode_rekening = '4') as pendapatan,
            max(anggaran_idr) filter (where kode_rekening = '4') as anggaran_pendapatan,
            max(realisasi_idr) filter (where kode_rekening = '5') as belanja,
            max(anggaran_idr) filter (where kode_rekening = '5') as anggaran_belanja,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_apbd") }}
        where kode_rekening in ('4', '5') and tahun_realisasi = extract(year from per_tanggal)
        group by per_tanggal
    )

    {{
        per_indicator(
            "bulanan",
            "bulan",
            "bulan_mulai",
            {
                "realisasi_keuangan": {"pembilang": "keuangan", "penyebut": "pagu"},
                "realisasi_fisik": {"pembilang": "fisik", "penyebut": "pagu"},
                "deviasi_keuangan": {
                    "pembilang": "100 * keuangan / nullif(pagu, 0)",
                    "penyebut": "100 * target_keuangan / nullif(pagu, 0)",
                },
                "deviasi_fisik": {
                    "pembilang": "100 * fisik / nullif(pagu, 0)",
                    "penyebut": "100 * target_fisik / nullif(pagu, 0)",
                },
                "kegiatan_kritis": {"pembilang": "kritis"},
            },
        )
    }}

union all

{{
    per_indicator(
        "iku",
        "triwulan",
        "triwulan_mulai",
        {
            "iku_tercapai": {"pembilang": "tercapai", "penyebut": "dinilai"},
            "capaian_iku": {"pembilang": "capaian", "penyebut": "dinilai"},
        },
    )
}}

union all

{{
    per_indicator(
        "apbd",
        "bulan",
        "bulan_mulai",
        {
            "realisasi_pendapatan": {"pembilang": "pendapatan", "penyebut": "anggaran_pendapatan"},
            "realisasi_belanja": {"pembilang": "belanja", "penyebut": "anggaran_belanja"},
        },
    )
}}
