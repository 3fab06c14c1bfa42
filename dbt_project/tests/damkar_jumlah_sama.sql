-- The incidents of a month are those of its kecamatan and those without kelurahan.
with
    kejadian as (
        select
            date_trunc('month', tanggal)::date as bulan,
            count(*) as semua,
            count(*) filter (where kode_kecamatan is null) as tanpa_wilayah
        from {{ ref("mart__kejadian_damkar") }}
        where jenis in ('Kebakaran', 'Penyelamatan')
        group by 1
    ),

    indikator as (
        select
            periode_mulai as bulan,
            sum(nilai) filter (where wilayah_tingkat = 'kota') as kota,
            sum(nilai) filter (where wilayah_tingkat = 'kecamatan') as kecamatan,
            sum(nilai) filter (where wilayah_tingkat = 'kelurahan') as kelurahan
        from {{ ref("mart__indikator") }}
        where indikator_kode in ('jumlah_kebakaran', 'jumlah_penyelamatan')
        group by 1
    )

select indikator.*, kejadian.semua, kejadian.tanpa_wilayah
from kejadian
inner join indikator on kejadian.bulan = indikator.bulan
where
    kejadian.semua <> indikator.kota
    or kejadian.semua <> indikator.kecamatan + kejadian.tanpa_wilayah
    or kejadian.semua <> indikator.kelurahan + kejadian.tanpa_wilayah
