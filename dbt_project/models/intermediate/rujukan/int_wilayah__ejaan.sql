{{ config(materialized="table", schema="core") }}

-- Every spelling that stands for one place only, as sources write it.
with
    ejaan as (
        select nama as ejaan, tingkat, kode_wilayah
        from {{ ref("dim_wilayah") }}
        union all
        select alias.ejaan, wilayah.tingkat, alias.kode_wilayah
        from {{ ref("ref_wilayah_alias") }} as alias
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on alias.kode_wilayah = wilayah.kode_wilayah
    )

select ops.ejaan(ejaan) as ejaan, tingkat, min(kode_wilayah) as kode_wilayah
from ejaan
group by 1, 2
having count(distinct kode_wilayah) = 1
