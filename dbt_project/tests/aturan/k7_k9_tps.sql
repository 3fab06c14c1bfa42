{{ config(severity="warn") }}

-- K7 ballots received = list + 2,5 % rounded up per polling station, so at most one more per station; K9 voters per
-- station ≤ 600 (2024), 800 (2018).
select pemilihan, tahun, kode_wilayah, 'K7' as aturan, surat_diterima as nilai
from {{ ref("fct_rekap_formulir") }}
where surat_diterima < dpt_jiwa * 1.025 or surat_diterima > dpt_jiwa * 1.025 + tps
union all
select 'dpt', tahun, kode_kelurahan, 'K9', round(1.0 * jumlah_jiwa / tps, 1)
from {{ ref("fct_dpt") }}
where 1.0 * jumlah_jiwa / nullif(tps, 0) > case when tahun >= 2024 then 600 else 800 end
