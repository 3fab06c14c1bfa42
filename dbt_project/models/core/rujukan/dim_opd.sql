select
    kode_opd || '@' || berlaku_dari as opd_versi,
    kode_opd,
    nama,
    singkatan,
    jenis,
    kode_kecamatan,
    berlaku_dari,
    -- What is known first holds back to the beginning.
    case
        when row_number() over (partition by kode_opd order by berlaku_dari) = 1
        then date '0001-01-01'
        else berlaku_dari
    end as berlaku_sejak,
    coalesce(berlaku_sampai, date '9999-12-31') as berlaku_sampai,
    berlaku_sampai is null as is_berlaku,
    pengganti,
    catatan
from {{ ref("ref_opd") }}
