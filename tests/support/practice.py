"""The demo city's practice agency declared in every kind: one table, so that what arrived can be compared with what was sent."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from demo_city.render.arcgis import LAYER
from demo_city.render.ckan import CSV_FILE, IN_DATASTORE

Declared = dict[str, Any]
COLUMNS: tuple[tuple[str, Declared], ...] = (
    ("nomor", {"type": "integer", "required": True}),
    ("tanggal", {"type": "date", "required": True, "future": "refused"}),
    ("kode_kelurahan", {"references": "kelurahan", "required": True}),
    ("nama_kelurahan", {"references": "kelurahan_name"}),
    ("rute", {}),
    ("jenis", {"required": True}),
    ("berat_kg", {"type": "numeric", "unit": "kg", "on_bad": "row"}),
    ("biaya_rp", {"type": "numeric", "unit": "Rp", "on_bad": "row"}),
    ("petugas", {"classification": "rahasia", "treatment": "drop"}),
    ("diubah_pada", {"type": "timestamptz", "required": True, "future": "refused"}),
    ("keterangan", {"nulls": [""]}),
)
TITLES = {
    "nomor": "Nomor", "tanggal": "Tanggal", "kode_kelurahan": "Kode Kelurahan", "nama_kelurahan": "Kelurahan",
    "rute": "Rute", "jenis": "Jenis", "berat_kg": "Berat (kg)", "biaya_rp": "Biaya (Rp)", "petugas": "Petugas",
    "diubah_pada": "Diubah Pada", "keterangan": "Keterangan",
}  # fmt: skip
MERGED = TITLES | {
    "kode_kelurahan": "Kelurahan / Kode", "nama_kelurahan": "Kelurahan / Nama", "jenis": "Muatan / Jenis",
    "berat_kg": "Muatan / Berat (kg)",
}  # fmt: skip
OFFICE: dict[str, Declared] = {
    "tanggal": {"date": "dd/MM/yyyy"},
    "diubah_pada": {"date": "dd/MM/yyyy HH:mm"},
    "berat_kg": {"number": "id"},
    "biaya_rp": {"number": "id"},
}
BASIC: Declared = {"min": 1, "max": 5000}


@dataclass(frozen=True)
class Feed:
    """One way to the practice table. `lacks` are columns that its kind cannot carry; `rows` chooses what it carries."""

    name: str
    kind: str
    path: str
    scheme: str = "http"
    extract: Declared = field(default_factory=dict)
    request: Declared = field(default_factory=dict)
    connection: Declared = field(default_factory=dict)
    records: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)
    formats: dict[str, Declared] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"latihan_{self.name}"

    def declaration(self) -> Declared:
        """The content of dags/sources/<key>.yml."""
        host = {"http": "https", "mysql": "mysql", "postgresql": "postgresql", "sftp": "sftp", "file": "file"}[
            self.scheme
        ]
        address = f"{host}:///latihan" if self.scheme == "file" else f"{host}://latihan.padang.invalid/latihan"
        table = {
            "description": "One row per haul.",
            "mode": "upsert",
            "key": ["nomor"],
            "as_of": "diubah_pada",
            "volume": BASIC,
            "records": list(self.records),
            "ignore": list(self.ignore),
            "max_quarantined_pct": 10.0,
            "columns": [self._column(name, more) for name, more in COLUMNS if name not in self.lacks],
        }
        request = {"part": "semua", "path": self.path, "tables": ["pengangkutan"], **self.request}
        return {
            "source": self.key,
            "title": f"Latihan {self.name}",
            "opd": "latihan",
            "opd_name": "Dinas Latihan",
            "description": "The practice agency of the demo city.",
            "owner": "Kepala Dinas Latihan",
            "steward": "Kepala Bidang Latihan",
            "deputy_steward": "Kasubbag Latihan",
            "legal_basis": ["tidak ada"],
            "maturity": 0,
            "schedule": None,
            "freshness": "P1D",
            "connection": {"id": self.key, "address": address, **self.connection},
            "extract": {"kind": self.kind, "requests": [request], **self.extract},
            "tables": {"pengangkutan": table},
        }

    def _column(self, name: str, more: Declared) -> Declared:
        classified = {"classification": "publik", **more} if "classification" not in more else more
        source = self.sources.get(name, name)
        return {"name": name, "source": source, "description": name, **classified, **self.formats.get(name, {})}


RULES = [
    {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "berat_kg", "min_value": 0, "max_value": 100000},
        "quarantine": True,
        "reason": "Berat satu pengangkutan antara 0 dan 100.000 kg.",
    },
]
PAGED = {"style": "offset", "records": "data[]", "total": "total", "size": 100, "key": "nomor"}
JSON: dict[str, Any] = {"records": ("data[]",)}
OFFICE_CSV: Declared = {"layout": {"separator": ";"}}
FILE: Declared = {"sources": TITLES, "formats": OFFICE}
SHEET: Declared = {"header_row": 4, "header_rows": 2, "column_numbers": True, "stop_at": "^JUMLAH"}
FEEDS = {
    feed.name: feed
    for feed in (
        Feed("http_json", "http_json", "api/pengangkutan", **JSON),
        Feed(
            "paged_page", "http_json", "api/halaman", **JSON,
            extract={"paging": {**PAGED, "style": "page", "param": "halaman", "size_param": "ukuran"}},
        ),
        Feed(
            "paged_offset", "http_json", "api/offset", **JSON,
            extract={"paging": {**PAGED, "param": "offset", "size_param": "limit"}},
        ),
        Feed("paged_next", "http_json", "api/berikut", **JSON, extract={"paging": {**PAGED, "style": "next", "next": "next"}}),
        Feed("paged_link", "http_json", "api/tautan", **JSON, extract={"paging": {**PAGED, "style": "next"}}),
        Feed(
            "paged_after", "http_json", "api/sesudah", **JSON,
            extract={"paging": {**PAGED, "style": "after", "param": "sesudah", "size_param": "limit"}},
        ),
        Feed(
            "since", "http_json", "api/pengangkutan", **JSON, request={"query": {"sejak": "{since}"}},
            extract={"since": {"table": "pengangkutan", "column": "diubah_pada", "overlap": "PT2H", "first": "2024-01-01"}},
        ),
        Feed("api_key", "http_json", "api/kunci", **JSON, connection={"auth": "api_key"}),
        Feed("api_key_query", "http_json", "api/kunci", **JSON, connection={"auth": "api_key", "api_key": "?kunci"}),
        Feed("bearer", "http_json", "api/token", **JSON, connection={"auth": "bearer"}),
        Feed("basic", "http_json", "api/sandi", **JSON, connection={"auth": "basic"}),
        Feed(
            "ckan", "ckan", IN_DATASTORE, records=("result.records[]",), ignore=("_id",),
            extract={"paging": {"style": "offset", "param": "offset", "records": "result.records[]", "size": 100}},
        ),
        Feed("ckan_file", "ckan", CSV_FILE),
        Feed(
            "arcgis_rest", "arcgis_rest", LAYER, records=("features[].attributes",), ignore=("OBJECTID",),
            formats={"tanggal": {"date": "epoch_ms"}, "diubah_pada": {"date": "epoch_ms"}},
        ),
        Feed(
            "json_rpc", "json_rpc", "api_jsonrpc.php", records=("result[]",), connection={"auth": "bearer"},
            request={"body": {"method": "pengangkutan.get", "params": {"output": "extend"}}},
            formats={"diubah_pada": {"date": "epoch_s"}},
        ),
        Feed(
            "json_rpc_body", "json_rpc", "api_jsonrpc.php", records=("result[]",), connection={"auth": "body"},
            request={"body": {"method": "pengangkutan.get", "params": {"output": "extend"}}},
            formats={"diubah_pada": {"date": "epoch_s"}},
        ),
        Feed(
            "prometheus", "prometheus", "api/v1/query", request={"query": {"query": "latihan_berat_kg"}},
            sources={"berat_kg": "value"}, ignore=("__name__", "instance", "timestamp"), lacks=("biaya_rp",),
        ),
        Feed("xml", "xml", "api/pengangkutan.xml", records=("pengangkutan.angkutan[]",), ignore=("@nomor",)),
        Feed(
            "rss", "rss", "api/pengangkutan.rss",
            ignore=("title", "link", "guid", "pubDate", "category", "description", "@isPermaLink"),
        ),
        Feed(
            "cap", "cap", "cap/umpan.xml", records=("info",), extract={"follow": r".*/cap/\d+_alert\.xml"},
            sources={
                "nomor": "identifier", "jenis": "event", "nama_kelurahan": "areaDesc", "kode_kelurahan": "geocode",
                "biaya_rp": "description", "diubah_pada": "sent",
            },
            formats={
                "nomor": {"capture": r"latihan\.(\d+)"}, "jenis": {"capture": "Penumpukan sampah (.+)"},
                "kode_kelurahan": {"capture": r"(13\.71[.\d]+)$"},
                "biaya_rp": {"capture": r"Rp ([\d.,]+) belum", "number": "id"},
            },
            lacks=("tanggal", "rute", "berat_kg", "petugas", "keterangan"),
        ),
        Feed(
            "icalendar", "icalendar", "berkas/agenda.ics", extract={"days_back": 30, "days_ahead": 7},
            sources={
                "nomor": "uid", "jenis": "categories", "nama_kelurahan": "location", "petugas": "organizer",
                "diubah_pada": "last_modified", "keterangan": "description",
            },
            formats={"nomor": {"capture": r"^(\d+)@"}},
            lacks=("tanggal", "kode_kelurahan", "rute", "berat_kg", "biaya_rp"),
        ),
        Feed("csv", "csv", "berkas/pengangkutan.csv", **FILE, extract=OFFICE_CSV),
        Feed("csv_portal", "csv", "berkas/pengangkutan_portal.csv"),
        Feed(
            "csv_1252", "csv", "berkas/pengangkutan_1252.csv", **FILE,
            extract={"layout": {"separator": ";", "encoding": "cp1252"}},
        ),
        Feed("csv_sftp", "csv", "berkas/pengangkutan.csv", "sftp", **FILE, extract=OFFICE_CSV),
        Feed("csv_folder", "csv", "berkas/pengangkutan.csv", "file", **FILE, extract=OFFICE_CSV),
        Feed(
            "csv_daily", "csv", "harian", "sftp", **FILE, extract=OFFICE_CSV,
            request={"part": "{hari}", "files": r"pengangkutan_(?P<hari>\d{4}-\d\d-\d\d)\.csv"},
        ),
        Feed("csv_zip", "csv", "berkas/pengangkutan.zip", **FILE, extract={**OFFICE_CSV, "members": r".*\.csv"}),
        Feed(
            "xlsx", "xlsx", "berkas/pengangkutan.xlsx", sources=MERGED, extract={"layout": SHEET},
            formats={"biaya_rp": {"number": "id"}},
        ),
        Feed(
            "xlsx_sftp", "xlsx", "berkas/pengangkutan.xlsx", "sftp", sources=MERGED, extract={"layout": SHEET},
            formats={"biaya_rp": {"number": "id"}},
        ),
        Feed(
            "spreadsheetml", "spreadsheetml", "berkas/pengangkutan.xml", sources=TITLES,
            extract={"layout": {"header_row": 3, "ignore_rows": ["^JUMLAH$"]}},
        ),
        Feed(
            "html_table", "html_table", "berkas/pengangkutan.xls", sources=MERGED, formats=OFFICE,
            extract={"layout": {"header_row": 2, "header_rows": 2, "ignore_rows": ["^JUMLAH$"], "encoding": "cp1252"}},
        ),
        Feed("postgresql", "sql", "pengangkutan", "postgresql"),
        Feed("mysql", "sql", "pengangkutan", "mysql"),
        Feed(
            "mysql_since", "sql", "pengangkutan", "mysql",
            extract={"since": {"table": "pengangkutan", "column": "diubah_pada", "overlap": "PT2H", "first": "2024-01-01"}},
        ),
    )
}  # fmt: skip


def declare(folder: Path, feeds: Iterable[Feed], change: Callable[[Declared], None] | None = None) -> None:
    """Write declarations and expectations below a folder, as CC_SOURCES_DIR and CC_EXPECTATIONS_DIR expect them."""
    for name in ("sources", "expectations"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for feed in feeds:
        declared = copy.deepcopy(feed.declaration())
        if change:
            change(declared)
        (folder / "sources" / f"{feed.key}.yml").write_text(
            yaml.safe_dump(declared, sort_keys=False, allow_unicode=True)
        )
        rules = yaml.safe_dump({"pengangkutan": [] if "berat_kg" in feed.lacks else RULES}, allow_unicode=True)
        (folder / "expectations" / f"{feed.key}.yml").write_text(rules)
