{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "dukcapil_mutasi",
            "table": "mutasi",
            "kunci": {"bulan_mulai": "bulan", "kode_kelurahan": "kode_kelurahan"},
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["bulan_mulai", "kode_kelurahan"], "unique": true},
        ],
    )
}}

with mutasi as (select *, bulan as bulan_mulai from {{ ref("stg_dukcapil_mutasi__mutasi") }})

select
    bulan_mulai,
    kode_kelurahan,
    left(kode_kelurahan, 8) as kode_kecamatan,
    lahir_laki_jiwa + lahir_perempuan_jiwa as lahir_jiwa,
    mati_laki_jiwa + mati_perempuan_jiwa as mati_jiwa,
    datang_laki_jiwa + datang_perempuan_jiwa as datang_jiwa,
    pindah_laki_jiwa + pindah_perempuan_jiwa as pindah_jiwa,
    _is_simulasi as is_simulasi,
    _batch_id
from mutasi {{ hanya_berubah() }}
