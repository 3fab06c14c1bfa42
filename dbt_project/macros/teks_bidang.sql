{#- What people read beside a figure: Indonesian words, numbers as id-ID writes them, a true minus. Colour never stands alone. -#}
{% macro saat_ini() -%}
    {{ "timestamptz '" ~ var("frozen_clock") ~ "'" if var("frozen_clock") else "now()" }}
{%- endmacro %}

{% macro hari_ini() -%} {{ local_time(saat_ini()) }}::date {%- endmacro %}

{#- 31 Okt 2026. -#}
{% macro tanggal_teks(tanggal) -%}
    (
        to_char(
            {{ tanggal }},
            'FMDD '
        ) || (array['Jan', 'Feb', 'Mar', 'Apr', 'Mei', 'Jun', 'Jul', 'Agu', 'Sep', 'Okt', 'Nov', 'Des'])[
            extract(month from {{ tanggal }})::int
        ]
        || to_char({{ tanggal }}, ' YYYY')
    )
{%- endmacro %}

{#- 31 Okt 2026, 14.05 WIB; of a wall-clock time. -#}
{% macro waktu_teks(waktu) -%}({{ tanggal_teks(waktu) }} || to_char({{ waktu }}, ', HH24.MI "WIB"')) {%- endmacro %}

{% macro hari_teks(tanggal) -%}
    (array['Minggu', 'Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu'])[extract(dow from {{ tanggal }})::int + 1]
{%- endmacro %}

{#- As many decimals as the number has: 75, 99,5. -#}
{% macro angka_pendek(nilai) -%}
    {{ indonesian_number(nilai, "coalesce(scale(trim_scale((" ~ nilai ~ ")::numeric)), 0)") }}
{%- endmacro %}

{% macro bersatuan(teks, satuan) -%}
    {{ teks }} || case {{ satuan }} when 'persen' then ' %' when 'rasio' then '' else ' ' || {{ satuan }} end
{%- endmacro %}

{#- 86,1 % or 12 kejadian; a dash where nothing is known. -#}
{% macro nilai_bersatuan(nilai, satuan, desimal) -%}
    coalesce({{ bersatuan(indonesian_number(nilai, desimal), satuan) }}, '–')
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

{% macro status_kata(status) -%}
    case
        {{ status }}
        when 'baik'
        then '● Baik'
        when 'waspada'
        then '▲ Waspada'
        when 'siaga'
        then '◆ Siaga'
        when 'buruk'
        then '■ Buruk'
        when 'tanpa_ambang'
        then '– Tanpa target'
        when 'tidak_tersedia'
        then '– Tidak tersedia'
    end
{%- endmacro %}

{% macro target_kata(arah, baik, satuan) -%}
    coalesce(
        'target '
        || case when {{ arah }} = 'turun_baik' then '≤ ' else '≥ ' end
        || {{ bersatuan(angka_pendek(baik), satuan) }},
        'tanpa target'
    )
{%- endmacro %}

{#- ▼ 6,2 poin dari September 2026, memburuk. Percentages differ by points, never by per cent of per cent. -#}
{% macro perubahan_kata(nilai, dulu, satuan, desimal, arah, label) -%}
    case
        when {{ nilai }} is null or {{ dulu }} is null
        then '–'
        when round({{ nilai }} - {{ dulu }}, {{ desimal }}) = 0
        then 'tetap'
        else
            case when {{ nilai }} > {{ dulu }} then '▲ ' else '▼ ' end
            || {{
                bersatuan(
                    indonesian_number("abs(" ~ nilai ~ " - " ~ dulu ~ ")", desimal),
                    "(case when " ~ satuan ~ " = 'persen' then 'poin' else " ~ satuan ~ " end)",
                )
            }}
            || ' dari '
            || {{ label }}
            || case
                when {{ arah }} = 'netral'
                then ''
                when ({{ nilai }} > {{ dulu }}) = ({{ arah }} = 'naik_baik')
                then ', membaik'
                else ', memburuk'
            end
    end
{%- endmacro %}

{#- Data sampai 31 Okt 2026; where the source's own content ends longer ago than twice its limit, it says so. -#}
{% macro data_sampai_kata(sampai_at, sumber, is_terkini="true") -%}
    'Data sampai '
    || {{ tanggal_teks(local_until(sampai_at)) }}
    || case
        when
            {{ is_terkini }}
            and {{ saat_ini() }} - {{ sumber }}.data_per_at > 2 * {{ sumber }}.batas_jam * interval '1 hour'
        then ' · ▲ lama'
        else ''
    end
{%- endmacro %}

{% macro lencana_kata(label_data, alasan_sementara) -%}
    nullif(concat_ws(' · ', {{ label_data }}, 'SEMENTARA: ' || {{ alasan_sementara }}), '')
{%- endmacro %}
