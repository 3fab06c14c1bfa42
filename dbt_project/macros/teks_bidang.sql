{#- Words beside those of teks_tayang.sql that figures by agency, event or day need. -#}
{% macro hari_ini() -%} {{ local_time(sekarang()) }}::date {%- endmacro %}

{#- 31 Okt 2026, 14.05 and the zone; of a wall-clock time. -#}
{% macro waktu_teks(waktu) -%}
    {{ tanggal_teks(waktu) }} || to_char({{ waktu }}, ', HH24.MI "{{ var("zona_singkatan") }}"')
{%- endmacro %}

{#- Sabtu, 31 Okt 2026. -#}
{% macro hari_tanggal_teks(tanggal) -%}
    (array['Minggu', 'Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu'])[extract(dow from {{ tanggal }})::int + 1]
    || ', '
    || {{ tanggal_teks(tanggal) }}
{%- endmacro %}

{#- 45 menit, 30 jam, 12 hari: an age or a length, from hours. -#}
{% macro lama_teks(jam) -%}
    case
        when {{ jam }} <= 0
        then '0 menit'
        when {{ jam }} < 1
        then {{ indonesian_number(jam ~ " * 60", 0) }} || ' menit'
        when {{ jam }} < 48
        then {{ indonesian_number(jam, 0) }} || ' jam'
        else {{ indonesian_number("floor(" ~ jam ~ " / 24)", 0) }} || ' hari'
    end
{%- endmacro %}

{#- As many decimals as the number has: 75, 99,5. -#}
{% macro angka_pendek(nilai) -%} {{ indonesian_number(nilai, "scale(trim_scale(" ~ nilai ~ "))") }} {%- endmacro %}

{#- A number with its unit as an agency writes it. -#}
{% macro nilai_tertulis(nilai, satuan) -%}
    {{ angka_pendek(nilai) }} || case when lower({{ satuan }}) = 'persen' then ' %' else ' ' || lower({{ satuan }}) end
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

{#- What a source's cron schedule means, of the kinds that declarations have; another is shown as it is. -#}
{% macro jadwal_teks(jadwal) -%}
    case
        when {{ jadwal }} is null
        then 'tanpa jadwal'
        when {{ jadwal }} = '* * * * *'
        then 'setiap menit'
        when {{ jadwal }} ~ '^[*]/[0-9]+ [*] [*] [*] [*]$'
        then 'setiap ' || substring({{ jadwal }} from '/([0-9]+)') || ' menit'
        when {{ jadwal }} ~ '^[0-9]+ [*] [*] [*] [*]$'
        then 'setiap jam'
        when {{ jadwal }} ~ '^[0-9]+ [*]/[0-9]+ [*] [*] [*]$'
        then 'setiap ' || substring({{ jadwal }} from '/([0-9]+)') || ' jam'
        when {{ jadwal }} ~ '^[0-9]+ [0-9]+(,[0-9]+)* [*] [*] ([*]|[0-6])$'
        then
            case
                when right({{ jadwal }}, 1) = '*'
                then 'setiap hari'
                else
                    'setiap ' || (array['Minggu', 'Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu'])[
                        nullif(right({{ jadwal }}, 1), '*')::int + 1
                    ]
            end
            || ' pukul '
            || (
                select
                    string_agg(
                        lpad(jam, 2, '0') || '.' || lpad(split_part({{ jadwal }}, ' ', 1), 2, '0'), ', ' order by urutan
                    )
                from string_to_table(split_part({{ jadwal }}, ' ', 2), ',')
                with ordinality as pukul(jam, urutan)
            )
        else {{ jadwal }}
    end
{%- endmacro %}

{#- A word of a command line, whatever an agency calls its files. -#}
{% macro shell_text(teks) -%}
    case
        when {{ teks }} ~ '^[A-Za-z0-9_.-]+$'
        then {{ teks }}
        else '''' || replace({{ teks }}, '''', '''' || chr(92) || '''''') || ''''
    end
{%- endmacro %}
