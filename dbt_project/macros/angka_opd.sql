{#- The last 13 complete months: what a filter of months offers. -#}
{% macro bulan_laporan() %}
    select
        periode_mulai as bulan,
        periode_selesai as bulan_selesai,
        periode_label as bulan_label,
        to_char(periode_mulai, 'YYYYMM')::int as bulan_urutan,
        date_trunc('month', {{ hari_ini() }}) = periode_mulai + interval '1 month' as is_terkini
    from {{ ref("dim_periode") }}
    where
        periode_jenis = 'bulan'
        and periode_mulai < date_trunc('month', {{ hari_ini() }})
        and periode_mulai >= date_trunc('month', {{ hari_ini() }}) - interval '13 months'
{% endmacro %}

{#- The periods of a source that have something, with what is known of their completeness. -#}
{% macro periode_sumber(source, periode_jenis) %}
    select
        periode.periode_mulai,
        periode.periode_selesai,
        periode.periode_label,
        sumber.cakupan,
        sumber.alasan,
        sumber.data_per_at
    from {{ ref("dim_periode") }} as periode
    inner join
        {{ ref("int_sumber__periode") }} as sumber
        on periode.periode_jenis = sumber.periode_jenis
        and periode.periode_mulai = sumber.periode_mulai
    where
        sumber.source = '{{ source }}' and periode.periode_jenis = '{{ periode_jenis }}' and sumber.cakupan <> 'kosong'
{% endmacro %}

{#- The newest period that ended with each month of `bulan_laporan` or before; `periode` has periode_mulai and periode_selesai. -#}
{% macro periode_per_bulan(periode) %}
    select
        bulan_laporan.bulan,
        bulan_laporan.bulan_label,
        bulan_laporan.bulan_urutan,
        bulan_laporan.is_terkini,
        max(periode_ada.periode_mulai) as periode_mulai
    from bulan_laporan
    inner join
        (select distinct periode_mulai, periode_selesai from {{ periode }}) as periode_ada
        on periode_ada.periode_selesai <= bulan_laporan.bulan_selesai
    group by bulan_laporan.bulan, bulan_laporan.bulan_label, bulan_laporan.bulan_urutan, bulan_laporan.is_terkini
{% endmacro %}

{#- CTEs up to `angka`: figures of agencies and other groups that are no regions, told in the words of the city's own figures.

    `bagian`: a relation of parts as per_indicator makes it, with the key of the group as kode_wilayah and the columns
    `bawaan` besides. Each reporting month has the newest period that ended with it or before. `sebanding`: a condition on a
    period under which it is compared with the one before; what is cumulative since January is not, in January. -#}
{% macro angka_opd(bagian, bawaan, source, periode_jenis, sebanding="true") %}
    {%- set panjang = {"bulan": "1 month", "triwulan": "3 months"}[periode_jenis] %}
    bulan_laporan as ({{ bulan_laporan() }}),

    periode as ({{ periode_sumber(source, periode_jenis) }}),

    dihitung as (
        select
            bagian.indikator_kode,
            bagian.kode_wilayah as kunci,
            {%- for nama in bawaan %} bagian.{{ nama }}, {%- endfor %}
            indikator.nama as indikator_nama,
            indikator.satuan,
            indikator.arah,
            indikator.desimal,
            indikator.ambang_baik,
            indikator.ambang_waspada,
            indikator.ambang_siaga,
            periode.*,
            bagian.pembilang,
            bagian.penyebut,
            {{ nilai_dari_bagian("bagian", "indikator.cara") }} as nilai,
            bagian.is_belum_lengkap or periode.cakupan <> 'penuh' as is_sementara,
            coalesce(periode.alasan, bagian.alasan_sementara) as sementara_karena,
            bagian.is_simulasi
        from {{ bagian }} as bagian
        inner join {{ ref("dim_indikator") }} as indikator on bagian.indikator_kode = indikator.kode
        inner join periode on bagian.periode_mulai = periode.periode_mulai
    ),

    -- Only what is final is compared, and with the period before itself, be it missing.
    disandingkan as (
        select
            *,
            {% for nama, jarak in {"sebelumnya": panjang, "tahun_lalu": "1 year"}.items() %}
                case
                    when not is_sementara{{ " and " ~ sebanding if nama == "sebelumnya" }}
                    then
                        max(nilai) filter (where not is_sementara) over (
                            partition by indikator_kode, kunci
                            order by
                                periode_mulai
                                range between interval '{{ jarak }}' preceding and interval '{{ jarak }}' preceding
                        )
                end as nilai_{{ nama }},
                max(periode_label) over (
                    partition by indikator_kode, kunci
                    order by
                        periode_mulai
                        range between interval '{{ jarak }}' preceding and interval '{{ jarak }}' preceding
                ) as label_{{ nama }},
            {% endfor %}
            {{ status_nilai("nilai", "arah", "ambang_baik", "ambang_waspada", "ambang_siaga") }} as status
        from dihitung
    ),

    -- What is bad is so since the period after the last good one.
    beriwayat as (
        select
            *,
            max(periode_mulai) filter (where status = 'baik') over (
                partition by indikator_kode, kunci order by periode_mulai
            ) as terakhir_baik
        from disandingkan
    ),

    bersejak as (
        select
            *,
            min(periode_mulai) filter (where status in ('waspada', 'siaga', 'buruk')) over (
                partition by indikator_kode, kunci, terakhir_baik
            ) as sejak
        from beriwayat
    ),

    -- A month takes the newest period of all, so that who sent nothing for it is missing and not shown as of long ago.
    terpilih as ({{ periode_per_bulan("dihitung") }}),

    angka as (
        select
            terpilih.bulan,
            terpilih.bulan_label,
            terpilih.bulan_urutan,
            terpilih.is_terkini,
            kini.*,
            date_trunc('second', {{ local_until("kini.data_per_at") }}) as data_per,
            terpilih.is_terkini
            and {{ sekarang() }} - sumber.data_per_at > 2 * sumber.batas_jam * interval '1 hour' as is_lama,
            {{ label_simulasi("kini.is_simulasi") }} as label_data
        from terpilih
        inner join bersejak as kini on terpilih.periode_mulai = kini.periode_mulai
        cross join
            (
                select batas_jam, data_per_at from {{ ref("int_sumber__keadaan") }} where source = '{{ source }}'
            ) as sumber
    )
{% endmacro %}

{#- The words of a figure of `angka`, in the order in which the marts have them. -#}
{% macro kata_angka() %}
    angka.bulan,
    angka.bulan_label,
    angka.bulan_urutan,
    angka.is_terkini,
    angka.periode_mulai,
    angka.periode_label,
    angka.pembilang,
    angka.penyebut,
    angka.nilai,
    {{ nilai_bersatuan("angka.nilai", "angka.satuan", "angka.desimal") }} as nilai_teks,
    angka.status,
    {{ status_teks("angka.status") }} as status_teks,
    angka.ambang_baik as target,
    {{ target_teks("angka.ambang_baik", "angka.satuan", "angka.desimal", "angka.arah") }} as target_teks,
    {% for nama, kolom in {"perubahan": "sebelumnya", "tahunan": "tahun_lalu"}.items() %}
        {{
            perubahan_teks(
                "(angka.nilai - angka.nilai_" ~ kolom ~ ")",
                "angka.satuan",
                "angka.desimal",
                "angka.arah",
                "angka.label_" ~ kolom,
            )
        }} as {{ nama }}_teks,
    {% endfor %}
    {{ data_sampai_teks("angka.data_per", "angka.is_lama") }} as data_sampai_teks,
    angka.is_sementara,
    {{ lencana("angka.label_data", "angka.is_sementara", "angka.sementara_karena") }} as lencana,
    angka.label_data,
    angka.data_per
{% endmacro %}

{#- One row: the last twelve months that a source covers wholly, in one stretch, and how old what it tells is. -#}
{% macro setahun_terakhir(source) %}
    select
        akhir.periode_mulai as bulan_akhir,
        awal.periode_mulai as bulan_awal,
        awal.periode_label || ' – ' || akhir.periode_label as periode_label,
        akhir.periode_selesai + time '23:59:59' as data_per,
        {{ sekarang() }} - keadaan.data_per_at > 2 * keadaan.batas_jam * interval '1 hour' as is_lama
    from {{ ref("dim_periode") }} as akhir
    inner join
        {{ ref("dim_periode") }} as awal
        on awal.periode_jenis = 'bulan'
        and awal.periode_mulai = akhir.periode_mulai - interval '11 months'
    inner join {{ ref("int_sumber__keadaan") }} as keadaan on keadaan.source = '{{ source }}'
    where
        akhir.periode_jenis = 'bulan'
        and akhir.periode_mulai = (
            select max(periode_mulai)
            from {{ ref("int_sumber__periode") }}
            where source = '{{ source }}' and periode_jenis = 'bulan' and cakupan = 'penuh'
        )
{% endmacro %}
