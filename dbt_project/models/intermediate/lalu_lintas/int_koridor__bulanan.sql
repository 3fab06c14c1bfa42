-- Every corridor is to report each day on which any does, from its own first day to the end of the month after the last
-- that it is in: one that is silent for a month is missing, one that is silent for longer runs no more.
with
    hari as (select distinct bulan_mulai, tanggal from {{ ref("fct_angkutan_umum") }}),

    dihitung as (select * from {{ berhari_sama("hari", "dishub_trans_padang", from_local_time("tanggal")) }}),

    koridor as (
        select koridor, min(tanggal) as mulai_tanggal, max(bulan_mulai) as bulan_akhir
        from {{ ref("fct_angkutan_umum") }}
        group by koridor
    )

select koridor.koridor, hari.hitung_mulai as bulan_mulai, hari.is_hari_sama, count(*) as hari_terdaftar
from koridor
inner join
    dihitung as hari
    on hari.tanggal >= koridor.mulai_tanggal
    and hari.bulan_mulai <= koridor.bulan_akhir + interval '1 month'
group by koridor.koridor, hari.hitung_mulai, hari.is_hari_sama
