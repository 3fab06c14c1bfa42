{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={"source": "dishub_macet", "table": "macet", "key": {"macet_kode": "macet_kode"}},
        on_schema_change="fail",
        indexes=[
            {"columns": ["macet_kode"], "unique": true},
        ],
    )
}}

select
    macet_kode,
    kode_simpang,
    pendekat,
    jalan,
    mulai_at,
    selesai_at,
    date_trunc('month', {{ local_time("mulai_at") }})::date as bulan_mulai,
    tingkat,
    panjang_m,
    tundaan_detik,
    case when selesai_at >= mulai_at then trim_scale(extract(epoch from selesai_at - mulai_at) / 60) end as lama_menit,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_dishub_macet__macet") }} {{ only_changed() }}
