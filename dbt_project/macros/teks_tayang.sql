{#- The words in which figures are shown, once for dashboards, wall, public display and reports. Arguments are SQL expressions. -#}
{#- Number with its unit: '86,1 %', '12 kejadian', 'Rp1.234,5 juta'; '–' where there is none. -#}
{% macro nilai_bersatuan(nilai, satuan, desimal) -%}
    case
        when {{ nilai }} is null
        then '–'
        when {{ satuan }} = 'Rp'
        then {{ rupiah(nilai) }}
        else {{ indonesian_number(nilai, desimal) }} || {{ satuan_teks(satuan) }}
    end
{%- endmacro %}

{#- What follows a number of this unit. -#}
{% macro satuan_teks(satuan) -%}
    case
        {{ satuan }}
        when 'persen'
        then ' %'
        when 'persen/tahun'
        then ' % per tahun'
        when 'per 100 P'
        then ' per 100 perempuan'
        when 'rasio'
        then ''
        else ' ' || {{ satuan }}
    end
{%- endmacro %}

{#- An amount in four digits at most where it is large: 'Rp950.000', 'Rp1.234,5 juta', 'Rp12,3 miliar'. -#}
{% macro rupiah(nilai) -%}
    case when {{ nilai }} < 0 then '−' else '' end
    || 'Rp'
    || case
        when abs({{ nilai }}) < 1e6
        then {{ indonesian_number("abs(" ~ nilai ~ ")", 0) }}
        when abs({{ nilai }}) < 1e10
        then {{ indonesian_number("abs(" ~ nilai ~ ") / 1e6", 1) }} || ' juta'
        when abs({{ nilai }}) < 1e13
        then {{ indonesian_number("abs(" ~ nilai ~ ") / 1e9", 1) }} || ' miliar'
        else {{ indonesian_number("abs(" ~ nilai ~ ") / 1e12", 1) }} || ' triliun'
    end
{%- endmacro %}

{% macro status_teks(status) -%}
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
        else '– Tidak tersedia'
    end
{%- endmacro %}

{#- How bad a status is, for whoever looks for the worst. -#}
{% macro status_berat(status) -%}
    (case {{ status }} when 'buruk' then 4 when 'siaga' then 3 when 'waspada' then 2 when 'baik' then 1 else 0 end)
{%- endmacro %}

{#- 'target ≥ 75 %', or 'tanpa target'; as many decimals as the target has. -#}
{% macro target_teks(target, satuan, desimal, arah) -%}
    case
        when {{ target }} is null
        then 'tanpa target'
        else
            'target '
            || case when {{ arah }} = 'turun_baik' then '≤ ' else '≥ ' end
            || {{ nilai_bersatuan(target, satuan, "scale(trim_scale(round(" ~ target ~ ", " ~ desimal ~ ")))") }}
    end
{%- endmacro %}

{#- '▼ 6,2 poin dari September 2026, memburuk'; 'tetap dari September 2026' where no digit that is shown differs, '–' where nothing can be compared. -#}
{% macro perubahan_teks(perubahan, satuan, desimal, arah, periode_label) -%}
    case
        when {{ perubahan }} is null or {{ periode_label }} is null
        then '–'
        when round({{ perubahan }}, {{ desimal }}) = 0
        then 'tetap dari ' || {{ periode_label }}
        else
            case when {{ perubahan }} > 0 then '▲ ' else '▼ ' end
            || {{ selisih_bersatuan(perubahan, satuan, desimal) }}
            || ' dari '
            || {{ periode_label }}
            || {{ arti_perubahan(perubahan, arah) }}
    end
{%- endmacro %}

{#- ', membaik' or ', memburuk' of a change that is not zero; nothing where no direction is good. -#}
{% macro arti_perubahan(perubahan, arah) -%}
    case
        when {{ arah }} not in ('naik_baik', 'turun_baik')
        then ''
        when ({{ perubahan }} > 0) = ({{ arah }} = 'naik_baik')
        then ', membaik'
        else ', memburuk'
    end
{%- endmacro %}

{#- ' · periode sama Okt: 19 (▲ 4, memburuk)', what follows a figure that stands beside a value of then; nothing where there is
    none. The figure has named its unit, which is repeated only where a difference has another one, or where it scales the number. -#}
{% macro banding_teks(nilai, perubahan, satuan, desimal, arah, label) -%}
    {%- set singkat = (
        "(case when "
        ~ satuan
        ~ " in ('persen', 'persen/tahun', 'Rp') then "
        ~ satuan
        ~ " else 'rasio' end)"
    ) -%}
    coalesce(
        ' · '
        || {{ label }}
        || ': '
        || case when {{ nilai }} is not null then {{ nilai_bersatuan(nilai, singkat, desimal) }} end
        || case
            when round({{ perubahan }}, {{ desimal }}) = 0
            then ' (tetap)'
            else
                case when {{ perubahan }} > 0 then ' (▲ ' else ' (▼ ' end
                || {{ selisih_bersatuan(perubahan, singkat, desimal) }}
                || {{ arti_perubahan(perubahan, arah) }}
                || ')'
        end,
        ''
    )
{%- endmacro %}

{#- 'Okt', 'Des 2025', 'Minggu ke-46': a row of dim_periode, with its year only where another period's is another. -#}
{% macro periode_pendek(periode, dari) -%}
    trim(
        case
            when {{ periode }}.periode_jenis = 'bulan'
            then {{ bulan_pendek(periode ~ ".periode_mulai") }} || ' '
            else left({{ periode }}.periode_label, -4)
        end || case
            when right({{ periode }}.periode_label, 4) = right({{ dari }}.periode_label, 4)
            then ''
            else right({{ periode }}.periode_label, 4)
        end
    )
{%- endmacro %}

{% macro bulan_pendek(tanggal) -%}
    (array['Jan', 'Feb', 'Mar', 'Apr', 'Mei', 'Jun', 'Jul', 'Agu', 'Sep', 'Okt', 'Nov', 'Des'])[
        extract(month from {{ tanggal }})
    ]
{%- endmacro %}

{#- '6,2 poin': how much two values of a unit differ, without its sign. -#}
{% macro selisih_bersatuan(selisih, satuan, desimal) -%}
    {{
        nilai_bersatuan(
            "abs(" ~ selisih ~ ")",
            "(case when " ~ satuan ~ " in ('persen', 'persen/tahun') then 'poin' else " ~ satuan ~ " end)",
            desimal,
        )
    }}
{%- endmacro %}

{#- One sentence of a tile's row, which stands above a chart as its message: 'Tanggap dalam 15 menit, Oktober 2026: 86,1 %, turun 6,2 poin
    dari September, di atas target 75 %'. What is not known is left out, but for a value that is not there. -#}
{% macro pesan_teks() -%}
    indikator_nama
    || case when wilayah_tingkat <> 'kota' then ' di ' || wilayah_nama else '' end
    || ', '
    || coalesce(periode_label, bulan_label)
    || ': '
    || case
        when nilai is null
        then 'tidak tersedia'
        else
            {{ nilai_bersatuan("nilai", "satuan", "desimal") }}
            || {{ pesan_perubahan() }}
            || {{ pesan_target() }}
            || case when is_sementara then ' (' || concat_ws(': ', 'sementara', sementara_karena) || ')' else '' end
    end
{%- endmacro %}

{#- ', turun 6,2 poin dari September'; the year only where it is another. -#}
{% macro pesan_perubahan() -%}
    case
        when perubahan is null or sebelum_label is null
        then ''
        else
            case
                when round(perubahan, desimal) = 0
                then ', sama dengan '
                else
                    case when perubahan > 0 then ', naik ' else ', turun ' end
                    || {{ selisih_bersatuan("perubahan", "satuan", "desimal") }}
                    || ' dari '
            end || case
                when right(sebelum_label, 5) = right(periode_label, 5) then left(sebelum_label, -5) else sebelum_label
            end
    end
{%- endmacro %}

{#- ', di atas target 75 %'; a target that may not be passed is a limit. Where the digits that are shown are the same, it says how. -#}
{% macro pesan_target() -%}
    case
        when target is null
        then ', tanpa target'
        else
            ', '
            || case when nilai <> target and round(nilai - target, desimal) = 0 then 'sedikit ' else '' end
            || case when nilai > target then 'di atas ' when nilai < target then 'di bawah ' else 'tepat pada ' end
            || case when arah = 'turun_baik' then 'batas ' else 'target ' end
            || {{ nilai_bersatuan("target", "satuan", "scale(trim_scale(round(target, desimal)))") }}
    end
{%- endmacro %}

{#- '31 Okt 2026'. -#}
{% macro tanggal_teks(tanggal) -%}
    extract(day from {{ tanggal }}) || ' ' || {{ bulan_pendek(tanggal) }} || ' ' || extract(year from {{ tanggal }})
{%- endmacro %}

{#- 'Data sampai 31 Okt 2026', with a mark where the content is older than twice its limit. -#}
{% macro data_sampai_teks(data_per, is_lama="false") -%}
    coalesce(
        'Data sampai ' || {{ tanggal_teks(data_per) }} || case when {{ is_lama }} then ' · ▲ lama' else '' end,
        'Belum ada data'
    )
{%- endmacro %}

{#- 'DATA SIMULASI · SEMENTARA: 33 dari 34 kegiatan'; null where nothing is to be said. -#}
{% macro lencana(label_data, is_sementara, karena) -%}
    nullif(
        concat_ws(
            ' · ', {{ label_data }}, case when {{ is_sementara }} then concat_ws(': ', 'SEMENTARA', {{ karena }}) end
        ),
        ''
    )
{%- endmacro %}

{#- With what a running month is compared, or why it is not. -#}
{% macro banding_berjalan_teks(kode) -%}
    case
        {{ kode }}
        when 'hari_sama'
        then 'dibandingkan dengan hari yang sama bulan sebelumnya'
        when 'bulan_utuh'
        then 'tidak dibandingkan: dihitung per bulan utuh'
        when 'per_periode'
        then 'tidak dibandingkan: dilaporkan sekali per periode'
        when 'belum_matang'
        then 'tidak dibandingkan: hasilnya baru matang sesudah periode berakhir'
        when 'keadaan'
        then 'tidak dibandingkan: keadaan pada satu saat'
        when 'rencana'
        then 'tidak dibandingkan: memuat rencana sampai akhir bulan'
        else 'tidak dibandingkan'
    end
{%- endmacro %}

{#- An age in hours as people say it: '36 jam', '12 hari'. -#}
{% macro umur_teks(jam) -%}
    case
        when {{ jam }} < 48 then round({{ jam }}) || ' jam' else {{ indonesian_number(jam ~ " / 24", 0) }} || ' hari'
    end
{%- endmacro %}

{#- A sentence of which {names} are filled in; what is unknown leaves its place empty. -#}
{% macro isi_pola(pola, isi) -%}
    {% for nama in isi %} replace({% endfor -%}{{ pola }}
    {%- for nama, nilai in isi.items() %}, '{{ "{" ~ nama ~ "}" }}', coalesce({{ nilai }}, '')){% endfor %}
{%- endmacro %}

{#- The moment of this build. -#}
{% macro sekarang() -%}
    {{ "timestamptz '" ~ var("frozen_clock") ~ "'" if var("frozen_clock") else "now()" }}
{%- endmacro %}
