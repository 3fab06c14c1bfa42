{#- What is wrong with a batch that is held, and what helps, by the rules of sebab_ditahan in dbt_project.yml. -#}
{% macro sebab_ditahan(alasan) -%}
    (
        select upper(left(teks, 1)) || substr(teks, 2)
        from
            (
                select
                    case
                        {%- for sebab in var("sebab_ditahan") %}
                            when {{ alasan }} ~ '{{ sebab.pola }}'
                            then
                                replace(
                                    '{{ sebab.sebab }}',
                                    '{rincian}',
                                    rtrim(coalesce(substring({{ alasan }} from '{{ sebab.pola }}'), ''), '.')
                                )
                        {%- endfor %}
                    end as teks
            ) as kalimat
    )
{%- endmacro %}

{% macro tindakan_ditahan(alasan) -%}
    case
        {%- for sebab in var("sebab_ditahan") %}
            when {{ alasan }} ~ '{{ sebab.pola }}' then '{{ sebab.tindakan }}'
        {%- endfor %}
    end
{%- endmacro %}
