"""BMKG, the fire service and the health agency: believable, of the real shape, and the same every time."""

from __future__ import annotations

import csv
import io
import json
import re
import runpy
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from command_center.declaration.registry import get_source
from command_center.settings import WIB
from demo_city.agencies import bmkg, damkar, dinkes
from demo_city.answer import Answer
from demo_city.causes import published
from demo_city.causes.chance import apportion
from demo_city.causes.regions import all_kelurahan
from openpyxl import load_workbook

SEED = 1371
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=WIB)
FIXTURES = Path(__file__).parents[2] / "fixtures"


def quakes(feed: str, now: datetime = NOW) -> Any:
    answer = bmkg.answer(f"{feed}.json", SEED, now)
    assert answer is not None
    return json.loads(answer.body)["Infogempa"]["gempa"]


def many_lists(feed: str) -> list[dict[str, str]]:
    return [quake for hours in range(0, 2000, 50) for quake in quakes(feed, NOW - timedelta(hours=hours))]


TODAY = NOW.date()


def export(today: date = TODAY) -> list[dict[str, str]]:
    text = damkar.export(SEED, today).body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def minutes(row: dict[str, str]) -> float:
    """From report to arrival; a smaller time of day is past midnight."""
    arrived, reported = (
        timedelta(hours=int(text[:2]), minutes=int(text[3:5]), seconds=int(text[6:]))
        for text in (row["Tiba di Lokasi"], row["Informasi Diterima"])
    )
    return ((arrived - reported) % timedelta(days=1)).total_seconds() / 60


def workbook(puskesmas: str, now: datetime = NOW) -> Answer:
    answer = dinkes.answer(f"skdr_{puskesmas}.xlsx", SEED, now)
    assert answer is not None
    return answer


def test_bmkg_has_one_object_and_two_arrays_of_15() -> None:
    assert isinstance(quakes("autogempa"), dict)
    assert len(quakes("gempaterkini")) == len(quakes("gempadirasakan")) == 15


def test_bmkg_fields_differ_by_list_as_in_the_real_ones() -> None:
    assert {"Potensi", "Dirasakan", "Shakemap"} <= quakes("autogempa").keys()
    assert all("Potensi" in quake and "Dirasakan" not in quake for quake in quakes("gempaterkini"))
    assert all("Dirasakan" in quake and "Shakemap" not in quake for quake in quakes("gempadirasakan"))


@pytest.mark.parametrize("feed", ["gempaterkini", "gempadirasakan"])
def test_bmkg_coordinates_agree_with_their_text_and_local_time_with_utc(feed: str) -> None:
    for quake in many_lists(feed):
        lintang, bujur = (float(text) for text in quake["Coordinates"].split(","))
        assert quake["Lintang"] == f"{abs(lintang):.2f} {'LS' if lintang < 0 else 'LU'}"
        assert quake["Bujur"] == f"{bujur:.2f} BT"
        assert -12 < lintang < 8
        assert 90 < bujur < 142
        local = datetime.fromisoformat(quake["DateTime"]).astimezone(WIB)
        assert quake["Jam"] == f"{local:%H:%M:%S} WIB"
        assert quake["Tanggal"].split()[1] == bmkg.MONTHS[local.month - 1]


def test_bmkg_lists_now_and_then_hold_one_quake_twice() -> None:
    lengths = {
        len({quake["DateTime"] for quake in quakes("gempaterkini", NOW - timedelta(hours=h))}) for h in range(40)
    }
    assert lengths == {14, 15}


def test_bmkg_never_simulates_a_new_tsunami_warning() -> None:
    alarming = {quake["DateTime"] for quake in many_lists("gempaterkini") if not quake["Potensi"].startswith("Tidak")}
    assert alarming == {"2023-04-24T20:00:57+00:00"}


def test_bmkg_is_the_same_within_a_clock_hour_and_rolls_afterwards() -> None:
    answers = [bmkg.answer("gempadirasakan.json", SEED, NOW.replace(minute=minute)) for minute in (0, 59)]
    assert answers[0] == answers[1]
    assert quakes("gempadirasakan", NOW + timedelta(days=3)) != quakes("gempadirasakan")


def test_damkar_has_every_declared_column() -> None:
    declared = {column.source for column in get_source("damkar_kejadian").tables["kejadian"].columns}
    assert set(export()[0]) == declared


def test_damkar_has_the_published_counts_of_2024() -> None:
    rows = [row for row in export() if row["Tanggal"].endswith("2024")]
    fires = Counter(row["No Kejadian"].split("/")[2] for row in rows if row["Jenis"] == "Kebakaran")
    assert tuple(fires[month] for month in damkar.ROMAN) == published.FIRES_2024
    assert sum(fires.values()) == 245
    assert len(rows) == 1369


def test_damkar_ends_yesterday_and_yesterday_does_not_change() -> None:
    today, tomorrow = export(), export(TODAY + timedelta(days=1))
    assert tomorrow[: len(today)] == today
    assert today[-1]["Tanggal"].split()[0].lstrip("0") == "22"
    assert {row["Tanggal"].split()[0] for row in tomorrow[len(today) :]} <= {"23"}


def test_damkar_numbers_incidents_once() -> None:
    numbers = [row["No Kejadian"] for row in export()]
    assert len(set(numbers)) == len(numbers)


def test_damkar_carries_half_a_per_cent_of_defects_of_each_kind() -> None:
    rows, known = export(), {kelurahan.kode for kelurahan in all_kelurahan()} | {""}
    late = sum(1 for row in rows if row["Tiba di Lokasi"] and minutes(row) > 180)
    unknown = sum(1 for row in rows if row["Kode Kelurahan"] not in known)
    amounts = sum(1 for row in rows if not re.fullmatch(r"-|(\d{1,3}(\.\d{3})*,\d\d)", row["Taksiran Kerugian"]))
    assert min(late, unknown, amounts) > 0
    assert 0.003 < (late + unknown + amounts) / len(rows) < 0.008


def test_damkar_is_believable() -> None:
    rows = [row for row in export() if row["Tiba di Lokasi"] and minutes(row) <= 180]
    by_kecamatan = {
        kode: [minutes(row) for row in rows if row["Kode Kelurahan"][:8] == kode] for kode in damkar.MINUTES
    }
    assert 10 < median(map(minutes, rows)) < 12.5
    assert median(by_kecamatan["13.71.03"]) < median(by_kecamatan["13.71.05"])
    assert max(by_kecamatan, key=lambda kode: len(by_kecamatan[kode])) == "13.71.11"


def test_damkar_writes_as_people_do() -> None:
    rows = export()
    assert {"Pebruari", "Februari", "Nopember", "November"} <= {row["Tanggal"].split()[1] for row in rows}
    assert any(row["Selesai"] == "" for row in rows)
    assert any(row["Selesai"] and row["Selesai"] < row["Informasi Diterima"] for row in rows)
    assert all(row["Nama Pelapor"] in row["Kronologi"] and row["Telepon Pelapor"] in row["Kronologi"] for row in rows)


def test_dinkes_serves_every_declared_puskesmas() -> None:
    assert set(get_source("dinkes_skdr").extract.for_each["puskesmas"]) == set(dinkes.PUSKESMAS)
    assert dinkes.answer("skdr_lain.xlsx", SEED, NOW) is None


def test_dinkes_has_a_sheet_per_year_up_to_the_last_complete_week() -> None:
    book = load_workbook(io.BytesIO(workbook("kuranji").body), read_only=True)
    assert book.sheetnames == ["2024", "2025", "2026"]
    for sheet in book:
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[0] == ("Tahun", "Minggu Ke-", "Nama Penyakit", "Jumlah Kasus")
        assert {str(row[0]) for row in rows[1:]} == {sheet.title}
        assert all(isinstance(row[3], int) for row in rows[1:])
    assert max(row[1] for row in rows[1:]) == 46
    assert {"Pnemonia", "Diare Berdarah/ Disentri"} <= {row[2] for row in rows[1:]}


def test_dinkes_bytes_do_not_depend_on_when_they_are_made() -> None:
    first = workbook("alai").body
    dinkes.workbook.cache_clear()
    assert workbook("alai", NOW + timedelta(hours=12)).body == first
    assert workbook("alai", NOW + timedelta(days=7)).body != first


def test_dinkes_dengue_is_seasonal() -> None:
    cases = Counter[int]()
    for puskesmas in dinkes.PUSKESMAS:
        for _, week, disease, count in dinkes.cases(SEED, puskesmas, date(2025, 12, 27)):
            cases[int(week)] += int(count) if disease == "Suspek Dengue" else 0
    assert sum(cases[week] for week in range(1, 9)) > 2 * sum(cases[week] for week in range(23, 31))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2023, 12, 31), (2024, 1)),
        (date(2024, 12, 28), (2024, 52)),
        (date(2024, 12, 29), (2025, 1)),
        (date(2026, 1, 3), (2025, 53)),
        (date(2026, 1, 4), (2026, 1)),
        (date(2026, 11, 21), (2026, 46)),
    ],
)
def test_weeks_run_sunday_to_saturday_and_belong_to_the_year_of_their_wednesday(
    day: date, expected: tuple[int, int]
) -> None:
    assert dinkes.epidemiological_week(day) == expected


@pytest.mark.parametrize(("day", "saturday"), [(21, 14), (22, 21), (23, 21)])
def test_a_week_is_complete_after_its_saturday(day: int, saturday: int) -> None:
    assert dinkes.last_complete_week(date(2026, 11, day)) == date(2026, 11, saturday)


def test_apportion_is_exact() -> None:
    assert apportion(10, {"a": 1.0, "b": 1.0, "c": 1.0}) == {"a": 4, "b": 3, "c": 3}


def test_the_fixture_workbook_is_what_its_script_makes() -> None:
    made = runpy.run_path(str(FIXTURES / "make_dinkes_skdr.py"))["fixture_bytes"]()
    assert (FIXTURES / "dinkes_skdr" / "skdr_kuranji.xlsx").read_bytes() == made


def test_last_modified_is_stated_in_gmt() -> None:
    answer = Answer(b"", "text/plain", modified=datetime(2026, 1, 5, 0, 0, tzinfo=WIB))
    assert answer.last_modified == "Sun, 04 Jan 2026 17:00:00 GMT"
    assert datetime(2026, 1, 4, 17, tzinfo=UTC) == answer.modified
