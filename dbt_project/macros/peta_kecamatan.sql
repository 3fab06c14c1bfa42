{#- One map per indicator, of its last complete period: what a map layer draws is stored as GeoJSON. -#}
{% macro peta_kecamatan(indikator) %}
    with
        kecamatan as (
            select *, bool_and(is_sementara) over (partition by indikator_kode) as is_selalu_sementara
            from {{ indikator }}
            where wilayah_tingkat = 'kecamatan'
        ),

        berisi as (select * from kecamatan where nilai_teks <> '–' and (is_selalu_sementara or not is_sementara)),

        terakhir as (select indikator_kode, max(periode_mulai) as periode_mulai from berisi group by indikator_kode),

        dipetakan as (
            select kecamatan.*, max(kecamatan.nilai) over (partition by kecamatan.indikator_kode) as nilai_tertinggi
            from kecamatan
            inner join
                terakhir
                on kecamatan.indikator_kode = terakhir.indikator_kode
                and kecamatan.periode_mulai = terakhir.periode_mulai
        ),

        diwarnai as (
            select
                *,
                case
                    when nilai is null
                    then '#bdbdbd'
                    when status = 'baik'
                    then '#2a9d8f'
                    when status = 'waspada'
                    then '#e9c46a'
                    when status = 'siaga'
                    then '#f4a261'
                    when status = 'buruk'
                    then '#d1495b'
                    else {{ warna_besar("nilai", "nilai_tertinggi") }}
                end as warna
            from dipetakan
        )

    select
        diwarnai.kode_kecamatan,
        diwarnai.wilayah_nama as kecamatan,
        diwarnai.indikator_kode,
        diwarnai.indikator_nama,
        diwarnai.periode_label,
        diwarnai.nilai,
        diwarnai.nilai_teks,
        diwarnai.status,
        {{ fitur_peta("diwarnai", "diwarnai.wilayah_nama", "diwarnai.warna") }},
        diwarnai.label_data
    from diwarnai
    inner join {{ ref("dim_batas_wilayah") }} as peta on diwarnai.kode_kecamatan = peta.kode_wilayah
{% endmacro %}

{#- One of five blues, darker for more; it says how much and not how good. -#}
{% macro warna_besar(nilai, tertinggi) -%}
    case
        when {{ tertinggi }} = 0
        then '#deebf7'
        else
            (array['#deebf7', '#c6dbef', '#9ecae1', '#6baed6', '#4292c6'])[
                greatest(1, ceil(5 * {{ nilai }} / {{ tertinggi }})::int)
            ]
    end
{%- endmacro %}

{#- Columns fitur and titik of a relation with nilai_teks: the coloured shape of `peta` and where its label stands. -#}
{% macro fitur_peta(relasi, nama, warna) %}
    json_build_object(
        'type',
        'Feature',
        'geometry',
        peta.geometri::json,
        'properties',
        json_build_object(
            'fillColor',
            {{ warna }},
            'strokeColor',
            '#37474f',
            'label',
            {{ nama }} || ': ' || {{ relasi }}.nilai_teks,
            'keterangan',
            peta.keterangan
        )
    )::text as fitur,
    json_build_object(
        'type',
        'Feature',
        'geometry',
        json_build_object('type', 'Point', 'coordinates', json_build_array(peta.bujur, peta.lintang)),
        'properties',
        json_build_object('label', {{ nama }} || chr(10) || {{ relasi }}.nilai_teks)
    )::text as titik
{% endmacro %}
