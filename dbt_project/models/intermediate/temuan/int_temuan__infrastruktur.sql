with
    keadaan as (select source, data_per_at from {{ ref("int_sumber__keadaan") }}),

    sertifikat as (
        select
            'sertifikat_berakhir' as aturan_kode,
            'layanan' as subjek_jenis,
            sertifikat.layanan as subjek_nama,
            null::text as wilayah_kode,
            null::text as kode_kecamatan,
            null::text as opd_nama,
            indikator.kode as indikator_kode,
            sertifikat.sisa_hari || ' hari' as nilai_teks,
            {{ target_teks("indikator.ambang_baik", "indikator.satuan", "indikator.desimal", "indikator.arah") }}
            as target_teks,
            sertifikat.titik_layanan as rincian,
            case when sertifikat.sisa_hari < indikator.ambang_waspada then 'buruk' else 'waspada' end as status,
            indikator.ambang_baik - sertifikat.sisa_hari as besar,
            {{ local_time("sertifikat.berakhir_at") }}::date - indikator.ambang_baik::int as sejak,
            {{ local_time("sertifikat.dilihat_at") }}::date as hingga,
            'per ' || {{ tanggal_teks(local_time("sertifikat.dilihat_at")) }} as periode_label,
            indikator.source,
            sertifikat.is_simulasi
        from {{ ref("fct_sertifikat") }} as sertifikat
        inner join
            {{ ref("dim_indikator") }} as indikator
            on indikator.kode = 'sisa_hari_sertifikat'
            and sertifikat.sisa_hari < indikator.ambang_baik
    ),

    gangguan as (
        select distinct
            'gangguan_terbuka' as aturan_kode,
            'layanan' as subjek_jenis,
            host.nama as subjek_nama,
            host.kode_kecamatan as wilayah_kode,
            host.kode_kecamatan,
            null::text as opd_nama,
            'insiden_terbuka' as indikator_kode,
            'belum pulih' as nilai_teks,
            'tanpa target' as target_teks,
            gangguan.masalah as rincian,
            case
                when keadaan.data_per_at - gangguan.mulai_at > interval '24 hours' then 'buruk' else 'waspada'
            end as status,
            round(extract(epoch from keadaan.data_per_at - gangguan.mulai_at) / 3600) as besar,
            {{ local_time("gangguan.mulai_at") }}::date as sejak,
            {{ local_until("keadaan.data_per_at") }}::date as hingga,
            'per ' || {{ tanggal_teks(local_until("keadaan.data_per_at")) }} as periode_label,
            keadaan.source,
            gangguan.is_simulasi
        from {{ ref("fct_gangguan") }} as gangguan
        inner join {{ ref("dim_host") }} as host on gangguan.host_kode = host.host_kode and host.is_dipantau
        inner join keadaan on keadaan.source = 'diskominfo_zabbix'
        where gangguan.is_terbuka and not gangguan.is_terencana
    )

select {{ temuan_columns() }}
from sertifikat
union all
select {{ temuan_columns() }}
from gangguan
