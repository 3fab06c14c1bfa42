{{ config(meta={"camat_access": "rows"}) }}

{%- set umur = "lpad(umur.umur_dari::text, 2, '0') || coalesce('–' || lpad(umur.umur_sampai::text, 2, '0'), '+')" -%}

with
    umur as (
        select
            coalesce(kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            umur_dari,
            umur_sampai,
            max(per_tanggal) as per_tanggal,
            sum(penduduk_jiwa)::bigint as penduduk_jiwa,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_penduduk_umur") }}
        where per_tanggal = (select max(per_tanggal) from {{ ref("fct_penduduk_umur") }})
        group by grouping sets ((umur_dari, umur_sampai), (kode_kecamatan, umur_dari, umur_sampai))
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
    {{ data_sampai_teks("umur.per_tanggal", "sumber.is_lama") }} as data_sampai_teks,
    {{ label_simulasi("umur.is_simulasi") }} as label_data,
    umur.per_tanggal + time '23:59:59' as data_per
from umur
inner join {{ ref("dim_wilayah_kini") }} as wilayah on umur.kode_wilayah = wilayah.kode_wilayah
cross join sumber
