{%- set topik = ["agenda", "infrastruktur", "kesehatan", "pengaduan", "program"] -%}

{% for nama in topik %} select * from {{ ref("int_temuan__" ~ nama) }} {{ "union all" if not loop.last }} {% endfor %}
