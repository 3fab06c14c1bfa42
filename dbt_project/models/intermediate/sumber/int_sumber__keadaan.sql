{{ config(materialized="table") }}

with
    terbit as (
        select distinct on (source, table_name, part) source, table_name, mutu, hingga_at
        from {{ ref("stg_ops__batch") }}
        where status = 'published'
        order by source, table_name, part, batch_id desc
    ),

    -- How good a source is now is that of its newest content, not of old files that still stand beside it.
    terbaru as (
        select *, rank() over (partition by source, table_name order by hingga_at desc nulls last) as ke from terbit
    ),

    mutu as (select source, max(mutu) as mutu from terbaru where ke = 1 group by source)

select katalog.source, katalog.opd_nama, katalog.batas_jam, keadaan.data_per_at, mutu.mutu
from {{ ref("stg_ops__source_catalogue") }} as katalog
left join {{ ref("stg_ops__source_state") }} as keadaan on katalog.source = keadaan.source
left join mutu on katalog.source = mutu.source
