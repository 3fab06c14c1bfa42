{#- Incremental facts: what changed in raw since the last good build, and how it is taken over.

A model names the raw table whose rows it follows, and its own key as expressions on that table's columns:

    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={"source": "bpbd_kejadian", "table": "kejadian", "kunci": {"no_kejadian": "no_kejadian"}},
    )
    select ... from ... {{ hanya_berubah() }}

Rows come late, are corrected and are deleted: the keys of changed and deleted rows are in ops.raw_change, new rows
are found by their batch. What was touched is deleted from the model and, if it still exists, read again. -#}
{% macro tabel_ubah() -%} ubah__{{ this.identifier }} {%- endmacro %}

{#- on-run-start: the span of changes that this run takes. It ends where command_center.warehouse.transform looked for what
    changed, or else now. A retry goes on with the span of the run that failed. -#}
{% macro tentukan_rentang() %}
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
{% macro dalam_rentang(xid) -%}
    pg_visible_in_snapshot({{ xid }}, span.until)
    and (span.since is null or not pg_visible_in_snapshot({{ xid }}, span.since))
{%- endmacro %}

{#- Numbers of the batches published since, as a list, for the planner then knows how few their rows are. -#}
{% macro batch_baru(source_name, table_name) %}
    {% set hasil = run_query(
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
        ~ dalam_rentang("batch.published_xid")
        ~ "))"
    ) %}
    {{ return(hasil.columns[0].values()[0]) }}
{% endmacro %}

{#- Pre-hook of every core model: the keys that changed, as a temporary table with statistics. -#}
{% macro siapkan_perubahan() %}
    {% set ubah = config.get("perubahan") %}
    {% if execute and ubah and is_incremental() %}
        {% set raw = source(ubah.source, ubah.table) %}
        drop table if exists pg_temp.{{ tabel_ubah() }}
        ;
        create temporary table {{ tabel_ubah() }} on commit drop as
        select
        {%- for nama, ungkapan in ubah.kunci.items() %}
            {{ ungkapan }} as {{ nama }}{{ "," if not loop.last }}
        {%- endfor %}
        from {{ source("ops", "raw_change") }} as perubahan
        cross join {{ source("ops", "dbt_span") }} as span
        cross join lateral jsonb_populate_record(null::{{ raw }}, perubahan.kunci) as baris
        where perubahan.table_name = '{{ raw.identifier }}' and {{ dalam_rentang("perubahan.changed_xid") }}
        union
        select
        {%- for nama, ungkapan in ubah.kunci.items() %}
            {{ ungkapan }} as {{ nama }}{{ "," if not loop.last }}
        {%- endfor %}
        from {{ raw }} as baris
        where baris._batch_id in ({{ batch_baru(ubah.source, ubah.table) }})
        ;
        analyze pg_temp.{{ tabel_ubah() }}
    {% endif %}
{% endmacro %}

{#- The rows of an incremental run; an alias where the columns would be ambiguous. -#}
{% macro hanya_berubah(alias=none) %}
    {% set ubah = config.get("perubahan") %}
    {% if is_incremental() %}
        where
            (
                {%- for nama in ubah.kunci %}
                    {{ alias ~ "." if alias }}{{ nama }}{{ ", " if not loop.last }}
                {% endfor -%}
            ) in (
                select {% for nama in ubah.kunci %} {{ nama }}{{ ", " if not loop.last }}{% endfor %}
                from pg_temp.{{ tabel_ubah() }}
            )
    {% endif %}
{% endmacro %}

{#- The same for a table so large that its index must be asked key by key: the planner, who does not know that the columns
    of a key belong together, expects half of the table and would read all of it. -#}
{% macro dicari_berubah(relation) %}
    {%- if is_incremental() -%}
        (
            select baris.*
            from pg_temp.{{ tabel_ubah() }} as ubah
            cross join
                lateral(
                    select *
                    from {{ relation }} as satu
                    where
                        {%- for nama in config.get("perubahan").kunci if nama not in config.get("kunci_turunan", []) %}
                            satu.{{ nama }} = ubah.{{ nama }}{{ " and" if not loop.last }}
                        {%- endfor %}
                    offset 0
                ) as baris
        )
    {%- else -%} {{ relation }}
    {%- endif -%}
{% endmacro %}
