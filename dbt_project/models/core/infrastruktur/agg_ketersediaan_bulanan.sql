with
    keadaan as (select data_per_at from {{ ref("int_sumber__keadaan") }} where source = 'diskominfo_zabbix'),

    bulan as (
        select distinct
            tanggal.bulan_mulai,
            tstzrange(
                {{ from_local_time("tanggal.bulan_mulai") }},
                least({{ from_local_time("tanggal.bulan_selesai + 1") }}, keadaan.data_per_at)
            ) as rentang
        from {{ ref("dim_tanggal") }} as tanggal
        cross join keadaan
        where
            tanggal.bulan_mulai >= (select min(bulan_mulai) from {{ ref("fct_gangguan") }})
            and {{ from_local_time("tanggal.bulan_mulai") }} < keadaan.data_per_at
    ),

    -- Hosts of then: one that was taken away, moved or is no longer watched keeps the time in which it was.
    host as (
        select
            host_kode,
            jenis,
            kode_kecamatan,
            bool_or(is_simulasi) as is_simulasi,
            range_agg(tstzrange(berlaku_dari, berlaku_sampai)) as rentang
        from {{ ref("int_host__masa") }}
        where is_dipantau
        group by host_kode, jenis, kode_kecamatan
    ),

    rencana as (
        select perawatan.host_kode, range_agg(tstzrange(perawatan.mulai_at, perawatan.selesai_at)) as rentang
        from {{ ref("int_perawatan__host") }} as perawatan
        group by perawatan.host_kode
    ),

    -- Two problems at once are one outage. Severity 3 and above means that the host did not answer or serve.
    putus as (
        select
            gangguan.host_kode,
            range_agg(
                tstzrange(gangguan.mulai_at, greatest(gangguan.mulai_at, coalesce(gangguan.pulih_at, 'infinity')))
            ) as rentang
        from {{ ref("fct_gangguan") }} as gangguan
        where gangguan.tingkat >= 3
        group by gangguan.host_kode
    ),

    dipotong as (
        select
            bulan.bulan_mulai,
            host.host_kode,
            host.jenis,
            host.kode_kecamatan,
            host.is_simulasi,
            tstzmultirange(bulan.rentang) * host.rentang as waktu,
            tstzmultirange(bulan.rentang) * host.rentang * coalesce(rencana.rentang, '{}'::tstzmultirange) as rencana,
            tstzmultirange(bulan.rentang)
            * host.rentang
            * (coalesce(putus.rentang, '{}'::tstzmultirange) - coalesce(rencana.rentang, '{}'::tstzmultirange)) as putus
        from bulan
        inner join host on tstzmultirange(bulan.rentang) && host.rentang
        left join rencana on host.host_kode = rencana.host_kode
        left join putus on host.host_kode = putus.host_kode
    )

select
    bulan_mulai,
    host_kode,
    jenis,
    kode_kecamatan,
    {{ seconds_covered("waktu") }} as waktu_detik,
    {{ seconds_covered("rencana") }} as rencana_detik,
    {{ seconds_covered("putus") }} as putus_detik,
    is_simulasi
from dipotong
