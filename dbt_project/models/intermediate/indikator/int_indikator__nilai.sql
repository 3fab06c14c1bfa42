{{ config(materialized="table") }}

-- A threshold for the year grows month by month, as the value does that it is held against.
{%- set bagian_tahun = (
    "case when indikator.is_ambang_prorata then extract(month from bagian.periode_selesai) / 12 else 1 end"
) %}
select
    bagian.indikator_kode,
    indikator.nama as indikator_nama,
    indikator.domain,
    indikator.satuan,
    indikator.arah,
    trim_scale(round(indikator.ambang_baik * {{ bagian_tahun }}, 4)) as ambang_baik,
    trim_scale(round(indikator.ambang_waspada * {{ bagian_tahun }}, 4)) as ambang_waspada,
    trim_scale(round(indikator.ambang_siaga * {{ bagian_tahun }}, 4)) as ambang_siaga,
    indikator.desimal,
    indikator.is_diperingkat,
    indikator.penyebut_min,
    indikator.klasifikasi,
    indikator.sel_kecil,
    indikator.publik_tingkat,
    indikator.disetujui_publik_tanggal,
    indikator.sumber,
    bagian.data_per_at,
    bagian.mutu,
    bagian.kode_wilayah as wilayah_kode,
    wilayah.nama as wilayah_nama,
    wilayah.tingkat as wilayah_tingkat,
    wilayah.kode_kecamatan,
    case
        wilayah.tingkat when 'kelurahan' then wilayah.kode_kecamatan when 'kecamatan' then '{{ var("kode_kota") }}'
    end as induk_kode,
    bagian.periode_jenis,
    bagian.periode_mulai,
    bagian.periode_selesai,
    bagian.periode_label,
    bagian.periode_sebelum,
    bagian.periode_tahun_lalu,
    bagian.pembilang,
    bagian.penyebut,
    bagian.penyebut_asal,
    bagian.nilai_lapor,
    {{ nilai_dari_bagian("bagian", "indikator.cara") }} as nilai,
    {{ nilai_dari_bagian("hari_sama", "indikator.cara") }} as nilai_hari_sama_sebelumnya,
    bagian.is_belum_lengkap,
    bagian.alasan_sementara,
    bagian.is_simulasi
from {{ ref("int_indikator__bagian") }} as bagian
inner join {{ ref("dim_indikator") }} as indikator on bagian.indikator_kode = indikator.kode
inner join {{ ref("dim_wilayah_kini") }} as wilayah on bagian.kode_wilayah = wilayah.kode_wilayah
cross join
    lateral(
        select
            bagian.pembilang_hari_sama as pembilang,
            bagian.penyebut_hari_sama as penyebut,
            bagian.nilai_langsung_hari_sama as nilai_langsung
    ) as hari_sama
