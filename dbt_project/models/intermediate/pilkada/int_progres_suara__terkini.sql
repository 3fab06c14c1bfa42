with
    terkini as (
        select distinct on (pemilihan, kode_wilayah, tingkat_data) *
        from {{ ref("fct_progres_suara") }}
        where not is_luar_wilayah
        order by pemilihan, kode_wilayah, tingkat_data, _batch_id desc, _row desc
    )

select distinct
    on (pemilihan, kode_wilayah)
    pemilihan,
    kode_wilayah,
    kode_kpu,
    tingkat_data,
    tps_masuk,
    tps_total,
    persen_lapor,
    diperbarui_at,
    is_simulasi,
    _batch_id
from terkini
order by pemilihan, kode_wilayah, tps_masuk is null, tingkat_data = 'table'
