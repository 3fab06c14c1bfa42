{{ config(meta={"camat_access": "none"}) }}

with
    sumber as (
        select
            keadaan.data_per_at,
            keadaan.batas_jam,
            cakupan.rentang,
            date_trunc('second', {{ local_until("keadaan.data_per_at") }}) as data_per
        from {{ ref("int_sumber__keadaan") }} as keadaan
        inner join
            {{ ref("int_sumber__cakupan") }} as cakupan on keadaan.source = cakupan.source and cakupan.tanpa_tabel = ''
        where keadaan.source = 'diskominfo_zabbix'
    ),

    hari as (
        select
            tanggal.tanggal,
            sumber.rentang * tstzmultirange(
                tstzrange(
                    {{ from_local_time("tanggal.tanggal") }},
                    least({{ from_local_time("tanggal.tanggal + 1") }}, sumber.data_per_at)
                )
            ) as rentang
        from {{ ref("dim_tanggal") }} as tanggal
        cross join sumber
        where tanggal.tanggal between sumber.data_per::date - 89 and sumber.data_per::date
    ),

    layanan as (
        select
            masa.host_kode,
            bool_or(masa.is_simulasi) as is_simulasi,
            range_agg(tstzrange(masa.berlaku_dari, masa.berlaku_sampai)) as rentang
        from {{ ref("int_host__masa") }} as masa
        where masa.jenis = 'layanan' and masa.is_dipantau
        group by masa.host_kode
    ),

    rencana as (
        select host_kode, range_agg(tstzrange(mulai_at, selesai_at)) as rentang
        from {{ ref("int_perawatan__host") }}
        group by host_kode
    ),

    -- Two problems at once are one outage. Severity 3 and above means that the host did not answer or serve.
    putus as (
        select host_kode, range_agg(tstzrange(mulai_at, greatest(mulai_at, coalesce(pulih_at, 'infinity')))) as rentang
        from {{ ref("fct_gangguan") }}
        where tingkat >= 3
        group by host_kode
    ),

    dipotong as (
        select
            hari.tanggal,
            layanan.host_kode,
            layanan.is_simulasi,
            hari.rentang * layanan.rentang - coalesce(rencana.rentang, '{}'::tstzmultirange) as waktu,
            hari.rentang * layanan.rentang * coalesce(rencana.rentang, '{}'::tstzmultirange) as rencana,
            hari.rentang
            * layanan.rentang
            * (coalesce(putus.rentang, '{}'::tstzmultirange) - coalesce(rencana.rentang, '{}'::tstzmultirange)) as putus
        from hari
        cross join layanan
        left join rencana on layanan.host_kode = rencana.host_kode
        left join putus on layanan.host_kode = putus.host_kode
    ),

    dihitung as (
        select
            tanggal,
            host_kode,
            is_simulasi,
            {{ seconds_covered("waktu") }} as waktu_detik,
            {{ seconds_covered("rencana") }} as rencana_detik,
            {{ seconds_covered("putus") }} as putus_detik
        from dipotong
    ),

    dinilai as (
        select
            dihitung.*,
            round(100 * (waktu_detik - putus_detik) / nullif(waktu_detik, 0), 3) as ketersediaan_persen,
            indikator.ambang_baik,
            indikator.ambang_waspada,
            indikator.ambang_siaga,
            indikator.arah
        from dihitung
        inner join {{ ref("dim_indikator") }} as indikator on indikator.kode = 'ketersediaan_layanan'
    ),

    berstatus as (
        select
            *,
            case
                when waktu_detik = 0 and rencana_detik > 0
                then 'perawatan'
                else {{ status_nilai("ketersediaan_persen", "arah", "ambang_baik", "ambang_waspada", "ambang_siaga") }}
            end as status
        from dinilai
    )

select
    berstatus.host_kode as layanan_kode,
    coalesce(host.nama, host.nama_teknis, berstatus.host_kode) as layanan,
    berstatus.tanggal,
    {{ hari_tanggal_teks("berstatus.tanggal") }} as hari_teks,
    berstatus.ketersediaan_persen,
    {{ nilai_bersatuan("berstatus.ketersediaan_persen", "'persen'", 2) }} as nilai_teks,
    berstatus.status,
    case
        when berstatus.status = 'perawatan' then '– Perawatan terencana' else {{ status_teks("berstatus.status") }}
    end as status_teks,
    round(berstatus.putus_detik / 60, 1) as putus_menit,
    {{ nilai_bersatuan("berstatus.putus_detik / 60", "'menit'", 0) }} as putus_teks,
    round(berstatus.rencana_detik / 60, 1) as rencana_menit,
    round(
        100 * (1 - sum(berstatus.putus_detik) over layanan / nullif(sum(berstatus.waktu_detik) over layanan, 0)), 3
    ) as ketersediaan_90_hari_persen,
    {{ target_teks("berstatus.ambang_baik", "'persen'", 2, "berstatus.arah") }} as target_teks,
    {{
        data_sampai_teks(
            "sumber.data_per",
            "extract(epoch from " ~ sekarang() ~ " - sumber.data_per_at) / 3600 > 2 * sumber.batas_jam",
        )
    }} as data_sampai_teks,
    {{ label_simulasi("berstatus.is_simulasi") }} as label_data,
    sumber.data_per
from berstatus
cross join sumber
left join {{ ref("dim_host") }} as host on berstatus.host_kode = host.host_kode
window layanan as (partition by berstatus.host_kode)
