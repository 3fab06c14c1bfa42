select tahun, kode, nama, mulai_tanggal, selesai_tanggal, dasar_hukum, catatan, _is_simulasi as is_simulasi, _batch_id
from {{ ref("stg_kpu_tahapan__tahapan") }}
