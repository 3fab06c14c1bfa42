"""The tables that dashboards read, with Indonesian column titles and the only SQL expressions that charts may use."""

from __future__ import annotations

from superset_exports.design.assets import Column, Database, Dataset, Metric

GUDANG = Database("gudang", "Gudang Data", "mart")
PUBLIK = Database("publik", "Data Publik", "publik")

LABEL = Column("label_data", "TEXT", "Label")
ORIGIN = Column("asal_data", "TEXT", "Asal data", "coalesce(label_data, 'Data resmi')")

MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def indonesian_time(column: str) -> str:
    """SQL text of a time as Indonesians write it, for tables where an empty time must be a word."""
    months = ", ".join(f"'{month}'" for month in MONTHS)
    return (
        f"to_char({column}, 'FMDD') || ' ' || (array[{months}])[extract(month from {column})::int]"
        f" || to_char({column}, ' YYYY, HH24.MI')"
    )


def damkar_bulanan(database: Database) -> Dataset:
    return Dataset(
        database,
        "damkar_bulanan",
        "Satu baris per kecamatan dan bulan, 24 bulan terakhir",
        [
            Column("kode_kecamatan", "TEXT", "Kode kecamatan"),
            Column("kecamatan", "TEXT", "Kecamatan"),
            Column("bulan", "DATE", "Bulan"),
            Column("jumlah_kebakaran", "BIGINT", "Kebakaran"),
            Column("jumlah_penyelamatan", "BIGINT", "Penyelamatan"),
            Column("waktu_tanggap_median_menit", "NUMERIC", "Waktu tanggap, median (menit)"),
            Column("persen_tanggap_15mnt", "NUMERIC", "Ditanggapi dalam 15 menit (%)"),
            LABEL,
            ORIGIN,
        ],
        [
            Metric("Kebakaran", "Kebakaran", "sum(jumlah_kebakaran)", ",.0f"),
            Metric("Penyelamatan", "Penyelamatan", "sum(jumlah_penyelamatan)", ",.0f"),
        ],
        time_column="bulan",
        name="damkar_24_bulan",
        where=f"bulan > (select max(bulan) - interval '24 months' from {database.schema}.damkar_bulanan)",
    )


def bulanan(database: Database) -> Dataset:
    return indikator(database, "bulan", "indikator_24_bulan", "interval '24 months'")


def mingguan(database: Database) -> Dataset:
    return indikator(database, "minggu_epid", "indikator_26_minggu", "interval '26 weeks'")


def indikator(database: Database, period: str, name: str, span: str) -> Dataset:
    complete = f"periode_jenis = '{period}' and not is_sementara"
    newest = f"select max(periode_mulai) - {span} from {database.schema}.indikator where {complete}"
    return Dataset(
        database,
        "indikator",
        f"Satu baris per indikator, wilayah, dan {period}; hanya periode terakhir yang sudah lengkap",
        [
            Column("indikator_kode", "TEXT", "Kode indikator"),
            Column("indikator_nama", "TEXT", "Indikator"),
            Column("domain", "TEXT", "Bidang"),
            Column("satuan", "TEXT", "Satuan"),
            Column("wilayah_kode", "TEXT", "Kode wilayah"),
            Column("wilayah_nama", "TEXT", "Wilayah"),
            Column("wilayah_tingkat", "TEXT", "Tingkat wilayah"),
            Column("periode_mulai", "DATE", "Mulai"),
            Column("periode_label", "TEXT", "Periode"),
            Column("nilai", "NUMERIC", "Nilai"),
            Column("nilai_teks", "TEXT", "Nilai"),
            Column("status", "TEXT", "Status"),
            Column("mutu", "TEXT", "Mutu"),
            Column("sumber", "TEXT", "Sumber"),
            Column("data_per", "TIMESTAMP", "Data per"),
            LABEL,
            ORIGIN,
            Column("nama_asal", "TEXT", "Indikator", "indikator_nama || coalesce(' · ' || label_data, '')"),
        ],
        [
            Metric("Jumlah", "Jumlah", "sum(nilai)", ",.0f"),
            Metric("Nilai", "Nilai", "max(nilai)", ",.1f"),
            Metric("Bagian", "Bagian", "max(nilai) / 100.0", ",.1%"),
        ],
        time_column="periode_mulai",
        name=name,
        where=f"{complete} and periode_mulai > ({newest})",
    )


# Labels in short lines at the middle of each shape; below them, as long as the shapes are not the official ones, what they are.
NO_FILL = "'fillColor', json_build_array(0, 0, 0, 0), 'strokeColor', json_build_array(0, 0, 0, 0)"
MAP_LABELS = f"""
cross join lateral (
  select json_build_object(
    'type', 'Feature',
    'geometry', titik::json -> 'geometry',
    'properties', json_build_object('label', replace(kecamatan, ' ', chr(10)) || chr(10) || nilai_teks, {NO_FILL})
  )::text || case
    when kode_kecamatan = '13.71.05' and fitur::json #>> '{{properties,keterangan}}' = 'skematis' then ',' || json_build_object(
      'type', 'Feature',
      'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(100.325, -1.09)),
      'properties', json_build_object('label', 'peta skematis', {NO_FILL})
    )::text
    else ''
  end as label_peta
) as tulisan"""


def peta_kecamatan(database: Database) -> Dataset:
    return Dataset(
        database,
        "peta_kecamatan",
        "Nilai terakhir setiap indikator per kecamatan, dengan bentuk petanya",
        [
            Column("kode_kecamatan", "TEXT", "Kode kecamatan"),
            Column("kecamatan", "TEXT", "Kecamatan"),
            Column("indikator_kode", "TEXT", "Kode indikator"),
            Column("indikator_nama", "TEXT", "Indikator"),
            Column("periode_label", "TEXT", "Periode"),
            Column("nilai", "NUMERIC", "Nilai"),
            Column("nilai_teks", "TEXT", "Nilai"),
            Column("status", "TEXT", "Status"),
            Column("fitur", "TEXT", "Bentuk (GeoJSON)"),
            LABEL,
            Column("label_peta", "TEXT", "Label peta (GeoJSON)"),
            Column(
                "bentuk_berlabel",
                "TEXT",
                "Bentuk dan label (GeoJSON)",
                """'{"type":"FeatureCollection","features":[' || fitur || ',' || label_peta || ']}'""",
            ),
            Column(
                "periode_asal",
                "TEXT",
                "Periode dan asal",
                "periode_label || coalesce(' · ' || label_data, '')",
            ),
            Column(
                "ambang_15_menit",
                "TEXT",
                "Terhadap ambang 15 menit",
                "case when nilai <= 15 then 'Sesuai ambang' when nilai > 15 then 'Terlambat' else 'Tanpa nilai' end"
                " || ' · ' || periode_label || coalesce(' · ' || label_data, '')",
            ),
        ],
        [
            Metric("Jumlah", "Jumlah", "sum(nilai)", ",.0f"),
            Metric("Nilai", "Nilai", "max(nilai)", ",.1f"),
            Metric("Bagian", "Bagian", "max(nilai) / 100.0", ",.1%"),
        ],
        name="peta_berlabel",
        derived=MAP_LABELS,
    )


def gempa(database: Database) -> Dataset:
    return Dataset(
        database,
        "gempa",
        "Satu baris per gempa dari BMKG, 30 hari terakhir",
        [
            Column("gempa_kode", "TEXT", "Kode"),
            Column("waktu", "TIMESTAMP", "Waktu (WIB)"),
            Column("tanggal", "DATE", "Tanggal"),
            Column("magnitudo", "NUMERIC", "Magnitudo"),
            Column("kedalaman_km", "NUMERIC", "Kedalaman (km)"),
            Column("lintang", "NUMERIC", "Lintang"),
            Column("bujur", "NUMERIC", "Bujur"),
            Column("jarak_padang_km", "NUMERIC", "Jarak dari Padang (km)"),
            Column("wilayah", "TEXT", "Wilayah"),
            Column("potensi_tsunami", "BOOLEAN", "Berpotensi tsunami"),
            Column("potensi", "TEXT", "Potensi"),
            Column("dirasakan", "TEXT", "Dirasakan (MMI)"),
            Column("sumber", "TEXT", "Sumber"),
            LABEL,
            ORIGIN,
            Column("tsunami_teks", "TEXT", "Tsunami", "case when potensi_tsunami then '▲ Berpotensi' else 'Tidak' end"),
            Column("dirasakan_teks", "TEXT", "Dirasakan (MMI)", "coalesce(dirasakan, '–')"),
            Column("label_teks", "TEXT", "Label", "coalesce(label_data, '–')"),
        ],
        [Metric("Gempa", "Gempa", "count(*)", ",.0f")],
        time_column="waktu",
        name="gempa_30_hari",
        where=f"waktu > (select max(waktu) - interval '30 days' from {database.schema}.gempa)",
    )


def pilkada_suara(database: Database) -> Dataset:
    return Dataset(
        database,
        "pilkada_suara",
        "Suara per pasangan calon dan wilayah, hitungan terakhir",
        [
            Column("pemilihan", "TEXT", "Kode pemilihan"),
            Column("pemilihan_nama", "TEXT", "Pemilihan"),
            Column("wilayah_kode", "TEXT", "Kode wilayah"),
            Column("wilayah_nama", "TEXT", "Wilayah"),
            Column("wilayah_tingkat", "TEXT", "Tingkat wilayah"),
            Column("paslon_id", "TEXT", "Kode pasangan"),
            Column("nomor_urut", "INTEGER", "Nomor urut"),
            Column("paslon_nama", "TEXT", "Pasangan calon"),
            Column("suara", "BIGINT", "Suara"),
            Column("persen", "NUMERIC", "Persen"),
            Column("tps_masuk", "INTEGER", "TPS masuk"),
            Column("tps_total", "INTEGER", "TPS seluruhnya"),
            Column("progres_persen", "NUMERIC", "Suara masuk (%)"),
            Column("waktu", "TIMESTAMP", "Data per (WIB)"),
            Column("catatan", "TEXT", "Catatan"),
            LABEL,
            Column("calon", "TEXT", "Pasangan calon", "coalesce(nomor_urut || '. ', '') || paslon_nama"),
            Column(
                "nomor_calon",
                "TEXT",
                "Pasangan calon",
                "coalesce('Nomor ' || nomor_urut, paslon_nama) || coalesce(' · ' || label_data, '')",
            ),
            Column(
                "catatan_asal",
                "TEXT",
                "Catatan",
                "coalesce(catatan, 'Hasil resmi') || coalesce(' · ' || label_data, '')",
            ),
            Column("label_teks", "TEXT", "Label", "coalesce(label_data, '–')"),
        ],
        [
            Metric("Suara", "Suara", "sum(suara)", ",.0f"),
            Metric("Suara masuk", "Suara masuk", "max(progres_persen) / 100.0", ",.1%"),
        ],
        time_column="waktu",
    )


def kesegaran_sumber(database: Database) -> Dataset:
    return Dataset(
        database,
        "kesegaran_sumber",
        "Satu baris per sumber: umur dan mutu data yang sedang tampil",
        [
            Column("source", "TEXT", "Kode sumber"),
            Column("judul", "TEXT", "Sumber data"),
            Column("opd", "TEXT", "Kode OPD"),
            Column("opd_nama", "TEXT", "Penanggung jawab"),
            Column("data_per", "TIMESTAMP", "Data per (WIB)"),
            Column("umur_jam", "NUMERIC", "Umur (jam)"),
            Column("batas_jam", "NUMERIC", "Batas (jam)"),
            Column("status", "TEXT", "Status"),
            Column("mutu", "TEXT", "Mutu"),
            Column("baris_terbit", "BIGINT", "Baris terbit"),
            Column("baris_karantina", "BIGINT", "Baris karantina"),
            Column("data_per_teks", "TEXT", "Data per (WIB)", f"coalesce({indonesian_time('data_per')}, 'belum ada')"),
            Column(
                "kesegaran",
                "TEXT",
                "Kesegaran",
                "case status when 'segar' then '✔ Segar' when 'terlambat' then '▲ Terlambat'"
                " when 'belum_ada' then '✖ Belum ada data' end",
            ),
            Column(
                "mutu_teks",
                "TEXT",
                "Mutu",
                "case mutu when 'lolos' then '✔ Lolos pemeriksaan' when 'peringatan' then '▲ Lolos dengan peringatan'"
                " else '–' end",
            ),
            Column(
                "umur_teks",
                "TEXT",
                "Umur data",
                "case when umur_jam is null then '–' when umur_jam < 1 then 'kurang dari 1 jam'"
                " when umur_jam < 48 then round(umur_jam) || ' jam' else round(umur_jam / 24) || ' hari' end",
            ),
            Column(
                "batas_teks",
                "TEXT",
                "Batas umur",
                "case when batas_jam < 48 then round(batas_jam) || ' jam' else round(batas_jam / 24) || ' hari' end",
            ),
        ],
        [
            Metric("Baris dikarantina", "Baris dikarantina", "sum(baris_karantina)", ",.0f"),
            Metric("Baris terbit", "Baris terbit", "sum(baris_terbit)", ",.0f"),
        ],
    )


def skdr_mingguan() -> Dataset:
    return Dataset(
        GUDANG,
        "skdr_mingguan",
        "Satu baris per kecamatan, minggu epidemiologi, dan penyakit; 26 minggu terakhir",
        [
            Column("kode_kecamatan", "TEXT", "Kode kecamatan"),
            Column("kecamatan", "TEXT", "Kecamatan"),
            Column("tahun", "INTEGER", "Tahun"),
            Column("minggu", "INTEGER", "Minggu ke-"),
            Column("minggu_mulai", "DATE", "Minggu mulai"),
            Column("minggu_selesai", "DATE", "Minggu selesai"),
            Column("penyakit", "TEXT", "Penyakit"),
            Column("kasus", "BIGINT", "Kasus"),
            LABEL,
            Column("penyakit_asal", "TEXT", "Penyakit", "penyakit || coalesce(' · ' || label_data, '')"),
        ],
        [Metric("Kasus", "Kasus", "sum(kasus)", ",.0f")],
        time_column="minggu_mulai",
        name="skdr_26_minggu",
        where="minggu_mulai > (select max(minggu_mulai) - 182 from mart.skdr_mingguan)",
    )


def kejadian_damkar() -> Dataset:
    return Dataset(
        GUDANG,
        "kejadian_damkar",
        "Satu baris per kejadian yang ditangani pemadam kebakaran, 14 hari terakhir",
        [
            Column("no_kejadian", "TEXT", "Nomor"),
            Column("jenis", "TEXT", "Jenis"),
            Column("tanggal", "DATE", "Tanggal"),
            Column("waktu_lapor", "TIMESTAMP", "Waktu lapor (WIB)"),
            Column("kelurahan", "TEXT", "Kelurahan"),
            Column("kecamatan", "TEXT", "Kecamatan"),
            Column("waktu_tanggap_menit", "NUMERIC", "Waktu tanggap (menit)"),
            Column("objek", "TEXT", "Objek"),
            Column("penyebab", "TEXT", "Penyebab"),
            LABEL,
            Column("label_teks", "TEXT", "Label", "coalesce(label_data, '–')"),
        ],
        [Metric("Kejadian", "Kejadian", "count(*)", ",.0f")],
        time_column="tanggal",
        name="kejadian_14_hari",
        where="tanggal > (select max(tanggal) - 14 from mart.kejadian_damkar)",
    )


def pilkada_perkembangan() -> Dataset:
    return Dataset(
        GUDANG,
        "pilkada_perkembangan",
        "Setiap pengamatan hitungan tingkat kota",
        [
            Column("pemilihan", "TEXT", "Kode pemilihan"),
            Column("pemilihan_nama", "TEXT", "Pemilihan"),
            Column("waktu", "TIMESTAMP", "Waktu (WIB)"),
            Column("nomor_urut", "INTEGER", "Nomor urut"),
            Column("paslon_nama", "TEXT", "Pasangan calon"),
            Column("suara", "BIGINT", "Suara"),
            Column("progres_persen", "NUMERIC", "Suara masuk (%)"),
            LABEL,
            Column("pemilihan_asal", "TEXT", "Pemilihan", "pemilihan_nama || coalesce(' · ' || label_data, '')"),
        ],
        [Metric("Suara masuk", "Suara masuk", "max(progres_persen) / 100.0", ",.1%")],
        time_column="waktu",
    )
