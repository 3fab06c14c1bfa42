{#- Great-circle distance in km between two points given in degrees. -#}
{% macro distance_km(lintang_1, bujur_1, lintang_2, bujur_2) -%}
    (
        2
        * 6371.0088
        * asin(
            sqrt(
                least(
                    1.0,
                    power(sin(radians(({{ lintang_2 }} - {{ lintang_1 }})::float8) / 2), 2)
                    + cos(radians(({{ lintang_1 }})::float8))
                    * cos(radians(({{ lintang_2 }})::float8))
                    * power(sin(radians(({{ bujur_2 }} - {{ bujur_1 }})::float8) / 2), 2)
                )
            )
        )
    )
{%- endmacro %}

{#- What tells one earthquake from another: its moment and place, as a list has them. -#}
{% macro gempa_kode(waktu, lintang, bujur) -%}
    to_char({{ waktu }} at time zone 'UTC', 'YYYYMMDDHH24MISS')
    || '_'
    || trim_scale({{ lintang }})
    || '_'
    || trim_scale({{ bujur }})
{%- endmacro %}

{#- Free text of BMKG: true, false, or null when it says nothing about a tsunami. Negations and ended warnings first,
    for they contain the same words. -#}
{% macro berpotensi_tsunami(teks) -%}
    case
        when {{ teks }} ~* '(tidak|tdk|tak|bukan|tanpa)\s+(ada\s+)?(berpotensi|potensi|menimbulkan|memicu)'
        then false
        when {{ teks }} ~* 'tsunami.*(berakhir|dicabut|dibatalkan)|(berakhir|pencabutan|pembatalan).*tsunami'
        then false
        when {{ teks }} ~* 'potensi\s+(\w+\s+)?tsunami|peringatan\s+(dini\s+)?tsunami|tsunami\s+warning'
        then true
    end
{%- endmacro %}

{#- Key of a spelling: lower case, letters and digits only, single spaces. -#}
{% macro spelling_key(teks) -%} trim(regexp_replace(lower({{ teks }}), '[^a-z0-9]+', ' ', 'g')) {%- endmacro %}

{#- Minutes from one clock time to the next occurrence of another: times without dates roll over at midnight. -#}
{% macro minutes_between(dari, sampai) -%}
    mod((extract(epoch from ({{ sampai }} - {{ dari }})) + 86400)::numeric, 86400) / 60
{%- endmacro %}

{#- Number as Indonesian text: 1.234,5. -#}
{% macro indonesian_number(nilai, desimal) -%}
    translate(
        to_char(
            round({{ nilai }}, {{ desimal }}),
            'FM999,999,999,999,990' || case when {{ desimal }} > 0 then '.' || repeat('0', {{ desimal }}) else '' end
        ),
        ',.-',
        '.,−'
    )
{%- endmacro %}

{% macro label_simulasi(is_simulasi) -%} case when {{ is_simulasi }} then 'DATA SIMULASI' end {%- endmacro %}

{#- timestamptz as the wall-clock time of the city, and back. -#}
{% macro local_time(waktu) -%} ({{ waktu }} at time zone '{{ var("zona_waktu") }}') {%- endmacro %}

{% macro from_local_time(waktu) -%}(({{ waktu }})::timestamp at time zone '{{ var("zona_waktu") }}') {%- endmacro %}

{#- The last wall-clock second of what reaches to a moment, exclusive: midnight belongs to the day before. -#}
{% macro local_until(waktu) -%}
    (
        {{ local_time(waktu) }}
        - case when {{ local_time(waktu) }}::time = '00:00' then interval '1 second' else interval '0' end
    )
{%- endmacro %}

{#- Seconds that a multirange of timestamptz covers. -#}
{% macro seconds_covered(rentang) -%}
    (
        select coalesce(trim_scale(sum(extract(epoch from upper(potong.rentang) - lower(potong.rentang)))), 0)
        from unnest({{ rentang }}) as potong(rentang)
    )
{%- endmacro %}

{#- Whether a version of master data held at a moment. -#}
{% macro in_force(versi, saat) -%}
    {{ saat }} >= {{ versi }}.berlaku_dari and {{ saat }} < {{ versi }}.berlaku_sampai
{%- endmacro %}

{#- Whether a row of a list was valid on a day; a bound that is not given is none. -#}
{% macro valid_on(baris, hari) -%}
    {{ hari }} between coalesce({{ baris }}.berlaku_dari, date '-infinity') and coalesce(
        {{ baris }}.berlaku_sampai, date 'infinity'
    )
{%- endmacro %}

{#- The moment whose master data stand for a month: what changes in its second half changes the months after it. -#}
{% macro mid_month(bulan) -%} {{ from_local_time(bulan ~ " + 14") }} {%- endmacro %}

{#- The puskesmas that a text names, as it was on a day. -#}
{% macro join_puskesmas(ejaan, hari) -%}
    left join
        {{ ref("int_puskesmas__masa") }} as puskesmas
        on ops.ejaan({{ ejaan }}) = puskesmas.ejaan
        and {{ hari }} between puskesmas.dipakai_dari and puskesmas.dipakai_sampai
{%- endmacro %}

{#- The last day of a month. -#}
{% macro month_end(bulan) -%}({{ bulan }} + interval '1 month - 1 day')::date {%- endmacro %}
