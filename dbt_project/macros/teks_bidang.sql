{#- Words beside those of teks_tayang.sql that figures by agency, event or day need. -#}
{% macro hari_ini() -%} {{ local_time(sekarang()) }}::date {%- endmacro %}

{#- 31 Okt 2026, 14.05 WIB; of a wall-clock time. -#}
{% macro waktu_teks(waktu) -%} {{ tanggal_teks(waktu) }} || to_char({{ waktu }}, ', HH24.MI "WIB"') {%- endmacro %}

{#- Sabtu, 31 Okt 2026. -#}
{% macro hari_tanggal_teks(tanggal) -%}
    (array['Minggu', 'Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu'])[extract(dow from {{ tanggal }})::int + 1]
    || ', '
    || {{ tanggal_teks(tanggal) }}
{%- endmacro %}

{#- 45 menit, 30 jam, 12 hari: an age or a length, from hours. -#}
{% macro lama_teks(jam) -%}
    case
        when {{ jam }} < 1
        then {{ indonesian_number(jam ~ " * 60", 0) }} || ' menit'
        when {{ jam }} < 48
        then {{ indonesian_number(jam, 0) }} || ' jam'
        else {{ indonesian_number("floor(" ~ jam ~ " / 24)", 0) }} || ' hari'
    end
{%- endmacro %}

{#- A number with its unit as an agency writes it, with as many decimals as it has. -#}
{% macro nilai_tertulis(nilai, satuan) -%}
    {{ indonesian_number(nilai, "scale(trim_scale(" ~ nilai ~ "))") }}
    || case when lower({{ satuan }}) = 'persen' then ' %' else ' ' || lower({{ satuan }}) end
{%- endmacro %}

{#- What a value is by the thresholds of its indicator. -#}
{% macro status_nilai(nilai, arah, baik, waspada, siaga) -%}
    case
        when {{ nilai }} is null
        then 'tidak_tersedia'
        when {{ baik }} is null
        then 'tanpa_ambang'
        when case when {{ arah }} = 'turun_baik' then {{ nilai }} <= {{ baik }} else {{ nilai }} >= {{ baik }} end
        then 'baik'
        when case when {{ arah }} = 'turun_baik' then {{ nilai }} <= {{ waspada }} else {{ nilai }} >= {{ waspada }} end
        then 'waspada'
        when case when {{ arah }} = 'turun_baik' then {{ nilai }} <= {{ siaga }} else {{ nilai }} >= {{ siaga }} end
        then 'siaga'
        else 'buruk'
    end
{%- endmacro %}
