"""One answer over HTTP: what is sent, what is refused, when it is tried again, and what never shows a secret."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from command_center.errors import SettingsError, SourceUnavailable
from command_center.extract import http
from command_center.extract.asking import Fetched, Unchanged
from command_center.settings import settings

from tests.support.http_source import Asked, Said, asking, declare, serving

SECRET = "r4h@sia kota&5%"
OLD = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSE_S", 0.01)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "cc_max_payload_mb", 1)


def get(base: str, folder: Path, source: Any = None, *, password: str = "", login: str = "", **given: Any) -> Fetched:
    source = source or declare()
    of_asking = {name: given.pop(name) for name in ("validator_of", "wait_turn", "ends_at", "since") if name in given}
    found = http.get(
        asking(source, base, password=password, login=login, **of_asking), source.requests[0], folder, **given
    )
    assert isinstance(found, Fetched)
    return found


def test_the_answer_is_the_bytes_as_they_were_sent(tmp_path: Path) -> None:
    said = Said(b'{"a": 1.10}', headers={"Content-Type": "application/json", "X-Data-Simulasi": "*"})
    source = declare(request={"params": {"wilayah": "1371"}, "query": {"sejak": "{since}", "jenis": "a b/&"}})
    with serving(lambda asked: said) as server:
        fetched = get(server.url + "/v1", tmp_path, source)
    assert fetched.path.read_bytes() == b'{"a": 1.10}' and fetched.byte_size == 11
    assert (fetched.part, fetched.content_type, fetched.simulated_paths) == ("semua", "application/json", "*")
    assert fetched.known == {"wilayah": "1371"}
    assert [(asked.path, asked.query) for asked in server.asked] == [("/v1/api/data", {"jenis": "a b/&"})]
    assert fetched.url.startswith(server.url + "/v1/api/data?jenis=")


def test_other_paths_bodies_and_parts(tmp_path: Path) -> None:
    with serving(lambda asked: Said(b"")) as server:
        fetched = get(
            server.url, tmp_path, path="lain.csv", query={"a": "1"}, body={"x": [1]}, part="p2", known={"k": "v"}
        )
    assert (fetched.part, fetched.request, fetched.known, fetched.byte_size) == ("p2", "semua", {"k": "v"}, 0)
    assert [(a.method, a.path, a.query, a.body) for a in server.asked] == [
        ("POST", "/lain.csv", {"a": "1"}, {"x": [1]})
    ]


@pytest.mark.parametrize(
    ("connection", "header", "value"),
    [
        ({"auth": "basic"}, "Authorization", "Basic b3BkOnI0aEBzaWEga290YSY1JQ=="),
        ({"auth": "bearer"}, "Authorization", f"Bearer {SECRET}"),
        ({"auth": "api_key"}, "X-API-Key", SECRET),
        ({"auth": "api_key", "api_key": "Kunci"}, "Kunci", SECRET),
    ],
)
def test_login_and_password_go_where_they_are_declared(
    tmp_path: Path, connection: dict[str, str], header: str, value: str
) -> None:
    with serving(lambda asked: Said(b"{}")) as server:
        get(server.url, tmp_path, declare(connection=connection), login="opd", password=SECRET)
    assert server.asked[0].headers[header] == value


def test_a_key_in_the_query_is_sent_and_shown_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    source = declare(connection={"auth": "api_key", "api_key": "?kunci"}, request={"query": {"a": "1"}})
    answers = iter([Said(b"{}"), Said(b"no", 404), Said(b"", 302, {"Location": f"/lain?kunci={SECRET}"})])
    with serving(lambda asked: next(answers)) as server:
        shown = [get(server.url, tmp_path, source, password=SECRET).url]
        for _ in range(2):
            with pytest.raises(SourceUnavailable) as refused:
                get(server.url, tmp_path, source, password=SECRET)
            shown.append(str(refused.value))
    assert [asked.query for asked in server.asked] == [{"a": "1", "kunci": SECRET}] * 3
    told = "\n".join(shown) + caplog.text
    assert "kunci" not in told and "r4h" not in told and "a=1" in told


@pytest.mark.parametrize(
    ("auth", "address", "password", "sentence"),
    [
        ("bearer", "http://127.0.0.1:9", "", "has no password, but the declaration says 'auth: bearer'"),
        ("bearer", "http://127.0.0.1:9", "a\nb", "holds a character that cannot be sent"),
        ("none", "http://opd:sandi@127.0.0.1:9", "", "holds a login; move it"),
    ],
)
def test_a_connection_that_cannot_work_is_told_before_anything_is_sent(
    tmp_path: Path, auth: str, address: str, password: str, sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence) as refused:
        get(address, tmp_path, declare(connection={"auth": auth}), password=password)
    assert "sandi@" not in str(refused.value)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://127.0.0.1:{other}/x",
        "https://127.0.0.1:{port}/x",
        "//localhost:{port}/x",
        "http://u:p@127.0.0.1:{port}/x",
        "ftp://127.0.0.1/x",
    ],
)
def test_no_request_goes_to_another_origin(tmp_path: Path, elsewhere: str) -> None:
    with serving(lambda asked: Said(b"{}")) as server, serving(lambda asked: Said(b"{}")) as other:
        port, second = server.url.rpartition(":")[2], other.url.rpartition(":")[2]
        with pytest.raises(SourceUnavailable, match=r"points to .*, but only http://127.0.0.1:") as refused:
            get(server.url, tmp_path, url=elsewhere.format(port=port, other=second))
    assert server.asked == other.asked == [] and "u:p@" not in str(refused.value)


def test_an_address_that_the_source_named_is_asked_as_it_is(tmp_path: Path) -> None:
    source = declare(request={"query": {"a": "1"}})
    with serving(lambda asked: Said(b"{}")) as server:
        get(server.url, tmp_path, source, url=f"{server.url}/lain?b=2%2B2#c")
        get(server.url, tmp_path, source, url="/relatif")
    assert [(a.path, a.query) for a in server.asked] == [("/lain", {"b": "2+2"}), ("/relatif", {})]


def test_a_redirect_is_told_and_not_followed(tmp_path: Path) -> None:
    with (
        serving(lambda asked: Said(b"", 301, {"Location": "https://lain.example/baru"})) as server,
        pytest.raises(SourceUnavailable, match=r"HTTP 301.*points to https://lain.example/baru, which is not followed"),
    ):
        get(server.url, tmp_path)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "times"), [(500, 3), (503, 3), (429, 3), (408, 3), (400, 1), (401, 1), (404, 1), (410, 1), (204, 1)]
)
def test_only_what_may_pass_is_tried_again(tmp_path: Path, status: int, times: int) -> None:
    turns: list[int] = []
    with (
        serving(lambda asked: Said(b"", status)) as server,
        pytest.raises(http.Refused, match=rf"/api/data answered HTTP {status}, expected 200; ") as refused,
    ):
        get(server.url, tmp_path, wait_turn=lambda: turns.append(1))
    assert len(server.asked) == len(turns) == times
    assert refused.value.status == status and list(tmp_path.iterdir()) == []


def test_the_second_attempt_may_succeed(tmp_path: Path) -> None:
    answers = iter([Said(b"", 503), Said(b'{"baris": [1, 2, 3]}', cut=9), Said(b'{"baris": [1, 2, 3]}')])
    with serving(lambda asked: next(answers)) as server:
        assert get(server.url, tmp_path).path.read_bytes() == b'{"baris": [1, 2, 3]}'
    assert len(server.asked) == 3 and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "said", [Said(b"a" * 99, cut=50), Said(gzip.compress(b"b" * 99)[:-12], headers={"Content-Encoding": "gzip"})]
)
def test_an_answer_that_stops_in_the_middle_is_never_taken(tmp_path: Path, said: Said) -> None:
    with (
        serving(lambda asked: said) as server,
        pytest.raises(SourceUnavailable, match=r"did not answer|stopped within"),
    ):
        get(server.url, tmp_path)
    assert len(server.asked) == 3 and list(tmp_path.iterdir()) == []


def test_nobody_listening(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(
        SourceUnavailable, match=r"127.0.0.1:\d+/api/data did not answer: .*refused.*; it is tried again"
    ):
        get(f"http://127.0.0.1:{port}", tmp_path)


@pytest.mark.parametrize("as_date", [False, True])
def test_a_wait_that_the_source_asks_for_is_kept(tmp_path: Path, as_date: bool) -> None:
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    wait = format_datetime(now + timedelta(seconds=1), usegmt=True) if as_date else "1"
    answers = iter([Said(b"", 429, {"Retry-After": wait, "Date": format_datetime(now, usegmt=True)}), Said(b"{}")])
    times: list[float] = []

    def answering(asked: Asked) -> Said:
        times.append(time.monotonic())
        return next(answers)

    with serving(answering) as server:
        get(server.url, tmp_path)
    assert times[1] - times[0] >= 1


def test_a_wait_beyond_the_deadline_is_told_at_once(tmp_path: Path) -> None:
    with (
        serving(lambda asked: Said(b"", 503, {"Retry-After": "3600"})) as server,
        pytest.raises(SourceUnavailable, match=r"asks to wait 3600 s, longer than this run may take"),
    ):
        get(server.url, tmp_path)
    assert len(server.asked) == 1


def test_too_much_is_refused_by_its_announced_length(tmp_path: Path, small: None) -> None:
    with (
        serving(lambda asked: Said(b"", headers={"Content-Length": str(2 << 20)}, cut=0)) as server,
        pytest.raises(SourceUnavailable, match=r"announces 2097152 bytes, more than 1 MB"),
    ):
        get(server.url, tmp_path)
    assert len(server.asked) == 1


def test_too_much_is_refused_while_it_is_read(tmp_path: Path, small: None) -> None:
    sent: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            sent.append(1 << 16)
            yield b"x" * (1 << 16)

    with (
        serving(lambda asked: Said(pieces=endless())) as server,
        pytest.raises(SourceUnavailable, match=r"more than 1 MB"),
    ):
        get(server.url, tmp_path)
    assert sum(sent) < 64 << 20 and list(tmp_path.iterdir()) == []


def test_a_small_answer_that_unpacks_to_too_much_is_refused(tmp_path: Path, small: None) -> None:
    bomb = gzip.compress(b"\0" * (64 << 20))
    assert len(bomb) < 1 << 17
    with (
        serving(lambda asked: Said(bomb, headers={"Content-Encoding": "gzip"})) as server,
        pytest.raises(SourceUnavailable, match=r"more than 1 MB"),
    ):
        get(server.url, tmp_path)


def test_gzip_is_unpacked_to_its_last_byte(tmp_path: Path) -> None:
    content = b"".join(b"%d,nilai\n" % number for number in range(500_000))
    packed = gzip.compress(content[:77_777]) + gzip.compress(content[77_777:])
    with serving(lambda asked: Said(packed, headers={"Content-Encoding": "gzip"})) as server:
        assert get(server.url, tmp_path).path.read_bytes() == content
    assert server.asked[0].headers["Accept-Encoding"] == "gzip"


def test_another_packing_is_refused(tmp_path: Path) -> None:
    with (
        serving(lambda asked: Said(b"x", headers={"Content-Encoding": "br"})) as server,
        pytest.raises(SourceUnavailable, match=r"packed as 'br'"),
    ):
        get(server.url, tmp_path)


@pytest.mark.parametrize("opening", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_source_that_drips_is_given_up_at_the_deadline(
    tmp_path: Path, opening: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes well within the timeout of a read, in the status line, the header and the body."""
    monkeypatch.setattr(settings(), "cc_http_deadline_s", 0.5)
    over = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(opening)
            while not over.wait(0.05):
                try:
                    connection.sendall(b"x" if opening else b"")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        try:
            with pytest.raises(SourceUnavailable, match=r"took more than 0\.5 s"):
                get(f"http://127.0.0.1:{listening.getsockname()[1]}", tmp_path)
        finally:
            over.set()
            thread.join()


def test_the_run_s_own_deadline_ends_it_before_a_request(tmp_path: Path) -> None:
    with (
        serving(lambda asked: Said(b"{}")) as server,
        pytest.raises(SourceUnavailable, match=r"took more than 900 s in all"),
    ):
        get(server.url, tmp_path, ends_at=time.monotonic() - 1)
    assert server.asked == []


def conditional(asked: Asked) -> Said:
    is_known = asked.headers.get("If-None-Match") == '"v1"' or asked.headers.get("If-Modified-Since") == OLD
    return Said(b"" if is_known else b"{}", 304 if is_known else 200, {"ETag": '"v1"', "Last-Modified": OLD})


def ask_again(url: str, folder: Path, validator: str | None, **given: Any) -> Fetched | Unchanged:
    source = given.pop("source", None) or declare()
    return http.get(asking(source, url, validator_of=lambda part: validator), source.requests[0], folder, **given)


def test_what_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    with serving(conditional) as server:
        validator = get(server.url, tmp_path).validator
        assert ask_again(server.url, tmp_path, validator) == Unchanged("semua")
        assert ask_again(server.url, tmp_path, '{"etag": "\\"v1\\""}') == Unchanged("semua")
        assert ask_again(server.url, tmp_path, json.dumps({"last_modified": OLD})) == Unchanged("semua")
        assert isinstance(ask_again(server.url, tmp_path, '{"etag": "\\"v0\\""}'), Fetched)


@pytest.mark.parametrize("case", ["not wanted", "declared off", "other address", "no validator", "not ours"])
def test_the_whole_answer_is_asked_for_where_no_condition_holds(tmp_path: Path, case: str) -> None:
    with serving(conditional) as server:
        validator = get(server.url, tmp_path).validator
        cases: dict[str, dict[str, Any]] = {
            "not wanted": {"conditional": False},
            "other address": {"query": {"a": "1"}},
            "declared off": {"source": declare(extract={"conditional": False})},
        }
        given = cases.get(case, {})
        known = {"no validator": None, "not ours": "12 2026-11-23"}.get(case, validator)
        assert isinstance(ask_again(server.url, tmp_path, known, **given), Fetched)
    assert "If-None-Match" not in server.asked[-1].headers


def test_a_time_of_change_within_the_same_second_proves_nothing(tmp_path: Path) -> None:
    now = format_datetime(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), usegmt=True)
    with serving(lambda asked: Said(b"{}", headers={"Last-Modified": now, "Date": now})) as server:
        assert get(server.url, tmp_path).validator is None


def test_a_304_that_nobody_asked_for_is_no_answer(tmp_path: Path) -> None:
    with serving(lambda asked: Said(b"", 304)) as server, pytest.raises(SourceUnavailable, match=r"answered HTTP 304"):
        get(server.url, tmp_path)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-keyout", str(key), "-out", str(certificate), "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    with serving(lambda asked: Said(b"{}"), certificate=certificate, key=key) as server:
        with pytest.raises(SourceUnavailable, match=r"certificate of https://127.0.0.1:.* is not to be trusted"):
            get(server.url, tmp_path)
        assert server.asked == []
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", str(certificate))
            assert get(server.url, tmp_path).path.read_bytes() == b"{}"
