"""Payloads of the four families that no declaration has seen: other provinces, candidates, months and shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import psycopg
import pytest
from command_center.conformance import Report, examine
from command_center.database import connect
from command_center.paths import ROOT
from command_center.settings import settings

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


@pytest.fixture
def connection(cluster: Cluster) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with connect(settings().dsn("loader")) as connection:
        yield connection
        connection.rollback()


def write(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def by_connector(reports: list[Report]) -> dict[str, Report]:
    return {report.connector: report for report in reports}


@pytest.mark.parametrize("shape", [[QUAKE, QUAKE], QUAKE])
def test_a_list_of_quakes_or_one_quake(
    connection: psycopg.Connection[tuple[object, ...]], tmp_path: Path, shape: object
) -> None:
    file = write(tmp_path, "bmkg/anything.json", {"Infogempa": {"gempa": shape}})
    report = by_connector(examine(connection, file, 1))["bmkg_gempa.gempa"]
    assert report.typed == 1
    assert report.read == report.typed + report.duplicates
    assert not report.rejected


def test_a_count_of_another_province_with_null_counts(
    connection: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    reports = by_connector(examine(connection, write(tmp_path, "kpu/jabar/hhcw_pkwkk_32_3201.json", COUNT), 1))
    assert (reports["kpu_sirekap.suara"].read, reports["kpu_sirekap.suara"].typed) == (4, 4)
    assert reports["kpu_sirekap.suara"].outside == 4
    assert reports["kpu_sirekap.progres"].typed == 2


def test_a_polling_station_without_administration(
    connection: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    payload = {"mode": "hhcw", "chart": {"null": None}, "administrasi": None, "psu": None, "ts": "2024-02-14 21:46:01"}
    reports = by_connector(examine(connection, write(tmp_path, "pemilu/hhcw_1371011001001.json", payload), 1))
    assert {report.read for report in reports.values()} == {0}
    assert "kpu_sirekap.suara" in reports


def test_an_amount_that_is_no_number_is_rejected_with_its_place(
    connection: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "2031"
    for row in (
        ["Tahun", "Minggu Ke-", "Nama Penyakit", "Jumlah Kasus"],
        [2031, 1, "Diare Akut", 4],
        [2031, 2, "Diare Akut", "banyak"],
    ):
        sheet.append(row)
    (tmp_path / "health").mkdir()
    workbook.save(tmp_path / "health" / "puskesmas_lain.xlsx")
    report = by_connector(examine(connection, tmp_path / "health" / "puskesmas_lain.xlsx", 1))["dinkes_skdr.kasus"]
    assert (report.read, report.typed) == (2, 1)
    assert list(report.examples.values()) == ["lembar '2031' baris 3: banyak"]


def test_what_no_connector_knows_is_said(connection: psycopg.Connection[tuple[object, ...]], tmp_path: Path) -> None:
    for name, content in (
        ("budget/apbd.xml", "<Workbook/>"),
        ("bmkg/cuaca.json", {"lokasi": {}}),
        ("x/notes.csv", "a,b\n1,2\n"),
    ):
        assert [report.connector for report in examine(connection, write(tmp_path, name, content), 1)] == [
            "no connector"
        ]


def test_a_broken_file_of_a_known_family_is_refused_in_one_sentence(
    connection: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    (report,) = examine(connection, write(tmp_path, "kpu/hhcw.json", '{"mode": "hhcw", "tung'), 1)
    assert report.refused is not None
    assert "not JSON" in report.refused
    (report,) = examine(connection, write(tmp_path, "dinkes/skdr.xlsx", "PK\x03\x04cut"), 1)
    assert "cut off" in str(report.refused)


@pytest.mark.parametrize("file", sorted((ROOT / "tests" / "fixtures").glob("*/*.*")), ids=lambda file: file.name)
def test_every_fixture_is_known_and_every_row_is_told(
    connection: psycopg.Connection[tuple[object, ...]], file: Path
) -> None:
    for report in examine(connection, file, 1):
        assert report.connector.startswith(file.parent.name), report
        assert report.refused is None
        assert report.read == report.typed + report.duplicates + sum(report.rejected.values())
