-- The official boundaries once they are loaded, all of them; the schematic cells until then.
with resmi as (select * from {{ source("ops", "boundary") }})

select kode_wilayah, tingkat, geometri, 'resmi' as keterangan
from resmi
union all
select kode_wilayah, tingkat, geometri, keterangan
from {{ ref("ref_peta_wilayah") }}
where not exists (select from resmi)
