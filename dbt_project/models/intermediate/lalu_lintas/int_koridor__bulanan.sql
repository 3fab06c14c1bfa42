-- Every corridor is to report each day on which any does, from its own first day to the end of the last month that it
-- is in.
with
    hari as (select distinct bulan_mulai, tanggal from {{ ref("fct_angkutan_umum") }}),

    koridor as (
        select koridor, min(tanggal) as mulai_tanggal, max(bulan_mulai) as bulan_akhir
        from {{ ref("fct_angkutan_umum") }}
        group by koridor
    )

select koridor.koridor, hari.bulan_mulai, count(*) as hari_terdaftar
from koridor
inner join hari on hari.tanggal >= koridor.mulai_tanggal and hari.bulan_mulai <= koridor.bulan_akhir
group by koridor.koridor, hari.bulan_mulai
