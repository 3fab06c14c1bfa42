select
    laporan_kode,
    jenis_bencana,
    saluran,
    status,
    dilaporkan_at,
    date_trunc('month', {{ wib("dilaporkan_at") }})::date as bulan_mulai,
    genangan_cm,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_bpbd_petabencana__laporan") }}
