select distinct
    on (titik_layanan)
    titik_layanan,
    layanan,
    berakhir_at,
    _observed_at as dilihat_at,
    floor(extract(epoch from berakhir_at - _observed_at) / 86400)::int as sisa_hari,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_diskominfo_sertifikat__sertifikat") }}
order by titik_layanan, _batch_id desc, _row desc
