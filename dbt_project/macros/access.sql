{#- Grants and row-level policies. A rebuilt table has none, so every build applies them again. -#}
{% macro camat_roles() -%}
    {%- for number in range(1, var("jumlah_kecamatan") + 1) -%}
        camat_{{ var("kode_kota") | replace(".", "") }}{{ "%02d" | format(number) }}{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro open_schemas() %}
    {% if execute and flags.WHICH in ["build", "run", "retry"] %}
        grant usage
        on schema mart_next
        to cc_officials, {{ camat_roles() }}
        ;
        grant usage
        on schema publik_next
        to cc_publisher
        ;
    {% endif %}
{% endmacro %}

{#- camat_access: 'rows' = own kecamatan and city rows, 'all' = every row, 'none' = none. -#}
{% macro grant_mart() %}
    {% set access = model.config.meta.camat_access %}
    {% if execute and access not in ["rows", "all", "none"] %}
        {{ exceptions.raise_compiler_error(this.identifier ~ ": meta.camat_access must be 'rows', 'all' or 'none'") }}
    {% endif %}
    grant select
    on {{ this }}
    to cc_officials{{ ", " ~ camat_roles() if access != "none" }}
    ;
    {% if model.columns.get("kode_kecamatan") %}
        alter table {{ this }} enable row level security;
        create policy all_rows on {{ this }} for select to cc_officials, cc_transformer, cc_publisher using (true);
        {% if access != "none" %}
            create policy camat on {{ this }} for select to {{ camat_roles() }}
            using (
            {% if access == "all" %} true
            {% else %}
                    kode_kecamatan is null or 'camat_' || replace(kode_kecamatan, '.', '') = session_user
            {% endif %}
            );
        {% endif %}
    {% endif %}
{% endmacro %}
