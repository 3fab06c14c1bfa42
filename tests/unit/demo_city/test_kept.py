"""What was made once is not made again at the next start, unless code, seeds or the question are others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from command_center.settings import WIB
from demo_city import kept as module
from demo_city.answer import XLSX, Answer
from demo_city.kept import UNUSED_S, keep_in, kept

AT = datetime(2026, 11, 22, 6, 30, tzinfo=WIB)
Make = Callable[[int, date], Answer]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(module, "_folder", None)
    yield tmp_path / "kept"


def started() -> tuple[Make, list[tuple[int, date]]]:
    """The function as a new process has it, and what it was asked for."""
    made: list[tuple[int, date]] = []

    @kept(maxsize=4)
    def workbook(seed: int, day: date) -> Answer:
        made.append((seed, day))
        return Answer(bytes(range(256)) + b"\nbaris\n", XLSX, "", modified=AT, headers={"X": f"{seed} {day}"})

    return workbook, made


def test_the_next_start_gives_the_same_answer_without_making_it(folder: Path) -> None:
    keep_in(folder)
    first, made = started()
    answers = [first(1371, date(2026, 11, day)) for day in (1, 2, 1)]
    assert len(made) == 2
    again, made_again = started()
    assert [again(1371, date(2026, 11, day)) for day in (1, 2, 1)] == answers
    assert made_again == []
    assert again(7, date(2026, 11, 1)) != answers[0] and made_again == [(7, date(2026, 11, 1))]


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    first, made = started()
    assert first(1371, date(2026, 11, 1)) == first(1371, date(2026, 11, 1))
    assert len(made) == 1 and list(tmp_path.iterdir()) == []


def test_other_code_makes_it_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_in(folder)
    started()[0](1371, date(2026, 11, 1))
    monkeypatch.setattr(module, "_made_of", lambda: "other")
    keep_in(folder)
    assert [one.name for one in folder.iterdir()] == ["other"]
    again, made = started()
    again(1371, date(2026, 11, 1))
    assert len(made) == 1


@pytest.mark.parametrize("spoil", [b"", b"bukan zlib", None])
def test_a_torn_or_an_old_file_is_made_anew(folder: Path, spoil: bytes | None) -> None:
    keep_in(folder)
    answer = started()[0](1371, date(2026, 11, 1))
    (file,) = (file for inner in folder.iterdir() for file in inner.iterdir())
    if spoil is None:
        os.utime(file, (0, time.time() - UNUSED_S - 60))
        keep_in(folder)
    else:
        file.write_bytes(spoil)
    again, made = started()
    assert again(1371, date(2026, 11, 1)) == answer and len(made) == 1
