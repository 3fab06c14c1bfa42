{{ config(severity="warn") }}

-- Reported ≤ left ≤ arrived ≤ put out, past midnight if need be; more than three hours to arrive is odd.
select no_kejadian, kejadian_tanggal
from {{ ref("fct_kejadian_damkar") }}
where is_waktu_janggal
