"""The election count: grows without ever falling, adds up at every moment, ends at the published figures."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_center.errors import ServiceError
from command_center.settings import WIB
from demo_city.agencies import kpu
from demo_city.causes import published
from demo_city.clock import ELECTION_START, ClockBackwards, ElectionClock

SEED = 1371
FILES = [f"pilkada/hhcw/{election}/{place}.json" for election in ("pkwkp", "pkwkk") for place in ("13", "13/1371")]
MOMENTS = [ELECTION_START + timedelta(minutes=20 * step) for step in range(0, 24 * 10 * 3, 7)]


def content(path: str, moment: datetime, seed: int = SEED) -> dict[str, Any]:
    answer = kpu.answer(path, seed, moment)
    assert answer is not None
    return dict(json.loads(answer.body))


def votes(entry: dict[str, Any]) -> dict[str, int]:
    return {key: value for key, value in entry.items() if key.isdigit()}


def marked(path: str, moment: datetime) -> str:
    answer = kpu.answer(path, SEED, moment)
    assert answer is not None
    return answer.simulated


@pytest.mark.parametrize("path", FILES)
def test_chart_is_the_sum_of_the_table_at_every_moment(path: str) -> None:
    for moment in MOMENTS:
        body = content(path, moment)
        chart, rows = body["tungsura"]["chart"], body["tungsura"]["table"].values()
        for pair, total in votes(chart).items():
            assert total == sum(row[pair] for row in rows)
        for part in ("total", "progres"):
            assert chart["progres"][part] == sum(row["progres"][part] for row in rows) == body["progres"][part]


@pytest.mark.parametrize("path", FILES)
def test_no_count_ever_falls_or_passes_the_final_one(path: str) -> None:
    final = content(path, MOMENTS[-1])["tungsura"]
    before: dict[str, Any] | None = None
    for moment in MOMENTS:
        now = content(path, moment)["tungsura"]
        for code, row in now["table"].items():
            assert row["progres"]["progres"] <= final["table"][code]["progres"]["progres"]
            for pair, count in votes(row).items():
                assert (before["table"][code][pair] if before else 0) <= count <= final["table"][code][pair]
        before = now


@pytest.mark.parametrize("path", FILES)
def test_the_count_begins_at_nothing(path: str) -> None:
    body = content(path, ELECTION_START)
    assert body["progres"]["progres"] == 0
    assert not any(votes(body["tungsura"]["chart"]).values())
    assert body["ts"] == "2024-11-27 13:00:00"


def test_the_governor_in_the_city_is_the_published_count_from_its_moment_on() -> None:
    path = "pilkada/hhcw/pkwkp/13/1371.json"
    for moment in (published.CITY_AT, published.CITY_AT + timedelta(days=700)):
        body = content(path, moment)
        assert votes(body["tungsura"]["chart"]) == {"1000005": 265841, "1000006": 51430}
        assert body["tungsura"]["chart"]["progres"] == {"total": 1487, "persen": 99.66, "progres": 1482}
        assert body["tungsura"]["table"]["137109"]["1000005"] == 44794
        assert body["ts"] == "2024-11-28 07:15:00"
        assert marked(path, moment) == ""
    assert marked(path, published.CITY_AT - timedelta(seconds=1)) == "*"


def test_the_governor_in_the_province_is_the_published_count() -> None:
    path = "pilkada/hhcw/pkwkp/13.json"
    body = content(path, published.PROVINCE_AT)
    assert votes(body["tungsura"]["chart"]) == {"1000005": 1750873, "1000006": 518476}
    assert body["tungsura"]["chart"]["progres"] == {"total": 10846, "persen": 99.49, "progres": 10791}
    assert (body["ts"], marked(path, published.PROVINCE_AT)) == ("2024-11-28 10:15:04", "")
    assert marked(path, published.CITY_AT) == "*"


def test_the_mayor_is_official_in_the_chart_and_simulated_in_the_table() -> None:
    path = "pilkada/hhcw/pkwkk/13/1371.json"
    body = content(path, published.MAYOR_AT)
    assert votes(body["tungsura"]["chart"]) == {"1000308": 176648, "1000309": 54685, "1000310": 88859}
    assert body["progres"] == {"total": published.MAYOR_TPS, "progres": published.MAYOR_TPS}
    assert (body["ts"][:10], marked(path, published.MAYOR_AT)) == ("2024-12-06", "tungsura.table")
    assert marked(path, published.MAYOR_AT - timedelta(seconds=1)) == "*"


def test_the_mayor_has_no_votes_at_the_level_of_the_province() -> None:
    body = content("pilkada/hhcw/pkwkk/13.json", published.MAYOR_AT)["tungsura"]
    assert list(body["chart"]) == ["progres"]
    assert not any(votes(row) for row in body["table"].values())


def test_another_seed_splits_the_mayor_otherwise_and_to_the_same_total() -> None:
    path = "pilkada/hhcw/pkwkk/13/1371.json"
    ours, other = content(path, published.MAYOR_AT), content(path, published.MAYOR_AT, seed=7)
    assert ours["tungsura"]["table"] != other["tungsura"]["table"]
    assert votes(ours["tungsura"]["chart"]) == votes(other["tungsura"]["chart"])


def test_an_unknown_region_is_missing_as_object_storage_says_it() -> None:
    assert kpu.answer("pilkada/hhcw/pkwkp/13/1399.json", SEED, ELECTION_START) is None
    answer = kpu.missing("pilkada/hhcw/pkwkp/13/1399.json")
    assert answer.status == 404
    assert b"<Code>NoSuchKey</Code>" in answer.body


def test_region_numbers_that_are_assumed_are_marked() -> None:
    assert marked("wilayah/pilkada/pkwkp/13.json", ELECTION_START) == ""
    assert marked("wilayah/pilkada/pkwkp/13/1371.json", ELECTION_START) == "*"


def test_the_clock_survives_a_restart_and_refuses_to_go_back(tmp_path: Path) -> None:
    clock = ElectionClock(tmp_path)
    assert clock.now() == ELECTION_START
    clock.move(datetime(2024, 11, 27, 20))
    with pytest.raises(ClockBackwards, match="only moves forward"):
        clock.move(datetime(2024, 11, 27, 19, tzinfo=WIB))
    assert ElectionClock(tmp_path).now() == datetime(2024, 11, 27, 20, tzinfo=WIB)


def test_an_unreadable_clock_is_named(tmp_path: Path) -> None:
    (tmp_path / "kpu_clock.json").write_text("{}")
    with pytest.raises(ServiceError, match=r"kpu_clock\.json"):
        ElectionClock(tmp_path)
