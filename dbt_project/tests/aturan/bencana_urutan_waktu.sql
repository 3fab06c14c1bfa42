{{ config(severity="warn") }}

-- Settled ≥ arrived ≥ reported.
select no_kejadian, lapor_at, tiba_at, selesai_at
from {{ ref("fct_kejadian_bencana") }}
where is_waktu_janggal
