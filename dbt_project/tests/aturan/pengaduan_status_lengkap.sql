-- The states add up to what came in: every report has one of the known states.
select status, count(*) as jumlah
from {{ ref("fct_laporan_pengaduan") }}
where status is null or status not in ('Belum Terverifikasi', 'Terverifikasi', 'Proses', 'Selesai', 'Tertunda')
group by status
