{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={
            "source": "dinkes_spm",
            "table": "layanan",
            "key": {"bulan_mulai": "bulan", "puskesmas": "puskesmas", "layanan": "layanan"},
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["bulan_mulai", "puskesmas", "layanan"], "unique": true},
        ],
    )
}}

with
    layanan as (select *, bulan as bulan_mulai from {{ ref("stg_dinkes_spm__layanan") }}),

    berubah as (select * from layanan {{ only_changed() }})

select
    berubah.bulan_mulai,
    berubah.puskesmas,
    puskesmas.kode_kecamatan,
    berubah.layanan,
    spm.indikator_kode,
    berubah.sasaran_orang,
    berubah.terlayani_orang,
    round(100.0 * berubah.terlayani_orang / nullif(berubah.sasaran_orang, 0), 2) as capaian_pct,
    berubah.capaian_lapor_pct,
    berubah._is_simulasi as is_simulasi,
    berubah._batch_id
from berubah {{ join_puskesmas("berubah.puskesmas", month_end("berubah.bulan_mulai")) }}
left join {{ ref("ref_spm_kesehatan") }} as spm on ops.ejaan(berubah.layanan) = ops.ejaan(spm.layanan)
