{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "bpkad_sipd_lra",
            "table": "akun",
            "kunci": {
                "per_tanggal": "per_tanggal",
                "baris": "baris",
                "tahun_realisasi": "coalesce(substring(kolom_realisasi, '[0-9]{4}')::int, date_part('year', per_tanggal)::int)",
            },
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["per_tanggal", "baris", "tahun_realisasi"], "unique": true},
        ],
    )
}}

select
    per_tanggal,
    baris,
    kode_rekening,
    tingkat_rekening,
    uraian,
    tahun_realisasi,
    anggaran_idr,
    realisasi_idr,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_bpkad_sipd_lra__akun") }} {{ hanya_berubah() }}
