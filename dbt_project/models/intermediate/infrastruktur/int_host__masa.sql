-- What was recorded first holds back to the beginning; a host that left the list is none from then on.
select
    host_kode,
    coalesce(jenis, 'tidak_diketahui') as jenis,
    coalesce(kode_kecamatan, left(kode_kelurahan, 8)) as kode_kecamatan,
    not coalesce(is_tidak_dipantau, false) as is_dipantau,
    _is_simulasi as is_simulasi,
    case
        when row_number() over (partition by host_kode order by dbt_valid_from) = 1
        then timestamptz '-infinity'
        else dbt_valid_from::timestamptz
    end as berlaku_dari,
    coalesce(dbt_valid_to::timestamptz, timestamptz 'infinity') as berlaku_sampai
from {{ ref("snap_host") }}
