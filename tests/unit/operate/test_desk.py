"""What the desk prints: commands that can be copied as they are, and nothing that steers a terminal."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from command_center import cli
from command_center.idformat import no_formula
from command_center.intake.outcome import Outcome
from command_center.intake.replay import Replayed
from command_center.ledger.waiting import HeldBatch, Loaded
from command_center.operate import desk
from command_center.settings import WIB

AT = datetime(2026, 11, 20, 8, 0, tzinfo=WIB)
HELD = HeldBatch(
    *(
        7,
        "adpem_rfk",
        "kegiatan",
        "sept'; x",
        None,
        None,
        "6 of 8 rows break a rule",
        8,
        6,
        "ab" * 32,
        "Adpem",
        "Kepala",
    ),
    *("Kasubbag", AT, AT, 2, True, None),
)
LOADED = Loaded(7, 3, "kegiatan", "x", "held", 6)


def command(step: str) -> list[str]:
    return shlex.split(step, comments=True)


@pytest.mark.parametrize(
    ("batch", "offered"),
    [
        (HELD, ["held", "release", "replay", "discard"]),
        (replace(HELD, rows_quarantined=0), ["release", "replay", "discard"]),
        (replace(HELD, rows_quarantined=0, was_judged=False), ["replay", "discard"]),
        (replace(HELD, decision="lepas"), ["replay"]),
        (replace(HELD, decision="buang"), ["release"]),
    ],
)
def test_each_step_is_a_command_that_exists(batch: HeldBatch, offered: list[str]) -> None:
    steps = [command(step) for step in desk.next_steps(batch)]
    assert [words[3] for words in steps] == offered
    for words in steps:
        given = cli._parser().parse_args(words[3:])
        assert getattr(given, "part", HELD.part) == HELD.part, "a name with a quote stays one word"


def test_a_held_batch_is_told_with_all_that_is_known() -> None:
    told = desk._held(replace(HELD, reason="\x1b[2J6 of 8\nrows"))
    head, *fields = told.splitlines()
    assert head == 'adpem_rfk.kegiatan, part "sept\'; x": held, batch 7'
    assert [field.split()[0] for field in fields] == ["reason", "rows", "seen", "owner", "sha256", *["next"] * 4]
    assert fields[0] == "  reason    \N{REPLACEMENT CHARACTER}[2J6 of 8 rows"
    assert (
        fields[2]
        == "  seen      first 20 November 2026 pukul 08.00 WIB, last 20 November 2026 pukul 08.00 WIB, 2 times"
    )


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (
            {"status": "published", "published": 5, "quarantined": 1, "unchanged": 2},
            "s.t, part 'x': 5 rows newly published, 1 still set aside (6 before), 2 unchanged",
        ),
        (
            {"status": "published", "deleted": 3},
            "s.t, part 'x': 0 rows newly published, 0 still set aside (6 before), 0 unchanged, 3 taken away",
        ),
        ({"status": "held", "reason": "too few"}, "s.t, part 'x': still held: too few"),
        ({"status": "failed", "reason": "no archive"}, "s.t, part 'x': failed: no archive"),
    ],
)
def test_what_a_replay_changed_is_one_line(outcome: dict[str, Any], line: str) -> None:
    assert desk.replayed([Replayed(LOADED, Outcome("s", "t", "x", **outcome))]) == line


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"])
def test_no_text_begins_a_formula(text: str) -> None:
    assert no_formula(text) == f"'{text}"
    assert no_formula(f"a{text}") == f"a{text}"
