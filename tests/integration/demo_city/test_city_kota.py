"""Health, population, traffic, programmes, complaints and the kelurahan's form: what the city serves of them, into schema raw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_center.declaration.registry import get_source
from command_center.settings import settings
from demo_city.protocols.upload import UploadService

from tests.integration.conftest import Intake

TODAY, TOMORROW = "2025-03-24T17:20:00+07:00", "2025-03-25T17:20:00+07:00"  # behind a year of files, not three
LIVE = {"dishub_waze": ("2026-11-23T09:20:00+07:00", "2026-11-24T09:20:00+07:00")}  # tells its last minutes only
# By source and table: least rows, least and most rows set aside, most rows that a day later are new or changed
EXPECTED: dict[str, dict[str, tuple[int, int, int, int]]] = {
    "adpem_rfk": {"kegiatan": (1300, 0, 30, 0)},
    "dinkes_lb1": {"kesakitan": (40_000, 0, 0, 0)},
    "dinkes_spm": {"layanan": (3800, 8, 60, 0)},
    "dishub_hitung": {"pendekat": (4, 0, 0, 0), "hitungan": (160_000, 40, 300, 400)},
    "dishub_macet": {"macet": (5500, 0, 100, 120)},
    "dishub_trans_padang": {"harian": (2600, 1, 20, 6)},
    "dishub_waze": {"laporan": (1, 0, 3, 60), "macet": (0, 0, 3, 120)},
    "diskominfo_lapor": {"laporan": (1700, 6, 70, 60)},
    "dukcapil_dkb": {"penduduk": (210, 2, 2, 0)},
    "dukcapil_mutasi": {"mutasi": (1400, 1, 12, 0)},
    "kelurahan_bulanan": {"isian": (6000, 4, 50, 0)},
    "organisasi_iku": {"capaian": (110, 0, 10, 0)},
}
# By source: a table, a column, and how many of its values at least and at most cannot be read, while their rows go on
UNREADABLE = {"dinkes_lb1": ("kesakitan", "kasus", 20, 200)}


@pytest.fixture
def upload(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> UploadService:
    """The upload folder of the kelurahan, filled when it is refreshed."""
    root: Path = intake.folder / "unggah"
    (root / "kelurahan").mkdir(parents=True)
    content = {"conn_type": "fs", "host": (root / "kelurahan").as_uri(), "extra": {"data_simulasi": "*"}}
    monkeypatch.setenv("AIRFLOW_CONN_KELURAHAN_UNGGAH", json.dumps(content))
    return UploadService(intake.city, root)


@pytest.mark.parametrize("source", EXPECTED)
def test_every_row_is_accounted_for_once_and_a_day_later_only_that_day_is_new(
    intake: Intake, upload: UploadService, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setenv("CC_DEMO_SIMPANG", "1")
    today, tomorrow = LIVE.get(source, (TODAY, TOMORROW))
    monkeypatch.setenv("DEMO_NOW", today)
    settings.cache_clear()
    is_uploaded = get_source(source).connection.scheme == "file"
    if is_uploaded:
        upload.refresh()
    first = intake.load(source)
    assert {outcome.status for outcome in first} == {"published"}, [outcome.reason for outcome in first]
    for table, (least, fewest, most, _) in EXPECTED[source].items():
        outcomes = [outcome for outcome in first if outcome.table == table]
        read, aside = sum(one.read for one in outcomes), sum(one.quarantined for one in outcomes)
        assert read == sum(one.published + one.unchanged for one in outcomes) + aside
        assert read >= least
        assert fewest <= aside <= most, table
        assert intake.value(f"select coalesce(bool_and(_is_simulasi), true) from raw.{source}__{table}") is True
    if source in UNREADABLE:
        table, column, fewest, most = UNREADABLE[source]
        unknown = intake.value(f"select count(*) - count({column}) from raw.{source}__{table}")
        assert isinstance(unknown, int) and fewest <= unknown <= most
    before = intake.rows("select * from ops.raw_state order by 1")
    assert {outcome.published for outcome in intake.load(source)} == {0}
    assert intake.rows("select * from ops.raw_state order by 1") == before

    monkeypatch.setenv("DEMO_NOW", tomorrow)  # for the loader too, which refuses the future
    settings.cache_clear()
    if is_uploaded:
        upload.refresh()
    later = intake.load(source)
    assert {outcome.status for outcome in later} <= {"published", "unchanged"}, [outcome.reason for outcome in later]
    for table, (_, _, _, most) in EXPECTED[source].items():
        assert sum(one.published for one in later if one.table == table) <= most, table


def test_a_kelurahan_that_was_late_stands_in_the_second_edition(
    intake: Intake, upload: UploadService, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = "select count(distinct kelurahan)::int from raw.kelurahan_bulanan__isian where bulan = '2026-10-01'"
    found = []
    for now in ("2026-11-10T09:00:00+07:00", "2026-11-22T09:00:00+07:00"):
        monkeypatch.setenv("DEMO_NOW", now)
        settings.cache_clear()
        upload.refresh()
        intake.load("kelurahan_bulanan")
        found.append(int(str(intake.value(counted))))
    first, second = found
    assert 80 < first < second <= 104


def test_a_flow_that_no_approach_can_take_is_set_aside_and_so_is_a_capacity_that_the_counts_belie(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_DEMO_SIMPANG", "1")
    monkeypatch.setenv("DEMO_NOW", "2024-01-20T17:20:00+07:00")
    settings.cache_clear()
    first = intake.load("dishub_hitung")
    assert {outcome.status for outcome in first} == {"published"}, [outcome.reason for outcome in first]
    months = "dishub/hitung/hitung_2024-01.csv"
    head, line, *lines = intake.get(months).decode("utf-8-sig").splitlines()
    cells = line.split(",")
    cells[head.split(",").index("sm")], cells[head.split(",").index("mp")] = "3900", "1400"
    intake.serve(months, "\n".join([head, ",".join(cells), *lines, ""]).encode())
    counted = next(one for one in intake.load("dishub_hitung") if one.table == "hitungan")
    assert counted.status == "published"
    assert intake.value("select count(*) from ops.quarantine where reason ~ 'satu setengah kali kapasitas'") == 1
    approaches = "dishub/hitung/pendekat.csv"
    head, line, *lines = intake.get(approaches).decode("utf-8-sig").splitlines()
    cells = line.split(";")
    cells[head.split(";").index("Kapasitas (skr/jam)")] = "300"
    intake.serve(approaches, "\n".join([head, ";".join(cells), *lines, ""]).encode())
    intake.load("dishub_hitung")
    assert intake.value("select count(*) from ops.quarantine where reason ~ 'dua pertiga arus'") == 1
