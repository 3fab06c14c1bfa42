-- Two of the criteria of Permenkes 1501/2010, pasal 6, by week; at least five cases, so that 1 after 0 is no signal.
with
    penyakit as (select distinct kode_kecamatan, penyakit from {{ ref("agg_skdr_mingguan") }}),

    minggu as (select distinct minggu_mulai from {{ ref("agg_skdr_mingguan") }}),

    deret as (
        select penyakit.kode_kecamatan, penyakit.penyakit, minggu.minggu_mulai, coalesce(agregat.kasus, 0) as kasus
        from penyakit
        cross join minggu
        left join
            {{ ref("agg_skdr_mingguan") }} as agregat
            on penyakit.kode_kecamatan = agregat.kode_kecamatan
            and penyakit.penyakit = agregat.penyakit
            and minggu.minggu_mulai = agregat.minggu_mulai
    ),

    dibandingkan as (
        select
            *,
            lag(kasus, 1) over deret_waktu as kasus_1,
            lag(kasus, 2) over deret_waktu as kasus_2,
            lag(kasus, 3) over deret_waktu as kasus_3
        from deret
        window deret_waktu as (partition by kode_kecamatan, penyakit order by minggu_mulai)
    )

select
    kode_kecamatan,
    penyakit,
    minggu_mulai,
    kasus,
    coalesce(kasus >= 5 and kasus_1 > 0 and kasus >= 2 * kasus_1, false) as is_dua_kali,
    coalesce(kasus >= 5 and kasus > kasus_1 and kasus_1 > kasus_2 and kasus_2 > kasus_3, false) as is_naik_tiga_kali,
    coalesce(
        kasus >= 5
        and ((kasus_1 > 0 and kasus >= 2 * kasus_1) or (kasus > kasus_1 and kasus_1 > kasus_2 and kasus_2 > kasus_3)),
        false
    ) as is_sinyal
from dibandingkan
