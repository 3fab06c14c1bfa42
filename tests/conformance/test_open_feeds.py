"""Answers of BMKG, the civil registry's map and PetaBencana that no declaration has seen: other places, times and shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_center.newcomer.conformance import Bench, Report, bench, examine
from command_center.paths import ROOT

from tests.conftest import Cluster

FIXTURES = ROOT / "tests" / "fixtures"
HEAD = '<?xml version="1.0"?>\n'
CAP = 'xmlns="urn:oasis:names:tc:emergency:cap:1.2"'


@pytest.fixture(scope="module")
def tools(cluster: Cluster) -> Iterator[Bench]:
    with bench() as tools:
        yield tools


def examined(tools: Bench, folder: Path, name: str, content: object) -> dict[str, Report]:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return {report.connector: report for report in examine(tools, file)}


def slot(**change: object) -> dict[str, object]:
    return {
        "datetime": "2025-01-02T09:00:00Z", "t": 31.5, "tcc": 7, "tp": 0.2, "weather": 2, "weather_desc": "Cerah Berawan",
        "wd_deg": 91, "wd": "E", "wd_to": "W", "ws": 18.2, "hu": 63, "vs": 16123, "vs_text": "> 10 km",
        "utc_datetime": "2025-01-02 09:00:00", "local_datetime": "2025-01-02 18:00:00",
    } | change  # fmt: skip


@pytest.mark.parametrize(
    ("days", "typed", "rejected"),
    [
        ([[slot()], [slot(datetime="2025-01-03T00:00:00Z")]], 2, 0),
        ([slot(), slot(datetime="2025-01-03T00:00:00Z")], 2, 0),
        ([[slot(tp=None, vs=None, vs_text=None, wd=None, ws=None)], []], 1, 0),
        ([[slot(t="31,5 C")], [slot(hu="lembap", datetime="2025-01-03T00:00:00Z")]], 2, 0),
        ([[slot(datetime="besok")], [slot(), slot(tcc=8)]], 0, 3),
    ],
)
def test_a_forecast_of_another_island(tools: Bench, tmp_path: Path, days: Any, typed: int, rejected: int) -> None:
    place = {"adm4": "91.71.01.1001", "desa": "Gurabesi", "timezone": "Asia/Jayapura"}
    payload = {"lokasi": place, "data": [{"lokasi": place, "cuaca": days}]}
    report = examined(tools, tmp_path, "cuaca/jayapura.json", payload)["bmkg_prakiraan.cuaca"]
    assert (report.read, report.typed, report.rejected_rows) == (typed + rejected, typed, rejected)
    assert report.outside == typed and report.refused is None


def message(*infos: str) -> str:
    head = "<identifier>X-1</identifier><sent>2019-08-02T19:03:25WIB</sent><status>Actual</status>"
    return f"{HEAD}<alert {CAP}>{head}{''.join(infos)}</alert>"


def quake(point: str = "104.58,-7.54", depth: str = "10 Km", **more: str) -> str:
    fields = {
        "event": "Gempabumi", "date": "02-08-19", "time": "19:03:21 WIB", "latitude": "7.54 LS", "longitude": "104.58 BT",
        "magnitude": "7.4", "depth": depth, "area": "147 km BaratDaya SUMUR-BANTEN", "eventid": "20190802190325",
        "potential": "Potensi TSUNAMI", "headline": "-", "description": "-", "timesent": "02/08/2019 19:07:25WIB", **more,
    }  # fmt: skip
    elements = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return f"<info>{elements}<point><coordinates>{point}</coordinates></point></info>"


def test_messages_of_inatews_are_no_weather_warnings(tools: Bench, tmp_path: Path) -> None:
    zones = "".join(f"<wzarea><district>{d}</district><level>SIAGA</level></wzarea>" for d in ("LEBAK", "SERANG"))
    warned = quake().replace("</info>", f"<subject>Warning Tsunami PD-2</subject>{zones}</info>")
    later = quake(eventid="20190803000102", depth="33.5 Km", time="00:01:02 WIB")
    odd = quake(eventid="20190803000103", depth="-", magnitude="M 5", time="00:01:02 WIT")
    reports = examined(tools, tmp_path, "bmkg/last30tsunamievent.xml", message(warned, later, odd))
    report = reports.pop("bmkg_inatews.gempa")
    assert not reports and all(note.endswith("nothing newer came.") for note in report.notes)
    assert (report.read, report.typed, report.rejected_rows) == (3, 2, 1)


def test_a_weather_warning_is_no_message_of_inatews(tools: Bench, tmp_path: Path) -> None:
    head = "<identifier>2.49.0.1</identifier><sender>a@b.invalid</sender><sent>2024-03-04T05:06:07+07:00</sent>"
    kind = "<status>Actual</status><msgType>Update</msgType><scope>Public</scope>"
    infos = "".join(
        f"<info><language>{language}</language><event>{event}</event><headline>{event} Riau</headline>"
        f"<description>-</description><instruction>-</instruction><area><areaDesc>Riau</areaDesc></area></info>"
        for language, event in (("id", "Angin Kencang"), ("en", "Strong Wind"))
    )
    payload = f"{HEAD}<alert {CAP}>{head}{kind}{infos}</alert>"
    report = examined(tools, tmp_path, "bmkg/CRI20240304001_alert.xml", payload)["bmkg_nowcast.peringatan"]
    assert (report.read, report.typed, report.duplicates) == (2, 2, 0)


def test_the_live_list(tools: Bench, tmp_path: Path) -> None:
    entry = (
        "<gempa><eventid>bmg2021{}</eventid><status>confirmed</status><waktu>{}</waktu><lintang>-7.59</lintang>"
        "<bujur>122.26</bujur><dalam>12</dalam><mag>7.5</mag><fokal>ss</fokal><area>Flores Sea</area></gempa>"
    )
    times = ("2021/12/14  03:20:23.395", "2021/12/14 03:20:23", "2021/02/30 03:20:23", "14/12/2021 03:20:23")
    entries = "".join(entry.format(number, at) for number, at in enumerate(times))
    report = examined(tools, tmp_path, "bmkg/live.xml", f"{HEAD}<Infogempa>{entries}</Infogempa>")[
        "bmkg_inatews.langsung"
    ]
    assert (report.read, report.typed, report.rejected_rows) == (4, 2, 2)


def test_one_message_or_several_as_json(tools: Bench, tmp_path: Path) -> None:
    payload = json.loads((FIXTURES / "bmkg_datagempa" / "datagempa.json").read_text())
    for info in (payload["info"], payload["info"][0]):
        reports = examined(tools, tmp_path, "bmkg/datagempa_lain.json", payload | {"info": info})
        assert reports["bmkg_datagempa.gempa"].typed == 1


def test_population_of_another_province_and_level(tools: Bench, tmp_path: Path) -> None:
    provinces = [
        {"objectid": 1, "no_prop": 11, "nama_prop": "ACEH", "jumlah_penduduk": 5459891, "pria": 2737132,
         "wanita": 2722759, "jumlah_kk": 1698313, "luas_wilayah": "56.835,02", "kepadatan_penduduk": "96,07", "u0": 1},
        {"objectid": 2, "no_prop": 94, "nama_prop": "PAPUA", "jumlah_penduduk": 1, "pria": 1, "wanita": 0,
         "jumlah_kk": "tidak ada", "luas_wilayah": None, "kepadatan_penduduk": "", "u0": None},
    ]  # fmt: skip
    payload = {"objectIdFieldName": "objectid", "features": [{"attributes": row} for row in provinces]}
    report = examined(tools, tmp_path, "dukcapil/prop.json", payload)["dukcapil_gis.penduduk"]
    assert (report.read, report.typed, report.rejected_rows) == (2, 2, 0)
    assert any("jumlah_kk" in note and "left out" in note for note in report.notes)


@pytest.mark.parametrize("envelope", ["plain", "result"])
def test_reports_of_another_city(tools: Bench, tmp_path: Path, envelope: str) -> None:
    properties = {"pkey": 77, "created_at": "2020-01-01T01:02:03.004Z", "disaster_type": "flood", "title": "x", "text": "y",
                  "report_data": {"report_type": "flood", "flood_depth": 62.5}, "tags": None}  # fmt: skip
    features = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [106.8, -6.2]}}
    ]
    collection: dict[str, object] = {"type": "FeatureCollection", "features": features}
    payload = collection if envelope == "plain" else {"statusCode": 200, "result": collection}
    report = examined(tools, tmp_path, "petabencana/jakarta.json", payload)["bpbd_petabencana.laporan"]
    assert (report.read, report.typed, report.notes) == (1, 1, [])


def test_what_only_looks_alike_is_not_taken(tools: Bench, tmp_path: Path) -> None:
    square = [[[100.3, -0.9], [100.4, -0.9], [100.4, -1.0], [100.3, -0.9]]]
    border = {"type": "Feature", "properties": {"nama": "x"}, "geometry": {"type": "Polygon", "coordinates": square}}
    news = "<item><title>a</title><link>https://x.invalid/a</link><description>b</description></item>"
    for name, content in (
        ("wilayah/batas.geojson", {"type": "FeatureCollection", "features": [border]}),
        ("lain/berita.xml", f'{HEAD}<rss version="2.0"><channel><title>x</title>{news}</channel></rss>'),
    ):
        assert list(examined(tools, tmp_path, name, content)) == ["no connector"], name
