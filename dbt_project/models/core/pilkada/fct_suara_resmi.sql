select
    pemilihan,
    tahun,
    status,
    nomor_urut,
    paslon as paslon_nama,
    suara,
    persen_lapor,
    round(100.0 * suara / nullif(sum(suara) over (partition by pemilihan, tahun, status), 0), 2) as persen,
    sumber,
    terbit_tanggal,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_kpu_rekap__suara") }}
