{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={"source": "media_berita", "table": "berita", "kunci": {"berita_kode": "berita_kode"}},
        on_schema_change="fail",
        indexes=[
            {"columns": ["berita_kode"], "unique": true},
        ],
    )
}}

select
    berita_kode,
    topik,
    judul,
    {{ kunci_ejaan("judul") }} as judul_kunci,
    media,
    sentimen,
    kode_kecamatan,
    terbit_at,
    date_trunc('hour', terbit_at) as jam_mulai,
    date_trunc('month', {{ wib("terbit_at") }})::date as bulan_mulai,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_media_berita__berita") }} {{ hanya_berubah() }}
