"""Health, population, traffic and the kelurahan's form follow common causes, and their figures fit together."""

from __future__ import annotations

import io
import json
import runpy
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from command_center.declaration.registry import get_source
from command_center.extract.reading import check_beside
from command_center.settings import WIB
from demo_city.agencies import (
    dinkes,
    dinkes_lb1,
    dinkes_spm,
    dishub,
    dishub_waze,
    dukcapil_berkas,
    kelurahan,
    trans_padang,
)
from demo_city.agencies.dukcapil_berkas import MUTASI, Semester, mutasi
from demo_city.ask import Question
from demo_city.causes.cuaca import hujan_harian
from demo_city.causes.kalender import days, is_ramadan, is_school_day, months
from demo_city.causes.penduduk import population
from demo_city.causes.peristiwa import BANJIR, GENANGAN, peristiwa
from demo_city.causes.regions import all_kelurahan
from openpyxl import load_workbook

SEED = 1371
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=WIB)
FIXTURES = Path(__file__).parents[2] / "fixtures"
MADE = {
    "dinkes_lb1": "LB1 Mei 2026.zip",
    "dukcapil_dkb": "DKB Semester 1 2026.xlsx",
    "kelurahan_bulanan": "Form Kelurahan Mei 2026.zip",
}


@pytest.mark.parametrize("source", MADE)
def test_a_fixture_is_what_its_program_makes(source: str) -> None:
    program = runpy.run_path(str(FIXTURES / f"make_{source}.py"))
    assert (FIXTURES / source / MADE[source]).read_bytes() == program["fixture_bytes"]()


def test_all_that_waze_lists_at_any_hour_is_declared() -> None:
    """What is not would make every answer of a busy hour doubtful as a whole."""
    hours = [dishub_waze._feed(SEED, NOW.replace(hour=hour, minute=30)) for hour in range(24)]
    beside = {name for answer in hours for name in json.loads(answer.body)} - {"alerts", "jams"}
    assert "irregularities" in beside
    source = get_source("dishub_waze")
    assert [check_beside(source, table, sorted(beside), "") for table in source.tables.values()] == [[], []]


def correlation(xs: list[float], ys: list[float]) -> float:
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    spread: float = (sum((x - mean_x) ** 2 for x in xs) * sum((y - mean_y) ** 2 for y in ys)) ** 0.5
    return above / spread


def test_dengue_follows_the_rain_of_weeks_before() -> None:
    saturday = date(2026, 11, 21)
    cases: dict[tuple[int, int], float] = {}
    for puskesmas in dinkes.PUSKESMAS:
        for year, week, disease, count in dinkes.cases(SEED, puskesmas, saturday):
            if disease == "Suspek Dengue":
                cases[int(year), int(week)] = cases.get((int(year), int(week)), 0) + float(count)
    weeks = sorted(cases)
    rain = [
        sum(
            hujan_harian(SEED, dinkes.week_one(year) + timedelta(days=7 * (week - 1) - back))["13.71.09"]
            for back in range(36, 64)
        )
        for year, week in weeks
    ]
    assert correlation(rain, [cases[week] for week in weeks]) > 0.4


def test_diarrhoea_of_lb1_is_worse_after_floods() -> None:
    dry: list[float] = []
    wet: list[float] = []
    for month in months(date(2024, 1, 1), date(2026, 10, 1)):
        for kecamatan in ("13.71.11", "13.71.06"):
            factor = dinkes_lb1._factor(SEED, dinkes_lb1.DISEASES[6], kecamatan, month)
            (wet if dinkes_lb1.floods(SEED, kecamatan, month) >= 2 else dry).append(factor)
    assert sum(wet) / len(wet) > 1.1 * sum(dry) / len(dry)


def test_the_name_of_a_puskesmas_stands_only_in_the_name_of_its_file() -> None:
    answer = dinkes_lb1.answer("lb1/LB1 Oktober 2026.zip", Question(), SEED, NOW, None)
    assert answer is not None
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert len(archive.namelist()) >= 20
        sheet = load_workbook(io.BytesIO(archive.read(archive.namelist()[0]))).worksheets[0]
    name = archive.namelist()[0].removeprefix("LB1 ").removesuffix(".xlsx")
    rows = list(sheet.iter_rows(values_only=True))
    assert all(name not in str(cell) for row in rows for cell in row)
    assert rows[1][:3] == ("No", "Kode ICD X", "Jenis Penyakit")
    assert [row[0] for row in rows].count("TOTAL") == 4


@pytest.mark.parametrize("service", ["Ibu Hamil", "Usia Produktif"])
def test_people_served_only_become_more_within_a_year(service: str) -> None:
    for puskesmas in dinkes.PUSKESMAS:
        counts = [dinkes_spm.served(SEED, puskesmas, service, date(2025, month, 1)) for month in range(1, 13)]
        assert len({target for target, _ in counts}) == 1
        served = [count for _, count in counts]
        assert served == sorted(served)
        assert 0.3 < served[-1] / counts[0][0] < 1.3


@pytest.mark.parametrize("semester", [Semester(2024, 1), Semester(2026, 1)])
def test_the_register_sums_to_the_population(semester: Semester) -> None:
    answer = dukcapil_berkas.answer(semester.path, Question(), SEED, NOW, None)
    assert answer is not None
    rows = list(load_workbook(io.BytesIO(answer.body)).worksheets[0].iter_rows(min_row=7, values_only=True))
    people = population(SEED, semester.next.begins)
    assert {row[1]: row[6] for row in rows if row[1]} == people
    assert rows[-1][0] == "JUMLAH"
    assert rows[-1][6] == sum(people.values())
    assert 900_000 < sum(people.values()) < 980_000


def test_births_deaths_and_moves_explain_the_growth_but_for_what_was_cleaned() -> None:
    semester = Semester(2025, 2)
    for place in all_kelurahan():
        before, after = (population(SEED, one.begins)[place.kode] for one in (semester, semester.next))
        changes = [mutasi(SEED, place, date(2025, month, 1)) for month in range(7, 13)]
        assert all(change[kind] >= 0 for change in changes for kind in MUTASI)
        net = sum(one["lahir"] - one["mati"] + one["datang"] - one["pindah"] for one in changes)
        assert abs(before + net - after) <= max(5, before * 0.004)


def test_a_year_of_changes_is_one_file_once_it_is_over() -> None:
    paths = dukcapil_berkas.file_paths(SEED, NOW)
    assert {"mutasi/mutasi_2024.csv", "mutasi/mutasi_2025.csv", "mutasi/mutasi_2026-10.csv"} <= set(paths)
    assert "mutasi/mutasi_2025-10.csv" not in paths


def test_trans_padang_carries_about_as_many_as_published() -> None:
    of_2024 = [row for day in days(date(2024, 1, 1), date(2024, 12, 31)) for row in trans_padang.harian(SEED, day)]
    passengers = sum((row["penumpang_umum"] or 0) + (row["penumpang_pelajar"] or 0) for row in of_2024)
    assert 3_200_000 < passengers < 4_000_000  # 3,6 million in 2023
    too_many = sum(row["rit_jalan"] > row["rit_rencana"] for row in of_2024)
    assert 0 < too_many < 20


def test_fewer_ride_in_ramadan_and_when_it_pours() -> None:
    def mean(of: list[date]) -> float:
        rows = [row for day in of for row in trans_padang.harian(SEED, day) if row["penumpang_umum"] is not None]
        passengers: int = sum(row["penumpang_umum"] + row["penumpang_pelajar"] for row in rows)
        return passengers / len(rows)

    school = [day for day in days(date(2025, 1, 1), date(2025, 12, 31)) if is_school_day(day) and day.weekday() < 5]
    dry = [day for day in school if max(hujan_harian(SEED, day).values()) < 1 and not is_ramadan(day)]
    poured = [day for day in school if max(hujan_harian(SEED, day).values()) > 60 and not is_ramadan(day)]
    assert mean(dry) > 1.03 * mean(poured)
    assert mean(dry) > 1.1 * mean([day for day in school if is_ramadan(day)])


def test_rush_hours_and_water_slow_the_junctions() -> None:
    def speeds(day: date) -> dict[str, list[float]]:
        lines = dishub.month_file(SEED, day, day, 36).body.decode().splitlines()
        header = lines[0].split(",")
        at, speed = header.index("mulai"), header.index("kecepatan")
        found: dict[str, list[float]] = {}
        for line in lines[1:]:
            cells = line.split(",")
            if cells[speed]:
                found.setdefault(cells[at][11:13], []).append(float(cells[speed]))
        return found

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    usual = speeds(date(2025, 9, 3))
    assert mean(usual["07"]) < 0.9 * mean(usual["10"]) < mean(usual["03"])
    water = {
        day: [one for one in peristiwa(SEED, day) if one.jenis in (BANJIR, GENANGAN) and 9 <= one.mulai.hour <= 17]
        for day in days(date(2024, 1, 1), date(2026, 10, 31))
    }
    flooded = max(water, key=lambda day: len(water[day]))
    hour = min(one.mulai.hour for one in water[flooded])
    hours = [f"{hour + more:02}" for more in range(4)]
    before = flooded - timedelta(days=7)
    assert min(mean(speeds(flooded)[one]) for one in hours) < 0.9 * min(mean(speeds(before)[one]) for one in hours)


def test_the_form_knows_old_spellings_and_who_never_sends() -> None:
    month = date(2026, 9, 1)
    sent = [one for one in all_kelurahan() if kelurahan._has_sent(SEED, one, month, 2)]
    first = [one for one in all_kelurahan() if kelurahan._has_sent(SEED, one, month, 1)]
    assert 80 <= len(first) < len(sent) < 104
    assert set(first) < set(sent)
    assert set(kelurahan.old_names()) <= {one.kode for one in all_kelurahan()}
