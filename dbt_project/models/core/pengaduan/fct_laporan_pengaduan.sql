with
    laporan as (select * from {{ ref("stg_diskominfo_lapor__laporan") }}),

    hari as (select tanggal, hari_kerja_ke from {{ ref("dim_tanggal") }}),

    tanggal as (
        select
            *,
            {{ local_time("laporan_at") }}::date as laporan_tanggal,
            {{ local_time("verifikasi_at") }}::date as verifikasi_tanggal,
            {{ local_time("selesai_at") }}::date as selesai_tanggal
        from laporan
    )

-- Limits run in working days, from the day of the report.
select
    tanggal.tracking_id,
    tanggal.kanal,
    tanggal.klasifikasi,
    tanggal.kategori,
    tanggal.status,
    opd.kode_opd,
    tanggal.instansi,
    wilayah.kode_wilayah as kode_kelurahan,
    left(wilayah.kode_wilayah, 8) as kode_kecamatan,
    tanggal.laporan_at,
    tanggal.laporan_tanggal,
    date_trunc('month', tanggal.laporan_tanggal)::date as bulan_mulai,
    tanggal.verifikasi_at,
    tanggal.disposisi_at,
    tanggal.tindak_lanjut_at,
    tanggal.selesai_at,
    tanggal.selesai_tanggal,
    tanggal.disposisi_at is not null as is_didisposisi,
    tanggal.status in ('Proses', 'Selesai') as is_ditindaklanjuti,
    tanggal.selesai_at is not null as is_selesai,
    sla.hari_kerja as batas_hari_kerja,
    masuk.hari_kerja_ke as laporan_hari_ke,
    verifikasi.hari_kerja_ke - masuk.hari_kerja_ke as verifikasi_hari_kerja,
    selesai.hari_kerja_ke - masuk.hari_kerja_ke as selesai_hari_kerja,
    tanggal.rating,
    tanggal._is_simulasi as is_simulasi,
    tanggal._batch_id
from tanggal
left join hari as masuk on tanggal.laporan_tanggal = masuk.tanggal
left join hari as verifikasi on tanggal.verifikasi_tanggal = verifikasi.tanggal
left join hari as selesai on tanggal.selesai_tanggal = selesai.tanggal
left join
    {{ ref("int_wilayah__ejaan") }} as wilayah
    on ops.ejaan(tanggal.kelurahan_ejaan) = wilayah.ejaan
    and wilayah.tingkat = 'kelurahan'
left join {{ ref("int_opd__ejaan") }} as opd on ops.ejaan(tanggal.instansi) = opd.ejaan
left join
    {{ ref("ref_sla_pengaduan") }} as sla
    on tanggal.klasifikasi = sla.klasifikasi
    and tanggal.is_perlu_lapangan = sla.is_perlu_lapangan
