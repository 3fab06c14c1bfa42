select source, periode_jenis, periode_mulai, cakupan, alasan, data_per_at, hari_sama_mulai, hari_sama_hingga_at
from {{ ref("int_sumber__periode_bahan") }}
where tanpa_tabel = ''
