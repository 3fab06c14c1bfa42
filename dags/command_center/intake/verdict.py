"""When a batch is refused: the bounds that its declaration sets, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from command_center.declaration.formats import expected
from command_center.declaration.source import Column, Source, Table
from command_center.errors import BatchHeld
from command_center.intake import publication, quality
from command_center.intake.outcome import Outcome
from command_center.intake.stage import Emptied, Hidden
from command_center.settings import WIB

FEW = 10  # rows; shares of less say nothing


def stale(source: Source, until: datetime | None, now: datetime, disturbed: datetime | None = None) -> list[str]:
    """A footnote when the newest data are older than the source may be, however often it answers.

    `disturbed`: since when the server that the source depends on is, by what monitoring says.
    """
    if until is None or until >= now - source.freshness:
        return []
    limit = source.freshness.total_seconds() / 3600
    why = f" Monitoring says that {source.monitored_as} is disturbed since {_minute(disturbed)}." if disturbed else ""
    return [f"the data reach to {_minute(until)}, more than {limit:g} h ago; nothing newer came.{why}"]


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(WIB):%Y-%m-%d %H:%M}"


def changed_type(column: Column, broken: int, filled: int) -> str:
    """The sentence for a column most values of which are not of the declared format."""
    return (
        f"{broken} of {filled} values of column {column.source!r} are not of the declared format "
        f"({column.type}, expected: {expected(column)}); the column seems to have changed"
    )


def left_out(table: Table, emptied: Emptied, where: str) -> str:
    """The footnote for values that were left out; what they are stays in the archive, for they could be anything."""
    column = next(column for column in table.stored if column.name == emptied.column)
    values = "1 value" if emptied.rows == 1 else f"{emptied.rows} values"
    return (
        f"{values} of column {column.source!r} left out, the first in {where}: "
        f"{(emptied.reason or f'expected {expected(column)}').rstrip('.')}; the rest of the "
        f"{'row' if emptied.rows == 1 else 'rows'} went on"
    )


def hidden(table: Table, found: Hidden, where: str) -> str:
    """The footnote for texts in which something personal was hidden."""
    column = next(column for column in table.stored if column.name == found.column)
    return (
        f"NIK, telephone, e-mail or name hidden in {found.rows} {'text' if found.rows == 1 else 'texts'} of column "
        f"{column.source!r}, the first in {where}; ask the steward to leave them out, or declare the column rahasia"
    )


def refusal(
    table: Table,
    where: str,
    outcome: Outcome,
    verdict: quality.Verdict,
    *,
    left: int,
    last: int | None = None,
    disagreements: Sequence[str] = (),
) -> str | None:
    """Why the batch must be held, in one sentence, or None; `left` is how many rows broke no rule, `last` how many the
    part brought before, and `disagreements` say why rows were set aside that do not fit their file or other parts."""
    reasons = []
    if not table.volume.min <= outcome.read <= table.volume.max:
        reasons.append(f"{outcome.read} rows arrived, expected {table.volume.min} to {table.volume.max}")
    if last is not None and last > FEW and outcome.read * 100 < last * table.volume.min_pct_of_last:
        reasons.append(f"{outcome.read} rows arrived, {last} the last time")
    reasons += verdict.refusals
    share = 100 * outcome.quarantined / outcome.read if outcome.read else 0
    if share > table.max_quarantined_pct:
        reasons += disagreements
    if outcome.read and not left:
        reasons.append(f"all of {outcome.read} rows break a rule and none is left to publish, see ops.quarantine")
    elif share > table.max_quarantined_pct:
        reasons.append(
            f"{outcome.quarantined} of {outcome.read} rows break a rule ({share:.1f} %, at most "
            f"{table.max_quarantined_pct} % may), see ops.quarantine"
        )
    return f"{where}: {'; '.join(reasons)}; ask the steward, or release the batch." if reasons else None


def refuse_loss(table: Table, where: str, counts: publication.Counts) -> None:
    if counts.deleted > FEW and counts.lost_pct > table.max_deleted_pct:
        raise BatchHeld(
            f"{where}: {counts.deleted} published rows would go ({counts.lost_pct:.0f} % fewer, at most "
            f"{table.max_deleted_pct:.0f} % may go at once); ask the steward whether the export is complete, or release the batch."
        )
