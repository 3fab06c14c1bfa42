with
    hari as (select generate_series(date '2018-01-01', date '2031-12-31', interval '1 day')::date as tanggal),

    minggu as (
        select
            tanggal,
            tanggal - extract(dow from tanggal)::int as minggu_epid_mulai,
            -- The year of a week is the year of its Wednesday: week 1 then has at
            -- least four days in it (MMWR).
            tanggal - extract(dow from tanggal)::int + 3 as rabu
        from hari
    )

select
    tanggal,
    extract(year from tanggal)::int as tahun,
    extract(month from tanggal)::int as bulan,
    extract(quarter from tanggal)::int as triwulan,
    date_trunc('month', tanggal)::date as bulan_mulai,
    (date_trunc('month', tanggal) + interval '1 month - 1 day')::date as bulan_selesai,
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
    )[extract(month from tanggal)::int] as bulan_nama,
    (array['Minggu', 'Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu'])[
        extract(dow from tanggal)::int + 1
    ] as hari_nama,
    extract(year from rabu)::int as tahun_epid,
    (extract(doy from rabu)::int - 1) / 7 + 1 as minggu_epid,
    minggu_epid_mulai,
    minggu_epid_mulai + 6 as minggu_epid_selesai,
    extract(dow from tanggal) in (0, 6) as is_akhir_pekan
from minggu
