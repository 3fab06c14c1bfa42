-- Down ≤ the time there was.
select host_kode, bulan_mulai, waktu_detik, rencana_detik, putus_detik
from {{ ref("agg_ketersediaan_bulanan") }}
where putus_detik + rencana_detik > waktu_detik or least(waktu_detik, rencana_detik, putus_detik) < 0
