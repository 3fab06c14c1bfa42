{#- Which edition of each domain people see. A view on the ledger and on the figures beside it, so that ages are those of the
    moment of reading, and a domain that is held says so from the swap on. -#}
{% macro terbitan(indikator) %}
    with
        jam as (
            select {{ sekarang() }} as sekarang, max(swapped_at) as terbit_at from {{ source("ops", "dbt_build") }}
        ),

        domain as (select domain, max(data_per) as data_per from {{ indikator }} group by domain)

    select
        domain.domain,
        date_trunc('second', {{ local_time("coalesce(ditahan.edition_at, jam.terbit_at)") }}) as terbitan_at,
        round(extract(epoch from jam.sekarang - coalesce(ditahan.edition_at, jam.terbit_at)) / 3600, 1) as umur_jam,
        domain.data_per,
        ditahan.domain is not null as is_ditahan,
        date_trunc('second', {{ local_time("ditahan.since") }}) as ditahan_sejak,
        ditahan.reason as alasan
    from domain
    cross join jam
    left join {{ source("ops", "domain_held") }} as ditahan on domain.domain = ditahan.domain
{% endmacro %}
