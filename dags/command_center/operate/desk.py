"""The desk of a data engineer: what is held, what was set aside, and what became of it, as text with the commands that help."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from command_center.database import connect
from command_center.declaration.formats import expected
from command_center.declaration.registry import get_source, must_be_declared
from command_center.errors import BatchHeld, CommandCenterError
from command_center.idformat import format_moment, no_formula, plain
from command_center.intake.replay import Replayed
from command_center.ledger import trail, waiting
from command_center.ledger.waiting import Group, HeldBatch, SetAside
from command_center.paths import private_file
from command_center.settings import settings

FIRST = 10  # rows of a batch that are shown
COMMAND = "python -m command_center"
DECIDE = "--jabatan '…' --alasan '…'"
STATES = {None: "held", "lepas": "released, not loaded yet", "buang": "discarded"}
CSV_HEAD = (
    *("sumber", "tabel", "bagian", "batch", "tempat", "kolom", "isi", "seharusnya", "alasan", "sejak"),
    *("perangkat_daerah", "penanggung_jawab"),
)


def held(source: str | None = None, *, with_discarded: bool = False) -> str:
    """Every part that is held, with the reason and the commands that help."""
    with connect(settings().dsn("loader")) as connection:
        found = waiting.held_batches(connection, source)
    if not found:
        must_be_declared(source)
    shown = [one for one in found if with_discarded or one.decision != "buang"]
    discarded = len(found) - len(shown)
    rest = [f"{discarded} discarded; --all lists them."] if discarded else []
    return "\n\n".join([*map(_held, shown), *rest]) or "Nothing is held."


def held_batch(batch_id: int) -> str:
    """One batch in whole: the rules that its rows break, counted, and the first of these rows. Raises BatchHeld for any other."""
    with connect(settings().dsn("loader")) as connection:
        found = waiting.held_batch(connection, batch_id)
        if found is None:
            raise BatchHeld(f"Batch {batch_id} was not held; `held` lists what is.")
        groups = waiting.groups(connection, batch_id=batch_id)
        rows = waiting.rows(connection, batch_id=batch_id)
    more = [f"{len(rows) - FIRST} more: {COMMAND} quarantine --batch {batch_id} --rows"] if len(rows) > FIRST else []
    return "\n\n".join([_held(found), *map(_group, groups), "\n".join([*map(_row, rows[:FIRST]), *more])]).rstrip()


def _held(one: HeldBatch) -> str:
    window = (
        ""
        if one.window_start is one.window_end is None
        else f", {_moment(one.window_start)} – {_moment(one.window_end)}"
    )
    return _block(
        f"{one.source}.{one.table}, part {one.part!r}{window}: {STATES[one.decision]}, batch {one.batch_id}",
        ("reason", one.reason),
        ("rows", f"{one.rows_read} read, {one.rows_quarantined} of them set aside"),
        ("seen", f"first {_moment(one.first_at)}, last {_moment(one.last_at)}, {one.times} times"),
        ("owner", f"{one.opd_name}: {one.owner}; steward: {one.steward}"),
        ("sha256", one.sha256[:12]),
        *(("next", step) for step in next_steps(one)),
    )


def next_steps(one: HeldBatch) -> list[str]:
    """What an engineer may do about it, as commands."""
    part = shlex.join([one.source, one.table, one.part])
    release = f"{COMMAND} release {part} {DECIDE} --load"
    mend = f"{COMMAND} replay {part}   # after mending a declaration, an expectation or a spelling"
    if one.decision == "buang":
        return [f"{release}   # takes it in after all"]
    if one.decision == "lepas":
        return [f"{COMMAND} replay {part} --held"]
    discard = f"{COMMAND} discard {part} {DECIDE}   # nothing of these bytes is taken in"
    looks = [f"{COMMAND} held --batch {one.batch_id}"] if one.rows_quarantined else []
    return [*looks, *([f"{release}   # it is right as it is"] if one.was_judged else []), mend, discard]


def quarantine(source: str | None = None, table: str | None = None, batch_id: int | None = None, *, each: bool) -> str:
    """Rows that are set aside and did not come right since, by reason or one by one."""
    with connect(settings().dsn("loader")) as connection:
        shown = (
            [*map(_row, waiting.rows(connection, source, table, batch_id))]
            if each
            else [*map(_group, waiting.groups(connection, source, table, batch_id))]
        )
    if not shown:
        must_be_declared(source, table)
    return ("\n" if each else "\n\n").join(shown) or "No row is set aside."


def write_csv(file: Path, source: str | None = None, table: str | None = None, batch_id: int | None = None) -> str:
    """The same rows as a sheet for their agency, readable by who wrote it only; the trail says that it was taken."""
    with connect(settings().dsn("loader")) as connection:
        rows = waiting.rows(connection, source, table, batch_id)
        which = {"source": source, "table": table, "batch": batch_id, "rules": len(rows)}
        if not rows:
            must_be_declared(source, table)
        private_file(file)
        trail.record(connection, "ekspor", "ops.quarantine", None, which)
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(CSV_HEAD)
        writer.writerows([no_formula(text) for text in _cells(row)] for row in rows)
    return f"{len(rows)} broken rules written to {file}"


def _cells(row: SetAside) -> Sequence[str]:
    return (
        *(row.source, row.table, row.part, str(row.batch_id), row.place, row.column, row.value or ""),
        *(expected_of(row.source, row.table, row.column), row.reason, _moment(row.since), row.opd_name, row.steward),
    )


def _group(one: Group) -> str:
    what = f"column {one.column!r}" if one.column else "the whole row"
    return _block(
        f"{one.source}.{one.table}, {what}: {one.rows} {'row' if one.rows == 1 else 'rows'} in "
        f"{one.parts} {'part' if one.parts == 1 else 'parts'}",
        ("reason", one.reason),
        ("example", f"{one.place}: {_value(one.value)}"),
        ("expected", expected_of(one.source, one.table, one.column)),
        ("seen", f"first {_moment(one.first_at)}, last {_moment(one.last_at)}"),
        ("owner", f"{one.opd_name}; steward: {one.steward}"),
    )


def _row(one: SetAside) -> str:
    column = f"{one.column!r} = {_value(one.value)}" if one.column else "the whole row"
    return _line(f"{one.source}.{one.table}, part {one.part!r}, {one.place}: {column}: {one.reason}")


def _value(value: str | None) -> str:
    return "no value" if value is None else repr(value)


def expected_of(source: str, table: str, column: str) -> str:
    """What the declaration asks of the column; nothing where it no longer has it."""
    try:
        columns = get_source(source).tables[table].stored
    except (CommandCenterError, KeyError):
        return ""
    return next((expected(one) for one in columns if one.source == column and one.type != "text"), "")


def replayed(found: Iterable[Replayed]) -> str:
    """What changed by loading again, a line for each part."""
    return "\n".join(map(_replayed, found)) or "Nothing is held, and no row is set aside; nothing was loaded."


def _replayed(one: Replayed) -> str:
    outcome = one.outcome
    where = f"{outcome.source}.{outcome.table}, part {outcome.part!r}"
    if outcome.status in ("held", "failed"):
        return _line(
            f"{where}: {'still ' if one.before.status == outcome.status else ''}{outcome.ending}: {outcome.reason}"
        )
    gone = f", {outcome.deleted} taken away" if outcome.deleted else ""
    return (
        f"{where}: {outcome.published} rows newly published, {outcome.quarantined} still set aside "
        f"({one.before.rows_quarantined} before), {outcome.unchanged} unchanged{gone}"
    )


def _moment(moment: datetime | None) -> str:
    return "…" if moment is None else format_moment(moment)


def _block(head: str, *fields: tuple[str, str]) -> str:
    return "\n".join([_line(head), *(f"  {name:9} {_line(text)}" for name, text in fields if text)])


def _line(text: str) -> str:
    """What files of others say cannot steer the terminal, nor begin a line."""
    return plain(" ".join(text.split()))
