{#- Whether a person decided to throw a held batch away; the newer of two decisions on the same bytes stands. -#}
{% macro is_dibuang(batch) -%}
    coalesce(
        (
            select keputusan.jenis
            from {{ source("ops", "keputusan") }} as keputusan
            where
                keputusan.jenis in ('lepas', 'buang')
                and keputusan.objek = concat_ws('.', {{ batch }}.source, {{ batch }}.table_name, {{ batch }}.part)
                and keputusan.checksum = {{ batch }}.sha256
                and coalesce(keputusan.berlaku_sampai > clock_timestamp(), true)
            order by keputusan.keputusan_id desc
            limit 1
        )
        = 'buang',
        false
    )
{%- endmacro %}
