{#- No row lacks any of these columns: one question instead of one per column. `told_by`: the column that names whose fault it is. -#}
{% test filled(model, columns, told_by) %}
    select {{ told_by }}, count(*) as jumlah
    from {{ model }}
    where {% for column in columns %} {{ column }} is null {{ "or" if not loop.last }} {% endfor %}
    group by {{ told_by }}
{% endtest %}
