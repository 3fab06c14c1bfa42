{#-
    No row lacks any of these columns: one question instead of one per column. `told_by`: the column that names whose fault it is,
    where the rows are of all domains.
-#}
{% test filled(model, columns, told_by=none) %}
    select
        {% if told_by %} lacking.{{ told_by }}, {% endif %}
        format('%s rows lack %s', kosong.jumlah, kosong.kolom) as kalimat
    from
        (
            select
                {% if told_by %} {{ told_by }}, {% endif %}
                {% for column in columns %}
                    count(*) filter (where {{ column }} is null) as n{{ loop.index }} {{ "," if not loop.last }}
                {% endfor %}
            from {{ model }}
            where {% for column in columns %} {{ column }} is null {{ "or" if not loop.last }} {% endfor %}
            {% if told_by %} group by {{ told_by }} {% endif %}
        ) as lacking
    cross join
        lateral(
            values
                {% for column in columns %}
                    ('{{ column }}', lacking.n{{ loop.index }}) {{ "," if not loop.last }}
                {% endfor %}
        ) as kosong(kolom, jumlah)
    where kosong.jumlah > 0
{% endtest %}
