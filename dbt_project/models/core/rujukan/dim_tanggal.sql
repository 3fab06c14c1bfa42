with
    hari as (
        select
            generate_series(
                date '{{ var("kalender_dari") }}', date '{{ var("kalender_sampai") }}', interval '1 day'
            )::date as tanggal
    ),

    minggu as (
        select
            tanggal,
            tanggal - extract(dow from tanggal)::int as minggu_epid_mulai,
            -- The year of a week is the year of its Wednesday: week 1 then has at
            -- least four days in it (MMWR).
            tanggal - extract(dow from tanggal)::int + 3 as rabu
        from hari
    ),

    libur as (select * from {{ ref("ref_hari_libur") }}),

    kerja as (
        select
            hari.tanggal,
            libur.nama as libur_nama,
            libur.jenis as libur_jenis,
            libur.dasar as libur_dasar,
            extract(year from hari.tanggal) in (select extract(year from tanggal) from libur) as is_libur_diketahui,
            extract(dow from hari.tanggal) not in (0, 6) and libur.tanggal is null as is_hari_kerja
        from hari
        left join libur on hari.tanggal = libur.tanggal
    )

select
    minggu.tanggal,
    extract(year from minggu.tanggal)::int as tahun,
    extract(month from minggu.tanggal)::int as bulan,
    extract(quarter from minggu.tanggal)::int as triwulan,
    date_trunc('month', minggu.tanggal)::date as bulan_mulai,
    (date_trunc('month', minggu.tanggal) + interval '1 month - 1 day')::date as bulan_selesai,
    (
        array[
            'Januari',
            'Februari',
            'Maret',
            'April',
            'Mei',
            'Juni',
            'Juli',
            'Agustus',
            'September',
            'Oktober',
            'November',
            'Desember'
        ]
    )[extract(month from minggu.tanggal)::int] as bulan_nama,
    (array['Minggu', 'Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu'])[
        extract(dow from minggu.tanggal)::int + 1
    ] as hari_nama,
    extract(year from rabu)::int as tahun_epid,
    (extract(doy from rabu)::int - 1) / 7 + 1 as minggu_epid,
    minggu_epid_mulai,
    minggu_epid_mulai + 6 as minggu_epid_selesai,
    extract(dow from minggu.tanggal) in (0, 6) as is_akhir_pekan,
    ceil(extract(month from minggu.tanggal) / 6)::int as semester,
    -- A budget year is a calendar year; the revised budget (APBD-P) counts from its decision, which is a row of data.
    extract(year from minggu.tanggal)::int as tahun_anggaran,
    kerja.libur_nama,
    kerja.libur_jenis,
    kerja.libur_dasar,
    kerja.is_libur_diketahui,
    kerja.is_hari_kerja,
    (count(*) filter (where kerja.is_hari_kerja) over (order by minggu.tanggal))::int as hari_kerja_ke
from minggu
inner join kerja on minggu.tanggal = kerja.tanggal
