{#- Which edition of each domain people see. A view on the ledger and on the figures beside it, so that ages are those of the
    moment of reading, and a domain that is held says so from the swap on. `with_unseen`: a row also for a domain that is held
    and of which no edition ever stood. -#}
{% macro terbitan(indikator, with_unseen=false) %}
    with
        jam as (
            select {{ sekarang() }} as sekarang, max(swapped_at) as terbit_at from {{ source("ops", "dbt_build") }}
        ),

        domain as (
            select domain, max(data_per) as data_per
            from {{ indikator }}
            group by domain
            {% if with_unseen %}
                union all
                select domain, null
                from {{ source("ops", "domain_held") }}
                where edition_at is null and domain not in (select domain from {{ indikator }})
            {% endif %}
        ),

        terbitan as (
            select
                domain.domain,
                domain.data_per,
                case when ditahan.domain is null then jam.terbit_at else ditahan.edition_at end as terbit_at,
                jam.sekarang,
                ditahan.domain is not null as is_ditahan,
                ditahan.since,
                ditahan.reason
            from domain
            cross join jam
            left join {{ source("ops", "domain_held") }} as ditahan on domain.domain = ditahan.domain
        )

    select
        domain,
        date_trunc('second', {{ local_time("terbit_at") }}) as terbitan_at,
        round(extract(epoch from sekarang - terbit_at) / 3600, 1) as umur_jam,
        data_per,
        is_ditahan,
        date_trunc('second', {{ local_time("since") }}) as ditahan_sejak,
        reason as alasan
    from terbitan
{% endmacro %}
