-- The official boundaries once they are loaded, all of them; the schematic cells until then. The point is where a label
-- stands.
with resmi as (select * from {{ source("ops", "boundary") }})

select kode_wilayah, tingkat, geometri, bujur, lintang, 'resmi' as keterangan
from resmi
union all
select kode_wilayah, tingkat, geometri, bujur, lintang, keterangan
from {{ ref("ref_peta_wilayah") }}
where not exists (select from resmi)
