{{ config(materialized="table") }}

with
    cakupan as (
        select source, table_name, tstzrange(mulai_at, hingga_at) as rentang
        from {{ ref("stg_ops__coverage") }}
        where source <> 'bmkg_gempa' and mulai_at <= hingga_at
        union all
        -- Felt earthquakes are all in the lists of felt ones only, of either service; the others are of strong ones.
        select 'bmkg_gempa', 'gempa', tstzrange(mulai_at, hingga_at)
        from {{ ref("stg_ops__coverage") }}
        where part in ('gempadirasakan', 'last30feltevent') and mulai_at <= hingga_at
        union all
        -- Of a feed that keeps what is in force only, what came and went while nobody asked is not known.
        select source, table_name, tstzrange(mulai_at, hingga_at, '[]')
        from {{ ref("stg_ops__asked") }}
    ),

    -- What one table of a source does not tell, the source does not tell.
    tabel as (select source, table_name, range_agg(rentang) as rentang from cakupan group by source, table_name),

    sumber as (select source, range_intersect_agg(rentang) as rentang from tabel group by source)

-- A source whose content says nothing about time is taken to tell all until it was last asked.
select keadaan.source, coalesce(sumber.rentang, tstzmultirange(tstzrange(null, keadaan.data_per_at))) as rentang
from {{ ref("stg_ops__source_state") }} as keadaan
left join sumber on keadaan.source = sumber.source
where keadaan.terakhir_at is not null
