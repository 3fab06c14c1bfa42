{{ config(materialized="view", meta={"camat_access": "all"}) }}

{%- set lebih = "case indikator.arah when 'turun_baik' then '≤ ' else '≥ ' end" -%}

-- A view, so that ages are those of the moment of reading.
with
    jam as (select {{ sekarang() }} as sekarang),

    sumber as (
        select
            katalog.source,
            katalog.title,
            katalog.opd_name,
            katalog.steward,
            katalog.schedule,
            katalog.freshness_hours,
            keadaan.data_per_at,
            extract(epoch from jam.sekarang - keadaan.data_per_at)::numeric / 3600 as umur_jam
        from {{ source("ops", "source_catalogue") }} as katalog
        cross join jam
        left join {{ source("ops", "source_state") }} as keadaan on katalog.source = keadaan.source
    )

select
    indikator.kode as indikator_kode,
    indikator.nama as indikator_nama,
    indikator.domain,
    indikator.bidang as bidang_nama,
    indikator.konsep,
    indikator.definisi,
    indikator.interpretasi,
    indikator.rumus,
    indikator.satuan,
    case
        indikator.arah
        when 'naik_baik'
        then 'makin besar makin baik'
        when 'turun_baik'
        then 'makin kecil makin baik'
        else 'tidak dinilai'
    end as arah_teks,
    coalesce(
        '● baik '
        || {{ lebih }}
        || {{ angka_pendek("indikator.ambang_baik") }}
        || coalesce(' · ▲ waspada ' || {{ lebih }} || {{ angka_pendek("indikator.ambang_waspada") }}, '')
        || coalesce(' · ◆ siaga ' || {{ lebih }} || {{ angka_pendek("indikator.ambang_siaga") }}, '')
        || ' · ■ buruk selebihnya'
        || case when indikator.is_ambang_prorata then ', dibagi menurut bulan' else '' end,
        'tanpa target'
    ) as ambang_teks,
    indikator.ambang_dasar,
    indikator.klasifikasi_penyajian as penyajian,
    {{ banding_berjalan_teks("indikator.banding_berjalan") }} as banding_berjalan_teks,
    indikator.klasifikasi,
    indikator.dasar_hukum,
    sumber.source,
    sumber.title as sumber_judul,
    sumber.opd_name as opd_nama,
    sumber.steward as penanggung_jawab,
    {{ jadwal_teks("sumber.schedule") }} as jadwal_teks,
    {{ lama_teks("sumber.freshness_hours") }} as batas_teks,
    {{ data_sampai_teks(local_until("sumber.data_per_at"), "sumber.umur_jam > 2 * sumber.freshness_hours") }}
    as data_sampai_teks,
    coalesce({{ lama_teks("sumber.umur_jam") }}, '–') as umur_teks,
    concat_ws('; ', sumber.title, sumber.opd_name, {{ jadwal_teks("sumber.schedule") }}) as asal_teks
from {{ ref("mart__dim_indikator") }} as indikator
left join sumber on indikator.source = sumber.source
