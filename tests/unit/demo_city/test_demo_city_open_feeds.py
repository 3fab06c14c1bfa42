"""BMKG's other services, the civil registry's map and the citizens' reports: of the real shape, and the same every time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from command_center.settings import WIB
from demo_city.agencies import bmkg, bmkg_inatews, bmkg_nowcast, bmkg_prakiraan, bpbd, dukcapil
from demo_city.answer import Answer
from demo_city.ask import Question
from demo_city.causes.regions import all_kelurahan

SEED = 1371
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=WIB)
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
KECAMATAN, KELURAHAN = (f"{layer}/query" for layer in dukcapil.LAYERS)


def asked(**query: str) -> Question:
    return Question(query=query, base="http://kota.invalid/bmkg")


def content(answer: Answer | None) -> Any:
    assert answer is not None
    return json.loads(answer.body)


def forecast(kode: str, now: datetime = NOW) -> Any:
    return content(bmkg_prakiraan.answer("prakiraan-cuaca", asked(adm4=kode), SEED, now))


def test_a_forecast_covers_three_local_days_in_steps_of_three_hours() -> None:
    answer = forecast("13.71.09.1002")
    assert answer["lokasi"]["adm4"] == "13.71.09.1002" and answer["lokasi"]["timezone"] == "Asia/Jakarta"
    days = answer["data"][0]["cuaca"]
    assert len(days) == 3 and len(days[0]) < 8
    times = [datetime.fromisoformat(slot["datetime"]) for day in days for slot in day]
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(hours=3)}
    for day in days:
        assert len({slot["local_datetime"][:10] for slot in day}) == 1
    for slot in (slot for day in days for slot in day):
        local = datetime.fromisoformat(slot["local_datetime"]).replace(tzinfo=WIB)
        assert local == datetime.fromisoformat(slot["datetime"])


def test_a_forecast_changes_at_noon_and_midnight_of_utc_and_a_strange_place_has_none() -> None:
    assert forecast("13.71.09.1002", NOW + timedelta(hours=5)) == forecast("13.71.09.1002")
    later = forecast("13.71.09.1002", NOW + timedelta(hours=12))
    assert later["data"][0]["cuaca"][0][0]["analysis_date"] == "2026-11-23T12:00:00"
    refused = bmkg_prakiraan.answer("prakiraan-cuaca", asked(adm4="99.99"), SEED, NOW)
    assert refused is not None and refused.status == 404


def test_every_warning_of_the_feed_can_be_read_and_is_in_force() -> None:
    feed = bmkg_nowcast.answer("nowcast/id", asked(), SEED, NOW)
    assert feed is not None
    links = [item.text or "" for item in ElementTree.fromstring(feed.body).iterfind("channel/item/link")]
    assert links
    for link in links:
        alert = bmkg_nowcast.answer(link.removeprefix("http://kota.invalid/bmkg/"), asked(), SEED, NOW)
        assert alert is not None
        root = ElementTree.fromstring(alert.body)
        expires = root.findtext(f"{CAP}info/{CAP}expires")
        assert (expires is None) == (root.findtext(f"{CAP}msgType") == "Cancel")
        assert expires is None or datetime.fromisoformat(expires) > NOW
        for polygon in root.iter(f"{CAP}polygon"):
            points = (polygon.text or "").split()
            assert points[0] == points[-1] and all(-12 < float(point.split(",")[0]) < 8 for point in points)


@pytest.mark.parametrize("hours", range(0, 2000, 97))
def test_a_warning_is_not_known_before_it_is_sent(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    for warning in bmkg_nowcast.in_force(SEED, now):
        assert warning.sent <= now
        early = warning.sent - timedelta(seconds=1)
        assert bmkg_nowcast.answer(warning.file, asked(), SEED, early) is None


@pytest.mark.parametrize(
    "path", ["nowcast/id/CSB20261123099_alert.xml", "nowcast/id/CSB20261399001_alert.xml", "nowcast"]
)
def test_no_other_warning_is_answered(path: str) -> None:
    assert bmkg_nowcast.answer(path, asked(), SEED, NOW) is None


def messages(path: str) -> list[ElementTree.Element]:
    answer = bmkg_inatews.answer(path, SEED, NOW)
    assert answer is not None
    return ElementTree.fromstring(answer.body).findall(f"{CAP}info")


def test_messages_tell_the_same_quakes_as_the_lists_with_longitude_first() -> None:
    hour = NOW.astimezone(UTC).replace(minute=0)
    quakes = bmkg.latest_strong(SEED, hour, 30)
    infos = messages("last30event.xml")
    assert len(infos) == 30
    points = [info.findtext(f"{CAP}point/{CAP}coordinates") for info in infos]
    assert points == [f"{quake.bujur:.2f},{quake.lintang:.2f}" for quake in quakes]
    moments = [f"{info.findtext(f'{CAP}date')} {(info.findtext(f'{CAP}time') or '')[:8]}" for info in infos]
    assert moments == [f"{quake.at.astimezone(WIB):%d-%m-%y %H:%M:%S}" for quake in quakes]


def test_the_one_tsunami_warning_is_the_real_one_of_2023() -> None:
    [info] = messages("last30tsunamievent.xml")
    assert info.findtext(f"{CAP}timesent") == "25/04/2023 03:05:33WIB"
    assert info.findtext(f"{CAP}wzarea/{CAP}level") == "WASPADA"


def test_the_live_list_has_no_quake_twice_and_its_times_are_utc() -> None:
    answer = bmkg_inatews.answer("live30event.xml", SEED, NOW)
    assert answer is not None
    quakes = ElementTree.fromstring(answer.body).findall("gempa")
    names = [quake.findtext("eventid") for quake in quakes]
    assert len(set(names)) == len(names) == 30
    newest = content(bmkg_inatews.answer("datagempa.json", SEED, NOW))["info"]
    local = datetime.strptime(f"{newest['date']} {newest['time']}", "%d-%m-%y %H:%M:%S WIB").replace(tzinfo=WIB)
    assert (quakes[0].findtext("waktu") or "").startswith(f"{local.astimezone(UTC):%Y/%m/%d  %H:%M:%S}")


def people(path: str, **query: str) -> Any:
    given = {"where": "no_prop=13 AND no_kab=71", "f": "json", "outFields": "*", **query}
    return content(dukcapil.answer(path, asked(**given), SEED, NOW, None))


def attributes(answer: Any) -> list[dict[str, Any]]:
    return [feature["attributes"] for feature in answer["features"]]


def all_of(path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        last = found[-1]["objectid"] if found else 0
        answer = people(path, where=f"(no_prop=13 AND no_kab=71) AND objectid > {last}")
        found += attributes(answer)
        if not answer.get("exceededTransferLimit"):
            return found


def test_the_map_counts_every_kelurahan_once_in_pages() -> None:
    found = all_of(KELURAHAN)
    codes = [f"{row['no_prop']}.{row['no_kab']}.{row['no_kec']:02}.{row['no_kel']}" for row in found]
    assert codes == [place.kode for place in all_kelurahan()]
    assert people(KELURAHAN, returnCountOnly="true") == {"count": 104}
    assert len(attributes(people(KELURAHAN))) == dukcapil.MOST


def test_parts_are_the_whole_in_every_breakdown() -> None:
    kecamatan, kelurahan = all_of(KECAMATAN), all_of(KELURAHAN)
    assert len(kecamatan) == 11
    for weights in ({"pria": 1.0, "wanita": 1.0}, dukcapil.AGES, dukcapil.FAITHS, dukcapil.MARRIAGES, dukcapil.SCHOOLS):
        for row in [*kecamatan, *kelurahan]:
            assert sum(row[name] for name in weights) == row["jumlah_penduduk"]
    assert sum(row["jumlah_penduduk"] for row in kecamatan) == sum(row["jumlah_penduduk"] for row in kelurahan)
    assert 940_000 < sum(row["jumlah_penduduk"] for row in kecamatan) < 980_000


def test_area_and_density_are_texts_with_a_comma() -> None:
    koto_tangah = next(row for row in all_of(KECAMATAN) if row["nama_kec"] == "KOTO TANGAH")
    assert koto_tangah["luas_wilayah"] == "232,25"
    density = float(koto_tangah["kepadatan_penduduk"].replace(".", "").replace(",", "."))
    assert density == pytest.approx(koto_tangah["jumlah_penduduk"] / 232.25, abs=0.01)


@pytest.mark.parametrize("query", [{"where": "1=1; drop table x"}, {"where": ""}, {"f": "html"}])
def test_a_query_that_is_not_understood_is_an_error_within_the_answer(query: dict[str, str]) -> None:
    assert people(KECAMATAN, **query)["error"]["code"] == 400


def reports(**query: str) -> Any:
    return content(bpbd.answer("reports", asked(**query), SEED, NOW))["result"]


def test_reports_of_a_week_newest_first_each_with_its_number() -> None:
    features = reports(timeperiod="604800", geoformat="geojson")["features"]
    properties = [feature["properties"] for feature in features]
    times = [datetime.fromisoformat(one["created_at"]) for one in properties]
    assert times == sorted(times, reverse=True)
    assert NOW - timedelta(days=7) < times[-1] < times[0] <= NOW
    assert len({one["pkey"] for one in properties}) == len(properties) > 10


def test_topojson_says_the_same_points() -> None:
    degrees = [f["geometry"]["coordinates"] for f in reports(timeperiod="604800", geoformat="geojson")["features"]]
    topology = reports(timeperiod="604800")
    scale, corner = topology["transform"]["scale"], topology["transform"]["translate"]
    for geometry, point in zip(topology["objects"]["output"]["geometries"], degrees, strict=True):
        found = [step * scale[axis] + corner[axis] for axis, step in enumerate(geometry["coordinates"])]
        assert found == pytest.approx(point, abs=1e-6)


def test_a_quiet_moment_has_no_report() -> None:
    assert reports(timeperiod="1", geoformat="geojson")["features"] == []
    assert reports(timeperiod="1")["objects"]["output"]["geometries"] == []
