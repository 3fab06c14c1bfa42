with
    keadaan as (
        select {{ local_until("data_per_at") }}::date as per_tanggal
        from {{ ref("int_sumber__keadaan") }}
        where source = 'diskominfo_lapor'
    ),

    hari as (select tanggal, hari_kerja_ke from {{ ref("dim_tanggal") }}),

    -- The day from which a limit is breached: the first after it.
    lewat as (select hari_kerja_ke, min(tanggal) as tanggal from hari group by hari_kerja_ke),

    terbuka as (
        select
            coalesce(
                opd.nama, case when laporan.is_didisposisi then laporan.instansi end, 'Belum didisposisikan'
            ) as instansi,
            opd.kode_kecamatan,
            laporan.laporan_tanggal,
            lewat.tanggal as lewat_tanggal,
            laporan.is_simulasi,
            keadaan.per_tanggal
        from {{ ref("fct_laporan_pengaduan") }} as laporan
        cross join keadaan
        inner join hari on keadaan.per_tanggal = hari.tanggal
        inner join lewat on laporan.laporan_hari_ke + laporan.batas_hari_kerja + 1 = lewat.hari_kerja_ke
        left join {{ ref("dim_opd") }} as opd on laporan.kode_opd = opd.kode_opd and opd.is_berlaku
        where not laporan.is_selesai and hari.hari_kerja_ke - laporan.laporan_hari_ke > laporan.batas_hari_kerja
    ),

    temuan as (
        select
            'sla_pengaduan' as aturan_kode,
            'opd' as subjek_jenis,
            instansi as subjek_nama,
            kode_kecamatan as wilayah_kode,
            kode_kecamatan,
            case
                when instansi = 'Belum didisposisikan' then 'Dinas Komunikasi dan Informatika' else instansi
            end as opd_nama,
            'kepatuhan_sla' as indikator_kode,
            {{ indonesian_number("count(*)", 0) }} || ' laporan' as nilai_teks,
            'target 0 laporan' as target_teks,
            'tertua masuk ' || {{ tanggal_teks("min(laporan_tanggal)") }} as rincian,
            case when count(*) >= {{ var("laporan_lewat_buruk") }} then 'buruk' else 'siaga' end as status,
            count(*)::numeric as besar,
            min(lewat_tanggal) as sejak,
            per_tanggal as hingga,
            'per ' || {{ tanggal_teks("per_tanggal") }} as periode_label,
            'diskominfo_lapor' as source,
            bool_or(is_simulasi) as is_simulasi
        from terbuka
        group by instansi, kode_kecamatan, per_tanggal
    )

select {{ temuan_columns() }}
from temuan
