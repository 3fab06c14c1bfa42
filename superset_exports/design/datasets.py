"""The marts that dashboards read: which rows, the numbers over them, and the only SQL expressions that charts may use.

Stored columns, their types and titles are not written here: they are the mart's own (contract.py).
"""

from __future__ import annotations

from dataclasses import replace

from command_center.idformat import MONTHS
from command_center.wilayah import kecamatan_codes

from superset_exports.design.assets import Database, Dataset, Expression, Metric

GUDANG = Database("gudang", "Gudang Data", "mart")
PUBLIK = Database("publik", "Data Publik", "publik")
ANALIS = Database("analis", "Gudang Data (analis)", "mart", is_for_own_sql=True)

FIELDS = (
    "bencana",
    "kesehatan",
    "kebakaran",
    "program",
    "pengaduan",
    "lalu_lintas",
    "kependudukan",
    "infrastruktur",
    "agenda",
    "isu",
    "wilayah",
    "pilkada",
)
ORIGIN = Expression("asal_data", "Asal data", "coalesce(label_data, 'Data resmi')")
NOTE = Expression("keterangan", "Keterangan", "concat_ws(' · ', periode_label, data_sampai_teks, lencana)")
LABEL = Expression("label_teks", "Label", "coalesce(label_data, '–')")
VALUES = (
    Metric("Jumlah", "sum(nilai)"),
    Metric("Nilai", "max(nilai)", ",.1f"),
    Metric("Bagian", "max(nilai) / 100.0", ",.1%"),
)
# Superset draws two numbers whose names end so as a band around the points of the third.
SAME_WEEKS = {
    "Median minggu yang sama": "median",
    "Median minggu yang sama__yhat_lower": "terendah",
    "Median minggu yang sama__yhat_upper": "tertinggi",
}
# What else is said of a figure that changed and of a batch that is held; dashes where there is none.
RESTATED = ("diubah_teks", "wilayah_nama", "periode_label", "lama_teks", "baru_teks", "sebab_teks", "batch_teks")
HELD = (
    *("opd_nama", "tabel", "bagian", "sebab", "sejak_teks", "tindakan", "perintah", "penanggung_jawab", "alasan"),
    "rincian_tautan",
)
COUNTED = Metric("Suara masuk", "max(progres_persen) / 100.0", ",.1%")


def labelled(sql: str) -> str:
    """SQL text followed by DATA SIMULASI where that is so."""
    return f"{sql} || coalesce(' · ' || label_data, '')"


def indonesian_time(column: str) -> str:
    """SQL text of a time as Indonesians write it, for tables where an empty time must be a word."""
    months = ", ".join(f"'{month[:3]}'" for month in MONTHS)
    return (
        f"to_char({column}, 'FMDD') || ' ' || (array[{months}])[extract(month from {column})::int]"
        f" || to_char({column}, ' YYYY, HH24.MI')"
    )


def hours_or_days(column: str) -> str:
    return f"when {column} < 48 then round({column}) || ' jam' else round({column} / 24) || ' hari' end"


def damkar_bulanan(database: Database) -> Dataset:
    return Dataset(
        database,
        "damkar_bulanan",
        "Satu baris per kecamatan dan bulan, 24 bulan terakhir",
        [ORIGIN],
        [Metric("Kebakaran", "sum(jumlah_kebakaran)"), Metric("Penyelamatan", "sum(jumlah_penyelamatan)")],
        time_column="bulan",
        name="damkar_24_bulan",
        span="24 months",
        where="is_lengkap",
    )


def bulanan(database: Database) -> Dataset:
    return indikator(database, "bulan", "indikator_24_bulan", "24 months")


def mingguan(database: Database) -> Dataset:
    return indikator(database, "minggu_epid", "indikator_26_minggu", "26 weeks")


def indikator(database: Database, period: str, name: str, span: str) -> Dataset:
    return Dataset(
        database,
        "indikator",
        f"Satu baris per indikator, wilayah, dan {period}; hanya {period} yang seluruhnya tercakup datanya, sebagian masih sementara",
        [ORIGIN, Expression("nama_asal", "Indikator", labelled("indikator_nama"))],
        VALUES,
        time_column="periode_mulai",
        name=name,
        span=span,
        where=f"periode_jenis = '{period}' and data_per >= periode_selesai",
    )


# A card has no room for lines that say nothing: the status tells that there is no target.
# A figure that stands alone, as on the first day of a month, which is compared when it is whole, says so.
ALONE = "case when tahunan_teks = '–' and nilai_teks <> '–' then 'belum ada pembanding' end"
CARD = (
    Expression("target_kartu", "Target", "nullif(target_teks, 'tanpa target')"),
    Expression("perubahan_kartu", "Perubahan", f"coalesce(nullif(perubahan_teks, '–'), {ALONE})"),
    Expression("tahunan_kartu", "Dari tahun lalu", "nullif(tahunan_teks, '–')"),
)


def ubin(database: Database = GUDANG) -> Dataset:
    return Dataset(
        database,
        "ubin",
        "Satu baris per indikator, wilayah, dan bulan laporan: angka terakhir yang periodenya sudah selesai",
        [ORIGIN, *CARD],
        [
            Metric("Nilai", "max(nilai)", ",.1f"),
            Metric("Bulan terbaru", "max(bulan_urutan)"),
            Metric("Urutan wilayah", "min(length(wilayah_kode))"),
        ],
        time_column="bulan",
    )


def kecamatan_ubin() -> Dataset:
    return Dataset(
        GUDANG,
        "ubin",
        "Ubin setiap kecamatan",
        metrics=[Metric("Urutan kode", "min(kode_kecamatan)")],
        name="ubin_kecamatan",
        where="wilayah_tingkat = 'kecamatan'",
    )


def kelurahan() -> Dataset:
    age = Expression("keterangan", "Keterangan", "concat_ws(' · ', data_sampai_teks, lencana)")
    return Dataset(GUDANG, "kelurahan", "Satu baris per indikator, kelurahan, dan bulan laporan", [age])


def kelurahan_banding() -> Dataset:
    return Dataset(
        GUDANG, "kelurahan_banding", "Satu baris per kelurahan dan bulan laporan: laju yang diperingkat, dan banyaknya"
    )


def kamus(database: Database = GUDANG) -> Dataset:
    return Dataset(
        database,
        "kamus",
        "Satu baris per indikator: artinya, rumusnya, ambangnya, sumbernya",
        metrics=[Metric("Urutan nama", "min(indikator_nama)")],
    )


def kesegaran_isi() -> Dataset:
    return Dataset(
        GUDANG,
        "kesegaran_isi",
        "Satu baris per sumber: sampai kapan isinya, yang terlama lebih dahulu",
        metrics=[Metric("Baris dikarantina", "sum(baris_karantina)")],
    )


def mutu_harian() -> Dataset:
    return Dataset(
        GUDANG,
        "mutu_harian",
        "Satu baris per tabel sumber dan hari: mutu isinya dalam lima bagian dan skornya",
        metrics=[Metric("Skor mutu rata-rata", "avg(skor)", ",.1f"), Metric("Skor terendah", "min(skor)", ",.1f")],
        time_column="hari",
    )


def mutu_terbaru() -> Dataset:
    return Dataset(
        GUDANG,
        "mutu_harian",
        "Satu baris per tabel sumber: mutu isinya menurut penilaian terakhir",
        name="mutu_terbaru",
        where="is_terbaru",
    )


def kematangan_tingkat() -> Dataset:
    return Dataset(
        GUDANG,
        "kematangan_tingkat",
        "Satu baris per anak tangga kematangan: yang dimintanya, dan sumber yang berdiri di situ",
        metrics=[Metric("Sumber", "sum(jumlah_sumber)")],
    )


def kematangan_sumber() -> Dataset:
    return Dataset(
        GUDANG, "kematangan_sumber", "Satu baris per sumber: anak tangganya, mengapa di situ, dan apa yang masih kurang"
    )


def kematangan_opd() -> Dataset:
    return Dataset(GUDANG, "kematangan_opd", "Satu baris per perangkat daerah: sumbernya menurut anak tangga")


def perubahan_angka() -> Dataset:
    return Dataset(
        GUDANG,
        "perubahan_angka",
        "Angka yang sudah terbit dan kemudian berubah, beserta sebabnya",
        name="perubahan_angka_atau_nihil",
        nothing={"indikator_nama": "Tidak ada angka terbit yang berubah"} | dict.fromkeys(RESTATED, "–"),
    )


def batch_ditahan() -> Dataset:
    return Dataset(
        GUDANG,
        "batch_ditahan",
        "Batch yang ditahan, sebabnya, dan perintah yang menolong",
        name="batch_ditahan_atau_nihil",
        nothing={"judul": "Tidak ada batch ditahan"} | dict.fromkeys(HELD, "–"),
    )


def peringatan_aktif(database: Database = GUDANG) -> Dataset:
    said = {"keparahan_teks": "● Tidak ada", "judul": "Tidak ada peringatan BMKG yang sedang berlaku", "sumber": "BMKG"}
    return Dataset(
        database,
        "peringatan_aktif",
        "Peringatan BMKG yang berlaku saat dibaca",
        name="peringatan_atau_nihil",
        nothing=said | dict.fromkeys(("acara", "anjuran", "kecamatan_teks", "berlaku_teks"), "–"),
    )


def bencana_14_hari() -> Dataset:
    return Dataset(GUDANG, "bencana_14_hari", "Kejadian bencana 14 hari terakhir")


def agenda(where: str = "", name: str = "") -> Dataset:
    return Dataset(GUDANG, "agenda_14_hari", "Acara 14 hari mendatang dan bentroknya", [LABEL], name=name, where=where)


def kemacetan_simpang() -> Dataset:
    return Dataset(GUDANG, "kemacetan_simpang", "Satu baris per simpang, ukuran, dan bulan", [NOTE])


def angkutan_koridor() -> Dataset:
    return Dataset(GUDANG, "angkutan_koridor", "Satu baris per koridor Trans Padang, ukuran, dan bulan", [NOTE])


def layanan_ti() -> Dataset:
    return Dataset(
        GUDANG,
        "layanan_ti",
        "Satu baris per layanan dan hari, 90 hari",
        [LABEL],
        [Metric("Ketersediaan", "max(ketersediaan_persen)", ",.2f")],
        time_column="tanggal",
    )


def isu_topik() -> Dataset:
    return Dataset(
        GUDANG,
        "isu_topik",
        "Satu baris per topik dan hari; hanya topik dengan cukup berita dan media",
        [LABEL],
        [Metric("Berita", "sum(volume)")],
        time_column="tanggal",
    )


def pilkada_tahapan() -> Dataset:
    return Dataset(GUDANG, "pilkada_tahapan", "Tahapan setiap pilkada", [LABEL])


def pilkada_rekap() -> Dataset:
    return Dataset(GUDANG, "pilkada_rekap", "Hasil resmi dan Sirekap per wilayah dan pasangan calon", [LABEL])


# Each begins at nought: one line through two of them would fall from December to January.
BUDGET_YEAR = Expression("tahun_anggaran", "Tahun anggaran", labelled("extract(year from bulan)::text"))


def rfk_opd(*, whole: bool = False) -> Dataset:
    """Each agency, or all of them as one."""
    return Dataset(
        GUDANG,
        "rfk_opd",
        "Satu baris per perangkat daerah, ukuran RFK, dan bulan" if not whole else "Seluruh perangkat daerah per bulan",
        [NOTE, ORIGIN, BUDGET_YEAR],
        [
            Metric("Nilai", "max(nilai)", ",.1f"),
            Metric("Realisasi", "max(nilai)", ",.1f"),
            Metric("Rencana", "max(rencana)", ",.1f"),
            Metric("Urutan nama", "min(opd_nama)"),
        ],
        time_column="bulan",
        name="rfk_seluruh" if whole else "rfk_per_opd",
        # A month without its report yet shows the newest one: in a line it would be drawn twice.
        where="is_seluruh and periode_mulai = bulan" if whole else "not is_seluruh",
    )


def rfk_kegiatan() -> Dataset:
    return Dataset(GUDANG, "rfk_kegiatan", "Satu baris per kegiatan RFK dan bulan, yang kritis dahulu")


def iku_opd() -> Dataset:
    return Dataset(
        GUDANG,
        "iku_opd",
        "Satu baris per perangkat daerah dan triwulan: rata-rata capaian IKU",
        [NOTE],
        [Metric("Nilai", "max(nilai)", ",.1f")],
        time_column="bulan",
        name="iku_per_opd",
        where="tingkat = 'opd'",
    )


def pengaduan_opd() -> Dataset:
    """Complaints by agency, which the mart has of the whole city; never their text."""
    return replace(pengaduan("opd", "Pengaduan menurut perangkat daerah, seluruh kota"), is_of_city=True)


def pengaduan_topik() -> Dataset:
    """Complaints by topic, of the city and of each kecamatan."""
    return pengaduan("topik", "Pengaduan menurut topik dan wilayah", also="kecamatan_topik")


def pengaduan(cut: str, description: str, *, also: str = "") -> Dataset:
    return Dataset(
        GUDANG,
        "pengaduan_opd_topik",
        description,
        [NOTE, ORIGIN],
        [
            Metric("Laporan masuk", "sum(masuk)"),
            Metric("Sampai 5 hari", "sum(umur_sampai_5)"),
            Metric("6–14 hari", "sum(umur_6_14)"),
            Metric("15–60 hari", "sum(umur_15_60)"),
            Metric("Lebih dari 60 hari", "sum(umur_lebih_60)"),
            Metric("Urutan nama", "min(opd_nama)"),
        ],
        time_column="bulan",
        name=f"pengaduan_{cut}",
        where=f"irisan in ('{cut}', '{also}')" if also else f"irisan = '{cut}'",
    )


def bidang() -> Dataset:
    age = Expression("keterangan", "Keterangan", "concat_ws(' · ', data_sampai_teks, lencana)")
    told = Expression("utama_kartu", "Terutama dan perubahannya", "utama_teks || ' · ' || perubahan_teks")
    badges = "replace(label_data, 'DATA ', ''), case when lencana like '%SEMENTARA%' then 'SEMENTARA' end"
    short = Expression("keterangan_kartu", "Keterangan singkat", f"concat_ws(' · ', data_sampai_teks, {badges})")
    return Dataset(GUDANG, "bidang", "Satu putusan per bidang, wilayah, dan bulan laporan", [age, told, short])


def kecamatan_bidang() -> Dataset:
    return Dataset(GUDANG, "kecamatan_bidang", "Satu baris per kecamatan dan bulan laporan, satu putusan per bidang")


def perhatian(*, of_all: bool = False) -> Dataset:
    """What calls for attention in the area that is read; where nothing does, in one domain or in all, one row says so."""
    return Dataset(
        GUDANG,
        "perhatian_wilayah",
        "Yang perlu perhatian di satu wilayah, menurut aturan dan bobotnya",
        name="perhatian_semua" if of_all else "perhatian_bidang",
        where=f"jenis_baris <> '{'nihil' if of_all else 'nihil_semua'}'",
    )


# Labels in short lines at the middle of each shape; below them what is not official: the shapes, the figures.
MADE_OF = "concat_ws(chr(10), case when fitur::json #>> '{properties,keterangan}' = 'skematis' then 'peta skematis' end, label_data)"
NO_FILL = "'fillColor', json_build_array(0, 0, 0, 0), 'strokeColor', json_build_array(0, 0, 0, 0)"
STATUS_WORD = "case status when 'tanpa_ambang' then '' when 'tidak_tersedia' then chr(10) || 'belum ada' else chr(10) || status end"


def shape_and_label(said: str) -> str:
    """GeoJSON of a shape and its label, which the map draws in plain letters only; a status is said in a word."""
    return f"""'{{"type":"FeatureCollection","features":[' || fitur || ',' || json_build_object(
  'type', 'Feature',
  'geometry', titik::json -> 'geometry',
  'properties', json_build_object('label', replace(kecamatan, ' ', chr(10)) || chr(10) || {said}, {NO_FILL})
)::text || case
  when kode_kecamatan = '{kecamatan_codes()[0]}' and {MADE_OF} <> '' then ',' || json_build_object(
    'type', 'Feature',
    'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(100.325, -1.09)),
    'properties', json_build_object('label', {MADE_OF}, {NO_FILL})
  )::text
  else ''
end || ']}}'"""


RATE_SHAPE = Expression("bentuk_berlabel", "Bentuk dan label (GeoJSON)", shape_and_label("nilai_teks"))


def peta_kecamatan(database: Database) -> Dataset:
    threshold = "case when nilai <= 15 then 'Sesuai ambang' when nilai > 15 then 'Terlambat' else 'Tanpa nilai' end"
    return Dataset(
        database,
        "peta_kecamatan",
        "Nilai terakhir setiap indikator per kecamatan, dengan bentuk petanya",
        [
            Expression(
                "bentuk_berlabel", "Bentuk dan label (GeoJSON)", shape_and_label(f"nilai_teks || {STATUS_WORD}")
            ),
            Expression("periode_asal", "Periode dan asal", labelled("periode_label")),
            Expression(
                "ambang_15_menit", "Terhadap ambang 15 menit", labelled(f"{threshold} || ' · ' || periode_label")
            ),
        ],
        VALUES,
    )


def gempa(database: Database) -> Dataset:
    return Dataset(
        database,
        "gempa",
        "Satu baris per gempa dari BMKG, 30 hari terakhir",
        [
            ORIGIN,
            LABEL,
            Expression("tsunami_teks", "Tsunami", "case when potensi_tsunami then '▲ Berpotensi' else 'Tidak' end"),
            Expression("dirasakan_teks", "Dirasakan (MMI)", "coalesce(dirasakan, '–')"),
        ],
        [Metric("Gempa", "count(*)"), Metric("Magnitudo", "max(magnitudo)", ",.1f")],
        time_column="waktu",
        name="gempa_30_hari",
        span="30 days",
    )


def pilkada_suara(database: Database) -> Dataset:
    return Dataset(
        database,
        "pilkada_suara",
        "Suara per pasangan calon dan wilayah, hitungan terakhir",
        [
            LABEL,
            Expression("calon", "Pasangan calon", "coalesce(nomor_urut || '. ', '') || paslon_nama"),
            Expression("nomor_calon", "Pasangan calon", labelled("coalesce('Nomor ' || nomor_urut, paslon_nama)")),
            Expression("catatan_asal", "Catatan", labelled("coalesce(catatan, 'Hasil resmi')")),
        ],
        [Metric("Suara", "sum(suara)"), COUNTED],
        time_column="waktu",
    )


def kesegaran_sumber(database: Database) -> Dataset:
    return Dataset(
        database,
        "kesegaran_sumber",
        "Satu baris per sumber: umur dan mutu data yang sedang tampil",
        [
            Expression("data_per_teks", "Data per (WIB)", f"coalesce({indonesian_time('data_per')}, 'belum ada')"),
            Expression(
                "kesegaran",
                "Kesegaran",
                "case status when 'segar' then '✔ Segar' when 'terlambat' then '▲ Terlambat'"
                " when 'belum_ada' then '✖ Belum ada data' end",
            ),
            Expression(
                "mutu_teks",
                "Mutu",
                "case mutu when 'lolos' then '✔ Lolos pemeriksaan' when 'peringatan' then '▲ Lolos dengan peringatan'"
                " else '–' end",
            ),
            Expression(
                "umur_teks",
                "Umur data",
                f"case when umur_jam is null then '–' when umur_jam < 1 then 'kurang dari 1 jam' {hours_or_days('umur_jam')}",
            ),
            Expression("batas_teks", "Batas umur", f"case {hours_or_days('batas_jam')}"),
        ],
    )


def terbitan(database: Database) -> Dataset:
    return Dataset(
        database,
        "terbitan",
        "Satu baris per bidang: terbitan yang sedang tampil",
        [
            Expression("bidang", "Bidang", "initcap(replace(domain, '_', ' '))"),
            Expression("terbitan_teks", "Terbitan (WIB)", f"coalesce({indonesian_time('terbitan_at')}, 'belum ada')"),
            Expression("data_per_teks", "Data per (WIB)", f"coalesce({indonesian_time('data_per')}, 'belum ada')"),
            Expression(
                "umur_teks",
                "Umur terbitan",
                f"case when umur_jam is null then '–' when umur_jam < 1 then 'kurang dari 1 jam' {hours_or_days('umur_jam')}",
            ),
            Expression(
                "keadaan",
                "Keadaan",
                "case when is_ditahan then '▲ Terbitan terakhir dipertahankan' else '✔ Terbaru' end",
            ),
        ],
        [Metric("Bidang", "count(*)")],
    )


def kebakaran_setahun() -> Dataset:
    cause = Expression("penyebab_teks", "Penyebab", "coalesce(penyebab, 'Tidak dicatat')")
    return Dataset(
        GUDANG,
        "kejadian_damkar",
        "Satu baris per kebakaran, 12 bulan terakhir",
        [ORIGIN, cause],
        [Metric("Kebakaran", "count(*)")],
        time_column="tanggal",
        name="kebakaran_12_bulan",
        span="12 months",
        where="jenis = 'Kebakaran'",
    )


def kebakaran_jam() -> Dataset:
    return Dataset(
        GUDANG,
        "kebakaran_jam",
        "Satu baris per wilayah, hari, dan jam: kebakaran 12 bulan terakhir",
        [LABEL],
        [Metric("Kebakaran", "sum(jumlah_kebakaran)")],
    )


def tanggap_kecamatan() -> Dataset:
    return Dataset(
        GUDANG,
        "tanggap_kecamatan",
        "Satu baris per kecamatan: waktu tanggap 12 bulan terakhir",
        [LABEL],
        [Metric("Median", "max(median_menit)", ",.1f"), Metric("Persentil ke-90", "max(p90_menit)", ",.1f")],
    )


def penduduk_umur() -> Dataset:
    return Dataset(
        GUDANG,
        "penduduk_umur",
        "Satu baris per wilayah dan kelompok umur, laki-laki dan perempuan bersama",
        [ORIGIN],
        [Metric("Penduduk", "sum(penduduk_jiwa)")],
    )


def mutasi() -> Dataset:
    """What adds to the residents and what takes away."""
    words = " ".join(f"when 'mutasi_{kind}' then '{kind.title()}'" for kind in ("lahir", "mati", "datang", "pindah"))
    leaving = "indikator_kode in ('mutasi_mati', 'mutasi_pindah')"
    return Dataset(
        GUDANG,
        "ubin",
        "Kelahiran, kematian, kedatangan, dan kepindahan per wilayah dan bulan laporan",
        [ORIGIN, Expression("mutasi_teks", "Mutasi", f"case indikator_kode {words} end")],
        [Metric("Perubahan", f"sum(case when {leaving} then -nilai else nilai end)", "+,.0f")],
        time_column="bulan",
        name="ubin_mutasi",
        where="indikator_kode in ('mutasi_lahir', 'mutasi_mati', 'mutasi_datang', 'mutasi_pindah')",
    )


def skdr_pita() -> Dataset:
    return Dataset(
        GUDANG,
        "skdr_pita",
        "Satu baris per wilayah, penyakit, dan minggu: kasus dan rentang minggu yang sama tahun-tahun lalu",
        [LABEL],
        [
            Metric("Kasus", "sum(kasus)"),
            *(Metric(name, f"sum({column})") for name, column in SAME_WEEKS.items()),
        ],
        time_column="minggu_mulai",
    )


def skdr_terkini() -> Dataset:
    return Dataset(
        GUDANG,
        "skdr_pita",
        "Satu baris per wilayah dan penyakit, minggu terakhir",
        [LABEL],
        name="skdr_terkini",
        where="is_terkini",
    )


def bencana_jenis() -> Dataset:
    return Dataset(
        GUDANG,
        "bencana_jenis",
        "Satu baris per wilayah, jenis bencana, dan bulan",
        [ORIGIN],
        [Metric("Kejadian", "sum(jumlah_kejadian)")],
        time_column="bulan",
    )


def bencana_laju() -> Dataset:
    return Dataset(
        GUDANG,
        "bencana_laju",
        "Satu baris per kecamatan: kejadian bencana 12 bulan terakhir per 10.000 penduduk, dengan bentuk petanya",
        [RATE_SHAPE, ORIGIN],
        [Metric("Per 10.000 penduduk", "max(nilai)", ",.1f")],
    )


def kebakaran_laju() -> Dataset:
    return Dataset(
        PUBLIK,
        "kebakaran_laju",
        "Satu baris per kecamatan: kebakaran 12 bulan terakhir per 10.000 penduduk, dengan bentuk petanya",
        [RATE_SHAPE, ORIGIN],
        [Metric("Per 10.000 penduduk", "max(nilai)", ",.1f")],
    )


def kejadian_damkar() -> Dataset:
    return Dataset(
        GUDANG,
        "kejadian_damkar",
        "Satu baris per kejadian yang ditangani pemadam kebakaran, 14 hari terakhir",
        [LABEL],
        [Metric("Kejadian", "count(*)")],
        time_column="tanggal",
        name="kejadian_14_hari",
        span="14 days",
    )


def pilkada_perkembangan() -> Dataset:
    return Dataset(
        GUDANG,
        "pilkada_perkembangan",
        "Setiap pengamatan hitungan tingkat kota",
        [Expression("pemilihan_asal", "Pemilihan", labelled("pemilihan_nama"))],
        [COUNTED],
        time_column="waktu",
    )
