{#- What a tile says of every indicator, area and reporting month, by a relation with the columns of mart__indikator. `tingkat` is the
    column of the registry that says down to which level it is shown; only officials have messages of charts and links, for the public's page has none. -#}
{% macro ubin(indikator, tingkat, is_untuk_pejabat=true) %}
    with
        jam as (select {{ sekarang() }} as sekarang),

        -- The last 13 months that are over, so that the newest stands beside the same month of the year before.
        bulan as (
            select
                periode.periode_mulai as bulan,
                periode.periode_selesai as bulan_selesai,
                periode.periode_label as bulan_label,
                extract(year from periode.periode_mulai)::int * 100
                + extract(month from periode.periode_mulai)::int as bulan_urutan,
                periode.periode_mulai + interval '1 month' = kini.bulan as is_terkini
            from (select date_trunc('month', {{ local_time("sekarang") }}) as bulan from jam) as kini
            inner join
                {{ ref("dim_periode") }} as periode
                on periode.periode_jenis = 'bulan'
                and periode.periode_mulai < kini.bulan
                and periode.periode_mulai >= kini.bulan - interval '13 months'
        ),

        angka as (select * from {{ indikator }} where wilayah_tingkat in ('kota', 'kecamatan')),

        -- A period counts once it is over and somebody has a figure of it; one for all areas, so that they are compared
        -- in it.
        periode as (
            select indikator_kode, periode_mulai, min(periode_selesai) as periode_selesai
            from angka
            group by indikator_kode, periode_mulai
            having count(coalesce(nilai::text, nullif(nilai_teks, '–'))) > 0
        ),

        terpilih as (
            select distinct
                on (periode.indikator_kode, bulan.bulan) periode.indikator_kode, periode.periode_mulai, bulan.*
            from bulan
            inner join periode on periode.periode_selesai <= bulan.bulan_selesai
            order by periode.indikator_kode, bulan.bulan, periode.periode_mulai desc
        ),

        -- What came after the newest month stands beside its figure, and is not compared with it: what runs is compared
        -- with the same days before it, what is over with what was over before. What is planned has not come.
        sesudah as (
            select distinct
                on (angka.indikator_kode, angka.wilayah_kode)
                angka.indikator_kode,
                angka.wilayah_kode,
                angka.periode_label,
                angka.nilai,
                angka.nilai_teks,
                angka.periode_jenis,
                {% if is_untuk_pejabat -%}
                    angka.periode_sebelum,
                    angka.nilai_hari_sama_sebelumnya is not null as is_hari_sama,
                    coalesce(angka.nilai_hari_sama_sebelumnya, angka.nilai_sebelumnya) as nilai_sebelumnya,
                    coalesce(angka.perubahan_hari_sama, angka.perubahan) as perubahan,
                {% endif -%}
                case when angka.data_per::date < angka.periode_selesai then angka.data_per::date end as sampai
            from angka
            cross join jam
            inner join bulan on bulan.is_terkini and angka.periode_selesai > bulan.bulan_selesai
            where
                coalesce(angka.nilai::text, nullif(angka.nilai_teks, '–')) is not null
                and angka.periode_mulai <= {{ local_time("jam.sekarang") }}::date
            order by angka.indikator_kode, angka.wilayah_kode, angka.periode_mulai desc
        ),

        -- Every area and month has its tile, also where there is nothing to show yet.
        petak as (
            select
                indikator.kode as indikator_kode,
                indikator.nama as indikator_nama,
                indikator.domain,
                indikator.satuan,
                indikator.arah,
                indikator.desimal,
                sajian.urutan,
                wilayah.kode_wilayah as wilayah_kode,
                wilayah.nama as wilayah_nama,
                wilayah.tingkat as wilayah_tingkat,
                wilayah.kode_kecamatan,
                bulan.*,
                sumber.data_per_at,
                bulan.is_terkini
                and extract(epoch from jam.sekarang - sumber.data_per_at) / 3600 > 2 * sumber.batas_jam as is_lama
            from {{ ref("dim_indikator") }} as indikator
            inner join {{ ref("ref_sajian_indikator") }} as sajian on indikator.kode = sajian.kode
            inner join
                {{ ref("dim_wilayah_kini") }} as wilayah
                on wilayah.tingkat = 'kota'
                or (wilayah.tingkat = 'kecamatan' and indikator.{{ tingkat }} <> 'kota')
            cross join bulan
            cross join jam
            left join {{ ref("int_sumber__keadaan") }} as sumber on indikator.source = sumber.source
            where indikator.kode in (select indikator_kode from periode)
        ),

        diisi as (
            select
                petak.*,
                angka.periode_mulai,
                angka.periode_label,
                angka.nilai,
                angka.nilai_teks as nilai_terbit,
                angka.status,
                ambang.ambang_baik as target,
                angka.perubahan,
                sebelum.periode_label as sebelum_label,
                angka.perubahan_tahunan,
                tahun_lalu.periode_label as tahun_lalu_label,
                angka.rerata_kecamatan,
                angka.nilai_kota,
                angka.peringkat,
                angka.jumlah_wilayah,
                angka.is_sementara,
                angka.sementara_karena,
                angka.label_data,
                sesudah.periode_jenis as berjalan_jenis,
                sesudah.periode_label as berjalan_label,
                sesudah.nilai as berjalan_nilai,
                sesudah.nilai_teks as berjalan_terbit,
                sesudah.sampai as berjalan_sampai,
                {% if is_untuk_pejabat -%}
                    sesudah.nilai_sebelumnya as banding_nilai,
                    sesudah.perubahan as banding_perubahan,
                    case when sesudah.is_hari_sama then 'periode sama ' else '' end
                    || {{ periode_pendek("sebelum_berjalan", "sesudah") }} as banding_label,
                {% endif -%}
                coalesce(angka.data_per, date_trunc('second', {{ local_until("petak.data_per_at") }})) as data_per
            from petak
            left join terpilih on petak.indikator_kode = terpilih.indikator_kode and petak.bulan = terpilih.bulan
            left join
                angka
                on petak.indikator_kode = angka.indikator_kode
                and petak.wilayah_kode = angka.wilayah_kode
                and terpilih.periode_mulai = angka.periode_mulai
            left join
                sesudah
                on petak.is_terkini
                and petak.indikator_kode = sesudah.indikator_kode
                and petak.wilayah_kode = sesudah.wilayah_kode
            {% if is_untuk_pejabat -%}
                left join
                    {{ ref("dim_periode") }} as sebelum_berjalan
                    on sesudah.periode_jenis = sebelum_berjalan.periode_jenis
                    and sesudah.periode_sebelum = sebelum_berjalan.periode_mulai
            {% endif -%}
            left join
                {{ ref("int_indikator__nilai") }} as ambang
                on angka.indikator_kode = ambang.indikator_kode
                and angka.wilayah_kode = ambang.wilayah_kode
                and angka.periode_mulai = ambang.periode_mulai
            left join
                {{ ref("dim_periode") }} as sebelum
                on angka.periode_jenis = sebelum.periode_jenis
                and angka.periode_sebelum = sebelum.periode_mulai
            left join
                {{ ref("dim_periode") }} as tahun_lalu
                on angka.periode_jenis = tahun_lalu.periode_jenis
                and angka.periode_tahun_lalu = tahun_lalu.periode_mulai
        ),

        disajikan as (
            select
                *,
                {{ data_sampai_teks("data_per", "is_lama") }} as data_sampai_teks,
                {{ lencana("label_data", "is_sementara", "sementara_karena") }} as lencana
            from diisi
        )

    select
        indikator_kode,
        indikator_nama,
        domain,
        urutan,
        wilayah_kode,
        wilayah_nama,
        wilayah_tingkat,
        kode_kecamatan,
        bulan,
        bulan_label,
        bulan_urutan,
        is_terkini,
        periode_mulai,
        periode_label,
        nilai,
        {{ nilai_terbit("nilai", "nilai_terbit", "satuan", "desimal") }} as nilai_teks,
        coalesce(status, 'tidak_tersedia') as status,
        case
            when nilai is null and nilai_terbit <> '–' then '– Disembunyikan' else {{ status_teks("status") }}
        end as status_teks,
        target,
        {{ target_teks("target", "satuan", "desimal", "arah") }} as target_teks,
        {{ perubahan_teks("perubahan", "satuan", "desimal", "arah", "sebelum_label") }} as perubahan_teks,
        {{ perubahan_teks("perubahan_tahunan", "satuan", "desimal", "arah", "tahun_lalu_label") }} as tahunan_teks,
        case
            when rerata_kecamatan is not null
            -- A mean of small counts is seldom a whole number.
            then
                'rerata kecamatan '
                || {{
                    nilai_bersatuan(
                        "rerata_kecamatan",
                        "satuan",
                        "greatest(desimal, case when abs(rerata_kecamatan) < 100 then 1 else 0 end)",
                    )
                }}
        end as rerata_teks,
        case
            when wilayah_tingkat <> 'kota' and nilai_kota is not null
            then 'kota ' || {{ nilai_bersatuan("nilai_kota", "satuan", "desimal") }}
        end as kota_teks,
        case
            when peringkat is not null then 'peringkat ' || peringkat || ' dari ' || jumlah_wilayah
        end as peringkat_teks,
        -- The day names its month; a half-year does not name itself so.
        case
            when berjalan_jenis = 'bulan' and berjalan_sampai is not null
            then 'sampai ' || {{ tanggal_teks("berjalan_sampai") }}
            else berjalan_label || coalesce(' sampai ' || {{ tanggal_teks("berjalan_sampai") }}, '')
        end
        || ': '
        || {{ nilai_terbit("berjalan_nilai", "berjalan_terbit", "satuan", "desimal") }}
        {% if is_untuk_pejabat -%}
            || {{ banding_teks("banding_nilai", "banding_perubahan", "satuan", "desimal", "arah", "banding_label") }}
        {% endif -%} as berjalan_teks,
        data_sampai_teks,
        lencana,
        concat_ws(' · ', periode_label, data_sampai_teks, lencana) as keterangan,
        {% if is_untuk_pejabat -%}
            {{ pesan_teks() }} as pesan,
            {{ tautan("'kamus'", "'definisi'", "indikator", "indikator_kode", "indikator_kode") }} as definisi_tautan,
        {% endif -%}
        label_data,
        data_per
    from disajikan
{% endmacro %}

{#- A number with its unit; what is hidden from the public says so itself. -#}
{% macro nilai_terbit(nilai, teks, satuan, desimal) -%}
    case
        when {{ nilai }} is not null
        then {{ nilai_bersatuan(nilai, satuan, desimal) }}
        when {{ teks }} like '<%'
        then {{ teks }} || {{ satuan_teks(satuan) }}
        else coalesce({{ teks }}, '–')
    end
{%- endmacro %}
