select distinct
    on (pencarian, mulai_at)
    pencarian,
    mulai_at,
    lalu_lintas,
    judul_berita,
    media_berita,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_tren_pencarian__tren") }}
order by pencarian, mulai_at, _batch_id desc, _row desc
