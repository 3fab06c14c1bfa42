{#- Sums of a relation with kode_kecamatan (and kode_kelurahan), month and measures, for the city and the regions below.
    What lies in no known kecamatan still counts for the city. `ukuran`: name -> aggregate expression. -#}
{% macro gulung(relasi, ukuran, tingkat=["kota", "kecamatan", "kelurahan"], waktu="bulan_mulai") %}
    select
        {% if "kelurahan" in tingkat -%}
            case
                when grouping(kode_kelurahan) = 0
                then kode_kelurahan
                when grouping(kode_kecamatan) = 0
                then kode_kecamatan
                else '13.71'
            end
        {%- else -%} case when grouping(kode_kecamatan) = 0 then kode_kecamatan else '13.71' end
        {%- endif %} as kode_wilayah,
        {{ waktu }},
        {%- for nama, ungkapan in ukuran.items() %} {{ ungkapan }} as {{ nama }}, {%- endfor %}
        bool_or(is_simulasi) as is_simulasi
    from {{ relasi }}
    where kode_kecamatan is null or kode_kecamatan like '13.71.%'
    group by
        grouping sets (
            ({{ waktu }}),
            (
                {{ waktu }}, kode_kecamatan
            ){{ ", (" ~ waktu ~ ", kode_kecamatan, kode_kelurahan)" if "kelurahan" in tingkat }}
        )
    having
        (grouping(kode_kecamatan) = 1 or kode_kecamatan is not null)
        {% if "kelurahan" in tingkat %} and (grouping(kode_kelurahan) = 1 or kode_kelurahan is not null) {% endif %}
{% endmacro %}

{#- Every month from the first to the last of a rolled-up relation, for every region of its levels: a register without
    an event in a month has a zero there, not a gap. -#}
{% macro petak_bulanan(relasi, ukuran, tingkat=["kota", "kecamatan", "kelurahan"]) %}
    select
        bulan.bulan_mulai,
        wilayah.kode_wilayah,
        wilayah.tingkat,
        {%- for nama in ukuran %} isi.{{ nama }}, {%- endfor %}
        coalesce(isi.is_simulasi, batas.is_simulasi) as is_simulasi
    from
        (
            select min(bulan_mulai) as awal, max(bulan_mulai) as akhir, bool_or(is_simulasi) as is_simulasi
            from {{ relasi }}
        ) as batas
    cross join
        lateral(
            select
                generate_series(batas.awal::timestamp, batas.akhir::timestamp, interval '1 month')::date as bulan_mulai
        ) as bulan
    inner join {{ ref("dim_wilayah_kini") }} as wilayah on wilayah.tingkat in ('{{ tingkat | join("', '") }}')
    left join {{ relasi }} as isi on bulan.bulan_mulai = isi.bulan_mulai and wilayah.kode_wilayah = isi.kode_wilayah
{% endmacro %}

{#- One row per indicator of a relation with kode_wilayah, a period and is_simulasi. `ukuran`: indicator -> dict of
    pembilang, penyebut, nilai_langsung, nilai_lapor, penyebut_asal, hanya (a condition on the row). -#}
{% macro urai(relasi, periode_jenis, waktu, ukuran, belum_lengkap="false") %}
    select
        ukuran.indikator_kode,
        petak.kode_wilayah,
        '{{ periode_jenis }}' as periode_jenis,
        petak.{{ waktu }} as periode_mulai,
        ukuran.pembilang,
        ukuran.penyebut,
        ukuran.nilai_langsung,
        ukuran.nilai_lapor,
        ukuran.penyebut_asal,
        {{ belum_lengkap }} as is_belum_lengkap,
        petak.is_simulasi
    from {{ relasi }} as petak
    cross join
        lateral(
            values
                {% for kode, u in ukuran.items() -%}
                    (
                        '{{ kode }}',
                        ({{ u.pembilang | default("null") }})::numeric,
                        ({{ u.penyebut | default("null") }})::numeric,
                        ({{ u.nilai_langsung | default("null") }})::numeric,
                        ({{ u.nilai_lapor | default("null") }})::numeric,
                        ({{ u.penyebut_asal | default("null") }})::text,
                        ({{ u.hanya | default("true") }})
                    ){{ "," if not loop.last }}
                {% endfor %}
        ) as ukuran(indikator_kode, pembilang, penyebut, nilai_langsung, nilai_lapor, penyebut_asal, is_berlaku)
    where ukuran.is_berlaku
{% endmacro %}
