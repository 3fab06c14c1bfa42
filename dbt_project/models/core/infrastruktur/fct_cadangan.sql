{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={
            "source": "diskominfo_cadangan",
            "table": "pekerjaan",
            "key": {"sistem": "sistem", "malam_tanggal": "malam_tanggal"},
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["sistem", "malam_tanggal"], "unique": true},
        ],
    )
}}

select
    sistem,
    malam_tanggal,
    date_trunc('month', malam_tanggal)::date as bulan_mulai,
    jenis,
    status,
    status = 'ok' as is_berhasil,
    mulai_at,
    selesai_at,
    ukuran_byte,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_diskominfo_cadangan__pekerjaan") }} {{ only_changed() }}
