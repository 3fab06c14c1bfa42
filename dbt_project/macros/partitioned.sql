{#- A large fact, range-partitioned by month; once it stands, it takes changes as an incremental model does:

    config(
        materialized="partitioned",
        partition={"column": "tanggal", "source": ..., "table": ..., "expression": <the same date, on the raw table>},
        incremental_strategy="replace_keys", changes=...,
    ) -#}
{% materialization partitioned, adapter = "postgres" %}
    {% set existing = load_cached_relation(this) %}
    {% if existing is not none and existing.is_table and not should_full_refresh() %}
        {{ return(materialization_incremental_default()) }}
    {% endif %}

    {% set target = this.incorporate(type="table") %}
    {% set new = make_intermediate_relation(target) %}
    {% set replaced = make_backup_relation(target, existing.type if existing else "table") %}
    {{ drop_relation_if_exists(load_cached_relation(new)) }}
    {{ drop_relation_if_exists(load_cached_relation(replaced)) }}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement("main") %} {{ create_partitioned(new, sql, config.require("partition")) }} {% endcall %}
    {% do create_indexes(new) %}
    {% if existing is not none %} {% do adapter.rename_relation(existing, replaced) %} {% endif %}
    {% do adapter.rename_relation(new, target) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}

    {{ drop_relation_if_exists(replaced if existing is not none else none) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{% macro create_partitioned(relation, sql, partition) %}
    create temporary table shape__{{ this.identifier }} on commit drop as (select * from ({{ sql }}) as model limit 0);
    create table {{ relation }} (like shape__{{ this.identifier }}) partition by range ({{ partition.column }});
    {{ create_partitions(relation, source(partition.source, partition.table), partition.expression) }}
    insert into {{ relation }} ({{ sql }});
{% endmacro %}

{#- Partitions for the months of a date expression that have none yet. Their names end with a mark of the moment, for
    the table that a full refresh replaces has partitions of the same months. -#}
{% macro create_partitions(relation, origin, expression) %}
    do $$
    declare
        bulan date;
    begin
        for bulan in
            select generate_series(date_trunc('month', min(hari)::timestamp), max(hari)::timestamp, interval '1 month')::date
            from (select {{ expression }} as hari from {{ origin }}) as isi
        loop
            if not exists (
                select
                from pg_inherits as inherited
                inner join pg_class as child on child.oid = inherited.inhrelid
                where
                    inherited.inhparent = '{{ relation }}'::regclass
                    and pg_get_expr(child.relpartbound, child.oid) like format('%%FROM (%L)%%', bulan)
            ) then
                execute format(
                    'create table {{ relation.include(database=false, identifier=false) }}.%I partition of {{ relation }} for values from (%L) to (%L) with (fillfactor = 97)',
                    '{{ this.identifier }}_' || to_char(bulan, 'YYYYMM_') || substr(md5(clock_timestamp()::text), 1, 6),
                    bulan,
                    bulan + interval '1 month'
                );
            end if;
        end loop;
    end
    $$;
{% endmacro %}
