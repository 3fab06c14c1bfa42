{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={
            "source": "dinkes_lb1",
            "table": "kesakitan",
            "key": {
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

    berubah as (select * from kesakitan {{ only_changed() }})

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
from berubah {{ join_puskesmas("berubah.puskesmas", month_end("berubah.bulan_mulai")) }}
