{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "dukcapil_dkb",
            "table": "penduduk",
            "kunci": {"per_tanggal": "per_tanggal", "kode_kelurahan": "kode_kelurahan"},
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["per_tanggal", "kode_kelurahan"], "unique": true},
        ],
    )
}}

select
    per_tanggal,
    kode_kelurahan,
    left(kode_kelurahan, 8) as kode_kecamatan,
    laki_laki_jiwa,
    perempuan_jiwa,
    penduduk_jiwa,
    keluarga_kk,
    wajib_ktp_jiwa,
    rekam_ktp_jiwa,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_dukcapil_dkb__penduduk") }} {{ hanya_berubah() }}
