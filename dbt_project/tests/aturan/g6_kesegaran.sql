{{ config(severity="warn") }}

-- G6: older than its limit.
select source, data_per, umur_jam, batas_jam
from {{ ref("mart__kesegaran_sumber") }}
where status = 'terlambat'
