{#- Rows of a relation with the corrections of ref_koreksi. A correction names the row by its key and the value that it
    expects to find; what has another value is left alone, as is a number in whose place the correction has none, and the
    test koreksi_berlaku says so. Rows without a
    correction pass untouched, so that conditions on them still reach the table's indexes. -#}
{% macro corrected(relation, tabel) %}
    select baris.*
    from {{ relation }} as baris
    where
        not exists (
            select
            from {{ ref("ref_koreksi") }} as koreksi
            where koreksi.tabel = '{{ tabel }}' and to_jsonb(baris) @> koreksi.kunci
        )
    union all
    select hasil.*
    from {{ relation }} as baris
    inner join
        lateral(
            select
                coalesce(
                    jsonb_object_agg(koreksi.kolom, koreksi.nilai) filter (where {{ is_fitting() }}), '{}'
                ) as ganti
            from {{ ref("ref_koreksi") }} as koreksi
            where koreksi.tabel = '{{ tabel }}' and to_jsonb(baris) @> koreksi.kunci
            having count(*) > 0
        ) as koreksi
        on true
    cross join lateral jsonb_populate_record(baris, koreksi.ganti) as hasil
{% endmacro %}

{% macro is_fitting() -%}
    to_jsonb(baris) ->> koreksi.kolom is not distinct from koreksi.expect
    and (
        jsonb_typeof(to_jsonb(baris) -> koreksi.kolom) is distinct from 'number'
        or pg_input_is_valid(koreksi.nilai, 'numeric')
    )
{%- endmacro %}

{#- Whose figures people correct: the reporting tables of agencies, not what instruments count. -#}
{% macro corrected_tables() %}
    {{
        return(
            [
                ("adpem_rfk", "kegiatan"),
                ("bpbd_kejadian", "kejadian"),
                ("damkar_kejadian", "kejadian"),
                ("dinkes_lb1", "kesakitan"),
                ("dinkes_skdr", "kasus"),
                ("dinkes_spm", "layanan"),
                ("dukcapil_dkb", "penduduk"),
                ("dukcapil_mutasi", "mutasi"),
                ("kelurahan_bulanan", "isian"),
                ("kpu_dpt", "kelurahan"),
                ("kpu_rekap", "dpt"),
                ("kpu_rekap", "rekap"),
                ("kpu_rekap", "suara"),
                ("organisasi_iku", "capaian"),
            ]
        )
    }}
{% endmacro %}
