{#- The grain of a model: no two rows share these columns. -#}
{% test unique_together(model, columns) %}
    select {{ columns | join(", ") }}, count(*) as jumlah
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1
{% endtest %}
