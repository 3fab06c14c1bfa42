{#- A view on the ledger, so that its age is true at the moment of reading, also when nothing is built any more.
    It reads ops directly: a view of staging is replaced by every build, and would take this one with it. -#}
{% macro kesegaran_sumber() %}
    with
        jam as (select {{ sekarang() }} as sekarang),

        terbit as (
            select distinct on (source, table_name, part) source, table_name, batch_id, quality, data_as_of
            from {{ source("ops", "batch") }}
            where status = 'published'
            order by source, table_name, part, batch_id desc
        ),

        terbaru as (
            select *, rank() over (partition by source, table_name order by data_as_of desc nulls last) as ke
            from terbit
        ),

        mutu as (
            select source, max(batch_id) as batch_id, max(quality) filter (where ke = 1) as mutu
            from terbaru
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
        date_trunc('second', {{ local_until("keadaan.data_per_at") }}) as data_per,
        round(extract(epoch from jam.sekarang - keadaan.data_per_at) / 3600, 1) as umur_jam,
        katalog.freshness_hours as batas_jam,
        case
            when keadaan.last_at is null
            then 'belum_ada'
            when
                jam.sekarang - keadaan.data_per_at > katalog.freshness_hours * interval '1 hour'
                or jam.sekarang - keadaan.last_at > katalog.answer_hours * interval '1 hour'
            then 'terlambat'
            else 'segar'
        end as status,
        mutu.batch_id,
        mutu.mutu,
        coalesce(isi.baris_terbit, 0) as baris_terbit,
        coalesce(karantina.baris_karantina, 0) as baris_karantina
    from {{ source("ops", "source_catalogue") }} as katalog
    cross join jam
    left join {{ source("ops", "source_state") }} as keadaan on katalog.source = keadaan.source
    left join mutu on katalog.source = mutu.source
    left join karantina on katalog.source = karantina.source
    left join isi on katalog.source = isi.source
{% endmacro %}
