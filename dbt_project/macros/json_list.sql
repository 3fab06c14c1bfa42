{#- A list that a source may send as a single object, as JSON text: always a list, null for anything else. -#}
{% macro json_list(teks) -%}
    case
        when not pg_input_is_valid({{ teks }}, 'jsonb')
        then null
        when jsonb_typeof({{ teks }}::jsonb) = 'object'
        then jsonb_build_array({{ teks }}::jsonb)
        when jsonb_typeof({{ teks }}::jsonb) = 'array'
        then {{ teks }}::jsonb
    end
{%- endmacro %}
