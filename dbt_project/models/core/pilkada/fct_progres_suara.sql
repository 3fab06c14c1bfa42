{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={"source": "kpu_sirekap", "table": "progres", "kunci": {"_batch_id": "_batch_id", "_row": "_row"}},
        on_schema_change="fail",
        indexes=[
            {"columns": ["_batch_id", "_row"], "unique": true},
            {"columns": ["pemilihan", "kode_wilayah"]},
        ],
    )
}}

select
    progres.pemilihan,
    progres.tingkat_data,
    progres.kode_kpu,
    wilayah.kode_wilayah,
    wilayah.kode_wilayah is null as is_luar_wilayah,
    progres.tps_masuk,
    progres.tps_total,
    progres.persen_lapor,
    progres.psu,
    coalesce(progres.diperbarui_at, progres._observed_at) as diperbarui_at,
    progres._is_simulasi as is_simulasi,
    progres._part,
    progres._observed_at,
    progres._batch_id,
    progres._row
from {{ ref("stg_kpu_sirekap__progres") }} as progres
left join {{ ref("dim_wilayah_kini") }} as wilayah on progres.kode_kpu = wilayah.kode_kpu {{ hanya_berubah("progres") }}
