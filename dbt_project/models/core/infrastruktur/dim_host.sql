select
    host_kode,
    nama_teknis,
    nama,
    coalesce(jenis, 'tidak_diketahui') as jenis,
    kode_kelurahan,
    coalesce(kode_kecamatan, left(kode_kelurahan, 8)) as kode_kecamatan,
    not coalesce(is_tidak_dipantau, false) as is_dipantau,
    _is_simulasi as is_simulasi
from {{ ref("stg_diskominfo_zabbix__host") }}
