{% for topik in ["damkar", "skdr", "gempa", "pilkada"] %}
    select * from {{ ref("int_indikator__" ~ topik) }} {{ "union all" if not loop.last }}
{% endfor %}
