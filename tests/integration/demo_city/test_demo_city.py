"""The demo city as its clients meet it: a process that answers over HTTP."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from command_center.declaration.registry import all_sources
from command_center.declaration.source import Source
from command_center.paths import DAGS
from demo_city.answer import FAMILIES
from demo_city.city import listed_paths
from demo_city.faults.record_faults import ROLES
from demo_city.faults.spoil import CATALOGUE, KINDS
from openpyxl import load_workbook

ONE_OF_EACH = {
    "bmkg": "/bmkg/gempaterkini.json",
    "kpu": "/kpu/pilkada/hhcw/pkwkp/13/1371.json",
    "damkar": "/damkar/kejadian.csv",
    "dinkes": "/dinkes/skdr_kuranji.xlsx",
    "dukcapil": "/dukcapil/AGR_VISUAL_KEC_FIX/MapServer/2/query?where=1%3D1&f=json",
    "bpbd": "/bpbd/reports?timeperiod=604800&geoformat=geojson",
}
ASKED_PLAINLY = ("http_json", "xml", "rss", "cap", "csv", "xlsx", "spreadsheetml", "html_table", "icalendar")


@contextmanager
def running(state: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A demo city of its own on a free port."""
    environment = os.environ | {
        "PYTHONPATH": str(DAGS),
        "DEMO_NOW": "2026-11-23T09:20:00+07:00",
        "CC_VAR_DIR": str(state),
    }
    command = [sys.executable, "-m", "demo_city", "--port", "0", "--state-dir", str(state), *more]
    with (state / "access.log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://127.0.0.1:" in line, (state / "access.log").read_text()
        with httpx.Client(base_url=line.split()[-1], timeout=20) as client:
            yield process, client
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with running(tmp_path_factory.mktemp("demo")) as (_, client):
        yield client


@pytest.fixture
def mended(city: httpx.Client) -> Iterator[httpx.Client]:
    yield city
    city.delete("/_demo/fault")


def break_source(client: httpx.Client, source: str, kind: str, **more: float) -> None:
    client.put("/_demo/fault", json={"source": source, "fault": kind, **more}).raise_for_status()


@pytest.mark.parametrize("path", listed_paths())
def test_every_listed_path_answers_and_says_what_is_simulated(city: httpx.Client, path: str) -> None:
    answer = city.get(path)
    assert answer.status_code == 200
    assert "X-Data-Simulasi" in answer.headers
    assert answer.headers["ETag"]
    assert "Last-Modified" in answer.headers


def asked_plainly() -> list[Source]:
    """The declared sources whose requests are plain addresses without a login."""
    sources = [source for source in all_sources() if source.connection.scheme in ("http", "https")]
    return [s for s in sources if s.connection.auth == "none" and s.extract.kind in ASKED_PLAINLY]


@pytest.mark.parametrize("source", asked_plainly(), ids=lambda source: str(source.source))
def test_every_declared_request_is_served(city: httpx.Client, source: Source) -> None:
    for request in source.requests:
        assert city.get(f"/{source.opd}/{request.path}", params=request.query).status_code == 200, request.part


@pytest.mark.parametrize("path", ONE_OF_EACH.values())
def test_the_same_request_twice_gives_the_same_bytes(city: httpx.Client, path: str) -> None:
    assert city.get(path).content == city.get(path).content


def test_another_process_gives_the_same_bytes_and_another_seed_others(city: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "same").mkdir()
    (tmp_path / "other").mkdir()
    with running(tmp_path / "same") as (_, same), running(tmp_path / "other", "--seed", "7") as (_, other):
        for path in ("/bmkg/gempadirasakan.json", ONE_OF_EACH["damkar"], ONE_OF_EACH["dinkes"]):
            assert same.get(path).content == city.get(path).content != other.get(path).content


@pytest.mark.parametrize("path", ONE_OF_EACH.values())
def test_an_unchanged_answer_is_not_sent_again(city: httpx.Client, path: str) -> None:
    first = city.get(path)
    by_tag = city.get(path, headers={"If-None-Match": first.headers["ETag"]})
    by_date = city.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (by_tag.status_code, by_date.status_code) == (304, 304)
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    assert city.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_tells_the_size_without_the_body(city: httpx.Client) -> None:
    answer = city.head(ONE_OF_EACH["damkar"])
    assert answer.content == b""
    assert int(answer.headers["Content-Length"]) == len(city.get(ONE_OF_EACH["damkar"]).content)


def test_content_types_are_those_of_the_sources(city: httpx.Client) -> None:
    types = {source: city.get(path).headers["Content-Type"] for source, path in ONE_OF_EACH.items()}
    assert types["bmkg"] == types["kpu"] == "application/json"
    assert types["damkar"].startswith("text/csv")
    assert types["dinkes"].endswith("spreadsheetml.sheet")


def test_what_is_not_there_is_a_404_of_the_right_kind(city: httpx.Client) -> None:
    storage, web = city.get("/kpu/pilkada/hhcw/pkwkp/99.json"), city.get("/dinkes/skdr_tidak_ada.xlsx")
    assert (storage.status_code, web.status_code) == (404, 404)
    assert "xml" in storage.headers["Content-Type"]
    assert "html" in web.headers["Content-Type"]


def test_the_front_page_says_that_the_data_are_simulated(city: httpx.Client) -> None:
    page = city.get("/").text
    assert "DATA SIMULASI" in page
    assert "/damkar/kejadian.csv" in page


def test_a_bomb_unpacks_to_more_than_anyone_takes(mended: httpx.Client) -> None:
    break_source(mended, "damkar", "zip_bomb")
    with mended.stream("GET", ONE_OF_EACH["damkar"]) as answer:
        assert int(answer.headers["Content-Length"]) < 2 << 20
        assert len(next(answer.iter_bytes())) > 10 * int(answer.headers["Content-Length"])


def test_health(city: httpx.Client) -> None:
    assert city.get("/_demo/health").json()["status"] == "sehat"


def test_the_election_clock_moves_forward_only_and_survives_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as (_, client):
        at_start = client.get(ONE_OF_EACH["kpu"])
        assert at_start.json()["progres"]["progres"] == 0
        assert at_start.headers["X-Data-Simulasi"] == "*"
        moved = client.put("/_demo/clock", json={"source": "kpu", "now": "2024-11-28T08:00:00+07:00"})
        assert moved.status_code == 200
        back = client.put("/_demo/clock", json={"source": "kpu", "now": "2024-11-27T20:00:00+07:00"})
        assert back.status_code == 409
        assert "only moves forward" in back.json()["error"]
    with running(tmp_path) as (_, client):
        assert client.get("/_demo/clock").json()["kpu"] == "2024-11-28T08:00:00+07:00"
        published = client.get(ONE_OF_EACH["kpu"])
        assert published.json()["tungsura"]["chart"]["1000005"] == 265841
        assert published.headers["X-Data-Simulasi"] == ""


@pytest.mark.parametrize(
    ("control", "body", "sentence"),
    [
        ("fault", b"no json", "not JSON"),
        ("fault", b"[]", "not an object"),
        ("fault", b'{"source":"damkr","fault":"html"}', "did you mean 'damkar'"),
        ("fault", b'{"source":"damkar","fault":"fire"}', "there are down, slow"),
        ("fault", b'{"source":"damkar","fault":"slow","seconds":"long"}', "not a number"),
        ("clock", b'{"source":"bmkg","now":"2024-11-28T08:00:00"}', "Only the clock of 'kpu'"),
        ("clock", b'{"advance":"a day"}', "not an ISO 8601 duration such as P1D"),
        ("churn", b'{"source":"damkar","every_request":true}', "Only 'latihan' can churn"),
        ("clock", b'{"source":"kpu","now":"tomorrow"}', "not an ISO 8601 time"),
    ],
)
def test_a_control_that_is_not_understood_is_refused_in_a_sentence(
    city: httpx.Client, control: str, body: bytes, sentence: str
) -> None:
    answer = city.put(f"/_demo/{control}", content=body)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]


def is_seen(source: str, kind: str, content_type: str) -> bool:
    """Whether a fault shows in an agency's answer at once."""
    if CATALOGUE[kind].level == "table":
        return ROLES[source].has(kind) and kind != "frozen"
    return FAMILIES[content_type.partition(";")[0]] in CATALOGUE[kind].families and not kind.startswith("page_")


@pytest.mark.parametrize("source", ONE_OF_EACH)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("down", "slow", "zip_bomb")])
def test_a_fault_changes_the_answer_where_it_can_be_seen_and_mending_restores_it(
    mended: httpx.Client, source: str, kind: str
) -> None:
    good = mended.get(ONE_OF_EACH[source])
    break_source(mended, source, kind)
    bad = mended.get(ONE_OF_EACH[source])
    changed = (bad.status_code, bad.content) != (good.status_code, good.content)
    assert changed == is_seen(source, kind, good.headers["Content-Type"])
    mended.delete(f"/_demo/fault?source={source}").raise_for_status()
    assert mended.get(ONE_OF_EACH[source]).content == good.content


def test_a_fault_stays_with_its_source(mended: httpx.Client) -> None:
    break_source(mended, "damkar", "status_500")
    assert mended.get(ONE_OF_EACH["damkar"]).status_code == 500
    assert mended.get(ONE_OF_EACH["bmkg"]).status_code == 200
    assert mended.get("/_demo/fault").json() == {"damkar": {"fault": "status_500", "seconds": 5.0}}


def test_down_closes_the_connection(mended: httpx.Client) -> None:
    break_source(mended, "bmkg", "down")
    with pytest.raises(httpx.RemoteProtocolError):
        mended.get(ONE_OF_EACH["bmkg"])


def test_slow_takes_its_time(mended: httpx.Client) -> None:
    good = mended.get(ONE_OF_EACH["bmkg"]).content
    break_source(mended, "bmkg", "slow", seconds=1)
    started = time.monotonic()
    assert mended.get(ONE_OF_EACH["bmkg"]).content == good
    assert time.monotonic() - started > 0.8


def test_too_many_requests_says_when_to_come_back(mended: httpx.Client) -> None:
    break_source(mended, "kpu", "status_429", seconds=7)
    answer = mended.get(ONE_OF_EACH["kpu"])
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_an_error_page_comes_with_200(mended: httpx.Client) -> None:
    break_source(mended, "dinkes", "html")
    answer = mended.get(ONE_OF_EACH["dinkes"])
    assert answer.status_code == 200
    assert answer.content.startswith(b"<!DOCTYPE html>")


def test_columns_come_and_go(mended: httpx.Client) -> None:
    for kind, there, gone in (("column_added", "Kolom Baru", None), ("column_lost", "Jenis", "Objek")):
        break_source(mended, "damkar", kind)
        text = mended.get(ONE_OF_EACH["damkar"]).content.decode("utf-8-sig")
        header = next(csv.reader(io.StringIO(text), delimiter=";"))
        assert there in header
        assert gone not in header
    break_source(mended, "dinkes", "column_lost")
    book = load_workbook(io.BytesIO(mended.get(ONE_OF_EACH["dinkes"]).content), read_only=True)
    assert all(len(next(sheet.iter_rows(values_only=True))) == 3 for sheet in book)
    break_source(mended, "bmkg", "column_added")
    assert all("Kolom Baru" in quake for quake in mended.get(ONE_OF_EACH["bmkg"]).json()["Infogempa"]["gempa"])


def test_bad_bytes_are_bad(mended: httpx.Client) -> None:
    break_source(mended, "damkar", "nul_bytes")
    assert mended.get(ONE_OF_EACH["damkar"]).content.count(b"\0") == 1
    for source in ("damkar", "bmkg", "kpu"):
        break_source(mended, source, "wrong_encoding")
        with pytest.raises(UnicodeDecodeError):
            mended.get(ONE_OF_EACH[source]).content.decode()
    break_source(mended, "kpu", "nul_bytes")
    assert "\0" in json.dumps(mended.get(ONE_OF_EACH["kpu"]).json(), ensure_ascii=True).encode().decode(
        "unicode_escape"
    )


def test_a_body_in_pieces_is_refused(city: httpx.Client) -> None:
    answer = city.put("/_demo/override/damkar/kejadian.csv", content=iter([b"a", b"b"]))
    assert answer.status_code == 400
    assert "in one piece" in answer.json()["error"]


def test_a_path_can_be_overridden_and_comes_back(city: httpx.Client) -> None:
    path = ONE_OF_EACH["damkar"]
    first = city.get(path).content
    city.put(f"/_demo/override{path}", content=b"No Kejadian;Jenis\r\n1;Kebakaran\r\n").raise_for_status()
    second = city.get(path)
    assert second.content == b"No Kejadian;Jenis\r\n1;Kebakaran\r\n"
    assert second.headers["X-Data-Simulasi"] == "*"
    assert second.headers["Content-Type"].startswith("text/csv")
    city.delete(f"/_demo/override{path}").raise_for_status()
    assert city.get(path).content == first


def test_it_ends_cleanly_while_an_answer_is_still_slow(tmp_path: Path) -> None:
    with running(tmp_path) as (process, client):
        port = client.base_url.port
        break_source(client, "bmkg", "slow", seconds=600)
        with socket.create_connection(("127.0.0.1", port or 0)) as waiting:
            waiting.sendall(b"GET /bmkg/autogempa.json HTTP/1.1\r\nHost: x\r\n\r\n")
            assert waiting.recv(100)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port or 0), timeout=1)
    assert '"PUT /_demo/fault HTTP/1.1" 200' in (tmp_path / "access.log").read_text()


def test_a_taken_port_is_one_sentence(city: httpx.Client, tmp_path: Path) -> None:
    port = str(city.base_url.port)
    result = subprocess.run(
        [sys.executable, "-m", "demo_city", "--port", port, "--state-dir", str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(DAGS)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode == 8
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "Traceback" not in result.stderr
