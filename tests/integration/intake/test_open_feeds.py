"""BMKG, the civil registry's map service and the citizens' reports: from the demo city over HTTP to schema raw."""

from __future__ import annotations

import json

import pytest
from command_center.operate.maintain import verify_all
from command_center.settings import settings
from demo_city.agencies import bmkg_nowcast

from tests.integration.conftest import Intake

FEEDS = ["bmkg_datagempa", "bmkg_inatews", "bmkg_nowcast", "bpbd_petabencana", "dukcapil_gis"]
REPORTS = "bpbd/reports"


@pytest.mark.parametrize("source", FEEDS)
def test_every_row_is_published_and_a_second_run_writes_nothing(intake: Intake, source: str) -> None:
    first = intake.load(source)
    assert {outcome.status for outcome in first} == {"published"}
    assert sum(outcome.published for outcome in first) > 0
    assert {(outcome.table, outcome.quarantined) for outcome in first} == {(outcome.table, 0) for outcome in first}
    before = intake.rows("select * from ops.raw_state order by 1")
    assert {outcome.status for outcome in intake.load(source)} == {"unchanged"}
    assert intake.rows("select * from ops.raw_state order by 1") == before
    assert "as they were published" in verify_all()


def test_each_of_104_kelurahan_has_its_forecast(intake: Intake) -> None:
    outcomes = intake.load("bmkg_prakiraan")
    assert len(outcomes) == 104 and {outcome.status for outcome in outcomes} == {"published"}
    counted = "select count(distinct kode_kelurahan), count(*), max(suhu_c) < 45 from raw.bmkg_prakiraan__cuaca"
    [(places, slots, is_plausible)] = intake.rows(counted)
    assert places == 104 and is_plausible
    assert slots == sum(outcome.published for outcome in outcomes)


def test_a_forecast_of_another_place_is_set_aside(intake: Intake) -> None:
    declaration = intake.folder / "sources" / "bmkg_prakiraan.yml"
    text = declaration.read_text()
    begin, end = text.index("    adm4: ["), text.index("tables:\n  cuaca")
    declaration.write_text(f'{text[:begin]}    adm4: ["13.71.09.1001", "13.71.09.1002"]\n{text[end:]}')
    other = intake.get("bmkg/prakiraan-cuaca?adm4=13.71.09.1001")
    intake.serve("bmkg/prakiraan-cuaca", other)
    outcomes = {outcome.part: outcome for outcome in intake.load("bmkg_prakiraan")}
    assert outcomes.pop("13.71.09.1001").status == "published"
    assert {part: outcome.status for part, outcome in outcomes.items()} == {"13.71.09.1002": "held"}


def test_warnings_in_force_reach_the_kecamatan_that_they_name(intake: Intake) -> None:
    intake.load("bmkg_nowcast")
    warnings = bmkg_nowcast.in_force(1371, settings().now())
    stored = intake.rows("select peringatan_kode, jenis_pesan from raw.bmkg_nowcast__peringatan order by 1")
    assert stored == sorted((w.identifier, "Cancel" if w.is_cancelled else "Alert") for w in warnings)
    named = {(w.identifier, area.kode) for w in warnings if not w.is_cancelled for area in w.ours}
    found = intake.rows("select peringatan_kode, kode_kecamatan from raw.bmkg_nowcast__wilayah where dasar = 'nama'")
    assert named and set(found) == named


def test_a_kecamatan_counts_what_its_kelurahan_count(intake: Intake) -> None:
    intake.load("dukcapil_gis")
    sums = "select no_kecamatan, sum(penduduk_jiwa) from raw.dukcapil_gis__penduduk where tingkat = {} group by 1 order by 1"
    kecamatan = intake.rows(sums.format("'kecamatan'"))
    assert len(kecamatan) == 11 and kecamatan == intake.rows(sums.format("'kelurahan'"))


def test_words_of_citizens_do_not_reach_the_database(intake: Intake) -> None:
    sent = json.loads(intake.get(f"{REPORTS}?timeperiod=604800&geoformat=geojson"))["result"]["features"]
    intake.load("bpbd_petabencana")
    rows = intake.rows("select l::text from raw.bpbd_petabencana__laporan as l")
    assert len(rows) == len(sent) > 0
    stored = "\n".join(str(row[0]) for row in rows)
    secrets = [f["properties"][name] for f in sent for name in ("text", "url", "image_url") if f["properties"][name]]
    assert secrets and not [secret for secret in secrets if secret in stored]


def test_topojson_is_the_same_reports(intake: Intake) -> None:
    intake.load("bpbd_petabencana")
    known = "select laporan_kode, dilaporkan_at, genangan_cm from raw.bpbd_petabencana__laporan order by 1"
    as_geojson = intake.rows(known)
    intake.serve(REPORTS, intake.get(f"{REPORTS}?timeperiod=604800"))
    intake.load("bpbd_petabencana")
    assert intake.rows(known) == as_geojson
