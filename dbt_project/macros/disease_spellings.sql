{#- Each spelling of a disease, as spellings are compared, with its name and its group. -#}
{% macro disease_spellings() %}
    select distinct on ({{ spelling_key("ejaan") }}) {{ spelling_key("ejaan") }} as penyakit_kunci, penyakit, kelompok
    from {{ ref("ref_penyakit") }}
    order by 1, penyakit
{% endmacro %}
