{#- The grain of a model: no two rows share these columns. -#}
{% test unik(model, kolom) %}
    select {{ kolom | join(", ") }}, count(*) as jumlah
    from {{ model }}
    group by {{ kolom | join(", ") }}
    having count(*) > 1
{% endtest %}
