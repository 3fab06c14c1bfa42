{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={"source": "diskominfo_112", "table": "tiket", "key": {"tiket_id": "tiket_id"}},
        on_schema_change="fail",
        indexes=[
            {"columns": ["tiket_id"], "unique": true},
        ],
    )
}}

select
    tiket_id,
    kejadian,
    jenis_panggilan,
    kode_kelurahan,
    kode_kecamatan,
    diteruskan_ke,
    terima_at,
    diteruskan_at,
    selesai_at,
    {{ local_time("terima_at") }}::date as panggilan_tanggal,
    date_trunc('month', {{ local_time("terima_at") }})::date as bulan_mulai,
    case
        when diteruskan_at >= terima_at then trim_scale(extract(epoch from diteruskan_at - terima_at) / 60)
    end as waktu_disposisi_menit,
    coalesce(diteruskan_at < terima_at or selesai_at < terima_at, false) as is_waktu_janggal,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_diskominfo_112__tiket") }} {{ only_changed() }}
