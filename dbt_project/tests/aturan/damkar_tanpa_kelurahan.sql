{{ config(severity="warn") }}

-- A fire whose kelurahan is not known.
select no_kejadian, kejadian_tanggal
from {{ ref("fct_kejadian_damkar") }}
where jenis = 'Kebakaran' and kode_kelurahan is null
