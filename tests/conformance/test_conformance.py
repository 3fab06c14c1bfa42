"""Payloads of the four families that no declaration has seen: other provinces, candidates, months and shapes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from command_center.newcomer.conformance import Bench, Report, bench, examine
from command_center.newcomer.recognise import looks_like
from command_center.paths import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Cluster

QUAKE = {
    "Tanggal": "01 Agu 2023",
    "Jam": "02:03:04 WIB",
    "DateTime": "2023-07-31T19:03:04+00:00",
    "Coordinates": "3.10,96.20",
    "Lintang": "3.10 LU",
    "Bujur": "96.20 BT",
    "Magnitude": "5.1",
    "Kedalaman": "10 km",
    "Wilayah": "Pusat gempa di laut",
}
COUNT = {
    "mode": "hhcw",
    "tungsura": {
        "chart": {"100": 12, "101": None, "null": None, "progres": {"total": 3, "progres": 1}},
        "table": {
            "320101": {"psu": None, "100": 12, "101": None, "progres": {"total": 3, "persen": 33.33, "progres": 1}}
        },
    },
    "psu": None,
    "progres": {"total": 3, "progres": 1},
    "ts": "2024-11-27 19:00:00",
}


@pytest.fixture(scope="module")
def tools(cluster: Cluster) -> Iterator[Bench]:
    with bench() as tools:
        yield tools


def write(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def by_connector(reports: list[Report]) -> dict[str, Report]:
    return {report.connector: report for report in reports}


@pytest.mark.parametrize("shape", [[QUAKE, QUAKE], QUAKE])
def test_a_list_of_quakes_or_one_quake(tools: Bench, tmp_path: Path, shape: object) -> None:
    file = write(tmp_path, "bmkg/anything.json", {"Infogempa": {"gempa": shape}})
    report = by_connector(examine(tools, file))["bmkg_gempa.gempa"]
    assert report.typed == 1
    assert report.read == report.typed + report.duplicates
    assert not report.rejected


def test_a_count_of_another_province_with_null_counts(tools: Bench, tmp_path: Path) -> None:
    reports = by_connector(examine(tools, write(tmp_path, "kpu/jabar/hhcw_pkwkk_32_3201.json", COUNT)))
    assert (reports["kpu_sirekap.suara"].read, reports["kpu_sirekap.suara"].typed) == (4, 4)
    assert reports["kpu_sirekap.suara"].outside == 4
    assert reports["kpu_sirekap.progres"].typed == 2


def test_a_polling_station_without_administration(tools: Bench, tmp_path: Path) -> None:
    payload = {"mode": "hhcw", "chart": {"null": None}, "administrasi": None, "psu": None, "ts": "2024-02-14 21:46:01"}
    reports = by_connector(examine(tools, write(tmp_path, "pemilu/hhcw_1371011001001.json", payload)))
    assert {report.read for report in reports.values()} == {0}
    assert "kpu_sirekap.suara" in reports


def test_an_amount_that_is_no_number_is_left_out_and_a_week_that_is_none_rejected_each_with_its_place(
    tools: Bench, tmp_path: Path
) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "2031"
    for row in (
        ["Tahun", "Minggu Ke-", "Nama Penyakit", "Jumlah Kasus"],
        [2031, 1, "Diare Akut", 4],
        [2031, 2, "Diare Akut", "banyak"],
        [2031, "tiga", "Diare Akut", 5],
    ):
        sheet.append(row)
    (tmp_path / "health").mkdir()
    workbook.save(tmp_path / "health" / "puskesmas_lain.xlsx")
    report = by_connector(examine(tools, tmp_path / "health" / "puskesmas_lain.xlsx"))["dinkes_skdr.kasus"]
    assert (report.read, report.typed, report.rejected_rows) == (3, 2, 1)
    assert list(report.examples.values()) == ["lembar '2031' baris 4: tiga"]
    assert "1 value of column 'Jumlah Kasus' left out, the first in lembar '2031' baris 3" in " ".join(report.notes)


def test_what_no_connector_knows_is_said(tools: Bench, tmp_path: Path) -> None:
    for name, content in (
        ("x/apbd.xml", "<Workbook/>"),
        ("x/README.md", "# Catatan"),
        ("x/gambar.bin", "\0\1\2"),
        ("x/kosong.csv", ""),
        ("bmkg/cuaca.json", {"lokasi": {}}),
        ("x/notes.csv", "a,b\n1,2\n"),
    ):
        assert [report.connector for report in examine(tools, write(tmp_path, name, content))] == ["no connector"]


def test_what_comes_nearest_is_named_and_no_connector_is_blamed(tools: Bench, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (["LAPORAN ISPA"], ["Bulan", "Tahun", "Kelompok Umur", "Penderita"], ["Mei", 2026, "0-1", 4]):
        sheet.append(row)
    (tmp_path / "health").mkdir()
    workbook.save(tmp_path / "health" / "ispa.xlsx")
    files = [
        tmp_path / "health" / "ispa.xlsx",
        write(tmp_path, "kpu/dprd.csv", "Kecamatan;Desa/Kelurahan;TPS;1 PKB\nKURANJI;ANDURING;TPS-001;12\n"),
        write(tmp_path, "kpu/dprd.tsv.csv", "Kecamatan\tDesa/Kelurahan\tTPS\t1 PKB\nKURANJI\tANDURING\tTPS-001\t12\n"),
        write(tmp_path, "bmkg/suhu.xml", "<Cuaca><data><hari_ke>1</hari_ke><suhu_c>30</suhu_c></data></Cuaca>"),
    ]
    reports = [report for file in files for report in examine(tools, file)]
    assert [(report.connector, report.refused) for report in reports] == [("no connector", None)] * 4
    notes = [" ".join(report.notes) for report in reports]
    assert "nearest: dinkes_skdr.kasus (1 of 4)" in notes[0]
    assert "for the first it lacks 'Minggu Ke-', 'Nama Penyakit', 'Jumlah Kasus'" in notes[0]
    assert all("dukcapil_dkb.penduduk (2 of 9)" in note for note in notes[1:3])
    assert "no connector declares a name that is in it" in notes[3]


def test_a_quake_as_xml_is_the_quake_that_json_says(tools: Bench, tmp_path: Path) -> None:
    told = {key: value for key, value in QUAKE.items() if key != "Coordinates"}
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in told.items())
    for order, typed in (("3.10,96.20", 1), ("3.10, 96.20", 1)):
        point = f"<point><coordinates>{order}</coordinates></point>"
        text = f"<?xml version='1.0'?><Infogempa><gempa>{inner}{point}</gempa></Infogempa>"
        (report,) = examine(tools, write(tmp_path, "bmkg/autogempa.xml", text))
        assert (report.connector, report.read, report.typed) == ("bmkg_gempa.gempa", typed, typed)
        assert all(note.endswith("nothing newer came.") for note in report.notes)


def test_totals_beside_the_votes_are_told(tools: Bench, tmp_path: Path) -> None:
    payload = {"chart": {"21": 19, "22": 133}, "suara_sah": 152, "pemilih_j": 179, "ts": "2019-04-19 23:00:03"}
    report = by_connector(examine(tools, write(tmp_path, "kpu/hhcw_ppwp_birugo_19.json", payload)))["kpu_sirekap.suara"]
    assert (report.read, report.typed) == (2, 2)
    assert any("beside the records stands 'suara_sah', 'pemilih_j'" in note for note in report.notes)


def test_a_zip_with_a_file_for_each_area_loses_none(tools: Bench, tmp_path: Path) -> None:
    (tmp_path / "kpu").mkdir()
    file = tmp_path / "kpu" / "hhcw_pkwkk.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for area in ("137101", "137102", "137103"):
            archive.writestr(f"{area}.json", json.dumps({"chart": {"100": 12, "101": 7}, "ts": "2024-11-27 19:00:00"}))
    reports = [report for report in examine(tools, file) if report.connector == "kpu_sirekap.suara"]
    assert [(report.file.name, report.read, report.typed, report.duplicates) for report in reports] == [
        (f"{area}.json", 2, 2, 0) for area in ("137101", "137102", "137103")
    ]


def test_a_broken_file_of_a_known_family_is_refused_in_one_sentence(tools: Bench, tmp_path: Path) -> None:
    (report,) = examine(tools, write(tmp_path, "kpu/hhcw.json", '{"mode": "hhcw", "tung'))
    assert report.refused is not None
    assert "not JSON" in report.refused
    (report,) = examine(tools, write(tmp_path, "dinkes/skdr.xlsx", "PK\x03\x04cut"))
    assert "cut off" in str(report.refused)


def test_a_column_more_is_told_and_a_column_less_is_refused(tools: Bench, tmp_path: Path) -> None:
    fixture = (FIXTURES / "damkar_kejadian" / "kejadian.csv").read_text(encoding="utf-8-sig")
    head, _, body = fixture.partition("\n")
    more = f"{head.rstrip()};Cuaca\n" + "".join(f"{line};cerah\n" for line in body.splitlines())
    (report,) = examine(tools, write(tmp_path, "damkar/lain.csv", more))
    assert report.typed > 0 and any("'Cuaca' is not declared" in note for note in report.notes)
    (report,) = examine(tools, write(tmp_path, "fire/lain.csv", fixture.replace("Objek", "Benda", 1)))
    assert report.refused is not None and "the declared column 'Objek' is missing" in report.refused


def test_areas_of_another_city_are_told_apart_not_rejected(tools: Bench, tmp_path: Path) -> None:
    fixture = (FIXTURES / "damkar_kejadian" / "kejadian.csv").read_text(encoding="utf-8-sig")
    (here,) = examine(tools, write(tmp_path, "damkar/sini.csv", fixture))
    (there,) = examine(tools, write(tmp_path, "damkar/sana.csv", fixture.replace(";13.71.", ";32.73.")))
    assert (here.outside, there.typed, there.rejected) == (0, here.typed, here.rejected)
    assert there.outside > 0


def test_a_foreign_file_name_rejects_no_row(tools: Bench, tmp_path: Path) -> None:
    (tmp_path / "dinkes").mkdir()
    file = tmp_path / "dinkes" / "Laporan SKDR (final) 2.xlsx"
    file.write_bytes((FIXTURES / "dinkes_skdr" / "skdr_kuranji.xlsx").read_bytes())
    report = by_connector(examine(tools, file))["dinkes_skdr.kasus"]
    assert (report.read, report.typed, report.rejected_rows) == (9, 9, 0)


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b'\xef\xbb\xbf {"a": 1}', "json"),
        (b"[1]", "json"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "feed"),
        (b"<?xml version='1.0'?>\n<!-- c --><feed xmlns='x'/>", "feed"),
        (b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>", "alert"),
        (b"<cap:alert xmlns:cap='urn:oasis:names:tc:emergency:cap:1.2'/>", "alert"),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "spreadsheetml"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"<table><tr><td>1</td></tr></table>", "html"),
        (b"<Infogempa/>", "xml"),
        (b"BEGIN:VCALENDAR\r\n", "calendar"),
        (b"a;b\n1;2\n", "text"),
        (b"PK\x03\x04cut", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1", "workbook"),
        (b"a\0b", "binary"),
        (b"", "binary"),
    ],
)
def test_content_is_what_it_is_whatever_its_name(content: bytes, looks: str) -> None:
    assert looks_like(content) == looks


FIXTURES = ROOT / "tests" / "fixtures"
EXAMPLES = [
    FIXTURES / "bmkg_gempa" / "gempaterkini.json",
    FIXTURES / "damkar_kejadian" / "kejadian.csv",
    FIXTURES / "dinkes_skdr" / "skdr_kuranji.xlsx",
    FIXTURES / "kpu_sirekap" / "hhcw_pkwkp_1371.json",
]


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, bytes]:
    """A fixture that something happened to, under some name; or bytes of no kind at all."""
    example = draw(st.sampled_from(EXAMPLES))
    content = bytearray(draw(st.sampled_from([example.read_bytes(), draw(st.binary(max_size=200))])))
    for _ in range(draw(st.integers(0, 3))):
        if content:
            content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    cut = draw(st.one_of(st.none(), st.integers(0, len(content))))
    suffix = draw(st.sampled_from([example.suffix, ".json", ".xml", ".csv", ".xlsx", ".xls", ".ics", ""]))
    family = draw(st.sampled_from(["bmkg", "damkar", "dinkes", "kpu", "budget", "x"]))
    return f"{family}/berkas{suffix}", bytes(content[:cut])


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(broken())
def test_no_bytes_are_a_crash_and_no_row_is_silent(tools: Bench, tmp_path: Path, case: tuple[str, bytes]) -> None:
    name, content = case
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    for report in examine(tools, file):
        assert report.read == report.typed + report.duplicates + report.rejected_rows
        assert report.connector == "no connector" or report.refused or report.read >= 0


@pytest.mark.parametrize("file", sorted((ROOT / "tests" / "fixtures").glob("*/*.*")), ids=lambda file: file.name)
def test_every_fixture_is_known_and_every_row_is_told(tools: Bench, file: Path) -> None:
    for report in examine(tools, file):
        assert report.connector.startswith(file.parent.name), report
        assert report.refused is None
        assert report.read == report.typed + report.duplicates + report.rejected_rows
