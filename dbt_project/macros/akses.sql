{#- Grants and row-level policies. A rebuilt table has none, so every build applies them again. -#}
{% macro peran_camat() -%}
    {%- for nomor in range(1, var("jumlah_kecamatan") + 1) -%}
        camat_1371{{ "%02d" | format(nomor) }}{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro buka_skema() %}
    {% if execute and flags.WHICH in ["build", "run", "retry"] %}
        grant usage
        on schema mart_next
        to cc_officials, {{ peran_camat() }}
        ;
        grant usage
        on schema publik_next
        to cc_publisher
        ;
    {% endif %}
{% endmacro %}

{#- akses_camat: 'baris' = own kecamatan and city rows, 'semua' = every row, 'tidak' = none. -#}
{% macro beri_akses_mart() %}
    {% set akses = model.config.meta.akses_camat %}
    {% if execute and akses not in ["baris", "semua", "tidak"] %}
        {{
            exceptions.raise_compiler_error(
                this.identifier ~ ": meta.akses_camat must be 'baris', 'semua' or 'tidak'"
            )
        }}
    {% endif %}
    grant select
    on {{ this }}
    to cc_officials{{ ", " ~ peran_camat() if akses != "tidak" }}
    ;
    {% if model.columns.get("kode_kecamatan") %}
        alter table {{ this }} enable row level security;
        create policy semua_baris on {{ this }} for select to cc_officials, cc_transformer, cc_publisher using (true);
        {% if akses != "tidak" %}
            create policy camat on {{ this }} for select to {{ peran_camat() }}
            using (
            {% if akses == "semua" %} true
            {% else %}
                    kode_kecamatan is null or 'camat_' || replace(kode_kecamatan, '.', '') = session_user
            {% endif %}
            );
        {% endif %}
    {% endif %}
{% endmacro %}
