with
    wilayah as (select * from {{ ref("ref_wilayah") }}),

    ejaan_lain as (
        select kode_wilayah, string_agg(ejaan, '; ' order by ejaan) as ejaan_lain
        from {{ ref("ref_wilayah_alias") }}
        group by kode_wilayah
    ),

    jumlah as (
        select induk.kode_wilayah, count(*) as jumlah_kelurahan
        from wilayah as induk
        inner join wilayah as anak on anak.tingkat = 'kelurahan' and anak.kode_wilayah like induk.kode_wilayah || '.%'
        group by induk.kode_wilayah
    )

select
    wilayah.kode_wilayah,
    wilayah.nama,
    wilayah.tingkat,
    wilayah.kode_kecamatan,
    kecamatan.nama as kecamatan,
    wilayah.kode_bps,
    wilayah.kode_kpu,
    wilayah.luas_km2,
    jumlah.jumlah_kelurahan::int as jumlah_kelurahan,
    wilayah.lintang,
    wilayah.bujur,
    ejaan_lain.ejaan_lain
from wilayah
left join wilayah as kecamatan on wilayah.kode_kecamatan = kecamatan.kode_wilayah
left join jumlah on wilayah.kode_wilayah = jumlah.kode_wilayah
left join ejaan_lain on wilayah.kode_wilayah = ejaan_lain.kode_wilayah
