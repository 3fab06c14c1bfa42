"""From an archived answer to published rows: stage, audit, publish or hold, and a ledger row for every attempt."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Literal

import psycopg
from opentelemetry import trace
from psycopg import sql
from structlog.contextvars import bound_contextvars

from command_center.database import Connection
from command_center.declaration.source import Source, Table, raw_table
from command_center.errors import BatchHeld, CommandCenterError, DeclarationError, PayloadError
from command_center.extract.isolated import Parser
from command_center.extract.reading import Reading
from command_center.idformat import shortened
from command_center.intake import publication, quality, stage
from command_center.intake.agreement import (
    Disagreement,
    disagreements_across_parts,
    disagreements_in_time,
    is_told_by_part,
)
from command_center.intake.content import note_gaps, note_spans
from command_center.intake.coverage import Asked, Span, covered, first_moment, span_of
from command_center.intake.hiding import hide
from command_center.intake.mended import mend
from command_center.intake.outcome import Outcome
from command_center.intake.partition import new_partition
from command_center.intake.quality import Verdict
from command_center.intake.quarantine import place, quarantine
from command_center.intake.reader import Reader, request_of
from command_center.intake.stage import Stage
from command_center.intake.verdict import changed_type, hidden, left_out, refusal, refuse_loss, stale
from command_center.ledger import alert, content, mending, server
from command_center.ledger.batch import (
    Ending,
    Key,
    Reach,
    close_abandoned,
    close_batch,
    is_of_later_answer,
    last_published,
    last_reach,
    newest_until,
    open_batch,
)
from command_center.ledger.decision import Decision, standing
from command_center.ledger.landing import Landed
from command_center.personal import SIGNS, masked
from command_center.settings import WIB, settings

log = logging.getLogger(__name__)
LONGEST_REASON = 8000  # signs
HOW_KEPT = {"partitioned"}  # of a table's declaration: by it no row is judged otherwise
tracer = trace.get_tracer("command_center.intake")  # tells nobody unless Airflow's traces are switched on


@dataclass
class Batch:
    """One table of one archived answer on its way into raw: its rows are in `staged`, what becomes of it in `outcome`."""

    reader: Reader
    key: Key
    fingerprint: str
    staged: Stage
    outcome: Outcome
    is_again: bool = False
    notes: Sequence[str] = ()  # of the source, to be told with this batch

    @property
    def source(self) -> Source:
        return self.reader.source

    @property
    def table(self) -> Table:
        return self.staged.table

    @property
    def landed(self) -> Landed:
        return self.reader.landed

    @property
    def where(self) -> str:
        return f"{self.key.source}.{self.key.table}, part {self.key.part!r}"


@dataclass(frozen=True)
class Checked:
    """What the rows showed one by one: how many were there twice, a sentence for each column that changed its type, and where
    they disagree with their file's name or with other parts. `outdone`: how many a later answer has brought since."""

    duplicates: int
    retyped: list[str]
    disagreements: list[Disagreement]
    is_released: bool
    outdone: int = 0


def load(
    connection: Connection,
    source: Source,
    landed: Landed,
    parser: Parser,
    *,
    run_id: str,
    force: bool = False,
    notes: Sequence[str] = (),
) -> list[Outcome]:
    """Load every table that an archived answer feeds; one bad table does not hold up the others."""
    request = request_of(source, landed)
    reader = Reader(source, request, landed, parser, settings().now())
    return [_load_table(connection, reader, name, run_id, force, notes=notes) for name in request.tables]


def load_again(
    connection: Connection, source: Source, landed: Landed, parser: Parser, table: str, *, run_id: str
) -> Outcome:
    """Load one table of an answer that was loaded before, though nothing of it changed: what judges it may have."""
    request = request_of(source, landed)
    if table not in request.tables:
        raise DeclarationError(f"{source.source}.yml no longer declares that {landed.part!r} feeds {table!r}.")
    reader = Reader(source, request, landed, parser, settings().now())
    return _load_table(connection, reader, table, run_id, force=True, is_again=True)


def is_as_before(connection: Connection, source: Source, landed: Landed) -> bool:
    """Whether an answer changes nothing: its bytes were published last, under the same rules, for every table that it feeds."""
    return all(
        _is_current(
            connection, Key(source.source, name, landed.part, landed.window), fingerprint_of(source, name), landed
        )
        for name in request_of(source, landed).tables
    )


def _load_table(
    connection: Connection,
    reader: Reader,
    name: str,
    run_id: str,
    force: bool,
    is_again: bool = False,
    notes: Sequence[str] = (),
) -> Outcome:
    batch = _open(connection, reader, name, run_id)
    batch.is_again, batch.notes = is_again, notes
    key = batch.key
    known: dict[str, str | int] = {
        "batch_id": batch.staged.batch_id,
        "source": key.source,
        "table": key.table,
        "part": key.part,
    }
    with bound_contextvars(**known), _span_of(f"batch {key.source}.{key.table}", **known) as span:
        outcome = _take_or_leave(connection, batch, force=force)
        span.set_attributes({"status": outcome.status, "rows_read": outcome.read, "rows_published": outcome.published})
        return outcome


def _span_of(name: str, **known: str | int) -> AbstractContextManager[trace.Span]:
    """Errors stay out of it: they may quote what the source sent."""
    return tracer.start_as_current_span(name, attributes=known, record_exception=False, set_status_on_exception=False)


def _take_or_leave(connection: Connection, batch: Batch, *, force: bool) -> Outcome:
    """Whatever is logged meanwhile, by whichever library, says of which batch."""
    try:
        decided = standing(connection, batch.key, batch.landed.sha256)
        if decided is not None and decided.jenis == "buang":
            _note_discarded(connection, batch, decided)
        elif not force and _is_current(connection, batch.key, batch.fingerprint, batch.landed):
            _note_unchanged(connection, batch)
        else:
            _take_in(connection, batch)
    except (PayloadError, BatchHeld) as error:
        _give_up(connection, batch, "held", error)
    except (CommandCenterError, psycopg.Error) as error:
        _give_up(connection, batch, "failed", error)
        raise
    return batch.outcome


def _take_in(connection: Connection, batch: Batch) -> None:
    """The path of a row: staged, checked by itself, audited among the others, set aside if it is bad, else published or held."""
    with _span_of("stage"):
        reading = _stage(connection, batch)
    with _span_of("check"):
        checked = _check(connection, batch)
    with _span_of("audit"):
        verdict = _audit(connection, batch, checked)
    with _span_of("set aside"):
        _set_aside(connection, batch, reading, checked, verdict)
    if batch.is_again and batch.table.mode == "upsert":
        checked = replace(checked, outdone=_drop_outdone(connection, batch))
    with _span_of("publish or hold"):
        _publish_or_hold(connection, batch, checked, verdict)


def _drop_outdone(connection: Connection, batch: Batch) -> int:
    """Where rows are only ever added, an older answer must not put its own in the place of what came later."""
    is_later = is_of_later_answer(sql.Identifier("r", "_batch_id"), batch.landed.landing_id)
    return stage.drop_outdone(connection, batch.staged, raw_table(batch.key.source, batch.key.table), is_later)


def _stage(connection: Connection, batch: Batch) -> Reading:
    """Text and typed tables of the batch. Stage tables can be made again, so their commits need not wait for the disk."""
    connection.execute("set local synchronous_commit = off")
    stage.create(connection, batch.staged, is_simulated="*" in batch.landed.simulated_paths.split(","))
    reading = batch.reader.copy(connection, batch.staged, batch.key.table, batch.where)
    _mend(connection, batch, reading)
    stage.type_rows(connection, batch.staged)
    found = hide(connection, batch.staged, reading.may_hold)
    stage.complete(connection, batch.staged)
    batch.outcome.hidden = [hidden(batch.table, one, place(reading.sections, one.first)) for one in found]
    return reading


def _mend(connection: Connection, batch: Batch, reading: Reading) -> None:
    """What the agency mended in the sheet of this answer's rows; cells that say something else by now stay as they are."""
    cells = mending.of_answer(connection, batch.landed.landing_id, batch.key.table)
    if cells:
        reading.may_hold = SIGNS
        done = mend(connection, batch.staged, cells)
        log.info("%s: %d of %d mended cells taken in", batch.where, done, len(cells))


def _check(connection: Connection, batch: Batch) -> Checked:
    """Types, references, times and keys; broken rows are set aside. Committed, for the audit has a connection of its own."""
    decided = standing(connection, batch.key, batch.landed.sha256)
    released = decided is not None and decided.jenis == "lepas"
    retyped = [changed_type(*one) for one in stage.retyped(connection, batch.staged)]
    is_indexed = stage.index_key(connection, batch.staged)
    stage.check_references(connection, batch.staged)
    stage.check_times(connection, batch.staged)
    duplicates = stage.drop_duplicates(connection, batch.staged, is_indexed=is_indexed)
    disagreements = [] if released else _disagreements(connection, batch)
    connection.commit()
    return Checked(duplicates, retyped, disagreements, released)


def _disagreements(connection: Connection, batch: Batch) -> list[Disagreement]:
    """A batch that a person released is right about itself, and takes the place of what other parts say."""
    raw = raw_table(batch.key.source, batch.key.table)
    in_time = disagreements_in_time(connection, batch.staged, batch.landed.known, batch.where)
    return in_time + disagreements_across_parts(connection, batch.staged, raw, batch.key.part)


def _audit(connection: Connection, batch: Batch, checked: Checked) -> Verdict:
    """Great Expectations' verdict, and what the declaration says of a changed type."""
    verdict = quality.audit(connection, batch.source, batch.key.table, batch.staged)
    if batch.table.drift.retyped == "hold":
        verdict.refusals += checked.retyped
    return verdict


def _set_aside(connection: Connection, batch: Batch, reading: Reading, checked: Checked, verdict: Verdict) -> None:
    """Bad rows go to quarantine with the reason that their agency reads; the others are counted."""
    stage.set_aside(connection, batch.staged)
    connection.commit()
    outcome = batch.outcome
    outcome.quarantined = stage.bad_rows(connection, batch.staged) + len(reading.rejects)
    outcome.read = stage.count(connection, batch.staged.typed) + outcome.quarantined + checked.duplicates
    outcome.ignored = reading.ignored.total()
    reach = covered(connection, batch.source, batch.staged, _asked(connection, batch))
    outcome.data_from, outcome.data_as_of = reach.since, reach.until
    # Names of columns and sheets are the source's own words.
    outcome.stale = [*_nothing_newer(connection, batch), *batch.notes, *map(masked, reading.notes)]
    outcome.warnings = [*map(masked, reading.warnings)]
    outcome.warnings += checked.retyped if batch.table.drift.retyped == "warn" else []
    note_gaps(connection, batch.staged)
    note_spans(connection, batch.staged, outcome.read, len(reading.rejects), verdict.doubtful)
    if outcome.warnings or verdict.is_doubtful:
        content.doubt_whole(connection, batch.staged.batch_id)
    outcome.warnings += [reach.lonely.footnote] if reach.lonely else []
    outcome.warnings += verdict.warnings
    outcome.warnings += [
        left_out(batch.table, one, place(reading.sections, one.first))
        for one in stage.emptied(connection, batch.staged)
    ]
    outcome.warnings += [one.footnote for one in checked.disagreements]
    log.info("%s: %d rows read, %d set aside", batch.where, outcome.read, outcome.quarantined)
    reasons = verdict.rules | {one.mark: one.reason for one in checked.disagreements}
    quarantine(connection, batch.staged, batch.source, batch.key.table, batch.landed.sha256, reading, reasons)


def _publish_or_hold(connection: Connection, batch: Batch, checked: Checked, verdict: Verdict) -> None:
    """Rows and ledger in one transaction. Raises BatchHeld, unless a person has released these bytes."""
    left = batch.outcome.read - batch.outcome.quarantined - checked.duplicates
    told = [one.sentence for one in checked.disagreements]
    last = _rows_of_last(connection, batch)
    sentence = refusal(batch.table, batch.where, batch.outcome, verdict, left=left, last=last, disagreements=told)
    if sentence is not None and not checked.is_released:
        connection.commit()  # what was set aside stays known
        raise BatchHeld(sentence)
    if sentence is not None:
        content.doubt_whole(connection, batch.staged.batch_id)
    counts = _publish(connection, batch, is_released=checked.is_released)
    outcome = batch.outcome
    outcome.published, outcome.deleted = counts.published, counts.deleted
    outcome.unchanged = counts.unchanged + checked.duplicates + checked.outdone
    # What 'since' brings a second time, because of its overlap, is nothing to announce.
    is_old = batch.source.extract.since is not None and counts.published == counts.deleted == 0
    outcome.status = "unchanged" if is_old else "published"
    outcome.reason = sentence or outcome.footnotes
    _finish(connection, batch)


def _publish(connection: Connection, batch: Batch, *, is_released: bool) -> publication.Counts:
    takes_over = is_told_by_part(batch.table) and (is_released or batch.table.across_parts == "newest")
    try:
        with connection.transaction():
            counts = publication.publish(
                connection,
                batch.source,
                batch.key.table,
                batch.staged,
                part=batch.key.part,
                window=batch.key.window,
                takes_over=takes_over,
            )
            if not is_released:
                refuse_loss(batch.table, batch.where, counts)
            return counts
    except BatchHeld:
        connection.commit()  # what was set aside stays known
        raise


def fingerprint_of(source: Source, table: str) -> str:
    """Digest of everything a batch is judged by, so that changed rules judge the same bytes anew."""
    declared = source.tables[table].model_dump_json(exclude=HOW_KEPT) + source.extract.model_dump_json()
    return hashlib.sha256(declared.encode() + quality.rules_text(source).encode()).hexdigest()[:16]


def _open(connection: Connection, reader: Reader, name: str, run_id: str) -> Batch:
    source, landed, observed_at = reader.source, reader.landed, reader.observed_at
    fingerprint = fingerprint_of(source, name)
    key = Key(source.source, name, landed.part, landed.window)
    _clean_up_killed(connection, source)
    batch_id = open_batch(connection, key, landed, fingerprint=fingerprint, run_id=run_id, observed_at=observed_at)
    connection.commit()
    outcome = Outcome(source.source, name, landed.part, "failed", batch_id=batch_id)
    partition = new_partition(connection, raw_table(source.source, name), landed.part)
    staged = Stage(batch_id, source.tables[name], observed_at, partition=partition)
    return Batch(reader, key, fingerprint, staged, outcome)


def _clean_up_killed(connection: Connection, source: Source) -> None:
    """A batch still 'loading' while we hold the source's lock was left by a killed process."""
    for left in close_abandoned(connection, source.source):
        if left.table_name in source.tables:
            stage.drop(connection, Stage(left.batch_id, source.tables[left.table_name], settings().now()))


def _is_current(connection: Connection, key: Key, fingerprint: str, landed: Landed) -> bool:
    """Whether these bytes, judged by these rules, are what was published last for the same key."""
    last = last_published(connection, key)
    return last is not None and (last.sha256, last.fingerprint, last.simulated_paths) == (
        landed.sha256,
        fingerprint,
        landed.simulated_paths,
    )


def _rows_of_last(connection: Connection, batch: Batch) -> int | None:
    """How many rows the part brought before; not where 'since' brings changes only."""
    last = None if batch.source.extract.since else last_published(connection, batch.key)
    return last.rows_read if last else None


def _note_unchanged(connection: Connection, batch: Batch) -> None:
    outcome, span = batch.outcome, _span(batch)
    last = last_reach(connection, batch.key) if batch.table.as_of is not None or span is not None else Reach()
    outcome.status, outcome.data_from, outcome.data_as_of = "unchanged", last.data_from, last.data_as_of
    if span is not None and last.data_as_of is not None:
        outcome.data_as_of = span.reached(last.data_as_of, batch.staged.observed_at, batch.source.freshness)
    outcome.stale = [*_nothing_newer(connection, batch), *batch.notes]
    outcome.reason = outcome.footnotes
    _finish(connection, batch)


def _asked(connection: Connection, batch: Batch) -> Asked:
    """What is known of the answer besides its rows."""
    since = batch.source.extract.since
    goes_on = since is not None and batch.key.window.start is None
    return Asked(
        fetched_at=batch.landed.fetched_at,
        seen_at=batch.staged.observed_at,
        span=_span(batch),
        first=first_moment(since) if since is not None else None,
        last_until=newest_until(connection, batch.key) if goes_on else None,
    )


def _span(batch: Batch) -> Span | None:
    """The period that the answer is about by its name, or the window that was asked for."""
    named, window = batch.reader.request.period, batch.key.window
    if named is not None:
        return span_of(batch.landed.known.get(named, batch.reader.request.params.get(named, "")))
    return Span(window.start, window.end) if window.start is not None and window.end is not None else None


def _nothing_newer(connection: Connection, batch: Batch) -> list[str]:
    """A footnote where the part on which the table's newest data stand came again without newer ones, and they are old."""
    until = batch.outcome.data_as_of
    now = batch.staged.observed_at
    found = stale(batch.source, until, now, server.disturbed_since(connection, batch.key.source, now))
    if not found or until is None:
        return []
    before, others = newest_until(connection, batch.key), newest_until(connection, batch.key, of_others=True)
    return [] if before is None or before < until or (others is not None and others > until) else found


def _note_discarded(connection: Connection, batch: Batch, decided: Decision) -> None:
    """A person has thrown these bytes away, so that they come again is no news to anybody."""
    outcome = batch.outcome
    outcome.status, outcome.is_discarded = "held", True
    outcome.reason = (
        f"{batch.where}: {decided.jabatan} discarded these bytes on {decided.created_at.astimezone(WIB):%d-%m-%Y} "
        f"({decided.alasan}), so nothing of them was taken in; `release` undoes it."
    )
    _finish(connection, batch)


def _give_up(connection: Connection, batch: Batch, status: Literal["held", "failed"], error: Exception) -> None:
    connection.rollback()
    outcome = batch.outcome
    outcome.status, outcome.reason = status, told(error)
    alert.record(connection, outcome.source, outcome.reason, batch_id=outcome.batch_id)
    _finish(connection, batch)


def told(error: Exception) -> str:
    """The sentence of an error, which may quote what the source sent: however much, and whosever numbers."""
    return shortened(masked(" ".join(str(error).split())), LONGEST_REASON)


def _finish(connection: Connection, batch: Batch) -> None:
    """Write how the batch ended, in the same transaction as its rows when they are published; commits."""
    outcome = batch.outcome
    is_doubtful = outcome.warnings or outcome.quarantined or outcome.reason != outcome.footnotes
    word: Literal["lolos", "peringatan"] = "peringatan" if is_doubtful else "lolos"
    ending = Ending(
        status=outcome.status,
        reason=outcome.reason,
        quality=word if outcome.status == "published" else None,
        rows_read=outcome.read,
        rows_published=outcome.published,
        rows_unchanged=outcome.unchanged,
        rows_quarantined=outcome.quarantined,
        rows_deleted=outcome.deleted,
        rows_ignored=outcome.ignored,
        data_from=outcome.data_from,
        data_as_of=outcome.data_as_of,
    )
    close_batch(connection, batch.staged.batch_id, ending)
    stage.drop(connection, batch.staged)
    connection.commit()
