with
    terkini as (
        select distinct on (pemilihan, kode_wilayah, paslon_id, tingkat_data) *
        from {{ ref("fct_suara") }}
        where not is_luar_wilayah
        order by pemilihan, kode_wilayah, paslon_id, tingkat_data, _batch_id desc, _row desc
    )

-- A region is counted in its own answer (chart) and in that of its parent (table);
-- its own answer counts.
select distinct
    on (pemilihan, kode_wilayah, paslon_id)
    pemilihan,
    kode_wilayah,
    kode_kpu,
    paslon_id,
    tingkat_data,
    suara,
    diperbarui_at,
    is_simulasi,
    _batch_id
from terkini
order by pemilihan, kode_wilayah, paslon_id, suara is null, tingkat_data = 'table'
