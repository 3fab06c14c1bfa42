{{ config(materialized="table") }}

{%- set melebihi_acak = var("klb_simpangan") ~ " * sqrt" -%}

with
    fakta as (select * from {{ ref("int_skdr__laporan") }} where not is_luar_wilayah and minggu_mulai is not null),

    lapor as (select distinct puskesmas, kode_kecamatan, minggu_mulai from fakta),

    puskesmas as (select distinct puskesmas, kode_kecamatan from lapor),

    penyakit as (select distinct penyakit from fakta),

    minggu as (
        select
            generate_series(min(minggu_mulai)::timestamp, max(minggu_mulai)::timestamp, interval '7 days')::date
            as minggu_mulai
        from lapor
    ),

    -- Who reported a week without a disease had none of it; of who did not report, or gave no count of it that can be
    -- read, nothing is known.
    deret as (
        select
            puskesmas.puskesmas,
            puskesmas.kode_kecamatan,
            penyakit.penyakit,
            minggu.minggu_mulai,
            case when fakta.puskesmas is not null then fakta.kasus when lapor.puskesmas is not null then 0 end as kasus,
            fakta.puskesmas is not null and fakta.kasus is null as is_tanpa_angka
        from puskesmas
        cross join penyakit
        cross join minggu
        left join
            lapor
            on puskesmas.puskesmas = lapor.puskesmas
            and puskesmas.kode_kecamatan = lapor.kode_kecamatan
            and minggu.minggu_mulai = lapor.minggu_mulai
        left join
            fakta
            on puskesmas.puskesmas = fakta.puskesmas
            and puskesmas.kode_kecamatan = fakta.kode_kecamatan
            and penyakit.penyakit = fakta.penyakit
            and minggu.minggu_mulai = fakta.minggu_mulai
    ),

    beriwayat as (
        select
            *,
            lag(kasus, 1) over deret_waktu as kasus_1,
            lag(kasus, 2) over deret_waktu as kasus_2,
            lag(kasus, 3) over deret_waktu as kasus_3,
            case
                when count(kasus) over setahun_sebelum >= {{ var("klb_minggu_min") }}
                then 4 * avg(kasus) over setahun_sebelum
            end as rata_bulan
        from deret
        window
            deret_waktu as (partition by puskesmas, kode_kecamatan, penyakit order by minggu_mulai),
            setahun_sebelum as (
                partition by puskesmas, kode_kecamatan, penyakit
                order by minggu_mulai
                rows between 55 preceding and 4 preceding
            )
    ),

    -- Only who is known in both of two spans is compared: a report that is missing is no rise afterwards.
    kecamatan as (
        select
            kode_kecamatan,
            penyakit,
            minggu_mulai,
            sum(kasus) as kasus,
            bool_or(is_tanpa_angka) as is_ada_tanpa_angka,
            sum(kasus) filter (where kasus_1 is not null) as dua_kini,
            sum(kasus_1) filter (where kasus is not null) as dua_lalu,
            sum(kasus) filter (where kasus + kasus_1 + kasus_2 + kasus_3 is not null) as naik_0,
            sum(kasus_1) filter (where kasus + kasus_1 + kasus_2 + kasus_3 is not null) as naik_1,
            sum(kasus_2) filter (where kasus + kasus_1 + kasus_2 + kasus_3 is not null) as naik_2,
            sum(kasus_3) filter (where kasus + kasus_1 + kasus_2 + kasus_3 is not null) as naik_3,
            sum(kasus + kasus_1 + kasus_2 + kasus_3) filter (where rata_bulan is not null) as bulan_kini,
            sum(rata_bulan) filter (where kasus + kasus_1 + kasus_2 + kasus_3 is not null) as rata_bulan
        from beriwayat
        group by kode_kecamatan, penyakit, minggu_mulai
        having count(kasus) > 0 or bool_or(is_tanpa_angka)
    ),

    kota as (
        select
            penyakit,
            minggu_mulai,
            sum(sum(kasus)) over setahun as kasus_setahun,
            count(sum(kasus)) over setahun as minggu_diketahui,
            bool_or(bool_or(is_ada_tanpa_angka)) over setahun as is_setahun_ada_tanpa_angka
        from kecamatan
        group by penyakit, minggu_mulai
        window setahun as (partition by penyakit order by minggu_mulai rows between 52 preceding and 1 preceding)
    ),

    diukur as (
        select
            kecamatan.*,
            coalesce(
                dua_kini >= {{ var("klb_kasus_min") }}
                and dua_kini >= 2 * dua_lalu
                and dua_kini - dua_lalu > {{ melebihi_acak }} (dua_kini + dua_lalu),
                false
            ) as is_dua_kali,
            coalesce(
                naik_0 >= {{ var("klb_kasus_min") }}
                and naik_0 > naik_1
                and naik_1 > naik_2
                and naik_2 > naik_3
                and naik_0 - naik_3 > {{ melebihi_acak }} (naik_0 + naik_3),
                false
            ) as is_naik_tiga_kali,
            -- A month is judged once, with the week that ends it.
            date_trunc('month', kecamatan.minggu_mulai + 6) < date_trunc('month', kecamatan.minggu_mulai + 13)
            and coalesce(
                bulan_kini >= {{ var("klb_kasus_min") }}
                and bulan_kini >= 2 * rata_bulan
                and bulan_kini - rata_bulan > {{ melebihi_acak }} (rata_bulan),
                false
            ) as is_dua_kali_bulanan,
            kecamatan.kasus > 0
            and kota.minggu_diketahui >= {{ var("klb_minggu_min") }}
            and kota.kasus_setahun = 0
            and not kota.is_setahun_ada_tanpa_angka as is_penyakit_baru
        from kecamatan
        inner join kota on kecamatan.penyakit = kota.penyakit and kecamatan.minggu_mulai = kota.minggu_mulai
        where kecamatan.kasus is not null
    )

-- Four of the seven criteria of Permenkes 1501/2010, pasal 6, by week; nothing tells of deaths, nor of all visits. A
-- rise counts that is more than chance would bring, for among so many diseases and kecamatan some always double.
select
    kode_kecamatan,
    penyakit,
    minggu_mulai,
    kasus,
    is_dua_kali,
    is_naik_tiga_kali,
    is_dua_kali_bulanan,
    is_penyakit_baru,
    is_dua_kali or is_naik_tiga_kali or is_dua_kali_bulanan or is_penyakit_baru as is_sinyal
from diukur
