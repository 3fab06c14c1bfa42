{{
    config(
        materialized="table",
        indexes=[
            {"columns": ["indikator_kode", "wilayah_kode", "periode_mulai"], "unique": true},
        ],
    )
}}

with
    -- What may be shown at all: approved, no simulated split of an election, no level below the lowest that was
    -- approved.
    sel as (
        select
            indikator_kode,
            wilayah_kode,
            periode_mulai,
            wilayah_tingkat,
            kode_kecamatan,
            induk_kode,
            pembilang,
            nilai,
            sel_kecil,
            coalesce(pembilang > 0 and pembilang < sel_kecil, false) as is_kecil
        from {{ ref("int_indikator__nilai") }}
        where
            klasifikasi = 'publik'
            and disetujui_publik_tanggal is not null
            and not (domain = 'pilkada' and is_simulasi)
            and array_position(array['kota', 'kecamatan', 'kelurahan'], wilayah_tingkat)
            <= array_position(array['kota', 'kecamatan', 'kelurahan'], publik_tingkat)
    ),

    -- A small cell alone among its siblings is their sum less the others: the smallest of them that is above zero goes
    -- with it, and only where there is none a zero.
    bersaudara as (
        select
            *,
            count(*) filter (where is_kecil) over saudara = 1
            and row_number() over (saudara order by is_kecil, pembilang is null, pembilang = 0, pembilang, wilayah_kode)
            = 1
            and not is_kecil
            and nilai is not null
            and wilayah_tingkat <> 'kota' as is_pelindung
        from sel
        window saudara as (partition by indikator_kode, periode_mulai, wilayah_tingkat, induk_kode)
    ),

    -- What a hidden kecamatan is made of would tell it.
    berinduk as (
        select
            *,
            sel_kecil is not null
            and wilayah_tingkat = 'kelurahan'
            and bool_or(wilayah_tingkat = 'kecamatan' and (is_kecil or is_pelindung)) over (
                partition by indikator_kode, periode_mulai, kode_kecamatan
            ) as is_induk_tersembunyi
        from bersaudara
    ),

    beralasan as (
        select
            *,
            case
                when is_kecil then 'sel_kecil' when is_pelindung then 'pelindung' when is_induk_tersembunyi then 'induk'
            end as disembunyikan_karena
        from berinduk
    )

select
    indikator_kode,
    wilayah_kode,
    periode_mulai,
    sel_kecil,
    disembunyikan_karena,
    case when disembunyikan_karena is null then pembilang end as pembilang,
    case when disembunyikan_karena is null then nilai end as nilai
from beralasan
