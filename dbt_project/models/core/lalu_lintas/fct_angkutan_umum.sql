{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "dishub_trans_padang",
            "table": "harian",
            "kunci": {"koridor": "koridor", "tanggal": "tanggal"},
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["koridor", "tanggal"], "unique": true},
        ],
    )
}}

select
    koridor,
    rute,
    tanggal,
    date_trunc('month', tanggal)::date as bulan_mulai,
    rit_rencana,
    rit_jalan,
    penumpang_umum_orang,
    penumpang_pelajar_orang,
    penumpang_umum_orang + penumpang_pelajar_orang as penumpang_orang,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_dishub_trans_padang__harian") }} {{ hanya_berubah() }}
