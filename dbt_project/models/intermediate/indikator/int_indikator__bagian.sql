{{ config(materialized="table") }}

{%- set topik = [
    "bencana",
    "gempa",
    "lalu_lintas",
    "penduduk",
    "kesehatan",
    "skdr",
    "damkar",
    "program",
    "pengaduan",
    "infrastruktur",
    "isu_agenda",
    "kelurahan",
    "pilkada",
] -%}

with
    dihitung as (
        {% for nama in topik %}
            select * from {{ ref("int_indikator__" ~ nama) }} {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    -- A kecamatan of which nothing is known in a period has an empty value there, not a gap.
    kosong as (
        select
            ada.indikator_kode,
            wilayah.kode_wilayah,
            ada.periode_jenis,
            ada.periode_mulai,
            null::numeric as pembilang,
            null::numeric as penyebut,
            null::numeric as nilai_langsung,
            null::numeric as nilai_lapor,
            null::text as penyebut_asal,
            true as is_belum_lengkap,
            ada.is_simulasi
        from
            (
                select indikator_kode, periode_jenis, periode_mulai, bool_or(is_simulasi) as is_simulasi
                from dihitung
                group by indikator_kode, periode_jenis, periode_mulai
            ) as ada
        inner join
            {{ ref("ref_indikator") }} as indikator
            on ada.indikator_kode = indikator.kode
            and indikator.level_estimasi <> 'kota'
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on wilayah.tingkat = 'kecamatan'
        left join
            dihitung
            on ada.indikator_kode = dihitung.indikator_kode
            and ada.periode_mulai = dihitung.periode_mulai
            and wilayah.kode_wilayah = dihitung.kode_wilayah
        where dihitung.kode_wilayah is null
    ),

    bagian as (
        select *
        from dihitung
        union all
        select *
        from kosong
    ),

    periode as (
        select distinct
            periode_jenis,
            periode_mulai,
            case
                periode_jenis
                when 'bulan'
                then periode_mulai + interval '1 month - 1 day'
                when 'minggu_epid'
                then periode_mulai + interval '6 days'
                when 'triwulan'
                then periode_mulai + interval '3 months - 1 day'
                when 'semester'
                then periode_mulai + interval '6 months - 1 day'
                else periode_mulai
            end::date as periode_selesai
        from bagian
    ),

    berlabel as (
        select
            periode.*,
            case
                periode.periode_jenis
                when 'bulan'
                then periode.periode_mulai - interval '1 month'
                when 'minggu_epid'
                then periode.periode_mulai - interval '7 days'
                when 'triwulan'
                then periode.periode_mulai - interval '3 months'
                when 'semester'
                then periode.periode_mulai - interval '6 months'
                else lag(periode.periode_mulai) over (partition by periode.periode_jenis order by periode.periode_mulai)
            end::date as periode_sebelum,
            -- The same epidemiological week has the same number, not the same date.
            case
                when periode.periode_jenis = 'minggu_epid'
                then minggu_lalu.tanggal
                when periode.periode_jenis <> 'pemilihan'
                then (periode.periode_mulai - interval '1 year')::date
            end as periode_tahun_lalu,
            case
                periode.periode_jenis
                when 'bulan'
                then tanggal.bulan_nama || ' ' || tanggal.tahun
                when 'minggu_epid'
                then 'Minggu ke-' || tanggal.minggu_epid || ' ' || tanggal.tahun_epid
                when 'triwulan'
                then 'Triwulan ' || (array['I', 'II', 'III', 'IV'])[tanggal.triwulan] || ' ' || tanggal.tahun
                when 'semester'
                then 'Semester ' || (array['I', 'II'])[tanggal.semester] || ' ' || tanggal.tahun
                when 'pemilihan'
                then hari.label
            end as periode_label
        from periode
        inner join {{ ref("dim_tanggal") }} as tanggal on periode.periode_mulai = tanggal.tanggal
        left join
            {{ ref("dim_tanggal") }} as minggu_lalu
            on periode.periode_jenis = 'minggu_epid'
            and minggu_lalu.tanggal = minggu_lalu.minggu_epid_mulai
            and minggu_lalu.tahun_epid = tanggal.tahun_epid - 1
            and minggu_lalu.minggu_epid = tanggal.minggu_epid
        left join {{ ref("ref_hari_pemilihan") }} as hari on periode.periode_mulai = hari.pemungutan_tanggal
    )

select
    bagian.indikator_kode,
    bagian.kode_wilayah,
    bagian.periode_jenis,
    bagian.periode_mulai,
    berlabel.periode_selesai,
    berlabel.periode_label,
    berlabel.periode_sebelum,
    berlabel.periode_tahun_lalu,
    bagian.pembilang,
    bagian.penyebut,
    bagian.nilai_langsung,
    bagian.nilai_lapor,
    bagian.penyebut_asal,
    bagian.is_belum_lengkap,
    bagian.is_simulasi
from bagian
inner join berlabel on bagian.periode_jenis = berlabel.periode_jenis and bagian.periode_mulai = berlabel.periode_mulai
