{#- Findings of the rules of ref_aturan_perhatian: every model of them has these columns, in this order. -#}
{% macro temuan_columns() -%}
    aturan_kode,
    subjek_jenis,
    subjek_nama,
    wilayah_kode,
    kode_kecamatan,
    opd_nama,
    indikator_kode,
    nilai_teks,
    target_teks,
    rincian,
    status,
    besar,
    sejak,
    hingga,
    periode_label,
    source,
    is_simulasi
{%- endmacro %}

{#- 'sejak 1 Agu 2026 (3 bulan)'. -#}
{% macro sejak_teks(sejak, hingga) -%}
    'sejak '
    || {{ tanggal_teks(sejak) }}
    || ' ('
    || case
        when {{ hingga }} - {{ sejak }} < 13
        then {{ hingga }} - {{ sejak }} + 1 || ' hari'
        when {{ hingga }} - {{ sejak }} < 27
        then round(({{ hingga }} - {{ sejak }} + 1) / 7.0) || ' minggu'
        when {{ hingga }} - {{ sejak }} < 1094
        then round(({{ hingga }} - {{ sejak }} + 1) / 30.44) || ' bulan'
        else floor(({{ hingga }} - {{ sejak }} + 1) / 365.25) || ' tahun'
    end
    || ')'
{%- endmacro %}
