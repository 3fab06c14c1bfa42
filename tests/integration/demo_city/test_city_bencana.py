"""Incident book, fire service, call centre and citizens' reports, each over its own protocol into schema raw, twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from command_center.settings import settings
from demo_city.agencies import bpbd_buku, damkar
from demo_city.city import City
from demo_city.protocols.mysql import MysqlService
from demo_city.protocols.sftp import SftpService
from demo_city.secret import host_key

from tests.integration.conftest import Intake

# Rows of the first load that are set aside: at least and at most so many in a thousand; a wrong hour is only left out
QUARANTINED = {"bpbd_kejadian": (1, 15), "damkar_kejadian": (1, 8), "diskominfo_112": (0, 5)}


@dataclass
class Offices:
    """A city that serves SFTP and MySQL beside the intake's HTTP."""

    intake: Intake
    city: City


@pytest.fixture
def offices(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> Iterator[Offices]:
    (intake.folder / "office").mkdir()
    city = City(1371, intake.folder / "office")
    services = SftpService("127.0.0.1", 0, city), MysqlService("127.0.0.1", 0, city)
    sftp, mysql = (service.addresses() for service in services)
    key = {"host_key": host_key(city.state_dir)}
    for name, kind, host, extra in (
        ("bpbd_pusdalops", "sftp", f"{sftp['sftp']}/bpbd", key),
        ("damkar", "sftp", f"{sftp['sftp']}/damkar", key),
        ("call_center_112", "mysql", f"{mysql['mysql'].rpartition('/')[0]}/diskominfo", {}),
    ):
        login = {"login": host.rpartition("/")[2], "password": city.password}
        content = {"conn_type": kind, "host": host, **login, "extra": {**extra, "data_simulasi": "*"}}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(content))
    for service in services:
        service.start()
    yield Offices(intake, city)
    for service in services:
        service.stop()


@pytest.mark.parametrize("source", [*QUARANTINED])
def test_every_row_is_accounted_for_and_the_known_defects_are_set_aside(offices: Offices, source: str) -> None:
    first = offices.intake.load(source)
    assert {outcome.status for outcome in first} == {"published"}, [outcome.reason for outcome in first]
    for outcome in first:
        assert outcome.read == outcome.published + outcome.unchanged + outcome.quarantined > 0, outcome
    (table,) = {outcome.table for outcome in first}
    assert offices.intake.value(f"select bool_and(_is_simulasi) from raw.{source}__{table}") is True
    assert any("left out" in warning for outcome in first for warning in outcome.warnings)
    least, most = QUARANTINED[source]
    aside = sum(outcome.quarantined for outcome in first) / sum(outcome.read for outcome in first)
    assert least <= aside * 1000 <= most
    before = offices.intake.rows("select * from ops.raw_state order by 1")
    assert sum(outcome.published for outcome in offices.intake.load(source)) == 0
    assert offices.intake.rows("select * from ops.raw_state order by 1") == before


def test_two_days_later_only_the_book_of_the_year_has_changed(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = offices.intake
    first = intake.load("bpbd_kejadian")
    assert {outcome.part for outcome in first} == {"2024", "2025", "2026"}
    monkeypatch.setenv("DEMO_NOW", "2026-11-25T09:20:00+07:00")  # for the loader too, which refuses the future
    settings.cache_clear()
    second = intake.load("bpbd_kejadian")
    assert {outcome.status for outcome in second} <= {"published", "unchanged"}, [outcome.reason for outcome in second]
    changed = {outcome.part: outcome for outcome in second if outcome.published}
    assert changed.keys() == {"2026"}
    day = offices.city.clock.now().date()
    fresh = sum(len(bpbd_buku.incidents(1371, day - timedelta(days=back))) for back in (1, 2))
    ended_since = 25
    assert fresh <= changed["2026"].published <= fresh + ended_since
    assert changed["2026"].deleted == 0


def test_a_day_later_the_fire_service_has_that_days_incidents_more(offices: Offices) -> None:
    intake = offices.intake
    (first,) = intake.load("damkar_kejadian")
    offices.city.clock.advance(timedelta(days=1))
    (second,) = intake.load("damkar_kejadian")
    today = offices.city.clock.now().date()
    fresh = [at for at, _ in damkar.incidents(1371, today) if at.date() == today - timedelta(days=1)]
    assert second.published == len(fresh)
    assert second.read == first.read + len(fresh)


def test_the_same_events_stand_in_all_of_them(offices: Offices) -> None:
    """On days with much water more is booked, called in and rescued than on other days, in the same kecamatan."""
    intake = offices.intake
    for source in QUARANTINED:
        intake.load(source)
    calls, trees = intake.rows(
        """
        with hari as (
            select lapor_at::date as tanggal, left(kode_kelurahan, 8) as kecamatan, jenis_bencana ilike 'banjir%' as is_banjir
            from raw.bpbd_kejadian__kejadian where kode_kelurahan is not null
        ), panggilan as (
            select terima_at::date as tanggal, kode_kecamatan as kecamatan, kejadian from raw.diskominfo_112__tiket
        )
        select (count(*) filter (where kejadian = 'BANJIR' and exists (select from hari h where h.is_banjir
                   and (h.tanggal, h.kecamatan) = (p.tanggal, p.kecamatan))))::float / count(*) filter (where kejadian = 'BANJIR'),
               (count(*) filter (where kejadian = 'POHON TUMBANG' and exists (select from hari h
                   where (h.tanggal, h.kecamatan) = (p.tanggal, p.kecamatan))))::float / count(*) filter (where kejadian = 'POHON TUMBANG')
        from panggilan p
        """
    )[0]
    assert isinstance(calls, float) and calls > 0.7
    assert isinstance(trees, float) and trees > 0.9
    rescued = """
        select count(*) filter (where exists (select from raw.bpbd_kejadian__kejadian b
            where b.kode_kelurahan = d.kode_kelurahan and b.lapor_at::date = d.kejadian_tanggal))::float / count(*)
        from raw.damkar_kejadian__kejadian d where objek = 'Pohon tumbang' and kode_kelurahan is not null
    """
    share = intake.value(rescued)
    assert isinstance(share, float) and share > 0.9


def test_nothing_of_whoever_reported_reaches_the_warehouse(offices: Offices) -> None:
    intake = offices.intake
    intake.load("bpbd_kejadian")
    for table in ("raw.bpbd_kejadian__kejadian", "ops.quarantine"):
        assert intake.value(f"select count(*) from {table} as t where t::text ~* '08120000|rekaan|contohwan'") == 0
