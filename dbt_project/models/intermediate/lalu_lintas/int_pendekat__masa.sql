-- What was recorded first holds back to the beginning; what an approach had last holds until something else is known.
select
    kode_simpang,
    pendekat,
    kode_kelurahan,
    left(kode_kelurahan, 8) as kode_kecamatan,
    kapasitas_skr_jam,
    case
        when row_number() over versi = 1 then timestamptz '-infinity' else dbt_valid_from::timestamptz
    end as berlaku_dari,
    coalesce((lead(dbt_valid_from) over versi)::timestamptz, timestamptz 'infinity') as berlaku_sampai,
    coalesce(
        (last_value(dbt_valid_to) over (versi rows between unbounded preceding and unbounded following))::timestamptz,
        timestamptz 'infinity'
    ) as terdaftar_sampai
from {{ ref("snap_pendekat") }}
window versi as (partition by kode_simpang, pendekat order by dbt_valid_from)
