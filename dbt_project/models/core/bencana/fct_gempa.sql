{%- set latest = "order by _batch_id desc, _row desc" -%}
{%- set kolom = [
    "gempa_at",
    "lintang",
    "bujur",
    "magnitudo",
    "kedalaman_km",
    "wilayah",
    "potensi",
    "dirasakan",
    "shakemap",
    "_batch_id",
    "_row",
    "_is_simulasi",
] | join(", ") -%}

with
    -- Three services of BMKG tell of the same earthquakes; exercises and tests are none.
    daftar as (
        select feed, 1 as urutan, gempa_kode as titik_kode, {{ kolom }}
        from {{ ref("stg_bmkg_gempa__gempa") }}
        union all
        select daftar, 2, {{ gempa_kode("gempa_at", "lintang", "bujur") }}, {{ kolom }}
        from {{ ref("stg_bmkg_inatews__gempa") }}
        where coalesce(status_pesan, 'Actual') = 'Actual'
        union all
        select 'datagempa', 3, {{ gempa_kode("gempa_at", "lintang", "bujur") }}, {{ kolom }}
        from {{ ref("stg_bmkg_datagempa__gempa") }}
        where coalesce(status_pesan, 'Actual') = 'Actual'
    ),

    observasi as (select *, {{ berpotensi_tsunami("potensi") }} as potensi_tsunami from daftar),

    titik as (
        select distinct
            on (titik_kode)
            titik_kode,
            gempa_at,
            lintang,
            bujur,
            magnitudo,
            floor(extract(epoch from gempa_at) / 60)::bigint as menit
        from observasi
        order by titik_kode, _batch_id desc, _row desc
    ),

    -- Time, place and magnitude are told anew while stations come in; what is this near is one earthquake.
    padanan as (
        select satu.titik_kode, (array_agg(lain.titik_kode order by lain.gempa_at, lain.titik_kode))[1] as gempa_kode
        from titik as satu
        cross join generate_series(-1, 1) as geser
        inner join
            titik as lain
            on satu.menit + geser = lain.menit
            and abs(extract(epoch from satu.gempa_at - lain.gempa_at)) <= 30
            and abs(satu.magnitudo - lain.magnitudo) <= 1
            and {{ distance_km("satu.lintang", "satu.bujur", "lain.lintang", "lain.bujur") }} <= 100
        group by satu.titik_kode
    ),

    -- The latest word of any list counts; a list that is silent on a column does not
    -- erase another's word.
    gabungan as (
        select
            padanan.gempa_kode,
            (array_agg(gempa_at {{ latest }}))[1] as gempa_at,
            (array_agg(lintang {{ latest }}))[1] as lintang,
            (array_agg(bujur {{ latest }}))[1] as bujur,
            (array_agg(magnitudo {{ latest }}))[1] as magnitudo,
            (array_agg(kedalaman_km {{ latest }}) filter (where kedalaman_km is not null))[1] as kedalaman_km,
            (array_agg(wilayah {{ latest }}) filter (where wilayah is not null))[1] as wilayah,
            (
                array_agg(potensi order by potensi_tsunami is null, _batch_id desc, _row desc) filter (
                    where potensi is not null
                )
            )[1] as potensi,
            (array_agg(potensi_tsunami {{ latest }}) filter (where potensi_tsunami is not null))[1] as potensi_tsunami,
            (array_agg(dirasakan {{ latest }}) filter (where dirasakan is not null))[1] as dirasakan,
            -- Each list names its own picture of the same map, so that which was asked last must not decide.
            (array_agg(shakemap order by urutan, _batch_id desc, _row desc) filter (where shakemap is not null))[
                1
            ] as shakemap,
            bool_or(feed in ('gempadirasakan', 'last30feltevent')) as is_di_daftar_dirasakan,
            string_agg(distinct feed, ', ' order by feed) as feeds,
            bool_or(_is_simulasi) as is_simulasi,
            max(_batch_id) as _batch_id
        from observasi
        inner join padanan on observasi.titik_kode = padanan.titik_kode
        group by padanan.gempa_kode
    )

select
    gempa_kode,
    gempa_at,
    {{ local_time("gempa_at") }}::date as gempa_tanggal,
    lintang,
    bujur,
    magnitudo,
    kedalaman_km,
    round(
        {{ distance_km("lintang", "bujur", var("pusat_kota_lintang"), var("pusat_kota_bujur")) }}::numeric, 1
    ) as jarak_padang_km,
    wilayah,
    potensi,
    potensi_tsunami,
    dirasakan,
    dirasakan is not null or is_di_daftar_dirasakan as is_dirasakan,
    shakemap,
    feeds,
    is_simulasi,
    _batch_id
from gabungan
