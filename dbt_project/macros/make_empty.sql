{#- Tables of the declared columns without a row, with the policies of their models: what people read of a domain that is held
before any edition of it stood. -#}
{% macro make_empty(ids) %}
    {% for id in ids %}
        {% set node = graph.nodes[id] %}
        {% set relation = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) %}
        {% call statement("make_empty") %}
            create table {{ relation }} (
            {% for column in node.columns.values() -%}
                {{ adapter.quote(column.name) }} {{ column.data_type }}{{ "," if not loop.last }}
            {%- endfor %}
            );
            {{ row_policies(relation, node) if node.fqn[1] == "mart" }}
        {% endcall %}
    {% endfor %}
{% endmacro %}
