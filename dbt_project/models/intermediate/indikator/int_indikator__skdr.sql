{#- Measure -> the group of diseases that it counts. -#}
{%- set kelompok = {
    "semua": "true",
    "dengue": "kelompok = 'dengue'",
    "ispa": "kelompok = 'ispa'",
    "diare": "kelompok = 'diare'",
} -%}
{%- set ukuran = {
    "skdr_kelengkapan": {"pembilang": "melapor", "penyebut": "terdaftar"},
    "sinyal_klb": {
        "pembilang": "case when is_diketahui_semua then coalesce(sinyal, 0) else sinyal end",
        "alasan_sementara": missing_members("(melapor - tanpa_semua)", "terdaftar", "puskesmas"),
    },
} -%}
{%- for nama in kelompok -%}
    {%- do ukuran.update(
        {
            "kasus_"
            ~ ("skdr_total" if nama == "semua" else nama): {
                "pembilang": "case when is_diketahui_"
                ~ nama
                ~ " then coalesce("
                ~ nama
                ~ ", 0) else "
                ~ nama
                ~ " end",
                "alasan_sementara": missing_members(
                    "(melapor - tanpa_" ~ nama ~ ")", "terdaftar", "puskesmas"
                ),
            }
        }
    ) -%}
{%- endfor %}

with
    -- Who reports a week in which it was not there counts in the cases, not in the roster.
    fakta as (
        select kasus.*, terdaftar.puskesmas is not null as is_terdaftar
        from {{ ref("int_skdr__laporan") }} as kasus
        left join
            {{ ref("ref_puskesmas") }} as terdaftar
            on kasus.puskesmas = terdaftar.puskesmas
            and {{ valid_on("terdaftar", "kasus.minggu_selesai") }}
        where not kasus.is_luar_wilayah and kasus.minggu_mulai is not null
    ),

    minggu as (
        select minggu_mulai, minggu_selesai, tahun, minggu, bool_or(is_simulasi) as is_simulasi
        from fakta
        group by minggu_mulai, minggu_selesai, tahun, minggu
    ),

    terdaftar as (
        select minggu.minggu_mulai, puskesmas.kode_kecamatan, count(distinct puskesmas.puskesmas) as jumlah
        from minggu
        inner join {{ ref("ref_puskesmas") }} as puskesmas on {{ valid_on("puskesmas", "minggu.minggu_selesai") }}
        group by grouping sets ((minggu.minggu_mulai), (minggu.minggu_mulai, puskesmas.kode_kecamatan))
    ),

    lapor as (
        select
            minggu_mulai,
            kode_kecamatan,
            count(distinct puskesmas) filter (where is_terdaftar) as jumlah
            {%- for nama, syarat in kelompok.items() %}
                ,
                count(distinct puskesmas) filter (
                    where is_terdaftar and kasus is null and {{ syarat }}
                ) as tanpa_{{ nama }},
                count(distinct puskesmas)
                > count(distinct puskesmas) filter (where kasus is null and {{ syarat }}) as is_diketahui_{{ nama }}
            {%- endfor %}
        from fakta
        group by grouping sets ((minggu_mulai), (minggu_mulai, kode_kecamatan))
    ),

    kasus as (
        select
            minggu_mulai,
            kode_kecamatan
            {%- for nama, syarat in kelompok.items() %}
                , sum(kasus) filter (where {{ syarat }}) as {{ nama }}
            {%- endfor %}
        from {{ ref("agg_skdr_mingguan") }}
        group by grouping sets ((minggu_mulai), (minggu_mulai, kode_kecamatan))
    ),

    sinyal as (
        select minggu_mulai, kode_kecamatan, count(distinct penyakit) as jumlah
        from {{ ref("int_skdr__sinyal") }}
        where is_sinyal
        group by grouping sets ((minggu_mulai), (minggu_mulai, kode_kecamatan))
    ),

    -- Who reported the week without a disease had none of it; who did not report at all, or whose count of it has no
    -- value, is unknown.
    petak as (
        select
            minggu.*,
            wilayah.kode_wilayah,
            coalesce(lapor.jumlah, 0) as melapor,
            coalesce(terdaftar.jumlah, 0) as terdaftar,
            {%- for nama in kelompok %}
                coalesce(lapor.tanpa_{{ nama }}, 0) as tanpa_{{ nama }},
                lapor.is_diketahui_{{ nama }},
                kasus.{{ nama }},
            {%- endfor %}
            sinyal.jumlah as sinyal
        from minggu
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on wilayah.tingkat in ('kota', 'kecamatan')
        left join
            terdaftar
            on minggu.minggu_mulai = terdaftar.minggu_mulai
            and wilayah.kode_kecamatan is not distinct from terdaftar.kode_kecamatan
        left join
            lapor
            on minggu.minggu_mulai = lapor.minggu_mulai
            and wilayah.kode_kecamatan is not distinct from lapor.kode_kecamatan
        left join
            kasus
            on minggu.minggu_mulai = kasus.minggu_mulai
            and wilayah.kode_kecamatan is not distinct from kasus.kode_kecamatan
        left join
            sinyal
            on minggu.minggu_mulai = sinyal.minggu_mulai
            and wilayah.kode_kecamatan is not distinct from sinyal.kode_kecamatan
        where terdaftar.minggu_mulai is not null or lapor.minggu_mulai is not null
    )

    {{
        per_indicator(
            "petak",
            "minggu_epid",
            "minggu_mulai",
            ukuran,
            alasan_sementara=missing_members("melapor", "terdaftar", "puskesmas"),
        )
    }}
