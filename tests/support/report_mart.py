"""The mart tables that a report reads, made by the contracts of their models and filled by rule for every kecamatan.

Every text of a kecamatan's rows has a mark of its own, so that a row in the wrong hands is seen wherever it is told.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import psycopg
import yaml
from command_center.paths import DBT_PROJECT
from command_center.report.queries import PROTECTED
from command_center.report.wording import months_before
from command_center.wilayah import kecamatan_codes, wilayah
from psycopg import sql

MONTH = date(2026, 10, 1)
SUNDAY = date(2026, 10, 18)
CITY = "13.71"
OPEN = (
    "dim_indikator",
    "aturan_perhatian",
    "wilayah",
    "agenda",
    "kesegaran_isi",
    "kesegaran_sumber",
    "peringatan_cuaca",
    "rfk_opd",
)
LABEL = "DATA SIMULASI"
UNTIL = datetime(2026, 10, 31, 23, 59, 59)
BATCH = 411  # of every source
STATUSES = ("baik", "buruk", "waspada", "siaga")
Row = dict[str, Any]


def mark_of(kode: str) -> str:
    """What stands in every text of a kecamatan's own rows."""
    return f"tanda-{kode[:8].replace('.', '')}"


def make_mart(connection: psycopg.Connection[Any]) -> None:
    """Schema mart with tables, rows, policies and grants; runs as the transformer."""
    connection.execute("create schema mart")
    for table in (*PROTECTED, *OPEN):
        create(connection, table)
        fill(connection, table, list(ROWS[table]()))
    connection.execute("create unique index on mart.indikator (indikator_kode, wilayah_kode, periode_mulai)")
    connection.execute("create index on mart.ubin (wilayah_kode, bulan)")
    connection.execute("analyze")
    for table in PROTECTED:
        protect(connection, table)
    for kode in kecamatan_codes():
        role = sql.Identifier(f"camat_{kode.replace('.', '')}")
        connection.execute(sql.SQL("grant usage on schema mart to {}").format(role))
        connection.execute(sql.SQL("grant select on all tables in schema mart to {}").format(role))
    connection.execute("grant usage on schema mart to cc_officials")
    connection.execute("grant select on all tables in schema mart to cc_officials")


def create(connection: psycopg.Connection[Any], table: str) -> None:
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in contract(table).items()]
    connection.execute(sql.SQL("create table mart.{} ({})").format(sql.Identifier(table), sql.SQL(", ").join(columns)))


@cache
def contract(table: str) -> Mapping[str, str]:
    """Columns and types that the model promises."""
    text = (DBT_PROJECT / "models" / "mart" / f"mart__{table}.yml").read_text(encoding="utf-8")
    return {column["name"]: column["data_type"] for column in yaml.safe_load(text)["models"][0]["columns"]}


def fill(connection: psycopg.Connection[Any], table: str, rows: list[Row]) -> None:
    unknown = {name for row in rows for name in row} - contract(table).keys()
    assert not unknown, f"mart.{table} has no column {unknown}"
    names = list(contract(table))
    query = sql.SQL("copy mart.{} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor().copy(query) as copy:
        for row in rows:
            copy.write_row([row.get(name) for name in names])


def protect(connection: psycopg.Connection[Any], table: str) -> None:
    """As a build does it."""
    name = sql.Identifier(table)
    connection.execute(sql.SQL("alter table mart.{} enable row level security").format(name))
    connection.execute(
        sql.SQL(
            "create policy camat on mart.{} for select using (kode_kecamatan is null or session_user = 'cc_officials' "
            "or 'camat_' || replace(kode_kecamatan, '.', '') = session_user)"
        ).format(name)
    )


def number_of(kode: str) -> int:
    return int(kode[6:8]) if len(kode) > 5 else 0


@cache
def registry() -> dict[str, dict[str, str]]:
    with (DBT_PROJECT / "seeds" / "ref_indikator.csv").open(encoding="utf-8", newline="") as file:
        return {row["kode"]: row for row in csv.DictReader(file)}


def codes(level: str) -> list[str]:
    deep = {
        "kota": ("kota", "kecamatan", "kelurahan"),
        "kecamatan": ("kecamatan", "kelurahan"),
        "kelurahan": ("kelurahan",),
    }
    return [kode for kode, row in registry().items() if row["level_estimasi"] in deep[level]]


def places(level: str) -> list[str]:
    if level == "kota":
        return [CITY]
    return sorted(kode for kode, place in wilayah().items() if place.tingkat == level)


def name_of(kode: str) -> str:
    return "Kota Padang" if kode == CITY else wilayah()[kode].nama


def period_of(kode: str, month: date) -> tuple[str, date, date, str]:
    """Kind, first day, last day and label of the newest period of an indicator that was over at the end of the month."""
    kind = registry()[kode]["periode_jenis"]
    if kind == "minggu_epid":
        return kind, SUNDAY, SUNDAY + timedelta(days=6), "Minggu ke-42 2026"
    if kind == "semester":
        return kind, date(2026, 1, 1), date(2026, 6, 30), "Semester I 2026"
    if kind == "triwulan":
        return kind, date(2026, 7, 1), date(2026, 9, 30), "Triwulan III 2026"
    if kind == "pemilihan":
        return kind, date(2024, 11, 27), date(2024, 11, 27), "Pilkada 2024"
    last = months_before(month, -1) - timedelta(days=1)
    return "bulan", month, last, f"{month:%m-%Y}"


def value_of(kode: str, place: str, month: date) -> Decimal | None:
    """Some are nil, one is unknown; each area has its own decimals."""
    if kode == "rasio_ketergantungan":
        return None
    position = list(registry()).index(kode)
    if position % 7 == 3:
        return Decimal(0)
    return Decimal((position * 5 + number_of(place) * 3 + int(place[-2:]) + month.month * 2) % 90) + Decimal(
        number_of(place)
    ) / Decimal(100)


def figure(kode: str, place: str, level: str, month: date) -> Row:
    row = registry()[kode]
    kind, first, last, label = period_of(kode, month)
    now, before = value_of(kode, place, first), value_of(kode, place, months_before(first, 1))
    position = list(registry()).index(kode)
    has_target = bool(row["ambang_baik"]) and now is not None
    return {
        "indikator_kode": kode,
        "indikator_nama": row["nama"],
        "domain": row["domain"],
        "satuan": row["satuan"],
        "arah": row["arah"],
        "wilayah_kode": place,
        "wilayah_nama": name_of(place),
        "wilayah_tingkat": level,
        "kode_kecamatan": place[:8] if len(place) > 5 else None,
        "periode_jenis": kind,
        "periode_mulai": first,
        "periode_selesai": last,
        "periode_label": label,
        "periode_sebelum": months_before(first, 1),
        "pembilang": 100 + position,
        "penyebut": 200 + position,
        "nilai": now,
        "nilai_teks": "–" if now is None else str(now),
        "peringkat": number_of(place) if position % 2 else None,
        "jumlah_wilayah": 11 if position % 2 else None,
        "rerata_kecamatan": Decimal("40.5"),
        "rerata_setingkat": Decimal("41.5"),
        "rerata_seinduk": Decimal("42.5"),
        "nilai_kota": Decimal(44),
        "nilai_sebelumnya": before,
        "perubahan": None if now is None or before is None else now - before,
        "nilai_tahun_lalu": before,
        "status": "tidak_tersedia"
        if now is None
        else STATUSES[(position + month.month) % 4]
        if has_target
        else "tanpa_ambang",
        "mutu": "lolos",
        "is_sementara": position % 11 == 5,
        "sementara_karena": f"{mark_of(place)}: 33 dari 34 laporan" if position % 11 == 5 else None,
        "is_simulasi": True,
        "sumber": f"Dinas sumber {row['source']}",
        "data_per": UNTIL,
        "label_data": LABEL,
        "klasifikasi": "terbatas",
    }


def all_figures() -> Iterator[Row]:
    seen = set()
    for level in ("kota", "kecamatan", "kelurahan"):
        for kode in codes(level):
            for place in places(level):
                for back in range(5 if level == "kelurahan" else 13):
                    row = figure(kode, place, level, months_before(MONTH, back))
                    key = (kode, place, row["periode_mulai"])
                    if key not in seen:
                        seen.add(key)
                        yield row


def tiles() -> Iterator[Row]:
    kept = contract("ubin").keys()
    for level in ("kota", "kecamatan"):
        for urutan, kode in enumerate(codes(level)):
            for place in places(level):
                for back in range(13):
                    month = months_before(MONTH, back)
                    row = figure(kode, place, level, month)
                    unknown = {"periode_mulai": None, "periode_label": None} if row["nilai"] is None else {}
                    target = registry()[kode]["ambang_baik"]
                    said = {
                        "urutan": urutan,
                        "bulan": month,
                        "is_terkini": back == 0,
                        "target": Decimal(target) if target and row["nilai"] is not None else None,
                        "berjalan_teks": f"Semester II 2026: 42,3 % ({mark_of(place)})"
                        if row["nilai"] is None
                        else None,
                    }
                    yield {name: value for name, value in (row | unknown | said).items() if name in kept}


def fields() -> Iterator[Row]:
    with (DBT_PROJECT / "seeds" / "ref_bidang.csv").open(encoding="utf-8", newline="") as file:
        known = [row for row in csv.DictReader(file) if row["domain"] != "mutu"]
    for level in ("kota", "kecamatan"):
        for place in places(level):
            for row in known:
                yield {
                    "domain": row["domain"],
                    "bidang_nama": row["nama"],
                    "urutan": int(row["urutan"]),
                    "wilayah_kode": place,
                    "wilayah_nama": name_of(place),
                    "wilayah_tingkat": level,
                    "kode_kecamatan": place if level == "kecamatan" else None,
                    "bulan": MONTH,
                    "status": "buruk",
                    "status_teks": "■ 2 buruk",
                    "utama_teks": f"{row['nama']} {mark_of(place)}",
                    "label_data": LABEL,
                }


def attention() -> Iterator[Row]:
    """Of every kecamatan one that misses a target and one sign, and one of an agency."""
    for number, kode in enumerate(kecamatan_codes()):
        common = {
            "kode_kecamatan": kode,
            "wilayah_kode": kode,
            "subjek_jenis": "kecamatan",
            "subjek_nama": name_of(kode),
            "sejak_teks": "sejak 1 Agu 2026 (3 bulan)",
            "penanggung_jawab": "Dinas Kesehatan",
            "label_data": LABEL,
        }
        yield common | {
            "aturan_kode": "sinyal_klb",
            "aturan_nama": "Tanda kewaspadaan KLB",
            "urutan": number * 2,
            "domain": "kesehatan",
            "kalimat": f"Tanda kewaspadaan di Kecamatan {name_of(kode)}: 3 kasus {mark_of(kode)}.",
            "status": "siaga",
            "tindakan": "Lakukan penyelidikan.",
        }
        yield common | {
            "aturan_kode": "target_kesehatan",
            "aturan_nama": "Target kesehatan tidak tercapai",
            "indikator_kode": "spm_kes_01",
            "urutan": number * 2 + 1,
            "domain": "kesehatan",
            "kalimat": f"SPM ibu hamil di Kecamatan {name_of(kode)}: 70,0 % {mark_of(kode)}.",
            "status": "buruk",
            "tindakan": "Susun rencana kejar sasaran.",
        }
    yield {
        "aturan_kode": "sla_pengaduan",
        "aturan_nama": "Laporan warga melewati batas waktu",
        "urutan": 90,
        "domain": "pengaduan",
        "subjek_jenis": "opd",
        "kalimat": "Dinas X: 5 laporan melewati batas.",
        "status": "siaga",
        "tindakan": "Selesaikan.",
        "penanggung_jawab": "Dinas X",
    }


def rules() -> Iterator[Row]:
    with (DBT_PROJECT / "seeds" / "ref_aturan_perhatian.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kept = {"aturan_kode": row["kode"], "aturan_nama": row["nama"], "bobot": int(row["bobot"])}
            yield kept | {name: row[name] or None for name in ("domain", "tindakan", "penanggung_jawab", "penjelasan")}


def regions() -> Iterator[Row]:
    for kode, place in wilayah().items():
        yield {
            "kode_wilayah": kode,
            "nama": name_of(kode),
            "tingkat": place.tingkat,
            "kode_kecamatan": place.kode_kecamatan if place.tingkat != "kota" else None,
            "luas_km2": Decimal("57.41") if place.tingkat == "kecamatan" else None,
            "jumlah_kelurahan": 9 if place.tingkat == "kecamatan" else None,
        }


def definitions() -> Iterator[Row]:
    kept = ("domain", "definisi", "rumus", "satuan", "arah", "source")
    for kode, row in registry().items():
        yield {
            "kode": kode,
            "nama": row["nama"],
            "desimal": int(row["desimal"]),
            "sumber": f"Dinas sumber {row['source']}",
        } | {name: row[name] for name in kept}


def shapes() -> Iterator[Row]:
    with (DBT_PROJECT / "seeds" / "ref_peta_wilayah.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kode = row["kode_wilayah"]
            yield {
                "kode_wilayah": kode,
                "nama": name_of(kode),
                "tingkat": row["tingkat"],
                "kode_kecamatan": kode[:8],
                "geometri": row["geometri"],
                "keterangan": row["keterangan"],
            }


def sources() -> list[str]:
    return sorted({row["source"] for row in registry().values()})


def source_states() -> Iterator[Row]:
    for source in sources():
        yield {
            "source": source,
            "judul": f"Judul {source}",
            "opd_nama": f"Dinas sumber {source}",
            "data_per": UNTIL,
            "data_sampai_teks": "Data sampai 31 Okt 2026 · ▲ lama",
            "status": "segar",
            "status_teks": "● Segar",
            "mutu_teks": "▲ Lolos dengan peringatan",
            "ditahan": 1,
            "baris_terbit": 12,
            "baris_karantina": 2,
            "batas_teks": "36 jam",
        }


def batches() -> Iterator[Row]:
    for source in sources():
        yield {"source": source, "batch_id": BATCH, "data_per": UNTIL, "status": "segar"}


def of_kecamatan(table: str) -> Iterator[Row]:
    """What else a kecamatan has: one or two rows each, with its mark."""
    for kode in kecamatan_codes():
        for row in OWN[table](kode, mark_of(kode), number_of(kode)):
            yield {"kode_kecamatan": kode, "label_data": LABEL} | row


WEEKS = [SUNDAY - timedelta(weeks=back) for back in range(6)]


def _weeks(kode: str, number: int) -> Iterator[Row]:
    for position, disease in enumerate(("Suspek Dengue", "Pneumonia", "Malaria Konfirmasi")):
        for back, day in enumerate(WEEKS):
            yield {
                "penyakit": disease,
                "tahun": 2026,
                "minggu": 42 - back,
                "minggu_mulai": day,
                "minggu_selesai": day + timedelta(days=6),
                "kasus": 0 if position == 2 else number + back + position,
            }


def _bands(kode: str, number: int) -> Iterator[Row]:
    for row in _weeks(kode, number):
        where = "▲ Di atas rentang" if row["penyakit"] == "Pneumonia" else "● Dalam rentang"
        yield row | {"wilayah_kode": kode, "rentang_teks": "2–8", "posisi_teks": where, "pembanding_teks": "2 tahun"}


OWN: dict[str, Any] = {
    "bencana_jenis": lambda kode, mark, number: [
        {"wilayah_kode": kode, "jenis_bencana": f"Banjir {mark}", "bulan": MONTH, "jumlah_kejadian": number},
        {"wilayah_kode": kode, "jenis_bencana": "Abrasi", "bulan": MONTH, "jumlah_kejadian": 0},
    ],
    "bencana_14_hari": lambda kode, mark, number: [
        {
            "jenis_bencana": f"Banjir {mark}", "tanggal": SUNDAY, "hari_teks": "Minggu", "waktu_teks": "18 Okt 2026, 02.50 WIB",
            "kelurahan": mark, "penanganan_teks": "● Selesai", "waktu_tanggap_teks": "26 menit", "korban_teks": "0",
        }
    ],
    "kejadian_damkar": lambda kode, mark, number: [
        {
            "jenis": "Kebakaran", "tanggal": SUNDAY, "waktu_lapor": datetime(2026, 10, 18, 5, 18), "kelurahan": mark,
            "waktu_tanggap_menit": Decimal("8.8"), "objek": f"Rumah {mark}",
        }
    ],
    "skdr_mingguan": lambda kode, mark, number: [
        row | {"kecamatan": name_of(kode), "puskesmas_tanpa_angka": 0} for row in _weeks(kode, number)
    ],
    "skdr_pita": lambda kode, mark, number: _bands(kode, number),
    "tanggap_kecamatan": lambda kode, mark, number: [
        {"jumlah_kejadian": number, "median_teks": "11,7 menit", "p90_teks": "16,7 menit", "periode_label": f"setahun {mark}"}
    ],
    "kemacetan_simpang": lambda kode, mark, number: [
        {
            "simpang": f"Simpang {mark}", "indikator_kode": "derajat_kejenuhan", "bulan": MONTH, "nilai_teks": "0,63",
            "status": "baik", "target_teks": "target ≤ 0,75", "perubahan_teks": "▼ 0,07 dari September 2026, membaik",
            "lama_kemacetan_teks": "131,0 jam", "jumlah_kemacetan": 69,
        }
    ],
    "pengaduan_opd_topik": lambda kode, mark, number: [
        {
            "irisan": "kecamatan_topik", "topik": f"Topik {mark}", "indikator_kode": "laporan_masuk", "bulan": MONTH,
            "periode_mulai": MONTH, "periode_label": "Oktober 2026", "wilayah_nama": name_of(kode), "masuk": number,
            "selesai": 1, "terbuka": 2, "lewat_batas": 1, "tertua_hari_kerja": 30, "data_per": UNTIL,
        }
    ],
    "rfk_kegiatan": lambda kode, mark, number: [
        {
            "kegiatan_kode": f"7.01.{number:02}", "kegiatan": f"Kegiatan {mark}", "opd_nama": f"Kecamatan {name_of(kode)}",
            "bulan": MONTH, "periode_mulai": MONTH, "periode_label": "Oktober 2026", "pagu_idr": 10_200_000_000,
            "pagu_teks": "Rp10,2 miliar", "rencana_keuangan_pct": 80, "rencana_keuangan_teks": "80,00 %",
            "realisasi_keuangan_pct": 70 + number, "realisasi_keuangan_teks": f"{70 + number},00 %",
            "deviasi_keuangan_poin": number - 10, "deviasi_keuangan_teks": "−5,88 poin", "status_keuangan": "siaga",
            "rencana_fisik_pct": 80, "rencana_fisik_teks": "80,00 %", "realisasi_fisik_pct": 0, "realisasi_fisik_teks": "0,00 %",
            "deviasi_fisik_poin": -80, "deviasi_fisik_teks": "−80,00 poin", "status_fisik": "buruk", "is_kritis": True,
            "kritis_teks": "■ Kritis", "data_per": UNTIL,
        }
    ],
    "pilkada_rekap": lambda kode, mark, number: [
        {
            "pemilihan_nama": "Wali Kota", "tahun": 2024, "wilayah_kode": kode, "wilayah_tingkat": "kecamatan", "nomor_urut": 1,
            "paslon_nama": f"Pasangan {mark}", "suara_resmi": 1000 + number, "persen_resmi": Decimal("57.00"),
            "status_teks": "Hasil resmi",
        }
    ],
    "agenda": lambda kode, mark, number: [
        {
            "judul": f"Acara {mark}", "kecamatan": name_of(kode), "mulai": datetime(2026, 10, 27, 9), "tanggal": date(2026, 10, 27),
            "hari_teks": "Selasa, 27 Okt 2026", "jam_teks": "09.00–10.00", "status_teks": "● Pasti", "is_terjadwal": True,
            "is_bentrok": False, "bentrok_teks": "–",
        }
    ],
    "peringatan_cuaca": lambda kode, mark, number: [
        {
            "acara": "Hujan Lebat", "judul": f"Hujan lebat {mark}", "mulai": datetime(2026, 10, 20, 9),
            "berakhir": datetime(2026, 10, 20, 12), "is_diganti": False, "sumber": "BMKG",
        }
    ],
}  # fmt: skip


def _shared(table: str) -> Iterator[Row]:
    """Tables without kode_kecamatan of their own."""
    for row in of_kecamatan(table):
        yield {name: value for name, value in row.items() if name in contract(table)}


def agencies() -> Iterator[Row]:
    for number in range(3):
        yield {
            "opd_singkatan": f"Dinas {number}",
            "bulan": MONTH,
            "indikator_kode": "deviasi_keuangan",
            "is_seluruh": False,
            "nilai": -number,
            "nilai_teks": f"−{number},00 poin",
            "status": "waspada",
            "label_data": LABEL,
        }


ROWS: dict[str, Any] = {
    "indikator": all_figures,
    "ubin": tiles,
    "bidang": fields,
    "perhatian": attention,
    "batas_wilayah": shapes,
    "dim_indikator": definitions,
    "aturan_perhatian": rules,
    "wilayah": regions,
    "kesegaran_isi": source_states,
    "kesegaran_sumber": batches,
    "rfk_opd": agencies,
    **{table: (lambda table=table: _shared(table)) for table in OWN},
}


def marks_of_others(kode: str, within: Iterable[str]) -> list[str]:
    """Marks of another kecamatan in these texts."""
    others = [mark_of(other) for other in kecamatan_codes() if other != kode[:8]]
    return sorted({mark for text in within for mark in others if mark in text})
