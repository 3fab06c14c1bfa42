"""An object is in the archive whole or not at all, and nothing of one that did not come about stays there."""

from __future__ import annotations

import hashlib
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_center.archive.store import object_uri, write_object
from command_center.errors import ArchiveUnavailable
from command_center.settings import settings


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CC_LANDING_URL", (tmp_path / "landing").as_uri())
    monkeypatch.setenv("CC_ARCHIVE_KEY", "0f" * 32)
    settings.cache_clear()
    yield tmp_path / "landing"
    settings.cache_clear()


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow beyond a few bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def answer(folder: Path) -> tuple[Path, str]:
    content = os.urandom(50_000)
    (folder / "jawaban").write_bytes(content)
    return folder / "jawaban", hashlib.sha256(content).hexdigest()


def test_a_full_disk_is_one_sentence_and_leaves_nothing(archive: Path, tmp_path: Path) -> None:
    path, sha256 = answer(tmp_path)
    uri = object_uri("damkar_kejadian", sha256)
    with (
        full_disk(),
        pytest.raises(ArchiveUnavailable, match=r"The archive has no room for .*\(File too large\)"),
    ):
        write_object(uri, path, sha256)
    assert [file for file in archive.rglob("*") if file.is_file()] == []


def test_what_a_killed_process_left_goes_when_the_answer_comes_again(archive: Path, tmp_path: Path) -> None:
    path, sha256 = answer(tmp_path)
    uri = object_uri("damkar_kejadian", sha256)
    write_object(uri, path, sha256)
    (whole,) = (file for file in archive.rglob("*") if file.is_file())
    whole.rename(f"{whole}.4711.part")
    write_object(uri, path, sha256)
    assert [file for file in archive.rglob("*") if file.is_file()] == [whole]
