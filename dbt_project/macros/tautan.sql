{#- A link to a dashboard, in the one form that the dashboards let through. `slug`, `teks` and `nilai` are SQL expressions; `filter` is
    the name behind NATIVE_FILTER-, `kolom` the column that it filters. -#}
{% macro tautan(slug, teks, filter=none, kolom=none, nilai=none) -%}
    {{ tautan_saringan(slug, teks, [(filter, kolom, nilai)] if filter else []) }}
{%- endmacro %}

{#- The same with several filters. -#}
{% macro tautan_saringan(slug, teks, saringan) -%}
    '<a href="/superset/dashboard/' || {{ slug }} || '/
    {%- if saringan -%} ?native_filters=('
    {%- for filter, kolom, nilai in saringan %}
        || '{{ "," if not loop.first }}NATIVE_FILTER-{{ filter }}:(__cache:(label:'
        || {{ rison_text(nilai) }}
        || ',validateStatus:!f,value:!('
        || {{ rison_text(nilai) }}
        || ')),extraFormData:(filters:!((col:{{ kolom }},op:IN,val:!('
        || {{ rison_text(nilai) }}
        || ')))),filterState:(label:'
        || {{ rison_text(nilai) }}
        || ',validateStatus:!f,value:!('
        || {{ rison_text(nilai) }}
        || ')),id:NATIVE_FILTER-{{ filter }},ownState:())'
    {%- endfor %}
    || ')
    {%- endif -%} ">'
    || replace(replace(replace({{ teks }}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')
    || '</a>'
{%- endmacro %}

{#- A text as Superset writes it in an address: quoted, with what an address does not carry percent-encoded. -#}
{% macro rison_text(nilai) -%}
    '''' || replace(
        replace(
            replace(
                replace(replace(replace(replace({{ nilai }}, '%', '%25'), '!', '!!'), '''', '!'''), ' ', '%20'),
                '&',
                '%26'
            ),
            '/',
            '%2F'
        ),
        '"',
        '%22'
    )
    || ''''
{%- endmacro %}
