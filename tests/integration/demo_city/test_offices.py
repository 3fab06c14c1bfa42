"""Budget, call centre and open data portal, each through its own protocol into schema raw, twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from command_center.settings import settings
from demo_city.city import City
from demo_city.protocols.mysql import MysqlService
from demo_city.protocols.upload import UploadService

from tests.integration.conftest import Intake


@dataclass
class Offices:
    """A city that serves MySQL and an upload folder beside the intake's HTTP."""

    intake: Intake
    city: City
    upload: UploadService


@pytest.fixture
def offices(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> Iterator[Offices]:
    (intake.folder / "office").mkdir()
    (intake.folder / "upload" / "bpkad").mkdir(parents=True)
    city = City(1371, intake.folder / "office")
    services = MysqlService("127.0.0.1", 0, city), UploadService(city, intake.folder / "upload")
    server = services[0].addresses()["mysql"].rpartition("/")[0]
    connections = {
        "bpkad_unggah": {"conn_type": "fs", "host": f"{services[1].addresses()['file']}/bpkad"},
        "call_center_112": {
            "conn_type": "mysql",
            "host": f"{server}/diskominfo",
            "login": "diskominfo",
            "password": city.password,
        },
    }
    for name, content in connections.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps({**content, "extra": {"data_simulasi": "*"}}))

    for service in services:
        service.start()
    services[1].refresh()
    yield Offices(intake, city, services[1])
    for service in services:
        service.stop()


def later(offices: Offices, monkeypatch: pytest.MonkeyPatch, span: timedelta) -> None:
    """For the agencies and for the loader, which refuses the future."""
    monkeypatch.setenv("DEMO_NOW", (settings().now() + span).isoformat())
    settings.cache_clear()


@pytest.mark.parametrize("source", ["bpkad_djpk", "bpkad_sipd_lra", "diskominfo_112", "satudata_katalog"])
def test_every_row_is_accounted_for_and_marked_as_simulated(offices: Offices, source: str) -> None:
    first = offices.intake.load(source)
    assert {outcome.status for outcome in first} == {"published"}, [outcome.reason for outcome in first]
    for outcome in first:
        assert outcome.read == outcome.published + outcome.unchanged + outcome.quarantined > 0, outcome
        query = f"select bool_and(_is_simulasi) from raw.{source}__{outcome.table}"
        assert offices.intake.value(query) is True
    before = offices.intake.rows("select * from ops.raw_state order by 1")
    assert {outcome.published for outcome in offices.intake.load(source)} <= {0}
    assert offices.intake.rows("select * from ops.raw_state order by 1") == before


def test_only_tickets_that_changed_are_asked_for_again(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = offices.intake
    (everything,) = intake.load("diskominfo_112")
    open_before = intake.value("select count(*) from raw.diskominfo_112__tiket where selesai_at is null")
    later(offices, monkeypatch, timedelta(hours=12))
    (changes,) = intake.load("diskominfo_112")
    assert 0 < changes.read < everything.read / 5
    assert 0 < changes.published <= changes.read
    total = intake.value("select count(*) from raw.diskominfo_112__tiket")
    assert everything.published < int(str(total)) <= everything.published + changes.published
    assert open_before != intake.value("select count(*) from raw.diskominfo_112__tiket where selesai_at is null")


def test_nothing_of_whoever_called_reaches_the_warehouse(offices: Offices) -> None:
    intake = offices.intake
    intake.load("diskominfo_112")
    for table in ("raw.diskominfo_112__tiket", "ops.quarantine"):
        assert (
            intake.value(f"select count(*) from {table} as t where t::text ~* '08120000|rekaan|contohwan|Jl\\.'") == 0
        )


def test_a_new_month_is_a_new_part_and_leaves_the_others_alone(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = offices.intake
    first = intake.load("bpkad_sipd_lra")
    later(offices, monkeypatch, timedelta(days=10))
    offices.upload.refresh()
    changed = [outcome for outcome in intake.load("bpkad_sipd_lra") if outcome.published]
    assert {outcome.part for outcome in changed} == {"program_30-11-2026", "akun_30-11-2026"}
    assert len({outcome.part for outcome in first}) == 22
