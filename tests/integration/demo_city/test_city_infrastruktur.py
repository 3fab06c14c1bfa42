"""Infrastructure, agenda, news and trends: what the city serves of them, through the real connectors into schema raw."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from command_center.settings import settings
from demo_city.agencies.diskominfo_zabbix import ORPHANED_EVERY
from demo_city.causes.pemantauan import masalah

from tests.integration.conftest import Intake

TOMORROW = "2026-11-24T09:20:00+07:00"
# By table: least and most rows set aside at the first load, most rows that a day later are new or changed
EXPECTED: dict[str, dict[str, tuple[int, int, int]]] = {
    "diskominfo_zabbix": {
        "host": (1, 1, 5),
        "masalah": (10, 40, 40),
        "pemulihan": (0, 0, 40),
        "perawatan": (0, 0, 2),
    },
    "diskominfo_sertifikat": {"sertifikat": (1, 1, 5)},
    "diskominfo_cadangan": {"pekerjaan": (10, 50, 12)},
    "setda_agenda": {"acara": (4, 15, 25)},
    "media_berita": {"berita": (20, 70, 60)},
    "tren_pencarian": {"tren": (0, 3, 20)},
}


@pytest.fixture(autouse=True)
def _token(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"conn_type": "http", "host": f"{intake.url}/diskominfo", "login": "diskominfo", "password": "peragaan"}
    monkeypatch.setenv("AIRFLOW_CONN_DISKOMINFO_ZABBIX", json.dumps(content))


@pytest.mark.parametrize("source", EXPECTED)
def test_every_row_is_accounted_for_once_and_a_day_later_only_that_day_is_new(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    first = intake.load(source)
    assert {outcome.status for outcome in first} == {"published"}, [outcome.reason for outcome in first]
    assert {outcome.table for outcome in first} == EXPECTED[source].keys()
    for outcome in first:
        assert outcome.read == outcome.published + outcome.unchanged + outcome.quarantined > 0, outcome
        least, most, _ = EXPECTED[source][outcome.table]
        assert least <= outcome.quarantined <= most, outcome
        assert intake.value(f"select bool_and(_is_simulasi) from raw.{source}__{outcome.table}") is True
    before = intake.rows("select * from ops.raw_state order by 1")
    assert {outcome.published for outcome in intake.load(source)} == {0}
    assert intake.rows("select * from ops.raw_state order by 1") == before

    monkeypatch.setenv("DEMO_NOW", TOMORROW)  # for the loader too, which refuses the future
    settings.cache_clear()
    later = intake.load(source)
    assert {outcome.status for outcome in later} <= {"published", "unchanged"}, [outcome.reason for outcome in later]
    for outcome in later:
        assert outcome.published <= EXPECTED[source][outcome.table][2], outcome
    new = {outcome.table for outcome in later if outcome.published}
    assert new >= EXPECTED[source].keys() - {"host", "perawatan", "sertifikat"}


def test_a_problem_ends_later_and_is_then_known_to_have_ended(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    lasting = max(
        (one for number in range(1, 20) for one in masalah(1371, date(2026, 11, number))),
        key=lambda one: one.selesai - one.mulai if one.id % ORPHANED_EVERY != 3 else timedelta(),
    )
    assert timedelta(hours=2) < lasting.selesai - lasting.mulai < timedelta(days=8)
    query = f"select pemulihan_kode from raw.diskominfo_zabbix__masalah where masalah_kode = '{lasting.id}'"
    for now, expected in (
        (lasting.mulai + timedelta(hours=1), None),
        (lasting.selesai + timedelta(hours=1), str(lasting.id + 500)),
    ):
        monkeypatch.setenv("DEMO_NOW", now.isoformat())
        settings.cache_clear()
        intake.load("diskominfo_zabbix")
        assert intake.value(query) == expected
    ended = f"select pulih_at from raw.diskominfo_zabbix__pemulihan where pemulihan_kode = '{lasting.id + 500}'"
    assert intake.value(ended) == lasting.selesai.replace(microsecond=0)
