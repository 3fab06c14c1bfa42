with
    sumber as (
        select rentang from {{ ref("int_sumber__cakupan") }} where source = 'diskominfo_zabbix' and tanpa_tabel = ''
    ),

    -- The month as far as it has passed, and what of it the monitoring tells of.
    bulan as (
        select distinct
            tanggal.bulan_mulai,
            least({{ from_local_time("tanggal.bulan_selesai + 1") }}, upper(sumber.rentang)) as hingga_at,
            tstzmultirange(
                tstzrange(
                    {{ from_local_time("tanggal.bulan_mulai") }},
                    least({{ from_local_time("tanggal.bulan_selesai + 1") }}, upper(sumber.rentang))
                )
            ) as lewat,
            sumber.rentang as terpantau
        from {{ ref("dim_tanggal") }} as tanggal
        cross join sumber
        where
            tanggal.bulan_mulai >= (select min(bulan_mulai) from {{ ref("fct_gangguan") }})
            and {{ from_local_time("tanggal.bulan_mulai") }} < upper(sumber.rentang)
    ),

    -- Hosts of then: one that was taken away, moved or is no longer watched keeps the time in which it was. While it
    -- was
    -- there and not watched, nobody knows whether it was up.
    host as (
        select
            host_kode,
            jenis,
            kode_kecamatan,
            bool_or(is_simulasi) as is_simulasi,
            range_agg(tstzrange(berlaku_dari, berlaku_sampai)) as terdaftar,
            range_agg(tstzrange(berlaku_dari, berlaku_sampai)) filter (where is_dipantau) as dipantau
        from {{ ref("int_host__masa") }}
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
            bulan.hingga_at,
            bulan.lewat * host.terdaftar as terdaftar,
            bulan.lewat * bulan.terpantau * host.dipantau as waktu,
            coalesce(rencana.rentang, '{}'::tstzmultirange) as rencana,
            coalesce(putus.rentang, '{}'::tstzmultirange) as putus
        from bulan
        inner join host on bulan.lewat && host.dipantau
        left join rencana on host.host_kode = rencana.host_kode
        left join putus on host.host_kode = putus.host_kode
    )

select
    bulan_mulai,
    host_kode,
    jenis,
    kode_kecamatan,
    hingga_at,
    {{ seconds_covered("terdaftar") }} as terdaftar_detik,
    {{ seconds_covered("waktu") }} as waktu_detik,
    {{ seconds_covered("waktu * rencana") }} as rencana_detik,
    {{ seconds_covered("waktu * (putus - rencana)") }} as putus_detik,
    is_simulasi
from dipotong
