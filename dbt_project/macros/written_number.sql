{#- A number that a source writes as text, now with a comma, now with a point: read only where one reading is possible.
    '1.234,56', '10,03', '10.03' and '812' are; '1.234' is 1234 or 1.234 and becomes null. -#}
{% macro written_number(teks) -%}
    case
        when {{ teks }} ~ '^[0-9]{1,3}(\.[0-9]{3})*,[0-9]+$' or {{ teks }} ~ '^[0-9]+,[0-9]+$'
        then translate({{ teks }}, ',.', '.')::numeric
        when {{ teks }} ~ '^[0-9]+(\.([0-9]{1,2}|[0-9]{4,}))?$'
        then {{ teks }}::numeric
    end
{%- endmacro %}
