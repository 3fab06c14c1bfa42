with
    pulih as (
        select masalah.masalah_kode, min(pemulihan.pulih_at) as pulih_at
        from {{ ref("stg_diskominfo_zabbix__masalah") }} as masalah
        inner join
            {{ ref("stg_diskominfo_zabbix__pemulihan") }} as pemulihan
            on masalah.pemicu_kode = pemulihan.pemicu_kode
            and pemulihan.pulih_at >= masalah.mulai_at
        group by masalah.masalah_kode
    )

-- A problem ends with the first recovery of its trigger that follows it.
select
    masalah.masalah_kode,
    masalah.host_kode,
    masalah.masalah,
    masalah.tingkat,
    masalah.mulai_at,
    pulih.pulih_at,
    date_trunc('month', {{ local_time("masalah.mulai_at") }})::date as bulan_mulai,
    trim_scale(extract(epoch from pulih.pulih_at - masalah.mulai_at) / 3600) as lama_jam,
    masalah.is_terencana,
    masalah.is_ditanggapi,
    pulih.pulih_at is null as is_terbuka,
    masalah._is_simulasi as is_simulasi,
    masalah._batch_id
from {{ ref("stg_diskominfo_zabbix__masalah") }} as masalah
left join pulih on masalah.masalah_kode = pulih.masalah_kode
