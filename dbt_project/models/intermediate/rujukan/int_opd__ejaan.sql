with
    ejaan as (
        select nama as ejaan, kode_opd
        from {{ ref("dim_opd") }}
        union all
        select ejaan, kode_opd
        from {{ ref("ref_opd_alias") }}
    )

select ops.ejaan(ejaan) as ejaan, min(kode_opd) as kode_opd
from ejaan
group by 1
having count(distinct kode_opd) = 1
