"""The archive on a real S3 server: what is kept there, what the server refuses, and what is left when it is killed."""

from __future__ import annotations

import csv
import hashlib
import io
import random
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from command_center.archive import editions, place
from command_center.archive.store import is_there, object_uri, read, remove, write_object
from command_center.backup import files
from command_center.errors import ArchiveUnavailable, IntegrityError, SettingsError
from command_center.ledger import landing
from command_center.operate.maintain import clean_up, verify_all
from command_center.operate.person import counts, erase, look
from command_center.personal_key import key_of
from command_center.settings import WIB, settings

from tests.conftest import Cluster
from tests.integration.conftest import Intake
from tests.support.services.s3 import BUCKET, OWNER, OWNER_SECRET, S3Server, s3_server

LARGE = 3 * place.BLOCK  # sent in parts
STAGES = "kpu/tahapan/pilkada2024.csv"
NAME, EMAIL = "Fulana Binti Polan", "fulan.bin@contoh.id"


@dataclass(frozen=True)
class Landed:
    """An object as the ledger knows it."""

    sha256: str
    uri: str
    wrapped_key: str
    source: str = "uji"
    part: str = "a"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3(server: S3Server, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """The archive of this process is there; below an address of its own, so that no test sees another's."""
    for name, value in {**server.environment, "CC_LANDING_URL": f"s3://{BUCKET}/{secrets.token_hex(4)}"}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield server
    monkeypatch.undo()
    settings.cache_clear()


def _kept(folder: Path, content: bytes) -> Landed:
    file = folder / "jawaban"
    file.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    uri = object_uri("uji", sha256)
    return Landed(sha256, uri, write_object(uri, file, sha256))


def test_objects_are_kept_whole_sealed_and_verified(s3: S3Server, tmp_path: Path) -> None:
    content = [b"NIK 1371014508900017", random.Random(1).randbytes(LARGE)]
    small, large = (_kept(tmp_path, one) for one in content)
    assert [read(small), read(large)] == content
    names = place.names_below(settings().landing_url)
    assert {f"{settings().landing_url}/{name}" for name in names} == {small.uri, large.uri}
    assert content[0] not in s3.files().cat_file(small.uri)

    s3.files().pipe_file(small.uri, s3.files().cat_file(large.uri)[:1000])
    with pytest.raises(IntegrityError, match="was changed after it was archived"):
        read(small)
    s3.files().rm_file(small.uri)  # by somebody else, since this process listed the archive
    assert not is_there(small.uri)
    with pytest.raises(IntegrityError, match="gone from the archive"):
        read(small)
    remove(small.uri)
    remove(large.uri)
    assert place.names_below(settings().landing_url) == []


def test_a_file_of_an_edition_is_kept_once(s3: S3Server) -> None:
    base = editions.base_uri()
    sha256 = editions.keep(base, b"%PDF", "pdf")
    assert (editions.keep(base, b"%PDF", "pdf"), editions.read(base, sha256, "pdf")) == (sha256, b"%PDF")
    s3.files().pipe_file(editions.file_uri(base, sha256, "pdf"), b"lain")
    with pytest.raises(IntegrityError, match="was changed after it was archived"):
        editions.keep(base, b"%PDF", "pdf")


@pytest.mark.parametrize("size", [100, LARGE])
def test_what_could_not_be_finished_is_not_there(s3: S3Server, size: int) -> None:
    uri = object_uri("uji", "ab" * 32)

    def cut() -> None:
        with place.writing(uri) as file:
            file.write(secrets.token_bytes(size))
            raise RuntimeError("the disk of the answer broke")

    with pytest.raises(RuntimeError, match="broke"):
        cut()
    assert not is_there(uri)
    assert _unfinished(s3) == []


def _unfinished(s3: S3Server) -> list[object]:
    found: list[object] = s3.files().call_s3("list_multipart_uploads", Bucket=BUCKET).get("Uploads", [])
    return found


@pytest.mark.parametrize(
    ("changed", "kind", "sentence"),
    [
        ({"CC_S3_SECRET": "salah"}, SettingsError, r"http://127\S+ refused access to s3://arsip/.*mend CC_S3_KEY_ID and CC_S3_SECRET"),
        ({"CC_LANDING_URL": "s3://lain/kota"}, SettingsError, r"refused access to s3://lain/.*list and delete in the bucket 'lain'"),
        ({"CC_S3_ENDPOINT": "http://127.0.0.1:9"}, ArchiveUnavailable, r"http://127.0.0.1:9 did not do its part for s3://arsip/"),
        ({"CC_LANDING_URL": "gs://arsip"}, SettingsError, r"begins with 'gs', expected file:///folder or s3://bucket/folder"),
    ],
    ids=["wrong secret", "another bucket", "nobody listens", "another kind"],
)  # fmt: skip
def test_what_is_refused_is_one_sentence(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    changed: dict[str, str], kind: type[Exception], sentence: str,
) -> None:  # fmt: skip
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(kind, match=sentence) as told:
        _kept(tmp_path, b"isi")
    assert "\n" not in str(told.value) and "rahasia-arsip" not in str(told.value)


def test_a_bucket_that_is_not_there_is_named(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "CC_S3_KEY_ID": OWNER,
        "CC_S3_SECRET": OWNER_SECRET,
        "CC_LANDING_URL": "s3://lain/kota",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(SettingsError, match="has no bucket 'lain': make it, or mend CC_LANDING_URL"):
        place.names_below(settings().landing_url)


def test_intake_erasure_tidying_and_backup_work_on_it(
    intake: Intake, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _serve(intake, [f"Hubungi {NAME}, {EMAIL}", "Rapat"])
    assert "published" in {one.status for one in intake.load("kpu_tahapan")}
    assert {one.status for one in intake.load("kpu_tahapan")} == {"unchanged"}
    assert "as they were published" in verify_all()
    copies = intake.folder / "cadangan"
    copies.mkdir()
    now = settings().now()
    before = files.copy_new(copies, now)
    assert before.total == before.added == files.verify(copies) == len(place.names_below(settings().landing_url)) > 0

    keys = [key_of("nama", NAME), key_of("surel", EMAIL)]
    assert any(one.startswith("archive") for one in counts(list(look(keys))))
    erase(keys, jabatan="Pejabat Pelindungan Data", alasan="Surat 2/2026", requested=date(2026, 11, 20))
    assert counts(list(look(keys))) == {}
    assert {one.status for one in intake.load("kpu_tahapan", replay=True)} == {"unchanged"}
    assert files.copy_new(copies, now).added == 1
    assert files.remove_gone(copies, now + timedelta(days=1)) == 1

    _serve(intake, ["Rapat", "Rapat kedua"])
    intake.load("kpu_tahapan")
    there = len(place.names_below(settings().landing_url))
    monkeypatch.setenv("DEMO_NOW", (now + timedelta(days=4000)).astimezone(WIB).isoformat())
    settings.cache_clear()
    assert "1 archived answers past retention removed" in clean_up()
    assert len(place.names_below(settings().landing_url)) == there - 1


def _serve(intake: Intake, notes: list[str], attached: int = 0) -> int:
    """The stages with these notes, and so many columns that nobody declared; how many rows there are."""
    head, *lines = list(csv.reader(io.StringIO(intake.get(STAGES).decode("utf-8-sig"))))
    for line, note in zip(lines, notes, strict=False):
        line[head.index("catatan")] = note
    numbers, chance = range(attached), random.Random(2)
    head += [f"lampiran_{number}" for number in numbers]
    lines = [[*line, *(chance.randbytes(50_000).hex() for _ in numbers)] for line in lines]
    written = io.StringIO()
    csv.writer(written).writerows([head, *lines])
    intake.serve(STAGES, written.getvalue().encode())
    return len(lines)


def test_killed_in_the_middle_of_an_answer_it_ends_up_exactly_once(intake: Intake, s3: S3Server) -> None:
    rows = _serve(intake, ["Rapat"], attached=30)  # sent in parts
    failures: list[BaseException] = []
    loading = threading.Thread(target=_load, args=(intake, failures))
    loading.start()
    while not _unfinished(s3) and loading.is_alive():
        time.sleep(0.005)
    s3.kill()
    loading.join()
    assert [type(one) for one in failures] == [ArchiveUnavailable], failures
    s3.start()

    (before,) = _landed(intake)  # the part that came first
    assert before.part == "pilkada2018"
    assert {one.status for one in intake.load("kpu_tahapan")} == {"published"}
    batches = "select part, count(*) from ops.batch where status = 'published' group by part order by part"
    assert intake.rows(batches) == [("pilkada2018", 1), ("pilkada2024", 1)]
    assert intake.value("select count(*) from raw.kpu_tahapan__tahapan where tahun = 2024") == rows
    assert "as they were published" in verify_all()
    assert {one.status for one in intake.load("kpu_tahapan", replay=True)} == {"unchanged"}
    kept = {one.uri.removeprefix(f"{settings().landing_url}/") for one in _landed(intake)}
    assert set(place.names_below(settings().landing_url)) == kept


def _load(intake: Intake, failures: list[BaseException]) -> None:
    try:
        intake.load("kpu_tahapan")
    except ArchiveUnavailable as error:
        failures.append(error)


def _landed(intake: Intake) -> list[landing.Landed]:
    found = landing.every_kept(intake.connection)
    intake.connection.commit()
    return found
