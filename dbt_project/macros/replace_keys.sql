-- fmt: off
{#- One pass: what is still there is updated, what is gone is deleted, what is new is inserted. A model whose key is a
    part of its rows' key (a week of a puskesmas) is replaced key by key. -#}
{% macro get_incremental_replace_keys_sql(arg_dict) %}
    {% set target = arg_dict["target_relation"] %}
    {% set temp = arg_dict["temp_relation"] %}
    {% set key = config.get("changes").key.keys() | list %}
    {% set arrived = "arrived__" ~ this.identifier %}
    {% set columns = adapter.get_columns_in_relation(target) | map(attribute="quoted") | list %}
    {% if config.get("partition") %} {{ create_partitions(target, temp, config.get("partition").column) }} {% endif %}
    {% if config.get("partial_key") %}
        delete from {{ target }} as old
        using pg_temp.{{ changes_table() }} as changed
        where {% for name in key %} old.{{ name }} = changed.{{ name }}{{ " and" if not loop.last }}{% endfor %}
        ;
        insert into {{ target }} ({{ columns | join(", ") }})
        select {{ columns | join(", ") }}
        from {{ temp }}
    {% else %}
        {{ pair_changes(arrived, temp) }}
        {#- Only the executor knows that a row of one day is looked for in one partition: the planner would read them all. -#}
        {% set by_index = config.get("partition") and is_small_part(changes_table(), target) %}
        {{ "set local enable_hashjoin = off; set local enable_mergejoin = off;" if by_index }}
        analyze {{ arrived }};
        merge into {{ target }} as old
        using {{ arrived }} as new
        on {% for name in key %} old.{{ name }} = new.changed_{{ name }}{{ " and" if not loop.last }}{% endfor %}
        when matched and not new.is_there
        then delete
        when matched
        then
            update
            set {% for name in columns %}{{ name }} = new.{{ name }}{{ ", " if not loop.last }}{% endfor %}
        when not matched and new.is_there
        then
            insert ({{ columns | join(", ") }})
            values ({% for name in columns %}new.{{ name }}{{ ", " if not loop.last }}{% endfor %})
        {{ "; set local enable_hashjoin = on; set local enable_mergejoin = on" if by_index }}
    {% endif %}
{% endmacro %}
