{{ config(severity="warn") }}

-- Coverage above 100 happens, for targets are projections; it is shown with a note.
select bulan_mulai, puskesmas, layanan, terlayani_orang, sasaran_orang
from {{ ref("fct_layanan_spm") }}
where terlayani_orang > sasaran_orang
