"""The practice agency: the one table of practice.py in every kind of source, over HTTP and as files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import unquote

from command_center.settings import WIB

from demo_city.answer import CALENDAR, CSV, EXCEL, SPREADSHEETML, XLSX, XML, ZIP, Answer
from demo_city.ask import Question, is_secret, refused
from demo_city.faults.spoil import Fault
from demo_city.render import (
    arcgis,
    ckan,
    html_table,
    json_api,
    json_rpc,
    prometheus,
    rss,
    spreadsheetml,
    workbook,
    xml_rows,
)
from demo_city.render.archive import monthly_archive
from demo_city.render.calendar import agenda
from demo_city.render.cap import alert
from demo_city.render.cap import feed as cap_feed
from demo_city.render.csv import office_csv, portal_csv
from demo_city.render.months import by_day
from demo_city.table import Table, changed_at

API_KEY = "x-api-key"
CAP_ALERT = re.compile(r"^cap/(\d+)_alert\.xml$")
DAY_FILE = re.compile(r"^harian/pengangkutan_(\d{4}-\d\d-\d\d)\.csv$")


@dataclass(frozen=True)
class Practice:
    """What the practice agency answers from: its table, the fault it has and its password."""

    table: Table
    fault: Fault | None
    password: str


def cp1252_csv(table: Table) -> bytes:
    return office_csv(table, "cp1252")


# Files by path: over HTTP, SFTP and in the upload folder alike.
FILES: dict[str, tuple[Callable[[Table], bytes], str]] = {
    "berkas/pengangkutan.csv": (office_csv, CSV),
    "berkas/pengangkutan_1252.csv": (cp1252_csv, "text/csv; charset=windows-1252"),
    "berkas/pengangkutan_portal.csv": (portal_csv, CSV),
    "berkas/pengangkutan.xlsx": (workbook.monthly_workbook, XLSX),
    "berkas/pengangkutan.xml": (spreadsheetml.spreadsheet_xml, SPREADSHEETML),
    "berkas/pengangkutan.xls": (html_table.html_workbook, EXCEL),
    "berkas/pengangkutan.zip": (monthly_archive, ZIP),
    "berkas/agenda.ics": (agenda, CALENDAR),
}
Ask = Callable[[Practice, Question], Answer]
API: dict[str, Ask] = {
    "api/pengangkutan": lambda own, asked: json_api.everything(own.table),
    "api/halaman": lambda own, asked: json_api.page(own.table, asked, own.fault),
    "api/offset": lambda own, asked: json_api.offset(own.table, asked, own.fault),
    "api/berikut": lambda own, asked: json_api.next_link(own.table, asked, own.fault, "api/berikut", in_header=False),
    "api/tautan": lambda own, asked: json_api.next_link(own.table, asked, own.fault, "api/tautan", in_header=True),
    "api/sesudah": lambda own, asked: json_api.after_key(own.table, asked, own.fault),
    "api/kunci": lambda own, asked: _guarded(own, asked, asked.headers.get(API_KEY) or asked.query.get("kunci", "")),
    "api/token": lambda own, asked: _guarded(own, asked, asked.bearer),
    "api/sandi": lambda own, asked: _guarded(own, asked, asked.basic.partition(":")[2]),
    "api/pengangkutan.xml": lambda own, asked: Answer(xml_rows.xml_rows(own.table), XML, modified=own.table.at),
    "api/pengangkutan.rss": lambda own, asked: Answer(rss.feed(own.table, asked.base), XML, modified=own.table.at),
    "cap/umpan.xml": lambda own, asked: Answer(cap_feed(own.table, asked.base), XML, modified=own.table.at),
    "api_jsonrpc.php": lambda own, asked: json_rpc.answer(own.table, asked, own.password),
    "api/v1/query": lambda own, asked: prometheus.answer("query", own.table, asked),
    "api/v1/query_range": lambda own, asked: prometheus.answer("query_range", own.table, asked),
    **{
        f"api/3/action/{action}": lambda own, asked, action=action: ckan.answer(action, own.table, asked, own.fault)  # type: ignore[misc]
        for action in ("datastore_search", "resource_show", "package_show", "package_search")
    },
    arcgis.LAYER: lambda own, asked: arcgis.layer(own.table),
    f"{arcgis.LAYER}/query": lambda own, asked: arcgis.query(own.table, asked, own.fault),
}
# Every request of these takes one step of churn, when that is switched on.
PAGED = (
    "api/halaman",
    "api/offset",
    "api/berikut",
    "api/tautan",
    "api/sesudah",
    "api/3/action/datastore_search",
    f"{arcgis.LAYER}/query",
)


def answer(path: str, own: Practice, asked: Question) -> Answer | None:
    """The answer to a path below /latihan/, None for an unknown one."""
    if path in API:
        return API[path](_since(own, asked), asked)
    if found := CAP_ALERT.match(path):
        body = alert(own.table, int(found[1]))
        return None if body is None else Answer(body, XML, modified=own.table.at)
    return file(path, own.table)


def file(path: str, table: Table) -> Answer | None:
    """One of the agency's files."""
    if path in FILES:
        return _rendered(path, table)
    found = DAY_FILE.match(path)
    return _days(table).get(date.fromisoformat(found[1])) if found and _is_date(found[1]) else None


def file_paths(table: Table) -> list[str]:
    """Every file there is at the moment."""
    return [*FILES, *(f"harian/pengangkutan_{day}.csv" for day in _days(table))]


def feed_paths() -> list[str]:
    """Addresses that answer without a login, with all they need."""
    query = "where=1%3D1&outFields=*&f=json"
    return [
        *(f"api/{name}" for name in ("pengangkutan", "halaman", "offset", "berikut", "tautan", "sesudah")),
        "api/pengangkutan.xml",
        "api/pengangkutan.rss",
        "cap/umpan.xml",
        "api/v1/query?query=latihan_berat_kg",
        "api/v1/query?query=latihan_berat_kg%5B21d%5D",
        f"api/3/action/datastore_search?resource_id={ckan.IN_DATASTORE}",
        f"{arcgis.LAYER}/query?{query}",
        *FILES,
    ]


@lru_cache(maxsize=64)
def _rendered(path: str, table: Table) -> Answer:
    make, content_type = FILES[path]
    headers = {"Content-Disposition": f'attachment; filename="{path.rpartition("/")[2]}"'}
    return Answer(make(table), content_type, modified=table.at, headers=headers)


@lru_cache(maxsize=8)
def _days(table: Table) -> Mapping[date, Answer]:
    return {day: Answer(office_csv(rows), CSV, modified=rows.at) for day, rows in by_day(table)}


def _guarded(own: Practice, asked: Question, given: str) -> Answer:
    if is_secret(given, own.password):
        return json_api.everything(own.table)
    return refused(401, "Tidak dikenal; kirim kunci yang benar.", WWW_Authenticate="Bearer")


def _since(own: Practice, asked: Question) -> Practice:
    """?sejak=<time or seconds since 1970>: only what was changed then or later."""
    text = unquote(asked.query.get("sejak", ""))
    first = _moment(text)
    if first is None:
        return own
    rows = tuple(row for row in own.table.rows if changed_at(row) >= first)
    return replace(own, table=replace(own.table, rows=rows))


def _moment(text: str) -> datetime | None:
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text), WIB)
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=WIB)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
