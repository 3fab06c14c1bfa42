{#- Incremental facts: what changed in raw since the last good build, and how it is taken over.

A model names the raw table whose rows it follows, and its own key as expressions on that table's columns:

    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={"source": "bpbd_kejadian", "table": "kejadian", "key": {"no_kejadian": "no_kejadian"}},
    )
    select ... from ... {{ only_changed() }}

Rows come late, are corrected and are deleted: the keys of changed and deleted rows are in ops.raw_change, new rows
are found by their batch. What was touched is deleted from the model and, if it still exists, read again. -#}
{% macro changes_table() -%} changed__{{ this.identifier }} {%- endmacro %}

{#- Whether this run takes over changes only. dbt's own is_incremental() answers for dbt's own materialization. -#}
{% macro takes_changes() %}
    {% if should_full_refresh() %} {{ return(false) }} {% endif %}
    {% if execute and config.get("materialized") == "partitioned" %}
        {% set existing = load_cached_relation(this) %} {{ return(existing is not none and existing.is_table) }}
    {% endif %}
    {{ return(is_incremental()) }}
{% endmacro %}

{#- on-run-start: the span of changes that this run takes. It ends where command_center.warehouse.transform looked for what
    changed, or else now. A retry goes on with the span of the run that failed. -#}
{% macro set_span() %}
    {% if execute and flags.WHICH in ["build", "run"] %}
        insert into {{ source("ops", "dbt_span") }} as span (since, until)
        values (
            (
                select snapshot
                from {{ source("ops", "dbt_build") }}
                where success and snapshot is not null
                order by finished_at desc
                limit 1
            ),
            pg_current_snapshot()
        )
        on conflict (is_only) do update set
            since = excluded.since,
            until = case when span.is_prepared then span.until else excluded.until end,
            is_prepared = false
        ;
    {% endif %}
{% endmacro %}

{#- Whether a transaction's work is new to this run. -#}
{% macro within_span(xid) -%}
    pg_visible_in_snapshot({{ xid }}, span.until)
    and (span.since is null or not pg_visible_in_snapshot({{ xid }}, span.since))
{%- endmacro %}

{#- Numbers of the batches published since, as a list, for the planner then knows how few their rows are. -#}
{% macro new_batches(source_name, table_name) %}
    {% set found = run_query(
        "select coalesce(string_agg(batch.batch_id::text, ', '), 'null') from "
        ~ source("ops", "batch")
        ~ " as batch cross join "
        ~ source("ops", "dbt_span")
        ~ " as span where batch.source = '"
        ~ source_name
        ~ "' and batch.table_name = '"
        ~ table_name
        ~ "' and batch.status = 'published'"
        ~ " and ((batch.published_xid is null and span.since is null) or ("
        ~ within_span("batch.published_xid")
        ~ "))"
    ) %}
    {{ return(found.columns[0].values()[0]) }}
{% endmacro %}

{#- Pre-hook of every core model: the keys that changed, as a temporary table with statistics. -#}
{% macro prepare_changes() %}
    {% set changes = config.get("changes") %}
    {% if execute and changes and takes_changes() %}
        {% set raw = source(changes.source, changes.table) %}
        -- Few keys, and an index on them.
        set local enable_nestloop = on
        ;
        drop table if exists pg_temp.{{ changes_table() }}
        ;
        create temporary table {{ changes_table() }} on commit drop as
        select
        {%- for name, expression in changes.key.items() %}
            {{ expression }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
        from {{ source("ops", "raw_change") }} as changed
        cross join {{ source("ops", "dbt_span") }} as span
        cross join lateral jsonb_populate_record(null::{{ raw }}, changed.kunci) as baris
        where changed.table_name = '{{ raw.identifier }}' and {{ within_span("changed.changed_xid") }}
        union
        select
        {%- for name, expression in changes.key.items() %}
            {{ expression }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
        from {{ raw }} as baris
        where baris._batch_id in ({{ new_batches(changes.source, changes.table) }})
        ;
        analyze pg_temp.{{ changes_table() }}
    {% endif %}
{% endmacro %}

{#- The rows of a run of changes; an alias where the columns would be ambiguous. -#}
{% macro only_changed(alias=none) %}
    {% if takes_changes() %}
        {% set key = config.get("changes").key %}
        where
            ({%- for name in key %}{{ alias ~ "." if alias }}{{ name }}{{ ", " if not loop.last }} {% endfor -%}) in (
                select {% for name in key %} {{ name }}{{ ", " if not loop.last }}{% endfor %}
                from pg_temp.{{ changes_table() }}
            )
    {% endif %}
{% endmacro %}

{#- The same for a table so large that its index must be asked key by key: the planner, who does not know that the columns
    of a key belong together, expects half of the table and would read all of it. -#}
{% macro changed_rows_of(relation) %}
    {%- if takes_changes() -%}
        (
            select baris.*
            from pg_temp.{{ changes_table() }} as changed
            cross join
                lateral(
                    select *
                    from {{ relation }} as satu
                    where
                        {%- for name in config.get("changes").key if name not in config.get("derived_key", []) %}
                            satu.{{ name }} = changed.{{ name }}{{ " and" if not loop.last }}
                        {%- endfor %}
                    offset 0
                ) as baris
        )
    {%- else -%} {{ relation }}
    {%- endif -%}
{% endmacro %}

{#- Sums of a relation by the model's key; a run of changes adds up anew only what changed: key by key, or in one pass where that
    is more than a quarter of all keys. Which one, the query finds out, for it is compiled before the changes are known; key by key
    where the keys were not counted yet, as just after a full build.
    `fine`: the alias of the relation in `measures`, `keys`: key column -> expression for all rows, `within`: the rows of one
    changed key. -#}
{% macro aggregate_changed(relation, fine, keys, measures, within) %}
    {% if takes_changes() %}
        with
            berubah as (
                select
                    4 * count(*) > (
                        select coalesce(nullif(reltuples, -1), 'infinity')
                        from pg_class
                        where oid = '{{ this }}'::regclass
                    ) as is_banyak
                from pg_temp.{{ changes_table() }}
            )

        select {%- for name in keys %} changed.{{ name }}, {%- endfor %} summed.*
        from pg_temp.{{ changes_table() }} as changed
        cross join
            lateral(
                select {{ measures }} from {{ relation }} as {{ fine }} where {{ within }} having count(*) > 0
            ) as summed
        where (select not is_banyak from berubah)

        union all

        select summed.*
        from ({{ aggregate_all(relation, fine, keys, measures) }}) as summed
        inner join
            pg_temp.{{ changes_table() }} as changed
            on {% for name in keys %} summed.{{ name }} = changed.{{ name }}{{ " and" if not loop.last }}{% endfor %}
        where (select is_banyak from berubah)
    {% else %} {{ aggregate_all(relation, fine, keys, measures) }}
    {% endif %}
{% endmacro %}

{% macro aggregate_all(relation, fine, keys, measures) %}
    select {%- for name, expression in keys.items() %} {{ expression }} as {{ name }}, {%- endfor %} {{ measures }}
    from {{ relation }} as {{ fine }}
    group by {%- for expression in keys.values() %} {{ expression }}{{ "," if not loop.last }} {%- endfor %}
{% endmacro %}

{#- Each key that changed beside the new row that stands under it, or beside none where it is gone. -#}
{% macro pair_changes(pairs, temp) %}
    {% set key = config.get("changes").key.keys() | list %}
    drop table if exists pg_temp.{{ pairs }}
    ;
    create temporary table {{ pairs }} on commit drop as
    select
    {%- for name in key %} changed.{{ name }} as changed_{{ name }}, {%- endfor %}
        new.*,
        new.{{ key[0] }} is not null as is_there
    from pg_temp.{{ changes_table() }} as changed
    left join
    {{ temp }} as new
        on {% for name in key %} changed.{{ name }} = new.{{ name }}{{ " and" if not loop.last }}{% endfor %}
    ;
{% endmacro %}

{#- Whether a table of changes has less than a tenth of the rows of a relation, partitions included. -#}
{% macro is_small_part(changes, relation) %}
    {% set found = run_query(
        "select 10 * (select count(*) from pg_temp."
        ~ changes
        ~ ") < (select sum(greatest(child.reltuples, 0))"
        ~ " from pg_partition_tree('"
        ~ relation
        ~ "') as part inner join pg_class as child on child.oid = part.relid"
        ~ " where part.isleaf)"
    ) %}
    {{ return(found.columns[0].values()[0]) }}
{% endmacro %}
