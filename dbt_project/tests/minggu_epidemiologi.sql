-- Known weeks of the MMWR calendar: years of 53 weeks, and weeks that lie in two years.
with
    diketahui(tanggal, tahun_epid, minggu_epid) as (
        values
            (date '2018-01-06', 2018, 1),
            (date '2020-12-31', 2020, 53),
            (date '2021-01-02', 2020, 53),
            (date '2021-01-03', 2021, 1),
            (date '2023-01-01', 2023, 1),
            (date '2024-12-28', 2024, 52),
            (date '2024-12-29', 2025, 1),
            (date '2026-01-03', 2025, 53),
            (date '2026-10-17', 2026, 41)
    )

select diketahui.*, hari.tahun_epid as tahun_dihitung, hari.minggu_epid as minggu_dihitung
from diketahui
left join {{ ref("dim_tanggal") }} as hari on diketahui.tanggal = hari.tanggal
where (diketahui.tahun_epid, diketahui.minggu_epid) is distinct from (hari.tahun_epid, hari.minggu_epid)
