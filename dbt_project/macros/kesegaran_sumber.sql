{#- A view on the ledger, so that its age is true at the moment of reading, also when nothing is built any more.
    It reads ops directly: a view of staging is replaced by every build, and would take this one with it. -#}
{% macro kesegaran_sumber() %}
    with
        jam as (
            select {{ ("timestamptz '" ~ var("frozen_clock") ~ "'" if var("frozen_clock") else "now()") }} as sekarang
        ),

        umur as (
            select source, max(observed_at) as data_per_at
            from {{ source("ops", "batch") }}
            where status in ('published', 'unchanged')
            group by source
        ),

        terbit as (
            select source, max(batch_id) as batch_id, bool_or(quality = 'peringatan') as is_peringatan
            from
                (
                    select distinct on (source, table_name, part) source, batch_id, quality
                    from {{ source("ops", "batch") }}
                    where status = 'published'
                    order by source, table_name, part, batch_id desc
                ) as terakhir
            group by source
        ),

        karantina as (
            select source, sum(rows_quarantined)::bigint as baris_karantina
            from
                (
                    select distinct on (source, table_name, part) source, rows_quarantined
                    from {{ source("ops", "batch") }}
                    where status in ('published', 'held')
                    order by source, table_name, part, batch_id desc
                ) as terakhir
            group by source
        ),

        isi as (
            select split_part(table_name, '__', 1) as source, sum(row_count)::bigint as baris_terbit
            from {{ source("ops", "raw_state") }}
            group by split_part(table_name, '__', 1)
        )

    select
        katalog.source,
        katalog.title as judul,
        katalog.opd,
        katalog.opd_name as opd_nama,
        date_trunc('second', {{ local_time("umur.data_per_at") }}) as data_per,
        round(extract(epoch from jam.sekarang - umur.data_per_at) / 3600, 1) as umur_jam,
        katalog.freshness_hours as batas_jam,
        case
            when umur.data_per_at is null
            then 'belum_ada'
            when jam.sekarang - umur.data_per_at > katalog.freshness_hours * interval '1 hour'
            then 'terlambat'
            else 'segar'
        end as status,
        terbit.batch_id,
        case when terbit.is_peringatan then 'peringatan' when terbit.batch_id is not null then 'lolos' end as mutu,
        coalesce(isi.baris_terbit, 0) as baris_terbit,
        coalesce(karantina.baris_karantina, 0) as baris_karantina
    from {{ source("ops", "source_catalogue") }} as katalog
    cross join jam
    left join umur on katalog.source = umur.source
    left join terbit on katalog.source = terbit.source
    left join karantina on katalog.source = karantina.source
    left join isi on katalog.source = isi.source
{% endmacro %}
