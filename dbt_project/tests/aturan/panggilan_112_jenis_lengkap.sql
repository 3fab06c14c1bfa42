{{ config(severity="warn") }}

-- The four kinds of calls add up to all calls.
select tiket_id
from {{ ref("fct_panggilan_112") }}
where jenis_panggilan is null or jenis_panggilan not in ('darurat', 'informasi', 'prank', 'ghost')
