"""Files of a real SFTP server: its key is checked, lost connections are renewed, nothing half-read is kept."""

from __future__ import annotations

import io
import os
import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest
from command_center.declaration.source import Request
from command_center.errors import SettingsError, SourceUnavailable
from command_center.extract import files, sftp
from command_center.extract.asking import Answered, Asking, Fetched, Unanswered, Unchanged
from command_center.extract.endpoint import Endpoint
from command_center.settings import settings

from tests.support.file_source import declare
from tests.support.services.sftp import LOGIN, PASSWORD, SftpService, sftp_service

HOST_KEY = paramiko.ECDSAKey.generate()
OLD = 1_700_000_000  # a time of a file at which nobody is writing any more


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    (tmp_path / "kirim" / "lb1").mkdir(parents=True)
    return tmp_path / "kirim"


@pytest.fixture
def service(uploads: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SftpService]:
    monkeypatch.setattr(sftp, "PAUSE_S", 0.01)
    with sftp_service(uploads, HOST_KEY) as running:
        yield running


def asking(service: SftpService, base: str = "", **changes: object) -> Asking:
    endpoint = Endpoint(f"sftp://127.0.0.1:{service.port}{base}", LOGIN, PASSWORD, {"host_key": service.known_key})
    return Asking(declare("csv", ["a"], {}), replace(endpoint, **changes))  # type: ignore[arg-type]


def ask(given: Asking, tmp_path: Path, **request: object) -> list[Answered]:
    wanted = Request.model_validate({"part": "a", "path": "a.csv", "tables": ["baris"], **request})
    return list(files.ask(given, wanted, tmp_path))


def put(path: Path, content: bytes = b"a\n1\n", at: int = OLD) -> None:
    path.write_bytes(content)
    os.utime(path, (at, at))


def fetched(answers: list[Answered]) -> Fetched:
    (found,) = answers
    assert isinstance(found, Fetched)
    return found


def test_a_file_arrives_whole_over_many_windows(service: SftpService, uploads: Path, tmp_path: Path) -> None:
    content = random.Random(1371).randbytes(sftp.BLOCK * sftp.WINDOW * 2 + 12_345)
    put(uploads / "lb1" / "a.csv", content)
    found = fetched(ask(asking(service, "/lb1"), tmp_path))
    assert found.path.read_bytes() == content
    assert found.url == f"sftp://127.0.0.1:{service.port}/lb1/a.csv"


def test_the_files_of_a_folder_are_parts_over_one_connection(
    service: SftpService, uploads: Path, tmp_path: Path
) -> None:
    put(uploads / "lb1" / "LB1_Nanggalo.csv")
    put(uploads / "lb1" / "LB1_Alai.csv", b"a\n2\n")
    put(uploads / "lb1" / "LB1_Alai.csv.filepart")
    found = ask(asking(service), tmp_path, part="{p}", path="lb1", files=r"LB1_(?P<p>.+)\.csv")
    assert [(f.part, f.known["file"], f.path.read_bytes()) for f in found if isinstance(f, Fetched)] == [
        ("Alai", "LB1_Alai.csv", b"a\n2\n"),
        ("Nanggalo", "LB1_Nanggalo.csv", b"a\n1\n"),
    ]
    assert service.connections == 1


def test_an_unchanged_file_is_not_read_again(service: SftpService, uploads: Path, tmp_path: Path) -> None:
    put(uploads / "a.csv")
    first = fetched(ask(asking(service), tmp_path))
    service.reads.clear()
    again = asking(service)
    again.validator_of = lambda part: first.validator
    assert ask(again, tmp_path) == [Unchanged("a")]
    assert service.reads == []


def test_a_file_of_this_very_second_is_read_again(service: SftpService, uploads: Path, tmp_path: Path) -> None:
    (uploads / "a.csv").write_bytes(b"a\n1\n")
    assert fetched(ask(asking(service), tmp_path)).validator is None


def test_a_lost_connection_is_renewed_and_the_file_read_from_its_start(
    service: SftpService, uploads: Path, tmp_path: Path
) -> None:
    content = random.Random(1371).randbytes(sftp.BLOCK * 5)
    put(uploads / "a.csv", content)
    service.losses = 2
    assert fetched(ask(asking(service), tmp_path)).path.read_bytes() == content
    assert service.connections == 3


def test_a_server_that_is_lost_for_good_leaves_nothing_half_read(
    service: SftpService, uploads: Path, tmp_path: Path
) -> None:
    for name in "abc":
        put(uploads / f"{name}.csv", bytes(sftp.BLOCK * 5))
    service.losses = 99
    found = ask(asking(service), tmp_path, part="{p}", path=".", files=r"(?P<p>.)\.csv")
    assert [(one.part, type(one)) for one in found] == [(name, Unanswered) for name in "abc"]
    assert all(isinstance(one, Unanswered) and "did not answer" in one.sentence for one in found)
    assert service.connections == sftp.ATTEMPTS  # not once more for each further file
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_file_that_changes_while_it_is_read_is_read_again(
    service: SftpService, uploads: Path, tmp_path: Path
) -> None:
    put(uploads / "a.csv", b"a\n1\n")

    def change_once(path: str) -> None:
        service.on_read = lambda path: None
        put(uploads / "a.csv", b"a\n2\n", at=OLD + 60)

    service.on_read = change_once
    assert fetched(ask(asking(service), tmp_path)).path.read_bytes() == b"a\n2\n"


def test_one_bad_file_does_not_hold_up_the_others(service: SftpService, uploads: Path, tmp_path: Path) -> None:
    put(uploads / "lb1" / "a.csv")
    put(uploads / "lain.csv", b"rahasia")
    (uploads / "lb1" / "b.csv").symlink_to("tiada.csv")
    (uploads / "lb1" / "c.csv").symlink_to("../lain.csv")
    (uploads / "lb1" / "d.csv").symlink_to("a.csv")
    found = ask(asking(service, "/lb1"), tmp_path, part="{p}", path=".", files=r"(?P<p>.)\.csv")
    assert [one.part for one in found if isinstance(one, Fetched)] == ["a", "d"]
    assert [one.part for one in found if isinstance(one, Unanswered)] == ["b", "c"]
    assert uploads / "lain.csv" not in map(Path, service.reads)


def test_a_link_out_of_the_declared_folder_is_refused(service: SftpService, uploads: Path, tmp_path: Path) -> None:
    put(uploads / "lain.csv")
    (uploads / "lb1" / "a.csv").symlink_to("../lain.csv")
    with pytest.raises(SourceUnavailable, match=r"a\.csv is a link that leaves /lb1"):
        ask(asking(service, "/lb1"), tmp_path)


def test_a_missing_file_and_a_missing_folder_are_told(service: SftpService, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1:\d+/a\.csv cannot be read: No such file"):
        ask(asking(service), tmp_path)
    with pytest.raises(SourceUnavailable, match=r"/tiada cannot be listed: No such file"):
        ask(asking(service), tmp_path, path="tiada", files=".*")
    assert service.connections == 2  # an answer that refuses is no lost connection


def test_an_unknown_host_key_is_never_accepted(service: SftpService, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"does not say which key 127\.0\.0\.1 must show"):
        ask(asking(service, extra={}), tmp_path)
    assert service.connections == 0


@pytest.mark.parametrize(
    "other", [paramiko.ECDSAKey.generate(), paramiko.RSAKey.generate(2048)], ids=["same kind", "other"]
)
def test_another_host_key_ends_it_before_the_password(
    service: SftpService, tmp_path: Path, other: paramiko.PKey
) -> None:
    extra = {"host_key": f"{other.get_name()} {other.get_base64()}"}
    with pytest.raises(SourceUnavailable, match=r"shows another host key \(SHA256:.*\) than the connection names"):
        ask(asking(service, extra=extra), tmp_path)
    assert (service.logins, service.connections) == ([], 1)


def test_a_file_of_known_hosts_will_do(service: SftpService, uploads: Path, tmp_path: Path) -> None:
    put(uploads / "a.csv")
    hosts = tmp_path / "known_hosts"
    hosts.write_text(f"[127.0.0.1]:{service.port} {service.known_key}\n")
    fetched(ask(asking(service, extra={"known_hosts": str(hosts)}), tmp_path))
    hosts.write_text("")
    with pytest.raises(SourceUnavailable, match="shows another host key"):
        ask(asking(service, extra={"known_hosts": str(hosts)}), tmp_path)


def test_a_malformed_host_key_is_a_wrong_setting(service: SftpService, tmp_path: Path) -> None:
    for key in ("ssh-ed25519", "AAAA", "ssh-ed25519 %%%", "rot13 QUJD"):
        with pytest.raises(SettingsError, match="the extra 'host_key' is not a key like"):
            ask(asking(service, extra={"host_key": key}), tmp_path)


def test_a_wrong_password_is_tried_once_and_not_told(service: SftpService, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="refuses the login 'penarik'") as caught:
        ask(asking(service, password="salah-sekali"), tmp_path)
    assert "salah-sekali" not in str(caught.value)
    assert service.logins == ["password"]


@pytest.mark.parametrize("passphrase", ["", "frasa"])
def test_a_private_key_is_used_instead_of_a_password(uploads: Path, tmp_path: Path, passphrase: str) -> None:
    put(uploads / "a.csv")
    key, text = paramiko.ECDSAKey.generate(), io.StringIO()
    key.write_private_key(text, passphrase or None)
    with sftp_service(uploads, HOST_KEY, client_key=key) as service:
        extra = {"host_key": service.known_key, "private_key": text.getvalue()}
        fetched(ask(asking(service, password=passphrase, extra=extra), tmp_path))
        assert set(service.logins) == {"publickey"}
        if passphrase:
            with pytest.raises(SettingsError, match="the private key"):
                ask(asking(service, password="lain", extra=extra), tmp_path)


def test_a_server_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_HTTP_TIMEOUT_S", "0.2")
    monkeypatch.setattr(sftp, "PAUSE_S", 0.01)
    settings.cache_clear()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        service = SftpService(tmp_path, HOST_KEY, port=silent.getsockname()[1])
        with pytest.raises(SourceUnavailable, match="did not answer"):
            ask(asking(service), tmp_path)
    monkeypatch.undo()
    settings.cache_clear()


def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp, "PAUSE_S", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(SourceUnavailable, match="did not answer"):
        ask(asking(SftpService(tmp_path, HOST_KEY, port=port)), tmp_path)


def test_no_thread_of_a_connection_is_left_behind(service: SftpService, uploads: Path, tmp_path: Path) -> None:
    put(uploads / "a.csv", bytes(sftp.BLOCK * 200))
    before = set(threading.enumerate())
    fetched(ask(asking(service), tmp_path))
    assert service.transports
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive(), f"{thread} still runs"
