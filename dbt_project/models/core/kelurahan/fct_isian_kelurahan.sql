{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "kelurahan_bulanan",
            "table": "isian",
            "kunci": {"bulan_mulai": "bulan", "kelurahan": "kelurahan", "uraian": "uraian"},
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["bulan_mulai", "kelurahan", "uraian"], "unique": true},
        ],
    )
}}

with
    isian as (select *, bulan as bulan_mulai from {{ ref("stg_kelurahan_bulanan__isian") }}),

    berubah as (select * from isian {{ hanya_berubah() }})

select
    berubah.bulan_mulai,
    berubah.kelurahan,
    wilayah.kode_wilayah as kode_kelurahan,
    left(wilayah.kode_wilayah, 8) as kode_kecamatan,
    berubah.uraian,
    berubah.satuan,
    berubah.jumlah,
    berubah._is_simulasi as is_simulasi,
    berubah._batch_id
from berubah
left join
    {{ ref("int_wilayah__ejaan") }} as wilayah
    on ops.ejaan(berubah.kelurahan) = wilayah.ejaan
    and wilayah.tingkat = 'kelurahan'
