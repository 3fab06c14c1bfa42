"""Whether a report is made now: one decision from the calendar, what is missing, and what the last edition said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from command_center.idformat import format_date, join_words

MOST_NAMED = 8  # changes that a reason names


@dataclass(frozen=True)
class Last:
    """The newest edition of the report; `changed` names final figures of it that are others now."""

    number: int
    is_complete: bool
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """What the decision depends on; an edition that is late in something is made from the deadline on."""

    today: date
    opens: date
    deadline: date
    late: tuple[str, ...] = ()
    last: Last | None = None


@dataclass(frozen=True)
class Decision:
    """Make edition `number` for `reason`, or not, and then why not."""

    action: Literal["make", "wait", "done"]
    why: str
    number: int = 0
    reason: str = ""


def decide(state: State) -> Decision:
    """The one rule of when an edition is made."""
    if state.last is not None:
        return _after(state, state.last)
    if state.today < state.opens:
        return Decision("wait", f"Laporan dibuat mulai {format_date(state.opens)}.")
    if not state.late:
        return Decision("make", "Semua data sudah ada.", 1)
    if state.today < state.deadline:
        return Decision("wait", f"Menunggu sampai {format_date(state.deadline)}: {' '.join(state.late)}")
    return Decision("make", "Batas waktu tercapai; yang terlambat disebut di halaman pertama.", 1)


def _after(state: State, last: Last) -> Decision:
    """A further edition is made when what was late has come, or when a final figure is another one now."""
    number = last.number + 1
    if not last.is_complete and not state.late:
        reason = f"Edisi lengkap: data yang terlambat pada edisi {last.number} sudah masuk."
        return Decision("make", reason, number, " ".join((reason, *_named(last.changed))))
    if last.changed:
        reason = f"Koreksi atas edisi {last.number}."
        return Decision("make", reason, number, " ".join((reason, *_named(last.changed))))
    if last.is_complete:
        return Decision("done", f"Edisi {last.number} tetap berlaku: tidak ada angka final yang berubah.")
    return Decision("done", f"Edisi {last.number} tetap berlaku; masih ditunggu: {' '.join(state.late)}")


def _named(changed: tuple[str, ...]) -> list[str]:
    if not changed:
        return []
    others = len(changed) - MOST_NAMED
    named = [*changed[:MOST_NAMED], *([f"{others} angka lain"] if others > 0 else [])]
    return [f"Angka yang berubah: {join_words(named)}."]
