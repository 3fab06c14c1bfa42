with
    sekarang as (select * from {{ ref("ref_wilayah") }}),

    dulu as (select * from {{ ref("ref_wilayah_riwayat") }}),

    -- Slowly changing, type 2: what changes is the spelling; the code is the place.
    versi as (
        select kode_wilayah, nama, berlaku_dari, berlaku_sampai, dasar
        from dulu
        union all
        select
            sekarang.kode_wilayah,
            sekarang.nama,
            coalesce(max(dulu.berlaku_sampai) + 1, date '2018-01-01') as berlaku_dari,
            date '9999-12-31' as berlaku_sampai,
            'Kepmendagri 300.2.2-2430 Tahun 2025' as dasar
        from sekarang
        left join dulu on sekarang.kode_wilayah = dulu.kode_wilayah
        group by sekarang.kode_wilayah, sekarang.nama
    ),

    ejaan_lain as (
        select kode_wilayah, string_agg(ejaan, '; ' order by ejaan) as ejaan_lain
        from {{ ref("ref_wilayah_alias") }}
        group by kode_wilayah
    ),

    jumlah as (
        select induk.kode_wilayah, count(*) as jumlah_kelurahan
        from sekarang as induk
        inner join sekarang as anak on anak.tingkat = 'kelurahan' and anak.kode_wilayah like induk.kode_wilayah || '.%'
        group by induk.kode_wilayah
    )

select
    versi.kode_wilayah || '@' || versi.berlaku_dari as wilayah_versi,
    versi.kode_wilayah,
    versi.nama,
    wilayah.tingkat,
    wilayah.kode_kecamatan,
    kecamatan.nama as kecamatan,
    wilayah.kode_bps,
    wilayah.kode_kpu,
    wilayah.luas_km2,
    jumlah.jumlah_kelurahan::int as jumlah_kelurahan,
    wilayah.lintang,
    wilayah.bujur,
    ejaan_lain.ejaan_lain,
    versi.berlaku_dari,
    versi.berlaku_sampai,
    versi.berlaku_sampai = date '9999-12-31' as is_berlaku,
    versi.dasar
from versi
inner join sekarang as wilayah on versi.kode_wilayah = wilayah.kode_wilayah
left join sekarang as kecamatan on wilayah.kode_kecamatan = kecamatan.kode_wilayah
left join jumlah on versi.kode_wilayah = jumlah.kode_wilayah
left join ejaan_lain on versi.kode_wilayah = ejaan_lain.kode_wilayah
