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
            null::text as alasan_sementara,
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
    )

select
    bagian.indikator_kode,
    bagian.kode_wilayah,
    bagian.periode_jenis,
    bagian.periode_mulai,
    periode.periode_selesai,
    periode.periode_label,
    case
        when bagian.periode_jenis = 'pemilihan' then pemilihan.periode_sebelum else periode.periode_sebelum
    end as periode_sebelum,
    periode.periode_tahun_lalu,
    bagian.pembilang,
    bagian.penyebut,
    bagian.nilai_langsung,
    bagian.nilai_lapor,
    bagian.penyebut_asal,
    bagian.is_belum_lengkap,
    bagian.alasan_sementara,
    bagian.is_simulasi
from bagian
inner join
    {{ ref("dim_periode") }} as periode
    on bagian.periode_jenis = periode.periode_jenis
    and bagian.periode_mulai = periode.periode_mulai
left join pemilihan on bagian.periode_jenis = 'pemilihan' and bagian.periode_mulai = pemilihan.periode_mulai
