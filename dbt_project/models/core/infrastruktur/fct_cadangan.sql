{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "diskominfo_cadangan",
            "table": "pekerjaan",
            "kunci": {"sistem": "sistem", "malam_tanggal": "malam_tanggal"},
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
from {{ ref("stg_diskominfo_cadangan__pekerjaan") }} {{ hanya_berubah() }}
