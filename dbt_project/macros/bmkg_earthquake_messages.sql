{#- BMKG's messages about earthquakes: the catalogue and the lists of InaTEWS have the same fields, the lists their own key besides. -#}
{% macro bmkg_earthquake_messages(relation, own_keys=[]) %}
    with
        source as (select * from {{ relation }}),

        renamed as (
            select
                -- keys
                {% for name in own_keys %} {{ name }}, {% endfor %}
                gempa_kode,
                dikirim_at,

                -- texts
                peringatan_kode,
                status_pesan,
                acara,
                lintang_teks,
                bujur_teks,
                wilayah,
                potensi,
                perihal,
                judul,
                uraian,
                anjuran,
                anjuran_awas,
                anjuran_siaga,
                anjuran_waspada,
                dirasakan,
                {{ json_list("zona_peringatan") }} as zona_peringatan,
                shakemap,

                -- times
                pesan_at,
                {{ from_local_time("gempa_tanggal + gempa_jam") }} as gempa_at,

                -- numbers
                bujur,
                lintang,
                magnitudo,
                kedalaman_km,

                -- provenance
                _batch_id,
                _row,
                _part,
                _is_simulasi,
                _observed_at
            from source
        )

    select *
    from renamed
{% endmacro %}
