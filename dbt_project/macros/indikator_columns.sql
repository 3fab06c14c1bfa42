{#- The columns of mart.indikator and publik.indikator, in their order. `instead`: column -> the column that is shown in its
    place. -#}
{% macro indikator_columns(instead={}) %}
    {%- set names = [
        "indikator_kode",
        "indikator_nama",
        "domain",
        "satuan",
        "arah",
        "wilayah_kode",
        "wilayah_nama",
        "wilayah_tingkat",
        "kode_kecamatan",
        "periode_jenis",
        "periode_mulai",
        "periode_selesai",
        "periode_label",
        "periode_sebelum",
        "periode_tahun_lalu",
        "pembilang",
        "penyebut",
        "nilai",
        "nilai_teks",
        "nilai_lapor",
        "penyebut_asal",
        "peringkat",
        "jumlah_wilayah",
        "rerata_kecamatan",
        "nilai_kota",
        "rerata_setingkat",
        "rerata_seinduk",
        "nilai_sebelumnya",
        "perubahan",
        "nilai_tahun_lalu",
        "perubahan_tahunan",
        "status",
        "mutu",
        "is_sementara",
        "sementara_karena",
        "is_simulasi",
        "sumber",
        "data_per",
        "label_data",
        "klasifikasi",
    ] -%}
    {%- for name in names %}
        {{ instead[name] ~ " as " ~ name if name in instead else name }}{{ "," if not loop.last }}
    {%- endfor %}
{% endmacro %}
