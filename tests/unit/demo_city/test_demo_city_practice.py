"""The practice agency: one table, the same in every kind; each fault is to be seen wherever the catalogue says so."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import lxml.html
import pytest
from command_center.errors import ServiceError
from command_center.settings import WIB, settings
from demo_city.agencies import latihan
from demo_city.answer import Answer
from demo_city.ask import Question
from demo_city.causes import practice
from demo_city.city import PRACTICE, City, UnknownSource
from demo_city.clock import ClockBackwards
from demo_city.faults.spoil import BOMB_MIB, CATALOGUE, FAMILIES, KINDS, Fault, catalogue_table
from demo_city.render import arcgis, ckan
from icalendar import Calendar
from lxml import etree
from openpyxl import load_workbook

pytestmark = pytest.mark.slow

SEED = 1371
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=WIB)
DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(autouse=True)
def frozen_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DEMO_NOW", NOW.isoformat())
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(SEED, tmp_path)


def ask(city: City, path: str, **more: Any) -> Answer:
    """The answer to an address such as 'api/halaman?halaman=2' of the practice agency."""
    path, _, query = path.partition("?")
    asked = Question(query=dict(parse_qsl(query)), base="http://127.0.0.1:1/latihan", **more)
    return city.answer(f"{PRACTICE}/{path}", asked)[0]


def call(city: City, method: str, **params: Any) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "auth": city.password, "id": 1}).encode()
    return json.loads(ask(city, "api_jsonrpc.php", method="POST", body=body).body)["result"]


def pages(city: City, address: str) -> list[dict[str, Any]]:
    """Every record of the API that goes on by `next`."""
    found: list[dict[str, Any]] = []
    onward: str | None = address
    while onward and len(found) < 3000:
        content = json.loads(ask(city, onward).body)
        found += content["data"]
        onward = content["next"] and content["next"].partition("/latihan/")[2]
    return found


# Each kind read back by a reader of its own, to number and weight.
def from_csv(body: bytes, encoding: str = "utf-8-sig") -> dict[int, Decimal]:
    rows = list(csv.DictReader(io.StringIO(body.decode(encoding), newline=""), delimiter=";"))
    return {int(row["Nomor"]): indonesian(row["Berat (kg)"]) for row in rows}


def from_zip(body: bytes) -> dict[int, Decimal]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.namelist() == ["pengangkutan_2026-11.csv"]
        return {
            number: weight for name in archive.namelist() for number, weight in from_csv(archive.read(name)).items()
        }


def from_xlsx(body: bytes) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for sheet in load_workbook(io.BytesIO(body)):
        assert sheet["B2"].value == sheet.title
        for row in sheet.iter_rows(min_row=7, values_only=True):
            if row[0] == "JUMLAH":
                break
            found[row[0]] = Decimal(repr(row[6]))
    return found


def from_spreadsheetml(body: bytes) -> dict[int, Decimal]:
    mark = "{urn:schemas-microsoft-com:office:spreadsheet}"
    rows = [[cell.findtext(f"{mark}Data") or "" for cell in row] for row in etree.fromstring(body).iter(f"{mark}Row")]
    return {int(row[0]): Decimal(row[6]) for row in rows[2:-1]}


def from_html(body: bytes) -> dict[int, Decimal]:
    rows = lxml.html.fromstring(body.decode("cp1252")).xpath("//tr")
    cells = [[cell.text or "" for cell in row] for row in rows[3:-1]]
    return {int(row[0]): indonesian(row[6]) for row in cells}


def from_ics(body: bytes) -> dict[int, Decimal]:
    events = Calendar.from_ical(body).walk("VEVENT")
    return {int(str(event["X-NOMOR"])): Decimal(str(event["X-BERAT-KG"])) for event in events if "X-NOMOR" in event}


def from_records(records: list[dict[str, Any]]) -> dict[int, Decimal]:
    return {int(record["nomor"]): Decimal(str(record["berat_kg"])) for record in records}


def from_xml(body: bytes, element: str) -> dict[int, Decimal]:
    rows = [{etree.QName(e).localname: e.text for e in row} for row in etree.fromstring(body).iter(element)]
    return from_records(rows)


def from_prometheus(body: bytes) -> dict[int, Decimal]:
    return {int(s["metric"]["nomor"]): Decimal(s["value"][1]) for s in json.loads(body)["data"]["result"]}


def indonesian(text: str) -> Decimal:
    assert re.fullmatch(r"\d{1,3}(\.\d{3})*,\d\d", text), text
    return Decimal(text.replace(".", "").replace(",", "."))


def expected(city: City) -> dict[int, Decimal]:
    return from_records(list(city.practice_table().rows))


def arcgis_records(city: City) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    last = -1
    while True:
        where = f"(1=1) AND OBJECTID > {last}"
        asked = Question(query={"where": where, "outFields": "*", "f": "json"})
        content = json.loads(city.answer(f"{PRACTICE}/{arcgis.LAYER}/query", asked)[0].body)
        found += [feature["attributes"] for feature in content["features"]]
        last = found[-1]["OBJECTID"]
        if not content.get("exceededTransferLimit"):
            return found


def test_every_kind_tells_the_same_table(city: City) -> None:
    def body(path: str) -> bytes:
        return ask(city, path).body

    search = f"api/3/action/datastore_search?limit=1000&resource_id={ckan.IN_DATASTORE}"
    portal = csv.DictReader(io.StringIO(body("berkas/pengangkutan_portal.csv").decode(), newline=""))
    read = {
        "csv": from_csv(body("berkas/pengangkutan.csv")),
        "csv in Windows-1252": from_csv(body("berkas/pengangkutan_1252.csv"), "cp1252"),
        "portal csv": from_records(list(portal)),
        "xlsx": from_xlsx(body("berkas/pengangkutan.xlsx")),
        "spreadsheetml": from_spreadsheetml(body("berkas/pengangkutan.xml")),
        "html": from_html(body("berkas/pengangkutan.xls")),
        "zip": from_zip(body("berkas/pengangkutan.zip")),
        "ics": from_ics(body("berkas/agenda.ics")),
        "json": from_records(json.loads(body("api/pengangkutan"))["data"]),
        "pages": from_records(pages(city, "api/berikut?ukuran=90")),
        "ckan": from_records(json.loads(body(search))["result"]["records"]),
        "arcgis": from_records(arcgis_records(city)),
        "json-rpc": from_records(call(city, "pengangkutan.get")),
        "prometheus": from_prometheus(body("api/v1/query?query=latihan_berat_kg")),
        "xml": from_xml(body("api/pengangkutan.xml"), "angkutan"),
        "rss": from_xml(body("api/pengangkutan.rss"), "item"),
    }
    days = [city.file(f"{PRACTICE}/{path}") for path in city.files(PRACTICE) if path.startswith("harian/")]
    read["daily files"] = {n: weight for day in days if day for n, weight in from_csv(day.body).items()}
    assert [kind for kind, rows in read.items() if rows != expected(city)] == []


def test_the_table_is_of_the_promised_size_and_shape(city: City) -> None:
    rows = city.practice_table().rows
    assert len(rows) == practice.DAYS * 24 + 9
    assert {row["rute"] for row in rows} & {"001", "007", "099"}
    assert any(isinstance(row["berat_kg"], Decimal) and row["berat_kg"] > 9999 for row in rows)
    assert any("\n" in str(row["keterangan"]) for row in rows)
    assert max(str(row["diubah_pada"]) for row in rows) <= str(NOW)


def test_the_same_seed_and_clock_give_the_same_bytes_and_others_do_not(tmp_path: Path) -> None:
    cities = {}
    for name, seed in (("one", SEED), ("same", SEED), ("other", 7)):
        (tmp_path / name).mkdir()
        practice.table.cache_clear()
        cities[name] = City(seed, tmp_path / name)
    for path in latihan.feed_paths():
        assert ask(cities["one"], path).body == ask(cities["same"], path).body != ask(cities["other"], path).body, path


def test_the_clock_moves_the_table_and_only_forward(city: City, tmp_path: Path) -> None:
    before = expected(city)
    city.clock.advance(timedelta(hours=3))
    after = expected(city)
    assert len(after.keys() - before.keys()) == 3
    assert before.keys() <= after.keys()
    with pytest.raises(ClockBackwards, match="only moves forward"):
        city.clock.move(NOW)
    assert City(SEED, tmp_path).clock.now() == NOW + timedelta(hours=3)


def test_a_broken_clock_file_is_one_sentence(city: City, tmp_path: Path) -> None:
    (tmp_path / "city_clock.json").write_text("besok")
    with pytest.raises(ServiceError, match="is not readable; delete the file"):
        City(SEED, tmp_path)


# Where each fault must be seen.
def third_page(path: str) -> str:
    """The third page of a paged feed: there every fault of paging is seen."""
    more = {
        "api/halaman": "?halaman=3",
        "api/offset": "?offset=200",
        "api/sesudah": "?sesudah=250630",
        "api/berikut": "?kursor=3",
        "api/tautan": "?kursor=3",
    }
    if path.startswith(arcgis.LAYER):
        return path.replace("1%3D1", "OBJECTID%3E252630")
    return path + more.get(path, "&offset=200" if "datastore_search" in path else "")


RANGE = "api/v1/query_range?query=latihan_berat_kg&start=0&end=9999999999&step=3600"
FEEDS = [*map(third_page, latihan.feed_paths()), RANGE]


def a_warning(city: City) -> str:
    """One that is not of the last days, in a kelurahan that older registers spell in another way."""
    rows = [row for row in city.practice_table().rows if practice.is_first_of_a_day(row)]
    return next(f"cap/{row['nomor']}_alert.xml" for row in rows if row["kode_kelurahan"] in practice.old_spellings())


WITHOUT_COLUMNS = "cap/umpan.xml"  # the feed names the warnings only
RESHAPING = ("column_added", "column_renamed", "column_retyped", "column_lost", "absurd_values")


def is_seen(kind: str, path: str, family: str) -> bool:
    if path.startswith("cap/") and kind == "late":
        return path == WITHOUT_COLUMNS
    if kind.startswith("page_"):
        return path.partition("?")[0] in latihan.PAGED
    if path == WITHOUT_COLUMNS and kind in RESHAPING:
        return False
    return family in CATALOGUE[kind].families


@pytest.mark.parametrize(
    "kind", [kind for kind, entry in CATALOGUE.items() if entry.level != "connection" and kind != "frozen"]
)
def test_every_fault_is_seen_where_the_catalogue_says_so(city: City, kind: str) -> None:
    wrong = []
    for path in (*FEEDS, a_warning(city)):
        good = ask(city, path)
        assert good.status == 200, path
        city.break_source(PRACTICE, Fault(kind))
        bad = ask(city, path)
        if (bad.body != good.body) != is_seen(kind, path, good.family):
            wrong.append(path)
        city.mend(PRACTICE)
        assert ask(city, path).body == good.body
    assert wrong == []


def test_frozen_stays_as_it_was(city: City) -> None:
    good = {path: ask(city, path).body for path in latihan.feed_paths()}
    city.break_source(PRACTICE, Fault("frozen"))
    city.clock.advance(timedelta(days=2))
    assert {path: ask(city, path).body for path in good} == good
    city.mend(PRACTICE)
    assert not [path for path in good if ask(city, path).body == good[path]]


def test_frozen_holds_for_every_agency(city: City) -> None:
    paths = (
        "bmkg/gempaterkini.json",
        "damkar/kejadian.csv",
        "dinkes/skdr_alai.xlsx",
        "kpu/pilkada/hhcw/pkwkp/13/1371.json",
    )
    for path in paths:
        source = path.partition("/")[0]
        good = city.answer(path)[0].body
        city.break_source(source, Fault("frozen"))
        city.clock.advance(timedelta(days=8))
        city.election.move(city.election.now() + timedelta(hours=1))
        assert city.answer(path)[0].body == good
        city.mend(source)
        assert city.answer(path)[0].body != good


def table_with(city: City, kind: str) -> list[dict[str, Any]]:
    city.break_source(PRACTICE, Fault(kind))
    rows = list(city.practice_table().rows)
    city.mend(PRACTICE)
    return rows


def test_faults_of_single_rows_stay_below_the_share_that_holds_a_batch(city: City) -> None:
    good = {row["nomor"]: row for row in table_with(city, "slow")}
    for kind in ("absurd_values", "future_dates", "unknown_region", "corrected"):
        changed = [row for row in table_with(city, kind) if row != good[row["nomor"]]]
        assert 0 < len(changed) < 0.05 * len(good), kind
    assert min(row["berat_kg"] for row in table_with(city, "absurd_values")) < 0
    assert max(row["tanggal"] for row in table_with(city, "future_dates")) > date(2036, 1, 1)
    assert "13.71.12.1099" in {row["kode_kelurahan"] for row in table_with(city, "unknown_region")}
    corrected = [row for row in table_with(city, "corrected") if row != good[row["nomor"]]]
    assert {row["diubah_pada"] for row in corrected} == {NOW}
    assert max(row["tanggal"] for row in table_with(city, "late")) == NOW.date() - practice.LATE


def test_old_spellings_are_those_of_the_reference(city: City) -> None:
    names = {row["nama_kelurahan"] for row in table_with(city, "old_spelling")}
    assert names & set(practice.old_spellings().values())


def test_the_wrong_decimal_style_is_the_other_one_in_each_kind(city: City) -> None:
    city.break_source(PRACTICE, Fault("decimal_style"))
    table = city.practice_table()
    weight = table.rows[1]["berat_kg"]
    plain, office = f"{weight}".encode(), table.plain(weight).encode()
    assert plain in ask(city, "berkas/pengangkutan.csv").body
    for path in ("api/pengangkutan", "berkas/pengangkutan.xml", "api/v1/query?query=latihan_berat_kg"):
        assert b">" + office + b"<" in (body := ask(city, path).body) or b'"' + office + b'"' in body, path
    sheet = load_workbook(io.BytesIO(ask(city, "berkas/pengangkutan.xlsx").body)).worksheets[0]
    assert sheet["G8"].value == office.decode()


def test_a_bomb_is_small_and_becomes_large(city: City) -> None:
    city.break_source(PRACTICE, Fault("zip_bomb"))
    for path in ("berkas/pengangkutan.zip", "berkas/pengangkutan.xlsx"):
        body = ask(city, path).body
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            assert sum(entry.file_size for entry in archive.infolist()) > BOMB_MIB << 20 > 100 * len(body)
            with archive.open(archive.namelist()[-1]) as member:
                assert member.read(1 << 16) == b" " * (1 << 16)
            assert archive.read(archive.namelist()[0])
    answer = ask(city, "api/pengangkutan")
    assert answer.headers["Content-Encoding"] == "gzip"
    unpacker = zlib.decompressobj(31)
    assert unpacker.decompress(answer.body, 1 << 20) == b" " * (1 << 20)
    assert len(answer.body) < 2 << 20
    assert city.file(f"{PRACTICE}/berkas/pengangkutan.csv") is not None
    assert b"Nomor" in (city.file(f"{PRACTICE}/berkas/pengangkutan.csv") or answer).body


def test_a_formula_has_no_result(city: City) -> None:
    city.break_source(PRACTICE, Fault("formula"))
    with zipfile.ZipFile(io.BytesIO(ask(city, "berkas/pengangkutan.xlsx").body)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert re.search(rb"<f>SUM\(A1:A2\)</f><v\s*/>|<f>SUM\(A1:A2\)</f><v></v>|<f>SUM\(A1:A2\)</f></c>", sheet)
    assert b"=SUM(A1:A2)" in ask(city, "berkas/pengangkutan.csv").body


PAGINGS = {
    "api/halaman": lambda at, last: f"?ukuran=90&halaman={at + 1}",
    "api/offset": lambda at, last: f"?limit=90&offset={at * 90}",
    "api/sesudah": lambda at, last: f"?limit=90&sesudah={last}",
}


def walk(city: City, path: str, most: int = 12) -> list[int]:
    """The numbers as a trusting client meets them: until a page is empty, but no more than so many pages."""
    found: list[int] = []
    for at in range(most):
        records = json.loads(ask(city, path + PAGINGS[path](at, found[-1] if found else -1)).body)["data"]
        if not records:
            return found
        found += [record["nomor"] for record in records]
    return found


@pytest.mark.parametrize("path", PAGINGS)
def test_a_trusting_client_reads_every_record_once_where_paging_works(city: City, path: str) -> None:
    assert walk(city, path) == list(expected(city))


@pytest.mark.parametrize("path", PAGINGS)
def test_broken_paging_misleads_a_trusting_client(city: City, path: str) -> None:
    every = set(expected(city))
    city.break_source(PRACTICE, Fault("page_missing"))
    missing = walk(city, path)
    assert len(every - set(missing)) >= 90
    city.break_source(PRACTICE, Fault("page_duplicated"))
    twice = walk(city, path)
    assert len(twice) - len(set(twice)) >= 90
    city.break_source(PRACTICE, Fault("page_repeating"))
    assert len(walk(city, path)) == 12 * 90


def test_next_links_break_too(city: City) -> None:
    city.break_source(PRACTICE, Fault("page_repeating"))
    assert len(pages(city, "api/berikut?ukuran=90")) >= 3000
    city.break_source(PRACTICE, Fault("page_missing"))
    assert len(pages(city, "api/berikut?ukuran=90")) == len(expected(city)) - 90
    city.mend(PRACTICE)
    answer = ask(city, "api/tautan?ukuran=90&kursor=2")
    assert answer.headers["Link"].endswith('kursor=3>; rel="next"')
    assert "Link" not in ask(city, "api/tautan?ukuran=90&kursor=6").headers


def test_churn_lets_rows_come_and_go_between_requests_the_same_way_every_time(city: City) -> None:
    before = set(expected(city))
    city.churn(PRACTICE, True)
    met = walk(city, "api/offset")
    state = city.churned()
    assert state["steps"] == 7
    inserted, deleted = state["inserted"], state["deleted"]
    assert len(inserted) == 4 and len(deleted) == 3  # type: ignore[arg-type]
    assert set(expected(city)) == (before | set(inserted)) - set(deleted)  # type: ignore[call-overload]
    city.churn(PRACTICE, False)
    assert set(expected(city)) == before
    city.churn(PRACTICE, True)
    assert walk(city, "api/offset") == met
    with pytest.raises(UnknownSource, match="Only 'latihan' can churn"):
        city.churn("damkar", True)


def test_only_what_changed_since(city: City) -> None:
    for since in (
        "2026-11-23T06:00:00+07:00",
        "2026-11-23T06:00:00",
        str(int(datetime(2026, 11, 23, 6, tzinfo=WIB).timestamp())),
    ):
        asked = Question(query={"sejak": since})
        records = json.loads(city.answer(f"{PRACTICE}/api/pengangkutan", asked)[0].body)["data"]
        assert [record["diubah_pada"] >= "2026-11-23T06" for record in records] == [True] * 3, since


def test_a_key_is_needed_where_one_is(city: City) -> None:
    basic = "Basic " + b64encode(f"latihan:{city.password}".encode()).decode()
    good = {"api/kunci": ("x-api-key", city.password), "api/token": ("authorization", f"Bearer {city.password}")}
    for path, (name, value) in {**good, "api/sandi": ("authorization", basic)}.items():
        assert ask(city, path, headers={name: value}).status == 200
        assert ask(city, path, headers={name: f"{value}x"}).status == 401
        assert ask(city, path).status == 401
    assert ask(city, f"api/kunci?kunci={city.password}").status == 200


def test_json_rpc_refuses_with_status_200(city: City) -> None:
    body = json.dumps({"jsonrpc": "2.0", "method": "pengangkutan.get", "params": {}, "id": 7}).encode()
    without = ask(city, "api_jsonrpc.php", method="POST", body=body)
    assert (without.status, json.loads(without.body)["error"]["data"]) == (200, "Not authorized.")
    bearer = {"authorization": f"Bearer {city.password}"}
    assert json.loads(ask(city, "api_jsonrpc.php", method="POST", body=body, headers=bearer).body)["id"] == 7
    assert json.loads(ask(city, "api_jsonrpc.php", method="POST", body=b"[").body)["error"]["code"] == -32700
    assert call(city, "user.login", username="latihan", password=city.password) == city.password
    since = int(datetime(2026, 11, 23, 6, tzinfo=WIB).timestamp())
    assert len(call(city, "pengangkutan.get", time_from=since)) == 3


def test_ckan_falls_back_to_files(city: City) -> None:
    off = ask(city, f"api/3/action/datastore_search?resource_id={ckan.CSV_FILE}")
    assert (off.status, json.loads(off.body)["success"]) == (404, False)
    shown = json.loads(ask(city, f"api/3/action/resource_show?id={ckan.CSV_FILE}").body)["result"]
    assert ask(city, shown["url"].partition("/latihan/")[2]).body.startswith(b"nomor,tanggal")
    package = json.loads(ask(city, f"api/3/action/package_show?id={ckan.PACKAGE}").body)["result"]
    assert [resource["format"] for resource in package["resources"]] == ["CSV", "CSV", "XLSX"]


def test_arcgis_errors_come_with_status_200(city: City) -> None:
    bad = ask(city, f"{arcgis.LAYER}/query?where=drop%20table&f=json")
    assert (bad.status, json.loads(bad.body)["error"]["code"]) == (200, 400)
    count = ask(city, f"{arcgis.LAYER}/query?where=1%3D1&f=json&returnCountOnly=true")
    assert json.loads(count.body) == {"count": len(expected(city))}


def test_prometheus_refuses_what_it_does_not_understand(city: City) -> None:
    bad = ask(city, "api/v1/query?query=sum(")
    assert (bad.status, json.loads(bad.body)["status"]) == (400, "error")
    matrix = json.loads(ask(city, "api/v1/query?query=latihan_berat_kg%5B21d%5D").body)["data"]
    assert matrix["resultType"] == "matrix"
    assert sum(len(series["values"]) for series in matrix["result"]) == len(expected(city))


def test_a_warning_has_its_area(city: City) -> None:
    links = re.findall(rb"<link>http://127.0.0.1:1/latihan/(cap/\d+_alert.xml)</link>", ask(city, "cap/umpan.xml").body)
    kinds = set()
    for link in links:
        alert = etree.fromstring(ask(city, link.decode()).body)
        values = {etree.QName(element).localname: element.text for element in alert.iter(etree.Element)}
        points = [tuple(map(float, point.split(","))) for point in (values["polygon"] or "").split()]
        assert points[0] == points[-1]
        assert all(-1.2 < lintang < -0.7 and 100.1 < bujur < 100.7 for lintang, bujur in points)
        kinds.add(values["msgType"])
    assert kinds == {"Alert", "Update", "Cancel"}
    assert len(links) == practice.DAYS + 1
    assert ask(city, "cap/1_alert.xml").status == 404


def test_the_calendar_repeats_a_meeting(city: City) -> None:
    events = Calendar.from_ical(ask(city, "berkas/agenda.ics").body).walk("VEVENT")
    meetings = [event for event in events if event["UID"] == "rapat@latihan.padang.invalid"]
    assert [("RRULE" in event, "EXDATE" in event, "RECURRENCE-ID" in event) for event in meetings] == [
        (True, True, False),
        (False, False, True),
    ]
    lines = ask(city, "berkas/agenda.ics").body.split(b"\r\n")
    assert max(map(len, lines)) <= 75


def test_dropped_files_are_served_as_their_agency_s_own(city: City, tmp_path: Path) -> None:
    folder = tmp_path / "files" / "dlh" / "2026"
    folder.mkdir(parents=True)
    (folder / "simpang.csv").write_text("Simpang;Jumlah\nA;12\nB;x\n")
    (folder / ".rahasia").write_text("x")
    (tmp_path / "rahasia.txt").write_text("x")
    (folder / "tautan.csv").symlink_to(tmp_path / "rahasia.txt")
    assert city.files("dlh") == ["2026/simpang.csv"]
    assert city.answer("dlh/2026/simpang.csv")[0].body.startswith(b"Simpang;Jumlah")
    for path in ("dlh/2026/tautan.csv", "dlh/../../rahasia.txt", "dlh/2026/.rahasia", "../rahasia.txt/x"):
        assert city.answer(path)[0].status == 404, path
        assert city.file(path) is None
    city.break_source("dlh", Fault("wrong_separator"))
    assert city.answer("dlh/2026/simpang.csv")[0].body.startswith(b"Simpang,Jumlah")
    for kind in KINDS:
        city.break_source("dlh", Fault(kind))
        city.answer("dlh/2026/simpang.csv")
    with pytest.raises(UnknownSource, match="did you mean 'dishub'"):
        city.mend("dishup")


def test_an_override_is_a_file_too(city: City) -> None:
    city.override("latihan/berkas/uji.csv", Answer(b"a;b\n", "text/csv"))
    assert "berkas/uji.csv" in city.files(PRACTICE)
    found = city.file("latihan/berkas/uji.csv")
    assert found is not None
    assert (found.body, found.modified) == (b"a;b\n", NOW)
    city.override("latihan/berkas/uji.csv", None)
    assert city.file("latihan/berkas/uji.csv") is None


def test_the_catalogue_is_what_the_documentation_says() -> None:
    assert catalogue_table() in (DOCS / "demo-city.md").read_text()


def test_the_catalogue_names_known_families_and_levels() -> None:
    assert {entry.level for entry in CATALOGUE.values()} == {"connection", "bytes", "paging", "table"}
    assert all(set(entry.families) <= set(FAMILIES) for entry in CATALOGUE.values())
