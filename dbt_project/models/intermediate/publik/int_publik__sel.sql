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

    -- What was hidden before, small or not.
    teringat as (
        select
            sel.*,
            simpanan.wilayah_kode is not null as is_tersimpan,
            coalesce(not simpanan.is_sementara, false) as is_tetap_tersembunyi,
            coalesce(simpanan.is_disamarkan, false) as is_disamarkan
        from sel
        left join
            {{ ref("stg_ops__sel_tersembunyi") }} as simpanan
            on sel.indikator_kode = simpanan.indikator_kode
            and sel.wilayah_kode = simpanan.wilayah_kode
            and sel.periode_mulai = simpanan.periode_mulai
    ),

    bersaudara as (
        select
            *,
            count(*) filter (where is_kecil) over saudara as banyak_kecil,
            count(*) filter (where is_tersimpan and pembilang is not null) over saudara as banyak_tersimpan,
            sum(pembilang) filter (where is_kecil) over saudara as jumlah_kecil,
            rank() over (saudara order by is_kecil, pembilang is null, pembilang = 0, pembilang) as urutan_pelindung,
            rank() over (saudara order by is_tersimpan, pembilang is null, pembilang = 0, pembilang) as urutan_pengganti
        from teringat
        window saudara as (partition by indikator_kode, periode_mulai, wilayah_tingkat, induk_kode)
    ),

    -- Small cells are cornered when the parent's total less the shown ones tells them: one alone, or several that are
    -- all 1 or all as large as a small cell can be.
    terpojok as (
        select
            *,
            wilayah_tingkat <> 'kota'
            and (banyak_kecil = 1 or jumlah_kecil in (banyak_kecil, banyak_kecil * (sel_kecil - 1))) as is_terpojok,
            -- One that was hidden before stands alone when the others are unknown by now, and needs company anew.
            wilayah_tingkat <> 'kota' and banyak_kecil = 0 and banyak_tersimpan = 1 as is_ditinggal
        from bersaudara
    ),

    -- The smallest sibling above zero goes with cornered cells, with all that equal it, and only where there is none
    -- the
    -- zeros. Nothing then says which of the hidden cells is small: any of them may be any.
    terlindung as (
        select
            *,
            coalesce(
                (
                    (is_terpojok and (is_kecil or urutan_pelindung = 1))
                    or (is_ditinggal and not is_tersimpan and urutan_pengganti = 1)
                )
                and pembilang is not null,
                false
            ) as is_pelindung
        from terpojok
    ),

    -- What a hidden area is made of would tell it, and so would the number of its small parts.
    berinduk as (
        select
            *,
            (
                wilayah_tingkat <> 'kota'
                and bool_or(wilayah_tingkat = 'kota' and is_kecil) over (partition by indikator_kode, periode_mulai)
            )
            or (
                wilayah_tingkat = 'kelurahan'
                and bool_or(wilayah_tingkat = 'kecamatan' and (is_kecil or is_pelindung)) over (
                    partition by indikator_kode, periode_mulai, kode_kecamatan
                )
            ) as is_induk_tersembunyi
        from terlindung
    ),

    -- What the solver added to the rule lies within what was hidden before.
    tersimpan as (
        select
            *,
            (
                wilayah_tingkat <> 'kota'
                and bool_or(wilayah_tingkat = 'kota' and is_tersimpan) over (partition by indikator_kode, periode_mulai)
            )
            or (
                wilayah_tingkat = 'kelurahan'
                and bool_or(wilayah_tingkat = 'kecamatan' and is_tersimpan) over (
                    partition by indikator_kode, periode_mulai, kode_kecamatan
                )
            ) as is_induk_tersimpan
        from berinduk
    ),

    beralasan as (
        select
            *,
            case
                when is_induk_tersembunyi then 'induk' when is_pelindung then 'pelindung' when is_kecil then 'sel_kecil'
            end as menurut_aturan,
            sel_kecil is not null and coalesce(pembilang, nilai) is not null as is_dapat_disembunyikan
        from tersimpan
    ),

    diputuskan as (
        select
            *,
            case when is_dapat_disembunyikan then menurut_aturan end as aturan_karena,
            case
                when not is_dapat_disembunyikan
                then null
                when is_induk_tersimpan
                then 'induk'
                when is_tersimpan and (is_disamarkan or menurut_aturan is null)
                then 'pelindung'
                else menurut_aturan
            end as disembunyikan_karena
        from beralasan
    )

select
    indikator_kode,
    wilayah_kode,
    periode_mulai,
    sel_kecil,
    aturan_karena,
    is_tetap_tersembunyi,
    is_disamarkan,
    disembunyikan_karena,
    case when disembunyikan_karena is null then pembilang end as pembilang,
    case when disembunyikan_karena is null then nilai end as nilai
from diputuskan
