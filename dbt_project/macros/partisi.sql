{#- Large facts are range-partitioned by month: config(partisi={"kolom": "tanggal", "source": ..., "table": ...,
    "ungkapan": <the same date as an expression on the raw table>}). -#}
{% macro postgres__create_table_as(temporary, relation, sql) %}
    {%- set partisi = config.get("partisi") -%}
    {%- if partisi and not temporary -%} {{ buat_berpartisi(relation, sql, partisi) }}
    {%- else -%}
        create {{ "temporary" if temporary }} table {{ relation }}
        {% if config.get("contract").enforced %} {{ get_assert_columns_equivalent(sql) }}
        {% endif %}
        {% if config.get("contract").enforced and not temporary %}
            {{ get_table_columns_and_constraints() }}
            ;
            insert into {{ relation }} ({{ adapter.dispatch("get_column_names", "dbt")() }})
            ({{ get_select_subquery(sql) }});
        {% else %}
            as ({{ sql }})
            ;
        {% endif %}
    {%- endif -%}
{% endmacro %}

{% macro buat_berpartisi(relation, sql, partisi) %}
    create temporary table bentuk__{{ this.identifier }} on commit drop as (select * from ({{ sql }}) as hasil limit 0);
    create table {{ relation }} (like bentuk__{{ this.identifier }}) partition by range ({{ partisi.kolom }});
    {{ buat_partisi(relation, source(partisi.source, partisi.table), partisi.ungkapan) }}
    insert into {{ relation }} ({{ sql }});
{% endmacro %}

{#- Partitions for the months of a date expression that have none yet. Their names end with a mark of the moment, for
    the table that a full refresh replaces has partitions of the same months. -#}
{% macro buat_partisi(relation, asal, ungkapan) %}
    do $$
    declare
        bulan date;
    begin
        for bulan in
            select generate_series(date_trunc('month', min(hari)::timestamp), max(hari)::timestamp, interval '1 month')::date
            from (select {{ ungkapan }} as hari from {{ asal }}) as isi
        loop
            if not exists (
                select
                from pg_inherits as warisan
                inner join pg_class as anak on anak.oid = warisan.inhrelid
                where
                    warisan.inhparent = '{{ relation }}'::regclass
                    and pg_get_expr(anak.relpartbound, anak.oid) like format('%%FROM (%L)%%', bulan)
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
