{#- The activities of RFK with what a month should have; CTEs that end with `kegiatan`, one row per activity and month. -#}
{% macro rfk_kegiatan() %}
    rfk as (select * from {{ ref("fct_kegiatan_rfk") }}),

    bulan as (
        select tahun, bulan_mulai, row_number() over (partition by tahun order by bulan_mulai) as bulan_ke
        from rfk
        group by tahun, bulan_mulai
    ),

    dikenal as (
        select
            rfk.tahun,
            rfk.kode_opd,
            rfk.kode_kegiatan,
            max(rfk.program) as program,
            max(rfk.kegiatan) as kegiatan,
            min(bulan.bulan_ke) as sejak_ke,
            bool_or(rfk.is_simulasi) as is_simulasi
        from rfk
        inner join bulan on rfk.bulan_mulai = bulan.bulan_mulai
        group by rfk.tahun, rfk.kode_opd, rfk.kode_kegiatan
    ),

    -- What a month should have: every activity that the year has had before, and to its first month what the second
    -- has. What is missing there is unknown, not nought.
    daftar as (
        select
            bulan.bulan_mulai,
            dikenal.kode_opd,
            dikenal.kode_kegiatan,
            coalesce(rfk.program, dikenal.program) as program,
            coalesce(rfk.kegiatan, dikenal.kegiatan) as kegiatan,
            dikenal.is_simulasi,
            rfk.pagu_idr,
            rfk.realisasi_keuangan_idr,
            rfk.realisasi_keuangan_pct,
            rfk.realisasi_fisik_pct,
            rfk.target_keuangan_pct,
            rfk.target_fisik_pct,
            rfk.deviasi_keuangan_poin,
            rfk.deviasi_fisik_poin,
            rfk.is_kritis
        from bulan
        inner join dikenal on bulan.tahun = dikenal.tahun and dikenal.sejak_ke <= greatest(bulan.bulan_ke, 2)
        left join
            rfk
            on bulan.bulan_mulai = rfk.bulan_mulai
            and dikenal.kode_opd = rfk.kode_opd
            and dikenal.kode_kegiatan = rfk.kode_kegiatan
    ),

    -- The office of a kecamatan stands for the kecamatan that it was the office of then; the city is all agencies.
    kegiatan as (
        select daftar.*, opd.nama as opd_nama, opd.singkatan as opd_singkatan, opd.kode_kecamatan
        from daftar
        left join
            {{ ref("dim_opd") }} as opd
            on daftar.kode_opd = opd.kode_opd
            and (daftar.bulan_mulai + interval '1 month - 1 day')::date between opd.berlaku_sejak and opd.berlaku_sampai
    ),
{% endmacro %}

{#- Sums over activities: of money, of physical progress, and of what has both a result and a target. -#}
{% macro rfk_jumlah() %}
    {%- set keuangan = "filter (where realisasi_keuangan_idr is not null)" -%}
    {%- set fisik = "filter (where realisasi_fisik_pct is not null)" -%}
    {%- set banding_keuangan = (
        "filter (where realisasi_keuangan_idr is not null and target_keuangan_pct is not null)"
    ) -%}
    {%- set banding_fisik = "filter (where realisasi_fisik_pct is not null and target_fisik_pct is not null)" -%}
    {{
        return(
            {
                "terdaftar": "count(*)",
                "ada_keuangan": "count(*) " ~ keuangan,
                "pagu_keuangan": "sum(pagu_idr) " ~ keuangan,
                "keuangan": "sum(realisasi_keuangan_idr)",
                "ada_fisik": "count(*) " ~ fisik,
                "pagu_fisik": "sum(pagu_idr) " ~ fisik,
                "fisik": "sum(pagu_idr * realisasi_fisik_pct / 100)",
                "ada_banding_keuangan": "count(*) " ~ banding_keuangan,
                "banding_pagu_keuangan": "sum(pagu_idr) " ~ banding_keuangan,
                "banding_keuangan": "sum(realisasi_keuangan_idr) " ~ banding_keuangan,
                "target_keuangan": "sum(pagu_idr * target_keuangan_pct / 100) " ~ banding_keuangan,
                "ada_banding_fisik": "count(*) " ~ banding_fisik,
                "banding_pagu_fisik": "sum(pagu_idr) " ~ banding_fisik,
                "banding_fisik": "sum(pagu_idr * realisasi_fisik_pct / 100) " ~ banding_fisik,
                "target_fisik": "sum(pagu_idr * target_fisik_pct / 100) " ~ banding_fisik,
                "kritis": "count(*) filter (where is_kritis)",
            }
        )
    }}
{% endmacro %}

{#- Indicators of those sums; a total of fewer activities than its roster is provisional. -#}
{% macro rfk_ukuran() %}
    {{
        return(
            {
                "realisasi_keuangan": {
                    "pembilang": "keuangan",
                    "penyebut": "pagu_keuangan",
                    "alasan_sementara": missing_members("ada_keuangan", "terdaftar", "kegiatan"),
                },
                "realisasi_fisik": {
                    "pembilang": "fisik",
                    "penyebut": "pagu_fisik",
                    "alasan_sementara": missing_members("ada_fisik", "terdaftar", "kegiatan"),
                },
                "deviasi_keuangan": {
                    "pembilang": "100 * banding_keuangan / nullif(banding_pagu_keuangan, 0)",
                    "penyebut": "100 * target_keuangan / nullif(banding_pagu_keuangan, 0)",
                    "alasan_sementara": missing_members("ada_banding_keuangan", "terdaftar", "kegiatan"),
                },
                "deviasi_fisik": {
                    "pembilang": "100 * banding_fisik / nullif(banding_pagu_fisik, 0)",
                    "penyebut": "100 * target_fisik / nullif(banding_pagu_fisik, 0)",
                    "alasan_sementara": missing_members("ada_banding_fisik", "terdaftar", "kegiatan"),
                },
                "kegiatan_kritis": {
                    "pembilang": "case when ada_banding_fisik > 0 then kritis end",
                    "alasan_sementara": missing_members("ada_banding_fisik", "terdaftar", "kegiatan"),
                },
            }
        )
    }}
{% endmacro %}
