select
    wilayah.peringatan_kode,
    wilayah.info_urutan,
    wilayah.kode_kecamatan,
    date_trunc('month', {{ wib("wilayah.berlaku_at") }})::date as bulan_mulai,
    wilayah.status,
    wilayah.jenis_pesan,
    wilayah.acara,
    wilayah.keparahan,
    wilayah.dasar,
    wilayah.dikirim_at,
    wilayah.berlaku_at,
    wilayah.berakhir_at,
    wilayah.status = 'Actual' and wilayah.jenis_pesan <> 'Cancel' as is_sungguhan,
    wilayah._is_simulasi as is_simulasi,
    wilayah._batch_id
from {{ ref("stg_bmkg_nowcast__wilayah") }} as wilayah
