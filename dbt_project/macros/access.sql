{#- Row-level policies. A rebuilt table has none, so every build makes them again. Which columns a role may read follows from
their classes alone, and is granted before what was built comes into sight (command_center.warehouse.access). -#}
{% macro camat_roles() -%}
    {%- for number in range(1, var("jumlah_kecamatan") + 1) -%}
        camat_{{ var("kode_kota") | replace(".", "") }}{{ "%02d" | format(number) }}{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- camat_access: 'rows' = own kecamatan and city rows, 'all' = every row, of which the columns that are publik (all columns where
alasan_camat says why), 'none' = none. -#}
{% macro row_policies(relation, node) %}
    {% set access = node.config.meta.camat_access %}
    {% if execute and access not in ["rows", "all", "none"] %}
        {{
            exceptions.raise_compiler_error(
                relation.identifier ~ ": meta.camat_access must be 'rows', 'all' or 'none'"
            )
        }}
    {% endif %}
    {% if node.columns.get("kode_kecamatan") %}
        alter table {{ relation }} enable row level security;
        create policy all_rows on {{ relation }} for select to cc_officials, cc_transformer, cc_publisher using (true);
        {% if access != "none" %}
            create policy camat on {{ relation }} for select to {{ camat_roles() }}
            using (
            {% if access == "all" %} true
            {% else %}
                    kode_kecamatan is null or 'camat_' || replace(kode_kecamatan, '.', '') = session_user
            {% endif %}
            );
        {% endif %}
    {% endif %}
{% endmacro %}
