-- A degree of saturation lies between 0 and 1,5.
select kode_simpang, pendekat, bulan_mulai, dj_tertinggi
from {{ ref("agg_lalu_lintas_bulanan") }}
where dj_tertinggi < 0 or dj_tertinggi > 1.5
