with
    terakhir as (
        select distinct on (laporan_kode) *
        from {{ ref("stg_dishub_waze__laporan") }}
        order by laporan_kode, _batch_id desc, _row desc
    )

select
    laporan_kode,
    jenis,
    subjenis,
    jalan,
    terbit_at,
    date_trunc('month', {{ wib("terbit_at") }})::date as bulan_mulai,
    keandalan,
    keyakinan,
    _is_simulasi as is_simulasi,
    _batch_id
from terakhir
