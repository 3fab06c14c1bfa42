-- The official boundaries once they are loaded, all of them; the schematic cells until then. The point is where a label
-- stands: of a cell, the middle of its corners.
with
    resmi as (select * from {{ source("ops", "boundary") }}),

    tengah as (
        select
            peta.kode_wilayah,
            round(avg((sudut.titik ->> 0)::numeric), 5) as bujur,
            round(avg((sudut.titik ->> 1)::numeric), 5) as lintang
        from {{ ref("ref_peta_wilayah") }} as peta
        cross join lateral jsonb_path_query(peta.geometri::jsonb, '$.coordinates[*][*]') as sudut(titik)
        group by peta.kode_wilayah
    )

select kode_wilayah, tingkat, geometri, bujur, lintang, 'resmi' as keterangan
from resmi
union all
select peta.kode_wilayah, peta.tingkat, peta.geometri, tengah.bujur, tengah.lintang, peta.keterangan
from {{ ref("ref_peta_wilayah") }} as peta
inner join tengah on peta.kode_wilayah = tengah.kode_wilayah
where not exists (select from resmi)
