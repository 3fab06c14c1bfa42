{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={"source": "kpu_sirekap", "table": "suara", "kunci": {"_batch_id": "_batch_id", "_row": "_row"}},
        on_schema_change="fail",
        indexes=[
            {"columns": ["_batch_id", "_row"], "unique": true},
            {"columns": ["pemilihan", "kode_wilayah", "paslon_id"]},
        ],
    )
}}

select
    suara.pemilihan,
    suara.tingkat_data,
    suara.kode_kpu,
    wilayah.kode_wilayah,
    wilayah.kode_wilayah is null as is_luar_wilayah,
    suara.paslon_id,
    suara.suara,
    coalesce(suara.diperbarui_at, suara._observed_at) as diperbarui_at,
    suara._is_simulasi as is_simulasi,
    suara._part,
    suara._observed_at,
    suara._batch_id,
    suara._row
from {{ ref("stg_kpu_sirekap__suara") }} as suara
left join {{ ref("dim_wilayah_kini") }} as wilayah on suara.kode_kpu = wilayah.kode_kpu {{ hanya_berubah("suara") }}
