with
    {{ rfk_kegiatan() }}

    bulanan as ({{ roll_up("kegiatan", rfk_jumlah(), ["kota", "kecamatan"]) }}),

    iku as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            triwulan_mulai,
            count(capaian_pct) as dinilai,
            count(*) filter (where capaian_pct >= 100) as tercapai,
            sum(capaian_pct) as capaian,
            count(*) filter (where is_jatuh_tempo) as terdaftar,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("int_iku__daftar") }}
        group by triwulan_mulai
        having count(capaian_pct) > 0
    ),

    -- A report taken twice in a month is two views of that month, of which the last stands that tells an account.
    lra as (
        select *, max(per_tanggal) over (partition by date_trunc('month', per_tanggal), kode_rekening) as terakhir
        from {{ ref("fct_apbd") }}
        where kode_rekening in ('4', '5') and tahun_realisasi = extract(year from per_tanggal)
    ),

    apbd as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            date_trunc('month', per_tanggal)::date as bulan_mulai,
            max(realisasi_idr) filter (where kode_rekening = '4') as pendapatan,
            max(anggaran_idr) filter (where kode_rekening = '4') as anggaran_pendapatan,
            max(realisasi_idr) filter (where kode_rekening = '5') as belanja,
            max(anggaran_idr) filter (where kode_rekening = '5') as anggaran_belanja,
            max(per_tanggal) filter (where kode_rekening = '4') as pendapatan_per,
            max(per_tanggal) filter (where kode_rekening = '5') as belanja_per,
            bool_or(is_simulasi) as is_simulasi
        from lra
        where per_tanggal = terakhir
        group by date_trunc('month', per_tanggal)
    )

    {{
        per_indicator(
            "bulanan",
            "bulan",
            "bulan_mulai",
            rfk_ukuran(),
        )
    }}

union all

{{
    per_indicator(
        "iku",
        "triwulan",
        "triwulan_mulai",
        {
            "iku_tercapai": {
                "pembilang": "tercapai",
                "penyebut": "dinilai",
                "alasan_sementara": missing_members("dinilai", "terdaftar", "IKU"),
            },
            "capaian_iku": {
                "pembilang": "capaian",
                "penyebut": "dinilai",
                "alasan_sementara": missing_members("dinilai", "terdaftar", "IKU"),
            },
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
            "realisasi_pendapatan": {
                "pembilang": "pendapatan",
                "penyebut": "anggaran_pendapatan",
                "alasan_sementara": told_until("pendapatan_per", "belanja_per"),
            },
            "realisasi_belanja": {
                "pembilang": "belanja",
                "penyebut": "anggaran_belanja",
                "alasan_sementara": told_until("belanja_per", "pendapatan_per"),
            },
        },
    )
}}
