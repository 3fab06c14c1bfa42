{%- set topik = ["agenda", "infrastruktur", "kesehatan", "lalu_lintas", "pengaduan", "program"] -%}

{% for nama in topik %} select * from {{ ref("int_temuan__" ~ nama) }} {{ "union all" if not loop.last }} {% endfor %}
