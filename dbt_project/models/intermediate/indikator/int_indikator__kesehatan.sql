{#- Measure -> the diseases that it counts. -#}
{%- set penyakit = {"semua": "true", "dbd": "kode_icd in ('A90', 'A91')", "diare": "kode_icd = 'A09'"} -%}
{%- set jumlah = {} -%}
{%- set kasus = {} -%}
{%- set kurang = {} -%}
{%- for nama, syarat in penyakit.items() -%}
    {%- do jumlah.update({nama: "sum(kasus) filter (where " ~ syarat ~ ")"}) -%}
    {%- do kasus.update(
        {nama: "case when is_diketahui_" ~ nama ~ " then coalesce(" ~ nama ~ ", 0) else " ~ nama ~ " end"}
    ) -%}
    {%- do kurang.update({nama: missing_members("(melapor - tanpa_" ~ nama ~ ")", "terdaftar", "puskesmas")}) -%}
{%- endfor %}
{%- set terdaftar = valid_on("puskesmas", month_end("laporan.bulan_mulai")) -%}
{%- set kurang_penduduk = missing_members("penduduk_didata", "jumlah_kelurahan", "kelurahan") %}

with
    bulan as (
        select bulan_mulai
        from {{ ref("fct_layanan_spm") }}
        union
        select bulan_mulai
        from {{ ref("agg_kesakitan_bulanan") }}
    ),

    -- Who was there at the end of the month.
    terdaftar as (
        select
            coalesce(puskesmas.kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            bulan.bulan_mulai,
            count(distinct puskesmas.puskesmas) as jumlah
        from bulan
        inner join
            {{ ref("ref_puskesmas") }} as puskesmas on {{ valid_on("puskesmas", month_end("bulan.bulan_mulai")) }}
        group by grouping sets ((bulan.bulan_mulai), (bulan.bulan_mulai, puskesmas.kode_kecamatan))
    ),

    layanan as (
        select
            coalesce(spm.kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            spm.bulan_mulai,
            spm.indikator_kode,
            sum(spm.terlayani_orang) as terlayani,
            sum(spm.sasaran_orang) as sasaran,
            count(distinct puskesmas.puskesmas) filter (
                where {{ valid_on("puskesmas", month_end("spm.bulan_mulai")) }}
            ) as melapor,
            bool_or(spm.is_simulasi) as is_simulasi
        from {{ ref("fct_layanan_spm") }} as spm {{ join_puskesmas("spm.puskesmas", month_end("spm.bulan_mulai")) }}
        where spm.kode_kecamatan is not null and spm.indikator_kode is not null
        group by
            grouping sets (
                (spm.bulan_mulai, spm.indikator_kode), (spm.bulan_mulai, spm.indikator_kode, spm.kode_kecamatan)
            )
    ),

    kesakitan as ({{ roll_up(ref("agg_kesakitan_bulanan"), jumlah, ["kota", "kecamatan"]) }}),

    -- What a report does not name was none; a count without a value is unknown, a report without counts was not sent.
    laporan as (
        select
            bulan_mulai,
            kode_kecamatan,
            puskesmas
            {%- for nama, syarat in penyakit.items() %}
                , bool_or(kasus is null and {{ syarat }}) as is_tanpa_{{ nama }}
            {%- endfor %}
        from {{ ref("int_lb1__laporan") }}
        where kode_kecamatan is not null
        group by bulan_mulai, kode_kecamatan, puskesmas
        having count(kasus) > 0
    ),

    lapor as (
        select
            coalesce(laporan.kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            laporan.bulan_mulai,
            count(distinct puskesmas.puskesmas) filter (where {{ terdaftar }}) as melapor
            {%- for nama in penyakit %}
                ,
                count(distinct puskesmas.puskesmas) filter (
                    where {{ terdaftar }} and laporan.is_tanpa_{{ nama }}
                ) as tanpa_{{ nama }},
                not bool_and(laporan.is_tanpa_{{ nama }}) as is_diketahui_{{ nama }}
            {%- endfor %}
        from laporan {{ join_puskesmas("laporan.puskesmas", month_end("laporan.bulan_mulai")) }}
        group by grouping sets ((laporan.bulan_mulai), (laporan.bulan_mulai, laporan.kode_kecamatan))
    ),

    penduduk as (
        {{
            roll_up(
                ref("fct_penduduk"),
                {"penduduk": "sum(penduduk_jiwa)", "penduduk_didata": "count(penduduk_jiwa)"},
                ["kota", "kecamatan"],
                "per_tanggal",
            )
        }}
    ),

    -- The latest count at the end of the month; before the first, the first.
    perkapita as (
        select
            kesakitan.*,
            lapor.melapor,
            {%- for nama in penyakit %} lapor.tanpa_{{ nama }}, lapor.is_diketahui_{{ nama }}, {%- endfor %}
            coalesce(terdaftar.jumlah, 0) as terdaftar,
            wilayah.jumlah_kelurahan,
            seri.penduduk,
            seri.penduduk_didata,
            'DKB per ' || to_char(seri.per_tanggal, 'DD-MM-YYYY') as seri
        from kesakitan
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on kesakitan.kode_wilayah = wilayah.kode_wilayah
        inner join lapor on kesakitan.kode_wilayah = lapor.kode_wilayah and kesakitan.bulan_mulai = lapor.bulan_mulai
        left join
            terdaftar
            on kesakitan.kode_wilayah = terdaftar.kode_wilayah
            and kesakitan.bulan_mulai = terdaftar.bulan_mulai
        left join
            lateral(
                select penduduk.penduduk, penduduk.penduduk_didata, penduduk.per_tanggal
                from penduduk
                where penduduk.kode_wilayah = kesakitan.kode_wilayah
                order by
                    penduduk.per_tanggal >= (kesakitan.bulan_mulai + interval '1 month')::date,
                    case
                        when penduduk.per_tanggal < (kesakitan.bulan_mulai + interval '1 month')::date
                        then penduduk.per_tanggal
                    end desc,
                    penduduk.per_tanggal
                limit 1
            ) as seri
            on true
    )

select
    layanan.indikator_kode,
    layanan.kode_wilayah,
    'bulan' as periode_jenis,
    layanan.bulan_mulai as periode_mulai,
    layanan.terlayani as pembilang,
    layanan.sasaran as penyebut,
    null::numeric as nilai_langsung,
    null::numeric as nilai_lapor,
    'Sasaran Dinas Kesehatan ' || extract(year from layanan.bulan_mulai) as penyebut_asal,
    layanan.melapor < coalesce(terdaftar.jumlah, 0) as is_belum_lengkap,
    {{ missing_members("layanan.melapor", "terdaftar.jumlah", "puskesmas") }} as alasan_sementara,
    false as is_hari_sama,
    layanan.is_simulasi
from layanan
left join terdaftar on layanan.kode_wilayah = terdaftar.kode_wilayah and layanan.bulan_mulai = terdaftar.bulan_mulai

union all

{{
    per_indicator(
        "perkapita",
        "bulan",
        "bulan_mulai",
        {
            "kunjungan_sakit": {"pembilang": kasus.semua, "alasan_sementara": kurang.semua},
            "insidensi_dbd": {
                "pembilang": kasus.dbd,
                "penyebut": "penduduk",
                "penyebut_asal": "seri",
                "alasan_sementara": "nullif(concat_ws(', ', " ~ kurang.dbd ~ ", " ~ kurang_penduduk ~ "), '')",
            },
            "insidensi_diare": {
                "pembilang": kasus.diare,
                "penyebut": "penduduk",
                "penyebut_asal": "seri",
                "alasan_sementara": "nullif(concat_ws(', ', " ~ kurang.diare ~ ", " ~ kurang_penduduk ~ "), '')",
            },
        },
    )
}}
