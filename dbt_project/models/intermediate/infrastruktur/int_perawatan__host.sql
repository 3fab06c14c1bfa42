-- A maintenance window names its hosts in a list.
select perawatan.perawatan_kode, host.isi ->> 'hostid' as host_kode, perawatan.mulai_at, perawatan.selesai_at
from {{ ref("stg_diskominfo_zabbix__perawatan") }} as perawatan
cross join lateral jsonb_array_elements({{ json_list("perawatan.host_daftar") }}) as host(isi)
where perawatan.selesai_at > perawatan.mulai_at
