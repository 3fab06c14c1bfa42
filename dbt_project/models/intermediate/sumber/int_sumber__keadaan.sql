with
    terbit as (
        select distinct on (source, table_name, part) source, mutu
        from {{ ref("stg_ops__batch") }}
        where status = 'published'
        order by source, table_name, part, batch_id desc
    ),

    mutu as (
        select source, case when bool_or(mutu = 'peringatan') then 'peringatan' else 'lolos' end as mutu
        from terbit
        group by source
    ),

    umur as (
        select source, max(observed_at) as data_per_at
        from {{ ref("stg_ops__batch") }}
        where status in ('published', 'unchanged')
        group by source
    )

select katalog.source, katalog.opd_nama, umur.data_per_at, mutu.mutu
from {{ ref("stg_ops__source_catalogue") }} as katalog
left join umur on katalog.source = umur.source
left join mutu on katalog.source = mutu.source
