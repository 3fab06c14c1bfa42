{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "bmkg_prakiraan",
            "table": "cuaca",
            "kunci": {"kode_kelurahan": "kode_kelurahan", "berlaku_at": "berlaku_at"},
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["kode_kelurahan", "berlaku_at"], "unique": true},
        ],
    )
}}

select
    kode_kelurahan,
    left(kode_kelurahan, 8) as kode_kecamatan,
    berlaku_at,
    {{ wib("berlaku_at") }}::date as tanggal,
    dianalisis_at,
    cuaca,
    cuaca_kode,
    suhu_c,
    kelembapan_pct,
    tutupan_awan_pct,
    hujan_mm,
    angin_kmj,
    angin_dari,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_bmkg_prakiraan__cuaca") }} {{ hanya_berubah() }}
