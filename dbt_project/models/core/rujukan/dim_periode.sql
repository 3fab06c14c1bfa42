with
    hari as (select * from {{ ref("dim_tanggal") }}),

    bulan as (select * from hari where tanggal = bulan_mulai),

    minggu as (select * from hari where tanggal = minggu_epid_mulai),

    pemilihan as (
        select *, lag(pemungutan_tanggal) over (order by pemungutan_tanggal) as sebelumnya
        from {{ ref("ref_hari_pemilihan") }}
    ),

    -- A month, a quarter and a half-year: so many months, from a month whose number says that one begins.
    bulanan as (
        select
            jenis.periode_jenis,
            jenis.panjang,
            bulan.tanggal as periode_mulai,
            case
                jenis.periode_jenis
                when 'bulan'
                then bulan.bulan_nama
                when 'triwulan'
                then 'Triwulan ' || (array['I', 'II', 'III', 'IV'])[bulan.triwulan]
                when 'semester'
                then 'Semester ' || (array['I', 'II'])[bulan.semester]
            end
            || ' '
            || bulan.tahun as periode_label
        from bulan
        inner join
            (
                values
                    ('bulan', 1, interval '1 month'),
                    ('triwulan', 3, interval '3 months'),
                    ('semester', 6, interval '6 months')
            ) as jenis(periode_jenis, banyak_bulan, panjang)
            on (bulan.bulan - 1) % jenis.banyak_bulan = 0
    )

select
    periode_jenis,
    periode_mulai,
    (periode_mulai + panjang - interval '1 day')::date as periode_selesai,
    periode_label,
    (periode_mulai - panjang)::date as periode_sebelum,
    (periode_mulai - interval '1 year')::date as periode_tahun_lalu
from bulanan
union all
-- The same epidemiological week has the same number, not the same date.
select
    'minggu_epid',
    minggu.tanggal,
    minggu.minggu_epid_selesai,
    'Minggu ke-' || minggu.minggu_epid || ' ' || minggu.tahun_epid,
    minggu.tanggal - 7,
    tahun_lalu.tanggal
from minggu
left join
    minggu as tahun_lalu
    on minggu.tahun_epid - 1 = tahun_lalu.tahun_epid
    and minggu.minggu_epid = tahun_lalu.minggu_epid
union all
select 'pemilihan', pemungutan_tanggal, pemungutan_tanggal, label, sebelumnya, null
from pemilihan
