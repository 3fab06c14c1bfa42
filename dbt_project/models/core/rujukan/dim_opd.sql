select
    kode_opd || '@' || berlaku_dari as opd_versi,
    kode_opd,
    nama,
    singkatan,
    jenis,
    kode_kecamatan,
    berlaku_dari,
    coalesce(berlaku_sampai, date '9999-12-31') as berlaku_sampai,
    berlaku_sampai is null as is_berlaku,
    pengganti,
    catatan
from {{ ref("ref_opd") }}
