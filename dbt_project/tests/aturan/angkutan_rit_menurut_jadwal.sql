{{ config(severity="warn") }}

-- No more trips than the timetable has.
select koridor, tanggal, rit_rencana, rit_jalan
from {{ ref("fct_angkutan_umum") }}
where rit_jalan > rit_rencana
