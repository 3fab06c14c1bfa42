{{ config(meta={"camat_access": "rows"}) }}

{%- set umur = "lpad(umur.umur_dari::text, 2, '0') || coalesce('–' || lpad(umur.umur_sampai::text, 2, '0'), '+')" -%}

with
    -- A kelurahan of which an age is not known would distort the shares.
    kelurahan as (
        select *, bool_and(penduduk_jiwa is not null) over (partition by kode_kelurahan) as is_utuh
        from {{ ref("fct_penduduk_umur") }}
        where per_tanggal = (select max(per_tanggal) from {{ ref("fct_penduduk_umur") }})
    ),

    umur as (
        select
            coalesce(kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            umur_dari,
            umur_sampai,
            max(per_tanggal) as per_tanggal,
            sum(penduduk_jiwa) filter (where is_utuh)::bigint as penduduk_jiwa,
            bool_or(is_simulasi) as is_simulasi
        from kelurahan
        group by grouping sets ((umur_dari, umur_sampai), (kode_kecamatan, umur_dari, umur_sampai))
    ),

    didata as (
        select
            coalesce(kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            count(distinct kode_kelurahan) filter (where is_utuh) as kelurahan
        from kelurahan
        group by grouping sets ((), (kode_kecamatan))
    ),

    sumber as (
        select {{ sekarang() }} - data_per_at > 2 * batas_jam * interval '1 hour' as is_lama
        from {{ ref("int_sumber__keadaan") }}
        where source = 'dukcapil_gis'
    )

select
    wilayah.kode_wilayah as wilayah_kode,
    wilayah.nama as wilayah_nama,
    wilayah.tingkat as wilayah_tingkat,
    wilayah.kode_kecamatan,
    umur.umur_dari,
    {{ umur }} as umur_teks,
    umur.penduduk_jiwa,
    trim_scale(
        round(100.0 * umur.penduduk_jiwa / nullif(sum(umur.penduduk_jiwa) over (partition by umur.kode_wilayah), 0), 1)
    ) as bagian_persen,
    umur.per_tanggal,
    'Registrasi penduduk per ' || {{ tanggal_teks("umur.per_tanggal") }} as periode_label,
    {{ data_sampai_teks("umur.per_tanggal", "sumber.is_lama") }} || coalesce(
        ' · ' || {{ missing_members("didata.kelurahan", "wilayah.jumlah_kelurahan", "kelurahan") }}, ''
    ) as data_sampai_teks,
    {{ label_simulasi("umur.is_simulasi") }} as label_data,
    umur.per_tanggal + time '23:59:59' as data_per
from umur
inner join didata on umur.kode_wilayah = didata.kode_wilayah
inner join {{ ref("dim_wilayah_kini") }} as wilayah on umur.kode_wilayah = wilayah.kode_wilayah
cross join sumber
