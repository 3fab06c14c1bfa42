{#- Sums of a relation with kode_kecamatan (and kode_kelurahan), a period and measures, for the city and the regions below.
    What lies in no known kecamatan still counts for the city. `measures`: name -> aggregate expression. `hari_sama`: source and
    waktu of dated rows, of which the same days before a running month are counted too (see berhari_sama). -#}
{% macro roll_up(relation, measures, levels=["kota", "kecamatan", "kelurahan"], period="bulan_mulai", hari_sama=none) %}
    {%- set dihitung = "hitung_mulai, is_hari_sama" if hari_sama else period %}
    select
        {% if "kelurahan" in levels -%}
            case
                when grouping(kode_kelurahan) = 0
                then kode_kelurahan
                when grouping(kode_kecamatan) = 0
                then kode_kecamatan
                else '{{ var("kode_kota") }}'
            end
        {%- else -%} case when grouping(kode_kecamatan) = 0 then kode_kecamatan else '{{ var("kode_kota") }}' end
        {%- endif %} as kode_wilayah,
        {{ "hitung_mulai as bulan_mulai, is_hari_sama" if hari_sama else period }},
        {%- for name, expression in measures.items() %} {{ expression }} as {{ name }}, {%- endfor %}
        bool_or(is_simulasi) as is_simulasi
    from {{ berhari_sama(relation, **hari_sama) if hari_sama else relation }}
    where kode_kecamatan is null or kode_kecamatan like '{{ var("kode_kota") }}.%'
    group by
        grouping sets (
            ({{ dihitung }}),
            (
                {{ dihitung }}, kode_kecamatan
            ){{ ", (" ~ dihitung ~ ", kode_kecamatan, kode_kelurahan)" if "kelurahan" in levels }}
        )
    having
        (grouping(kode_kecamatan) = 1 or kode_kecamatan is not null)
        {% if "kelurahan" in levels %} and (grouping(kode_kelurahan) = 1 or kode_kelurahan is not null) {% endif %}
{% endmacro %}

{#- A relation with bulan_mulai, as one to read from, in which each row stands under the month in which it counts, hitung_mulai:
    its own, and again, as is_hari_sama, the running month of the source if it lies in the same days of the month before.
    `waktu`: its moment. `saja`: only the latter. -#}
{% macro berhari_sama(relation, source, waktu, saja=false) -%}
    (
        select *
        from (select * from {{ relation }}) as bertanggal
        left join
            (
                select periode_mulai as berjalan_mulai, hari_sama_mulai, hari_sama_hingga_at
                from {{ ref("int_sumber__periode") }}
                where source = '{{ source }}' and periode_jenis = 'bulan' and hari_sama_mulai is not null
            ) as berjalan
            on bertanggal.bulan_mulai = berjalan.hari_sama_mulai
            and {{ waktu }} < berjalan.hari_sama_hingga_at
        cross join
            lateral(
                values {{ "(bertanggal.bulan_mulai, false)," if not saja }} (berjalan.berjalan_mulai, true)
            ) as dihitung(hitung_mulai, is_hari_sama)
        where dihitung.hitung_mulai is not null
    ) as berhari_sama
{%- endmacro %}

{#- Every month from the first row on that the source's content reaches over, for every region of the levels. Within them a
    register without an event has a zero, not a gap, but for `unfilled` measures (a median of nothing); a month that is not
    covered has nothing, whatever rows lie in it. `told_of`: a measure that is known of some events only -> the measure that
    counts those events; it is a zero where there was none, and stays unknown where none of them tells it. `is_feed`: content
    is only what came while the source was asked, so that months before the first row are zeros too. `hari_sama`: the relation
    has rows of the same days before a running month, where these were covered. -#}
{% macro monthly_grid(
    relation,
    measures,
    source,
    levels=["kota", "kecamatan", "kelurahan"],
    unfilled=[],
    told_of={},
    is_feed=false,
    hari_sama=false
) %}
    select
        bulan.periode_mulai as bulan_mulai,
        {{ "bulan.is_hari_sama," if hari_sama }}
        wilayah.kode_wilayah,
        wilayah.tingkat,
        {%- for name in measures %}
            case
                when bulan.cakupan <> 'kosong'
                {% if name in told_of -%}
                    then case when coalesce(isi.{{ told_of[name] }}, 0) = 0 then 0 else isi.{{ name }} end
                {%- else -%} then {{ "isi." ~ name if name in unfilled else "coalesce(isi." ~ name ~ ", 0)" }}
                {%- endif %}
            end as {{ name }},
        {%- endfor %}
        coalesce(isi.is_simulasi, batas.is_simulasi) as is_simulasi
    from
        {%- if is_feed %}
            (
                select date '-infinity' as awal, bool_or(is_simulasi) as is_simulasi
                from {{ ref("stg_ops__batch") }}
                where source = '{{ source }}' and status = 'published'
            ) as batas
        {%- else %} (select min(bulan_mulai) as awal, bool_or(is_simulasi) as is_simulasi from {{ relation }}) as batas
        {%- endif %}
    cross join
        lateral(
            select periode_mulai, cakupan, false as is_hari_sama
            from {{ ref("int_sumber__periode") }}
            where source = '{{ source }}' and periode_jenis = 'bulan' and periode_mulai >= batas.awal
            {%- if hari_sama %}
                union all
                select periode_mulai, 'penuh', true
                from {{ ref("int_sumber__periode") }}
                where source = '{{ source }}' and periode_jenis = 'bulan' and hari_sama_mulai >= batas.awal
            {%- endif %}
            union all
            -- What is planned lies behind the end of the content.
            select distinct bulan_mulai, 'belum', false
            from {{ relation }}
            where
                bulan_mulai > (
                    select max(periode_mulai)
                    from {{ ref("int_sumber__periode") }}
                    where source = '{{ source }}' and periode_jenis = 'bulan'
                )
        ) as bulan
    inner join {{ ref("dim_wilayah_kini") }} as wilayah on wilayah.tingkat in ('{{ levels | join("', '") }}')
    left join
        {{ relation }} as isi on bulan.periode_mulai = isi.bulan_mulai and wilayah.kode_wilayah = isi.kode_wilayah
        {{ "and bulan.is_hari_sama = isi.is_hari_sama" if hari_sama }}
    where batas.awal is not null
{% endmacro %}

{#- One row per indicator of a relation with kode_wilayah, a period and is_simulasi. `measures`: indicator -> dict of
    pembilang, penyebut, nilai_langsung, nilai_lapor, penyebut_asal, alasan_sementara (why it may still change; null where
    nothing says so), where (a condition on the row). `bawaan`: columns of the relation that go with each row. `hari_sama`: the
    relation says by is_hari_sama which rows are of the same days before a running month. -#}
{% macro per_indicator(
    relation,
    periode_jenis,
    period,
    measures,
    is_belum_lengkap="false",
    alasan_sementara="null",
    bawaan=[],
    hari_sama=false
) %}
    select
        ukuran.indikator_kode,
        petak.kode_wilayah,
        '{{ periode_jenis }}' as periode_jenis,
        petak.{{ period }} as periode_mulai,
        ukuran.pembilang,
        ukuran.penyebut,
        ukuran.nilai_langsung,
        ukuran.nilai_lapor,
        ukuran.penyebut_asal,
        {{ is_belum_lengkap }} or ukuran.alasan_sementara is not null as is_belum_lengkap,
        ukuran.alasan_sementara,
        {%- for nama in bawaan %} petak.{{ nama }}, {%- endfor %}
        {{ "petak.is_hari_sama" if hari_sama else "false" }} as is_hari_sama,
        petak.is_simulasi
    from {{ relation }} as petak
    cross join
        lateral(
            values
                {% for kode, m in measures.items() -%}
                    (
                        '{{ kode }}',
                        ({{ m.pembilang | default("null") }})::numeric,
                        ({{ m.penyebut | default("null") }})::numeric,
                        ({{ m.nilai_langsung | default("null") }})::numeric,
                        ({{ m.nilai_lapor | default("null") }})::numeric,
                        ({{ m.penyebut_asal | default("null") }})::text,
                        ({{ m.alasan_sementara | default(alasan_sementara) }})::text,
                        ({{ m.where | default("true") }})
                    ){{ "," if not loop.last }}
                {% endfor %}
        ) as ukuran(
            indikator_kode,
            pembilang,
            penyebut,
            nilai_langsung,
            nilai_lapor,
            penyebut_asal,
            alasan_sementara,
            is_berlaku
        )
    where ukuran.is_berlaku
{% endmacro %}

{#- '33 dari 34 kegiatan' where fewer members reported than belong to a total, else null. -#}
{% macro missing_members(members, roster, unit) -%}
    case when {{ members }} < {{ roster }} then {{ members }} || ' dari ' || {{ roster }} || ' {{ unit }}' end
{%- endmacro %}

{#- Of how much of the time of what it watches a monitoring tells, where that is too little to know how the rest was, else null. -#}
{% macro partly_watched(terpantau, terdaftar) -%}
    case
        when {{ terpantau }} < {{ var("pemantauan_utuh_bagian") }} * {{ terdaftar }}
        then 'pemantauan hanya mencakup ' || floor(100 * {{ terpantau }} / {{ terdaftar }}) || ' % waktu'
    end
{%- endmacro %}

{#- Until when a figure is told where a later report does not tell it, that no report does, or null. -#}
{% macro told_until(told, other) -%}
    case
        when {{ told }} < {{ other }}
        then 'data baru sampai ' || to_char({{ told }}, 'DD-MM-YYYY')
        when {{ told }} is null
        then 'tidak ada dalam laporan'
    end
{%- endmacro %}

{#- The value of an indicator from its parts, by the way in which its registry says it is computed. -#}
{% macro nilai_dari_bagian(bagian, cara) -%}
    trim_scale(
        round(
            case
                {{ cara }}
                when 'jumlah'
                then {{ bagian }}.pembilang
                when 'persen'
                then 100 * {{ bagian }}.pembilang / nullif({{ bagian }}.penyebut, 0)
                when 'rasio'
                then {{ bagian }}.pembilang / nullif({{ bagian }}.penyebut, 0)
                when 'per_100rb'
                then 100000 * {{ bagian }}.pembilang / nullif({{ bagian }}.penyebut, 0)
                when 'laju'
                then 100 * ({{ bagian }}.pembilang / nullif({{ bagian }}.penyebut, 0) - 1)
                when 'selisih'
                then {{ bagian }}.pembilang - {{ bagian }}.penyebut
                else {{ bagian }}.nilai_langsung
            end,
            4
        )
    )
{%- endmacro %}
