"""Every question that a report asks the mart. A comparison is read where it is stored; none is made here."""

# Tables whose rows belong to a kecamatan: a camat's role may see its own rows and the city's, of each of them.
PROTECTED = (
    "indikator",
    "ubin",
    "bidang",
    "perhatian",
    "bencana_jenis",
    "bencana_14_hari",
    "kejadian_damkar",
    "skdr_mingguan",
    "skdr_pita",
    "tanggap_kecamatan",
    "kemacetan_simpang",
    "pengaduan_opd_topik",
    "rfk_kegiatan",
    "pilkada_rekap",
    "batas_wilayah",
)

AREA = """
    select wilayah.kode_wilayah as kode, wilayah.nama, wilayah.tingkat, wilayah.kode_kecamatan, kecamatan.nama as kecamatan,
        wilayah.luas_km2, wilayah.jumlah_kelurahan
    from mart.wilayah as wilayah
    left join mart.wilayah as kecamatan
        on kecamatan.kode_wilayah = wilayah.kode_kecamatan and kecamatan.tingkat = 'kecamatan'
    where wilayah.kode_wilayah = %(kode)s
"""

MONTHS = "select distinct bulan from mart.ubin where wilayah_kode = %(kode)s order by bulan"

_BESIDE = """
        angka.nilai_sebelumnya, angka.perubahan, sebelum.periode_label as sebelum_label, angka.nilai_tahun_lalu,
        angka.perubahan_tahunan, angka.peringkat, angka.jumlah_wilayah, angka.pembilang, angka.penyebut,
        coalesce(angka.is_sementara, false) as is_sementara, angka.sementara_karena, angka.mutu, indikator.source,
        coalesce(angka.sumber, indikator.sumber) as sumber
"""
_JOINS = """
    left join mart.indikator as sebelum
        on sebelum.indikator_kode = angka.indikator_kode and sebelum.wilayah_kode = angka.wilayah_kode
        and sebelum.periode_mulai = angka.periode_sebelum
"""
_INDIKATOR = "indikator.satuan, indikator.arah, indikator.desimal"

# Which period belongs to a month, and the target of that time, the tiles say.
FIGURES = f"""
    select ubin.indikator_kode, ubin.indikator_nama, ubin.domain, ubin.urutan, {_INDIKATOR}, ubin.wilayah_kode,
        ubin.wilayah_nama, ubin.bulan, ubin.periode_mulai, angka.periode_selesai, ubin.periode_label, ubin.nilai,
        ubin.nilai_teks, ubin.status, ubin.target, angka.rerata_kecamatan as rerata, angka.nilai_kota, ubin.berjalan_teks,
        {_BESIDE}, ubin.data_per, ubin.label_data
    from mart.ubin as ubin
    inner join mart.dim_indikator as indikator on ubin.indikator_kode = indikator.kode
    left join mart.indikator as angka
        on ubin.indikator_kode = angka.indikator_kode and ubin.wilayah_kode = angka.wilayah_kode
        and ubin.periode_mulai = angka.periode_mulai
    {_JOINS}
    where ubin.bulan = any(%(months)s) and ubin.wilayah_tingkat = %(tingkat)s
        and (%(kode)s::text is null or ubin.wilayah_kode = %(kode)s)
    order by ubin.wilayah_kode, ubin.bulan, ubin.domain, ubin.urutan
"""

# Kelurahan have no tiles: the newest period that is over and of which one of them has a figure.
KELURAHAN = f"""
    with periode as (
        select indikator_kode, max(periode_mulai) as periode_mulai from mart.indikator
        where wilayah_tingkat = 'kelurahan' and kode_kecamatan = %(kecamatan)s and periode_selesai <= %(last)s
            and (nilai is not null or nilai_teks <> '–')
        group by indikator_kode
    )
    select angka.indikator_kode, angka.indikator_nama, angka.domain, 0 as urutan, {_INDIKATOR}, angka.wilayah_kode,
        angka.wilayah_nama, %(month)s::date as bulan, angka.periode_mulai, angka.periode_selesai, angka.periode_label,
        angka.nilai, angka.nilai_teks, angka.status, null::numeric as target, angka.rerata_seinduk as rerata,
        angka.rerata_setingkat as nilai_kota, null::text as berjalan_teks, {_BESIDE}, angka.data_per, angka.label_data
    from periode
    inner join mart.indikator as angka
        on angka.indikator_kode = periode.indikator_kode and angka.periode_mulai = periode.periode_mulai
        and angka.wilayah_tingkat = 'kelurahan' and angka.kode_kecamatan = %(kecamatan)s
    inner join mart.dim_indikator as indikator on angka.indikator_kode = indikator.kode
    {_JOINS}
    order by angka.indikator_kode, angka.wilayah_kode
"""

# Months before the first that is known, and those in between, are absent: a line has gaps there.
SERIES = """
    select angka.indikator_kode, angka.indikator_nama, indikator.satuan, indikator.desimal, indikator.source,
        angka.wilayah_kode, angka.wilayah_nama, angka.periode_mulai, angka.periode_selesai, angka.periode_label,
        angka.nilai, angka.status, angka.is_sementara, angka.data_per, angka.label_data
    from mart.indikator as angka
    inner join mart.dim_indikator as indikator on angka.indikator_kode = indikator.kode
    where angka.wilayah_kode = %(kode)s and angka.indikator_kode = any(%(codes)s)
        and angka.periode_mulai between %(first)s and %(last)s
    order by angka.indikator_kode, angka.periode_mulai
"""

DISEASES = """
    select kasus.penyakit, kasus.tahun, kasus.minggu, kasus.minggu_mulai, kasus.minggu_selesai, kasus.kasus,
        kasus.puskesmas_tanpa_angka,
        pita.rentang_teks, pita.posisi_teks, pita.pembanding_teks, sumber.data_per, kasus.label_data,
        kasus.kode_kecamatan, kasus.kecamatan
    from mart.skdr_mingguan as kasus
    left join mart.skdr_pita as pita
        on pita.wilayah_kode = kasus.kode_kecamatan and pita.penyakit = kasus.penyakit
        and pita.minggu_mulai = kasus.minggu_mulai
    left join mart.kesegaran_sumber as sumber on sumber.source = 'dinkes_skdr'
    where kasus.kode_kecamatan = %(kode)s and kasus.minggu_selesai between %(first)s and %(last)s
    order by kasus.penyakit, kasus.minggu_mulai
"""

ACTIVITIES = """
    select rfk.kegiatan_kode, rfk.kegiatan, rfk.opd_nama, rfk.kode_kecamatan, rfk.periode_mulai, rfk.periode_label,
        rfk.pagu_idr, rfk.pagu_teks, rfk.rencana_keuangan_pct, rfk.rencana_keuangan_teks, rfk.realisasi_keuangan_pct,
        rfk.realisasi_keuangan_teks, rfk.deviasi_keuangan_poin, rfk.deviasi_keuangan_teks, rfk.status_keuangan,
        rfk.rencana_fisik_pct, rfk.rencana_fisik_teks, rfk.realisasi_fisik_pct, rfk.realisasi_fisik_teks,
        rfk.deviasi_fisik_poin, rfk.deviasi_fisik_teks, rfk.status_fisik, rfk.is_kritis, rfk.kritis_teks,
        rfk.data_per, rfk.label_data
    from mart.rfk_kegiatan as rfk
    where rfk.kode_kecamatan = %(kode)s and rfk.bulan = %(month)s
    order by rfk.kegiatan_kode
"""

TOPICS = """
    select topik.topik, topik.masuk, topik.selesai, topik.terbuka, topik.lewat_batas, topik.tertua_hari_kerja,
        topik.kode_kecamatan, topik.wilayah_nama, topik.periode_mulai, topik.periode_label,
        topik.data_per, topik.label_data
    from mart.pengaduan_opd_topik as topik
    where topik.irisan = 'kecamatan_topik' and topik.kode_kecamatan = %(kode)s and topik.bulan = %(month)s
        and topik.indikator_kode = 'laporan_masuk'
        and (topik.masuk > 0 or topik.terbuka > 0)
    order by topik.lewat_batas desc, topik.terbuka desc, topik.topik
"""

# The list of attention is of now; an edition of an older month is made from the statuses of its own figures.
ATTENTION = """
    select aturan_kode, aturan_nama, urutan, domain, indikator_kode, subjek_jenis, kode_kecamatan, kalimat, status,
        sejak_teks, tindakan, penanggung_jawab, label_data
    from mart.perhatian
    where %(kode)s::text is null or kode_kecamatan = %(kode)s
    order by urutan
"""

RULES = """
    select aturan_kode, aturan_nama, bobot, domain, bidang_nama, tindakan, penanggung_jawab, penjelasan
    from mart.aturan_perhatian order by bobot desc, aturan_kode
"""

# Since when a figure is not good, as of the month: the periods after the last good one.
SINCE = """
    with riwayat as (
        select indikator_kode, periode_mulai, status,
            max(periode_mulai) filter (where status = 'baik') over (partition by indikator_kode) as terakhir_baik
        from mart.indikator where wilayah_kode = %(kode)s and periode_selesai <= %(last)s
    )
    select indikator_kode, min(periode_mulai) as sejak from riwayat
    where status in ('waspada', 'siaga', 'buruk') and periode_mulai > coalesce(terakhir_baik, date '-infinity')
    group by indikator_kode
"""

SOURCES = """
    select isi.source, isi.judul, isi.opd_nama, isi.data_per, isi.data_sampai_teks, isi.status, isi.status_teks,
        isi.mutu_teks, isi.ditahan, isi.baris_terbit, isi.baris_karantina, isi.batas_teks, sumber.batch_id
    from mart.kesegaran_isi as isi
    left join mart.kesegaran_sumber as sumber on isi.source = sumber.source
    order by isi.source
"""

FIELDS = """
    select bidang.domain, bidang.bidang_nama, bidang.urutan, bidang.wilayah_kode, bidang.wilayah_nama, bidang.status,
        bidang.status_teks, bidang.utama_teks, bidang.kode_kecamatan, bidang.label_data
    from mart.bidang as bidang
    where bidang.bulan = %(month)s and bidang.wilayah_tingkat = any(%(levels)s)
        and (%(kode)s::text is null or bidang.wilayah_kode = %(kode)s)
    order by bidang.urutan, bidang.wilayah_kode
"""

DISASTERS = """
    select jenis_bencana, jumlah_kejadian, label_data, kode_kecamatan from mart.bencana_jenis
    where wilayah_kode = %(kode)s and bulan = %(month)s order by jumlah_kejadian desc, jenis_bencana
"""

RESPONSE = """
    select tanggap.jumlah_kejadian, tanggap.median_teks, tanggap.p90_teks, tanggap.periode_label, tanggap.kode_kecamatan,
        tanggap.label_data
    from mart.tanggap_kecamatan as tanggap where tanggap.kode_kecamatan = %(kode)s
"""

JUNCTIONS = """
    select simpang, indikator_kode, nilai_teks, status, target_teks, perubahan_teks, lama_kemacetan_teks, jumlah_kemacetan,
        antrean_terpanjang_m, kode_kecamatan, label_data
    from mart.kemacetan_simpang
    where kode_kecamatan = %(kode)s and bulan = %(month)s order by simpang, indikator_kode
"""

AGENDA = """
    select judul, kategori, pelaksana, tempat, kecamatan, hari_teks, jam_teks, status_teks, is_bentrok, bentrok_teks, label_data
    from mart.agenda
    where tanggal between %(first)s and %(last)s and is_terjadwal
        and (%(kecamatan)s::text is null or kecamatan = %(kecamatan)s)
    order by mulai, judul
"""

SHAPES = """
    select kode_wilayah as kode, nama, geometri, keterangan from mart.batas_wilayah
    where tingkat = %(tingkat)s and (%(kode)s::text is null or kode_kecamatan = %(kode)s) order by kode_wilayah
"""

DEFINITIONS = """
    select nama, definisi from mart.dim_indikator where kode = any(%(codes)s) order by domain, nama
"""

# What an earlier edition said, as it is now; a figure that is gone has no row.
NOW = """
    select said.indikator_kode, said.wilayah_kode, said.periode_mulai, angka.indikator_nama, angka.wilayah_nama,
        angka.periode_label, angka.nilai, indikator.satuan, indikator.desimal
    from unnest(%(codes)s::text[], %(areas)s::text[], %(periods)s::date[]) as said (indikator_kode, wilayah_kode, periode_mulai)
    inner join mart.indikator as angka
        on angka.indikator_kode = said.indikator_kode and angka.wilayah_kode = said.wilayah_kode
        and angka.periode_mulai = said.periode_mulai
    inner join mart.dim_indikator as indikator on indikator.kode = said.indikator_kode
"""

FIRES = """
    select kejadian.jenis, kejadian.tanggal, kejadian.waktu_lapor, kejadian.kelurahan, kejadian.kode_kecamatan,
        kejadian.waktu_tanggap_menit, kejadian.objek, kejadian.penyebab, kejadian.label_data
    from mart.kejadian_damkar as kejadian
    where kejadian.kode_kecamatan = %(kode)s and kejadian.tanggal between %(first)s and %(last)s
    order by kejadian.waktu_lapor
"""

EVENTS = """
    select jenis_bencana, hari_teks, waktu_teks, kelurahan, penanganan_teks, waktu_tanggap_teks, korban_teks, kode_kecamatan,
        tanggal, label_data
    from mart.bencana_14_hari
    where kode_kecamatan = %(kode)s and tanggal between %(first)s and %(last)s
    order by waktu_teks
"""

WARNINGS = """
    select distinct on (mulai, acara) acara, keparahan, judul, mulai, berakhir, sumber, label_data
    from mart.peringatan_cuaca
    where kode_kecamatan = %(kode)s and not is_diganti and mulai < %(end)s and berakhir >= %(start)s
    order by mulai, acara
"""

WEEK = "select max(minggu_mulai) as minggu_mulai from mart.skdr_mingguan where minggu_selesai <= %(today)s"

# The agencies that lag most behind their plan of the year.
AGENCIES = """
    select opd_singkatan as opd, nilai, nilai_teks, status, label_data from mart.rfk_opd
    where bulan = %(month)s and indikator_kode = 'deviasi_keuangan' and not is_seluruh and nilai is not null
    order by nilai, opd_singkatan limit 10
"""

ELECTIONS = """
    select pemilihan_nama, tahun, nomor_urut, paslon_nama, suara_resmi, persen_resmi, suara_sirekap, tps_masuk, tps_total,
        status_teks, kode_kecamatan, label_data
    from mart.pilkada_rekap where wilayah_kode = %(kode)s order by tahun desc, pemilihan_nama, nomor_urut
"""
