"""Zabbix, certificates, backups, agenda, news and trends of the synthetic city: believable, and the same every time."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import mean
from typing import Any

import pytest
from command_center.declaration.registry import get_source
from command_center.intake.verdict import FEW
from command_center.settings import WIB
from demo_city.agencies import diskominfo_cadangan, diskominfo_sertifikat, diskominfo_zabbix, media, setda_agenda, tren
from demo_city.answer import Answer
from demo_city.ask import Question
from demo_city.causes import pemantauan
from demo_city.causes.cuaca import hujan_tertinggi
from demo_city.causes.kalender import days, hari_libur, is_ramadan
from demo_city.causes.pemantauan import CUT, LINK, masalah
from demo_city.causes.regions import all_kelurahan
from lxml import etree

pytestmark = pytest.mark.slow

SEED = 1371
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=WIB)
TODAY = NOW.date()
YEAR = list(days(date(2025, 1, 1), date(2025, 12, 31)))


def zabbix(method: str, now: datetime = NOW, token: str = "kunci", **params: Any) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1}).encode()
    asked = Question("POST", headers={"authorization": f"Bearer {token}"}, body=body)
    answer = diskominfo_zabbix.answer("api_jsonrpc.php", asked, SEED, now, None)
    assert answer is not None
    return json.loads(answer.body)


def jobs(since: str, now: datetime = NOW) -> list[dict[str, Any]]:
    answer = diskominfo_cadangan.answer("v1/jobs", Question(query={"sejak": since}), SEED, now, None)
    assert answer is not None
    found: list[dict[str, Any]] = json.loads(answer.body)["jobs"]
    return found


def items(answer: Answer | None) -> list[etree._Element]:
    assert answer is not None
    return list(etree.fromstring(answer.body).iter("item"))


def test_zabbix_wants_a_token_and_names_what_it_does_not_know() -> None:
    assert zabbix("host.get", token="")["error"]["data"] == "Not authorized."
    assert zabbix("host.delete")["error"]["code"] == -32601
    assert diskominfo_zabbix.answer("lain.php", Question(), SEED, NOW, None) is None


def test_zabbix_has_a_link_for_each_kelurahan_and_numbers_are_texts() -> None:
    hosts = zabbix("host.get", output=["hostid", "name"], selectInventory=["type"])["result"]
    assert {name for host in hosts for name in host} == {"hostid", "name", "inventory"}
    assert sum(host["inventory"] == [] for host in hosts) == 1
    assert len({host["hostid"] for host in hosts}) == len(hosts) == len(all_kelurahan()) + 11 + len(pemantauan.SERVICES)
    assert all(isinstance(host["hostid"], str) for host in hosts)


def test_problems_and_recoveries_fit_together() -> None:
    since = int(datetime(2026, 8, 1, tzinfo=WIB).timestamp())
    problems = zabbix("event.get", value=[1], time_from=str(since), selectHosts=["hostid"])["result"]
    recoveries = {one["eventid"]: one for one in zabbix("event.get", value=[0], time_from=since)["result"]}
    assert len({one["eventid"] for one in problems}) == len(problems) > 200
    for one in problems:
        if one["r_eventid"] == "0":
            assert one["eventid"] in {open_one["eventid"] for open_one in zabbix("problem.get")["result"]}
            continue
        ended = recoveries[one["r_eventid"]]
        assert ended["objectid"] == one["objectid"] and int(ended["clock"]) >= int(one["clock"]) >= since


def test_the_past_of_zabbix_does_not_change() -> None:
    since = int(datetime(2026, 11, 1, tzinfo=WIB).timestamp())
    before = zabbix("event.get", value=[0], time_from=since)["result"]
    after = zabbix("event.get", NOW + timedelta(days=1), value=[0], time_from=since)["result"]
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_rain_takes_links_away_and_planned_work_is_marked() -> None:
    lost = {day: sum(one.name == CUT and one.host.jenis == LINK for one in masalah(SEED, day)) for day in YEAR}
    wet = [lost[day] for day in YEAR if hujan_tertinggi(SEED, day) > 15]
    dry = [lost[day] for day in YEAR if hujan_tertinggi(SEED, day) == 0]
    assert mean(wet) > 1.5 * mean(dry) > 0
    planned = [one for day in YEAR for one in masalah(SEED, day) if one.is_terencana]
    assert planned and all(one.mulai.weekday() in (5, 6) for one in planned)


def test_problems_of_one_trigger_never_overlap_on_a_day() -> None:
    for day in YEAR[:120]:
        until: dict[int, datetime] = {}
        for one in masalah(SEED, day):
            assert until.get(one.pemicu, one.mulai) <= one.mulai < one.selesai
            until[one.pemicu] = one.selesai


def test_certificates_are_renewed_and_one_probe_is_silent() -> None:
    query = Question(query={"query": "probe_ssl_earliest_cert_expiry"})
    answer = diskominfo_sertifikat.answer("api/v1/query", query, SEED, NOW, None)
    assert answer is not None
    result = json.loads(answer.body)["data"]["result"]
    assert sum(one["value"][1] == "NaN" for one in result) == 1
    left = {
        (diskominfo_sertifikat.expiry(SEED, "portal", NOW + timedelta(days=back)) - NOW).days for back in range(200)
    }
    assert len(left) in (4, 5)
    nearest = min(
        (diskominfo_sertifikat.expiry(SEED, "portal", at) - at).days
        for at in (NOW - timedelta(days=back) for back in range(400))
    )
    assert nearest >= 29, "a machine renews after two thirds of the time"


def test_backups_of_a_night_are_known_in_the_morning_and_stay() -> None:
    early, later = jobs("2026-11-01", NOW.replace(hour=5)), jobs("2026-11-01")
    assert later[: len(early)] == early
    assert {job["night"] for job in later[len(early) :]} == {"2026-11-22"}
    assert jobs("")[0]["night"] == "2024-01-01"


def test_most_backups_succeed_and_defects_come_at_their_rate() -> None:
    known = jobs("")
    share = Counter(job["status"] for job in known)
    assert 0.95 < share["ok"] / len(known) < 0.99
    assert share["gagal"] > share["terlewat"] > 0
    wrong = [job for job in known if job["status"] == "ok" and (not job["bytes"] or job["ended"] < job["started"])]
    assert 0.7 / diskominfo_cadangan.DEFECT_EVERY < len(wrong) / len(known) < 1.3 / diskominfo_cadangan.DEFECT_EVERY


def test_the_calendar_of_tomorrow_differs_in_little() -> None:
    today, tomorrow = (
        set(setda_agenda.calendar(SEED, day).body.split(b"BEGIN:VEVENT")) for day in (TODAY, TODAY + timedelta(days=1))
    )
    assert 0 < len(today ^ tomorrow) < 25
    assert setda_agenda.answer("agenda.ics", Question(), SEED, NOW, None) == setda_agenda.calendar(SEED, TODAY)


def test_the_calendar_knows_the_future_but_not_its_fate() -> None:
    text = setda_agenda.calendar(SEED, TODAY).body.decode()
    known = re.findall(r"DTSTART;TZID=Asia/Jakarta:(\d{8})", text)
    assert max(known) > f"{TODAY + timedelta(days=20):%Y%m%d}"
    assert "STATUS:CANCELLED" in text and "STATUS:TENTATIVE" in text and "Terlaksana" in text
    events = [lines for lines in text.split("BEGIN:VEVENT") if re.search(r"DTSTART;TZID=Asia/Jakarta:202612", lines)]
    assert events and not any("Terlaksana" in lines for lines in events)


def test_the_calendar_rests_on_holidays_and_fasts_in_ramadan() -> None:
    text = setda_agenda.calendar(SEED, TODAY).body.decode().replace("\r\n ", "")
    apel = next(event for event in text.split("BEGIN:VEVENT") if "UID:apel@" in event and "RRULE" in event)
    monday = next(day for day in days(date(2026, 3, 21), date(2026, 3, 27)) if day.weekday() == 0)
    assert monday in hari_libur() and f"EXDATE;TZID=Asia/Jakarta:{monday:%Y%m%d}T073000" in apel
    moved = re.findall(r"RECURRENCE-ID;TZID=Asia/Jakarta:(\d{8})T073000", text)
    assert moved and all(is_ramadan(date.fromisoformat(day)) for day in moved)


def test_rain_calls_outdoor_events_off() -> None:
    off = [one for day in YEAR for one in setda_agenda.acara_pada(SEED, day) if "hujan" in one.uraian]
    assert off and all(one.is_outdoor and one.is_batal for one in off)


def test_nobody_is_named_in_agenda_or_news() -> None:
    text = setda_agenda.calendar(SEED, TODAY).body.decode() + media.feed(SEED, NOW, date(2026, 1, 1)).body.decode()
    assert not re.search(r"\b(Bapak|Ibu|H\.|Hj\.|Dr\.|Fulan|Badu|08\d{8,})\b", text)


def test_news_keep_the_newest_unless_asked_since_when() -> None:
    usual = items(media.answer(media.PATH, Question(), SEED, NOW, None))
    asked = items(media.answer(media.PATH, Question(query={"sejak": "2026-11-01"}), SEED, NOW, None))
    assert len(usual) == media.NEWEST < len(asked)
    guids = [item.findtext("guid") for item in asked]
    assert guids[: media.NEWEST] == [item.findtext("guid") for item in usual]
    assert len(set(guids)) == len(guids)


def test_news_follow_events_and_the_vote() -> None:
    year = media.berita(SEED, datetime(2024, 1, 1, tzinfo=WIB), datetime(2024, 12, 31, 23, tzinfo=WIB))
    pilkada = Counter(item.terbit.month for item in year if item.topik == "pilkada")
    assert pilkada.most_common(1)[0][0] == 11
    assert pilkada[1] == 0 < pilkada[8]
    floods = Counter(item.id[:8] for item in year if item.topik == "banjir")
    worst = datetime.strptime(floods.most_common(1)[0][0], "%Y%m%d").date()
    assert hujan_tertinggi(SEED, worst) > 15
    assert len({item.media for item in year}) == len(media.MEDIA)


def test_news_of_the_past_stay() -> None:
    since, before = datetime(2026, 11, 15, tzinfo=WIB), NOW - timedelta(days=1)
    known = media.berita(SEED, since, before)
    assert media.berita(SEED, since, NOW)[: len(known)] == known


def test_trends_are_of_the_last_day_and_their_namespace_varies() -> None:
    now = NOW
    spaces = set()
    for _ in range(3):
        found = tren.answer("trending/rss", Question(query={"geo": "ID-SB"}), SEED, now, None)
        assert 0 < len(items(found)) <= tren.MOST
        assert found is not None
        spaces |= set(re.findall(rb'xmlns:ht="([^"]+)"', found.body))
        now -= timedelta(weeks=5)
    assert len(spaces) == 2


def test_a_day_with_few_searches_holds_no_batch() -> None:
    """What people search for comes and goes: 12 searches one day and 5 the next are no broken feed."""
    counts = [len(items(tren.feed(SEED, NOW.replace(minute=0) - timedelta(days=back)))) for back in range(70)]
    changes = [(before, later) for later, before in pairwise(counts) if before > FEW]
    assert any(later * 2 < before for before, later in changes)
    volume = get_source("tren_pencarian").tables["tren"].volume
    assert all(later * 100 >= before * volume.min_pct_of_last for before, later in changes)


@pytest.mark.parametrize("hours", [0, 3])
def test_a_trend_keeps_its_beginning(hours: int) -> None:
    first, later = (
        {item.findtext("title"): item.findtext("pubDate") for item in items(tren.feed(SEED, at))}
        for at in (NOW.replace(minute=0), NOW.replace(minute=0) + timedelta(hours=hours))
    )
    kept = first.keys() & later.keys()
    assert len(kept) > len(first) / 2
    assert sum(first[words] == later[words] for words in kept) >= len(kept) - 1
