{{ config(severity="warn") }}

-- Nothing is closed before it was opened.
select 'fct_laporan_pengaduan' as model, tracking_id as kunci
from {{ ref("fct_laporan_pengaduan") }}
where selesai_at < laporan_at or verifikasi_at < laporan_at
union all
select 'fct_panggilan_112', tiket_id::text
from {{ ref("fct_panggilan_112") }}
where is_waktu_janggal
