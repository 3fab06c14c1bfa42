{#- Models of mart and publik carry their schema as prefix, for dbt wants unique names: mart__gempa becomes mart.gempa. -#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%} {{ custom_alias_name | trim }}
    {%- elif node.name.startswith("mart__") or node.name.startswith("publik__") -%} {{ node.name.split("__", 1)[1] }}
    {%- else -%} {{ node.name }}
    {%- endif -%}
{%- endmacro %}
