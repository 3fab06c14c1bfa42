{{ config(severity="warn") }}

-- Above 1,2 a degree of saturation is doubtful.
select kode_simpang, pendekat, bulan_mulai, dj_tertinggi
from {{ ref("agg_lalu_lintas_bulanan") }}
where dj_tertinggi > 1.2
