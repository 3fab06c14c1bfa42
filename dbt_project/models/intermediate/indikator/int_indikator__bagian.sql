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
    "isu",
    "agenda",
    "kelurahan",
    "pilkada",
] -%}

with
    semua as (
        {% for nama in topik %}
            select * from {{ ref("int_indikator__" ~ nama) }} {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    dihitung as (select * from semua where is_hari_sama is not true),

    -- The same days before a running month, where all that belongs to them is told.
    hari_sama as (
        select semua.*
        from semua
        inner join
            {{ ref("ref_sajian_indikator") }} as sajian
            on semua.indikator_kode = sajian.kode
            and sajian.banding_berjalan = 'hari_sama'
        where semua.is_hari_sama and not semua.is_belum_lengkap
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
            'tidak ada data dari wilayah ini' as alasan_sementara,
            false as is_hari_sama,
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

    -- An election is compared with the one before of which there are figures, not with one of other offices.
    pemilihan as (
        select periode_mulai, lag(periode_mulai) over (order by periode_mulai) as periode_sebelum
        from bagian
        where periode_jenis = 'pemilihan'
        group by periode_mulai
    ),

    -- A figure carries a warning where so many rows of a table that it is made of are doubtful in its period.
    diragukan as (
        select distinct indikator.kode, ragu.periode_jenis, ragu.periode_mulai
        from {{ ref("int_sumber__diragukan") }} as ragu
        inner join {{ ref("ref_indikator") }} as indikator on ragu.source = indikator.source
        left join
            {{ ref("ref_tabel_bukan_bahan") }} as bukan
            on indikator.kode = bukan.indikator_kode
            and ragu.table_name = bukan.table_name
        where bukan.table_name is null
    ),

    tanpa as (
        select indikator_kode, string_agg(table_name, ',' order by table_name) as tanpa_tabel
        from {{ ref("ref_tabel_bukan_bahan") }}
        group by indikator_kode
    ),

    -- What its source's content covers decides whether a figure is final, provisional or none at all. What lies behind
    -- the content's end is planned, not missing.
    dicakup as (
        select
            bagian.*,
            sumber.cakupan,
            sumber.alasan as alasan_sumber,
            case
                when diragukan.kode is not null then 'peringatan' when keadaan.mutu is not null then 'lolos'
            end as mutu,
            coalesce(sumber.data_per_at, keadaan.data_per_at) as data_per_at,
            bagian.periode_jenis <> 'pemilihan'
            and coalesce(
                sumber.cakupan = 'kosong', {{ from_local_time("bagian.periode_mulai") }} < keadaan.data_per_at, false
            ) as is_kosong
        from bagian
        inner join {{ ref("ref_indikator") }} as indikator on bagian.indikator_kode = indikator.kode
        left join {{ ref("int_sumber__keadaan") }} as keadaan on indikator.source = keadaan.source
        left join tanpa on bagian.indikator_kode = tanpa.indikator_kode
        left join
            {{ ref("int_sumber__periode_bahan") }} as sumber
            on indikator.source = sumber.source
            and coalesce(tanpa.tanpa_tabel, '') = sumber.tanpa_tabel
            and bagian.periode_jenis = sumber.periode_jenis
            and bagian.periode_mulai = sumber.periode_mulai
        left join
            diragukan
            on bagian.indikator_kode = diragukan.kode
            and bagian.periode_jenis = diragukan.periode_jenis
            and bagian.periode_mulai = diragukan.periode_mulai
    ),

    dilengkapi as (
        select
            dicakup.*,
            periode.periode_selesai,
            periode.periode_label,
            periode.periode_tahun_lalu,
            case
                when dicakup.periode_jenis = 'pemilihan' then pemilihan.periode_sebelum else periode.periode_sebelum
            end as periode_sebelum,
            case
                when dicakup.periode_jenis = 'pemilihan'
                then {{ from_local_time("periode.periode_selesai + 1") }} > dicakup.data_per_at
                else dicakup.cakupan is distinct from 'penuh'
            end as is_belum_tercakup
        from dicakup
        inner join
            {{ ref("dim_periode") }} as periode
            on dicakup.periode_jenis = periode.periode_jenis
            and dicakup.periode_mulai = periode.periode_mulai
        left join pemilihan on dicakup.periode_jenis = 'pemilihan' and dicakup.periode_mulai = pemilihan.periode_mulai
    )

select
    dilengkapi.indikator_kode,
    dilengkapi.kode_wilayah,
    dilengkapi.periode_jenis,
    dilengkapi.periode_mulai,
    dilengkapi.periode_selesai,
    dilengkapi.periode_label,
    dilengkapi.periode_sebelum,
    dilengkapi.periode_tahun_lalu,
    case when not dilengkapi.is_kosong then dilengkapi.pembilang end as pembilang,
    case when not dilengkapi.is_kosong then dilengkapi.penyebut end as penyebut,
    case when not dilengkapi.is_kosong then dilengkapi.nilai_langsung end as nilai_langsung,
    case when not dilengkapi.is_kosong then dilengkapi.nilai_lapor end as nilai_lapor,
    dilengkapi.penyebut_asal,
    dilengkapi.is_belum_lengkap or dilengkapi.is_belum_tercakup as is_belum_lengkap,
    case
        when dilengkapi.is_kosong
        then coalesce(dilengkapi.alasan_sumber, 'data periode ini tidak diterima')
        when dilengkapi.is_belum_tercakup
        then coalesce(dilengkapi.alasan_sumber, dilengkapi.alasan_sementara, 'periode belum berakhir')
        when dilengkapi.is_belum_lengkap
        then coalesce(dilengkapi.alasan_sementara, 'laporan belum lengkap')
    end as alasan_sementara,
    hari_sama.pembilang as pembilang_hari_sama,
    hari_sama.penyebut as penyebut_hari_sama,
    hari_sama.nilai_langsung as nilai_langsung_hari_sama,
    dilengkapi.mutu,
    dilengkapi.data_per_at,
    dilengkapi.is_simulasi
from dilengkapi
left join
    hari_sama
    on dilengkapi.indikator_kode = hari_sama.indikator_kode
    and dilengkapi.kode_wilayah = hari_sama.kode_wilayah
    and dilengkapi.periode_mulai = hari_sama.periode_mulai
    and not dilengkapi.is_belum_lengkap
    and not dilengkapi.is_kosong
