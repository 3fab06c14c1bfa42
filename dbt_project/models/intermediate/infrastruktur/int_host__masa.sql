-- What the first list had holds back to the beginning; a host that was added later is one from its first problem or the
-- list that first had it, and one that left the list is none from then on.
with masalah as (select host_kode, min(mulai_at) as pertama_at from {{ ref("fct_gangguan") }} group by host_kode)

select
    perangkat.host_kode,
    coalesce(jenis, 'tidak_diketahui') as jenis,
    coalesce(kode_kecamatan, left(kode_kelurahan, 8)) as kode_kecamatan,
    not coalesce(is_tidak_dipantau, false) as is_dipantau,
    _is_simulasi as is_simulasi,
    case
        when row_number() over (partition by perangkat.host_kode order by dbt_valid_from) > 1
        then dbt_valid_from::timestamptz
        when dbt_valid_from < min(dbt_valid_from) over () + interval '1 day'
        then timestamptz '-infinity'
        else least(dbt_valid_from::timestamptz, masalah.pertama_at)
    end as berlaku_dari,
    coalesce(dbt_valid_to::timestamptz, timestamptz 'infinity') as berlaku_sampai
from {{ ref("snap_host") }} as perangkat
left join masalah on perangkat.host_kode = masalah.host_kode
