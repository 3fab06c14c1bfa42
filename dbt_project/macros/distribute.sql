{#- Of a large fact on Citus: its rows are spread over the workers by one column, which every unique index must hold. Where the variable
`is_citus` is false, the hook is empty. A fact that is spread already stays as it is, for an increment finds it so. -#}
{% macro distribute(column) %}
    {%- if var("is_citus") -%}
        select create_distributed_table('{{ this }}', '{{ column }}')
        where not exists (select from citus_tables where table_name = '{{ this }}'::regclass)
    {%- endif -%}
{% endmacro %}
