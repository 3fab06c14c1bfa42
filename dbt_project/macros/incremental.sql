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

{#- on-run-start: the span of changes that this run takes. A retry goes on with the span of the run that failed. -#}
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
        on conflict (is_only) do update set since = excluded.since, until = excluded.until
        ;
    {% endif %}
{% endmacro %}

{#- Whether a transaction's work is new to this run. -#}
{% macro dalam_rentang(xid) -%}
    pg_visible_in_snapshot({{ xid }}, span.until)
    and (span.since is null or not pg_visible_in_snapshot({{ xid }}, span.since))
{%- endmacro %}

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
        where
            baris._batch_id = any (
                array(
                    select batch.batch_id
                    from {{ source("ops", "batch") }} as batch
                    cross join {{ source("ops", "dbt_span") }} as span
                    where
                        batch.source = '{{ ubah.source }}'
                        and batch.table_name = '{{ ubah.table }}'
                        and batch.status = 'published'
                        and (batch.published_xid is null or {{ dalam_rentang("batch.published_xid") }})
                )
            )
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
                {%- for nama in ubah.kunci %}{{ alias ~ "." if alias }}{{ nama }}{{ ", " if not loop.last }}{% endfor -%}
            ) in (
                select {% for nama in ubah.kunci %}{{ nama }}{{ ", " if not loop.last }}{% endfor %}
                from pg_temp.{{ tabel_ubah() }}
            )
    {% endif %}
{% endmacro %}

{% macro get_incremental_ganti_sql(arg_dict) %}
    {% set target = arg_dict["target_relation"] %}
    {% set ubah = config.get("perubahan") %}
    {% set kolom = adapter.get_columns_in_relation(target) | map(attribute="quoted") | join(", ") %}
    {% if config.get("partisi") %} {{ buat_partisi(target, arg_dict["temp_relation"], config.get("partisi").kolom) }} {% endif %}
    delete from {{ target }} as lama
    using pg_temp.{{ tabel_ubah() }} as ubah
    where
        {%- for nama in ubah.kunci %} lama.{{ nama }} = ubah.{{ nama }}{{ " and" if not loop.last }}{% endfor %}
    ;
    insert into {{ target }} ({{ kolom }})
    select {{ kolom }}
    from {{ arg_dict["temp_relation"] }}
{% endmacro %}
