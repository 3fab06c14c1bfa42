{#- What a mart tells in parts is, per period, as much as the city's own figure in mart.indikator says. `total` is an aggregate over the parts;
    `per` are the columns of which each combination is one total. -#}
{% test adds_up_to_city(model, indikator_kode, total, period, where="true", per=[]) %}
    with
        bagian as (
            select {{ period }} as periode_mulai, {{ total }} as jumlah
            from {{ model }}
            where {{ where }}
            group by {{ ([period] + per) | join(", ") }}
        )

    select bagian.*, kota.nilai
    from bagian
    inner join
        {{ ref("mart__indikator") }} as kota
        on kota.indikator_kode = '{{ indikator_kode }}'
        and kota.wilayah_tingkat = 'kota'
        and bagian.periode_mulai = kota.periode_mulai
    where bagian.jumlah is distinct from kota.nilai
{% endtest %}
