{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "dinkes_lb1",
            "table": "kesakitan",
            "kunci": {
                "bulan_mulai": "bulan",
                "puskesmas": "puskesmas",
                "kode_icd": "kode_icd",
                "umur": "umur",
                "kelamin": "kelamin",
            },
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["bulan_mulai", "puskesmas", "kode_icd", "umur", "kelamin"], "unique": true},
        ],
    )
}}

with
    kesakitan as (select *, bulan as bulan_mulai from {{ ref("stg_dinkes_lb1__kesakitan") }}),

    berubah as (select * from kesakitan {{ hanya_berubah() }})

select
    berubah.bulan_mulai,
    berubah.puskesmas,
    puskesmas.kode_kecamatan,
    berubah.kode_icd,
    berubah.penyakit,
    berubah.umur,
    berubah.kelamin,
    berubah.kasus,
    berubah._is_simulasi as is_simulasi,
    berubah._batch_id
from berubah
left join {{ ref("ref_puskesmas") }} as puskesmas on ops.ejaan(berubah.puskesmas) = ops.ejaan(puskesmas.nama)
