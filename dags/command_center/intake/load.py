"""From an archived answer to published rows: stage, audit, publish or hold, and a ledger row for every attempt."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

import psycopg

from command_center.archive.landing import Landed, stream
from command_center.database import connect
from command_center.declaration.formats import expected
from command_center.declaration.source import Column, Request, Source, Table
from command_center.errors import BatchHeld, CommandCenterError, DeclarationError, PayloadError, SourceBusy
from command_center.extract import delimited
from command_center.extract.delimited import NotPlain
from command_center.extract.isolated import Parser
from command_center.extract.reading import READ_AT, Answer, Reading
from command_center.intake import publication, quality, stage
from command_center.intake.ddl import Connection
from command_center.intake.stage import Stage
from command_center.settings import WIB, settings

log = logging.getLogger(__name__)

LOCK_WAIT_S = 5.0
FEW = 10  # rows; shares of less say nothing

Status = Literal["published", "unchanged", "held", "failed"]


@dataclass
class Outcome:
    """What became of one table of one answer. read = published + unchanged + quarantined, when published."""

    source: str
    table: str
    part: str
    status: Status
    reason: str | None = None
    batch_id: int | None = None
    read: int = 0
    published: int = 0
    unchanged: int = 0
    quarantined: int = 0
    deleted: int = 0
    ignored: int = 0
    data_as_of: datetime | None = None
    warnings: list[str] = field(default_factory=list)


@contextmanager
def exclusive(source: Source) -> Iterator[Connection]:
    """A loader's connection that nobody else loads this source beside. Raises SourceBusy."""
    with connect(settings().dsn("loader")) as connection:
        connection.execute("set work_mem = '128MB'")  # keys of a large batch are compared in memory
        if not _lock(connection, source):
            raise SourceBusy(f"{source.source} is being loaded by another process; try again when it has ended.")
        yield connection


def _lock(connection: Connection, source: Source) -> bool:
    """Take the source's lock; a process that has just ended gives it back within moments."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        row = connection.execute(
            "select pg_try_advisory_lock(hashtextextended(%s, 0))", [f"load:{source.source}"]
        ).fetchone()
        connection.commit()
        if row is not None and row[0]:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)


def load(
    connection: Connection, source: Source, landed: Landed, parser: Parser, *, run_id: str, force: bool = False
) -> list[Outcome]:
    """Load every table that an archived answer feeds; one bad table does not hold up the others."""
    request = request_of(source, landed)
    reader = Reader(source, request, landed, parser, settings().now())
    return [_load_table(connection, reader, name, run_id, force) for name in request.tables]


def request_of(source: Source, landed: Landed) -> Request:
    for request in source.requests:
        if request.part == landed.request:
            return request
    raise DeclarationError(f"{source.source}.yml no longer declares the part {landed.part!r}; it cannot be loaded.")


@dataclass
class Reader:
    """Reads the tables of one archived answer."""

    source: Source
    request: Request
    landed: Landed
    parser: Parser
    observed_at: datetime

    def answer(self, where: str) -> Answer:
        landed = self.landed
        return Answer(
            where,
            lambda: stream(landed),
            {"part": landed.part, READ_AT: self.observed_at.isoformat(), **self.request.params, **landed.known},
            frozenset(filter(None, landed.simulated_paths.split(","))),
            landed.content_type,
            landed.known.get("file", landed.url.rpartition("/")[2]),
        )

    def copy(self, connection: Connection, steps: Stage, name: str, where: str) -> Reading:
        """Bring the rows of a table into its stage; what can be is given to COPY as it is, the rest is parsed apart."""
        return copy_answer(connection, steps, self.parser, self.source, name, self.answer(where))


def copy_answer(
    connection: Connection, steps: Stage, parser: Parser, source: Source, name: str, answer: Answer
) -> Reading:
    """COPY the rows of one table of an answer into its stage table. Raises PayloadError."""
    if source.extract.kind in ("csv", "sql"):
        try:
            reading = delimited.plain(source, steps.table, answer)
            if reading is not None:
                stage.copy_rows(connection, steps, reading)
                return reading
        except NotPlain:
            pass
    reading = parser.read(source, name, answer)
    stage.copy_rows(connection, steps, reading)
    return reading


def _load_table(connection: Connection, reader: Reader, name: str, run_id: str, force: bool) -> Outcome:
    source, landed = reader.source, reader.landed
    table = source.tables[name]
    mark = fingerprint(source, name)
    observed_at = reader.observed_at
    batch_id = _open_batch(connection, source, name, landed, mark, run_id, observed_at)
    outcome = Outcome(source.source, name, landed.part, "failed", batch_id=batch_id)
    steps = Stage(batch_id, table, observed_at)
    try:
        if not force and _is_current(connection, source, name, landed, mark):
            outcome.status, outcome.data_as_of = "unchanged", _last_as_of(connection, source, name, landed.part)
            outcome.warnings = stale(source, table, outcome.data_as_of, observed_at)
            outcome.reason = " ".join(outcome.warnings) or None
        else:
            _stage_audit_publish(connection, reader, name, steps, outcome)
    except (PayloadError, BatchHeld) as error:
        connection.rollback()
        outcome.status, outcome.reason = "held", " ".join(str(error).split())
    except (CommandCenterError, psycopg.Error) as error:
        connection.rollback()
        outcome.status, outcome.reason = "failed", " ".join(str(error).split())
        _close_batch(connection, outcome, steps)
        raise
    _close_batch(connection, outcome, steps)
    return outcome


def fingerprint(source: Source, table: str) -> str:
    """Digest of everything a batch is judged by, so that changed rules judge the same bytes anew."""
    declared = source.tables[table].model_dump_json() + source.extract.model_dump_json()
    return hashlib.sha256(declared.encode() + quality.rules_text(source).encode()).hexdigest()[:16]


def _open_batch(
    connection: Connection, source: Source, name: str, landed: Landed, mark: str, run_id: str, observed_at: datetime
) -> int:
    _clean_up_killed(connection, source)
    row = connection.execute(
        """
        insert into ops.batch (source, table_name, part, window_start, window_end, landing_id, sha256, fingerprint, run_id,
                               status, is_simulasi, observed_at)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'loading', %s, %s) returning batch_id
        """,
        [source.source, name, landed.part, landed.window.start, landed.window.end, landed.landing_id, landed.sha256, mark,
         run_id, landed.simulated_paths != "", observed_at],
    ).fetchone()  # fmt: skip
    connection.commit()
    return int(str(cast("tuple[object, ...]", row)[0]))


def _clean_up_killed(connection: Connection, source: Source) -> None:
    """A batch still 'loading' while we hold the source's lock was left by a killed process."""
    rows = connection.execute(
        "update ops.batch set status = 'failed', reason = 'The process ended before the batch did.', finished_at = clock_timestamp() "
        "where source = %s and status = 'loading' returning batch_id, table_name",
        [source.source],
    ).fetchall()
    for batch_id, table_name in rows:
        if str(table_name) in source.tables:
            stage.drop(connection, Stage(int(str(batch_id)), source.tables[str(table_name)], settings().now()))


def _is_current(connection: Connection, source: Source, name: str, landed: Landed, mark: str) -> bool:
    """Whether these bytes, judged by these rules, are what was published last for the same key."""
    row = connection.execute(
        """
        select b.sha256, b.fingerprint, l.simulated_paths
        from ops.batch as b join ops.landing as l using (landing_id)
        where b.source = %s and b.table_name = %s and b.part = %s and b.status = 'published'
            and b.window_start is not distinct from %s and b.window_end is not distinct from %s
        order by b.batch_id desc limit 1
        """,
        [source.source, name, landed.part, landed.window.start, landed.window.end],
    ).fetchone()
    return row == (landed.sha256, mark, landed.simulated_paths)


def _last_as_of(connection: Connection, source: Source, name: str, part: str) -> datetime | None:
    row = connection.execute(
        "select data_as_of from ops.batch where source = %s and table_name = %s and part = %s and status = 'published' "
        "order by batch_id desc limit 1",
        [source.source, name, part],
    ).fetchone()
    return cast("datetime | None", row[0]) if row else None


def stale(source: Source, table: Table, newest: datetime | None, now: datetime) -> list[str]:
    """A footnote when the newest data are older than the source may be, however often it answers."""
    if newest is None or newest >= now - source.freshness:
        return []
    limit = source.freshness.total_seconds() / 3600
    when = newest.astimezone(WIB)
    sentence = f"the newest {table.as_of!r} is {when:%Y-%m-%d %H:%M}, more than {limit:.0f} h ago; nothing newer came."
    return [sentence]


def _stage_audit_publish(connection: Connection, reader: Reader, name: str, steps: Stage, outcome: Outcome) -> None:
    source, landed = reader.source, reader.landed
    where = f"{source.source}.{name}, part {landed.part!r}"
    reading = _stage(connection, reader, name, steps, where)
    retyped = stage.retyped(connection, steps)
    duplicates = _check_rows(connection, steps)
    connection.commit()
    verdict = quality.audit(connection, source, name, steps)
    stage.set_aside(connection, steps)
    connection.commit()
    outcome.quarantined = stage.bad_rows(connection, steps) + len(reading.rejects)
    outcome.read = stage.count(connection, steps.typed) + outcome.quarantined + duplicates
    outcome.ignored = reading.ignored.total()
    outcome.data_as_of = stage.newest(connection, steps)
    outcome.warnings = [*reading.warnings, *verdict.warnings]
    outcome.warnings += stale(source, steps.table, outcome.data_as_of, steps.observed_at)
    changed = [changed_type(*one) for one in retyped]
    (verdict.refusals if steps.table.drift.retyped == "hold" else outcome.warnings).extend(changed)
    log.info("%s: %d rows read, %d set aside", where, outcome.read, outcome.quarantined)
    stage.quarantine(connection, steps, source, name, landed.sha256, reading, verdict.rules)
    last = None if source.extract.since else _last_read(connection, source, name, landed)
    sentence = refusal(steps.table, where, outcome, verdict, last)
    is_released = _is_released(connection, source, name, landed)
    if sentence is not None and not is_released:
        connection.commit()
        raise BatchHeld(sentence)
    try:
        with connection.transaction():
            counts = publication.publish(connection, source, name, steps, part=landed.part, window=landed.window)
            if not is_released:
                _refuse_loss(steps.table, where, counts)
    except BatchHeld:
        connection.commit()  # what was set aside stays known
        raise
    outcome.published, outcome.deleted = counts.published, counts.deleted
    outcome.unchanged = counts.unchanged + duplicates
    # What 'since' brings a second time, because of its overlap, is nothing to announce.
    is_old = source.extract.since is not None and counts.published == counts.deleted == 0
    outcome.status, outcome.reason = (
        "unchanged" if is_old else "published",
        sentence or " ".join(outcome.warnings) or None,
    )
    _finish(connection, outcome, steps)
    connection.commit()


def changed_type(column: Column, broken: int, filled: int) -> str:
    """The sentence for a column most values of which are not of the declared format."""
    return (
        f"{broken} of {filled} values of column {column.source!r} are not of the declared format "
        f"({column.type}, expected: {expected(column)}); the column seems to have changed"
    )


def _stage(connection: Connection, reader: Reader, name: str, steps: Stage, where: str) -> Reading:
    """Text and typed tables of the batch. Stage tables can be made again, so their commits need not wait for the disk."""
    connection.execute("set local synchronous_commit = off")
    stage.create(connection, steps, is_simulated="*" in reader.landed.simulated_paths.split(","))
    reading = reader.copy(connection, steps, name, where)
    stage.type_rows(connection, steps)
    return reading


def _check_rows(connection: Connection, steps: Stage) -> int:
    """References, times and keys; broken rows are set aside. Returns the number of identical rows dropped."""
    stage.check_references(connection, steps)
    stage.check_times(connection, steps)
    return stage.drop_duplicates(connection, steps)


def _last_read(connection: Connection, source: Source, name: str, landed: Landed) -> int | None:
    row = connection.execute(
        "select rows_read from ops.batch where source = %s and table_name = %s and part = %s and status = 'published' "
        "and window_start is not distinct from %s and window_end is not distinct from %s order by batch_id desc limit 1",
        [source.source, name, landed.part, landed.window.start, landed.window.end],
    ).fetchone()
    return int(str(row[0])) if row and row[0] is not None else None


def refusal(
    table: Table, where: str, outcome: Outcome, verdict: quality.Verdict, last: int | None = None
) -> str | None:
    """Why the batch must be held, in one sentence, or None; `last` is how many rows the part brought before."""
    reasons = []
    if not table.volume.min <= outcome.read <= table.volume.max:
        reasons.append(f"{outcome.read} rows arrived, expected {table.volume.min} to {table.volume.max}")
    if last is not None and last > FEW and outcome.read * 100 < last * table.volume.min_pct_of_last:
        reasons.append(f"{outcome.read} rows arrived, {last} the last time")
    reasons += verdict.refusals
    share = 100 * outcome.quarantined / outcome.read if outcome.read else 0
    if share > table.max_quarantined_pct:
        reasons.append(
            f"{outcome.quarantined} of {outcome.read} rows break a rule ({share:.1f} %, at most "
            f"{table.max_quarantined_pct} % may), see ops.quarantine"
        )
    return f"{where}: {'; '.join(reasons)}; ask the steward, or release the batch." if reasons else None


def _refuse_loss(table: Table, where: str, counts: publication.Counts) -> None:
    if counts.deleted > FEW and counts.lost_pct > table.max_deleted_pct:
        raise BatchHeld(
            f"{where}: {counts.deleted} published rows would go ({counts.lost_pct:.0f} % fewer, at most "
            f"{table.max_deleted_pct:.0f} % may go at once); ask the steward whether the export is complete, or release the batch."
        )


def _is_released(connection: Connection, source: Source, name: str, landed: Landed) -> bool:
    row = connection.execute(
        "select from ops.keputusan where jenis = 'lepas' and objek = %s and checksum = %s "
        "and (berlaku_sampai is null or berlaku_sampai > clock_timestamp())",
        [f"{source.source}.{name}.{landed.part}", landed.sha256],
    ).fetchone()
    return row is not None


def _finish(connection: Connection, outcome: Outcome, steps: Stage) -> None:
    """Write the ledger row; in the same transaction as the rows when they are published."""
    quality_word = "peringatan" if outcome.warnings or outcome.quarantined or outcome.reason else "lolos"
    connection.execute(
        """
        update ops.batch set status = %s, reason = %s, quality = %s, rows_read = %s, rows_published = %s, rows_unchanged = %s,
            rows_quarantined = %s, rows_deleted = %s, rows_ignored = %s, data_as_of = %s, finished_at = clock_timestamp()
        where batch_id = %s
        """,
        [outcome.status, outcome.reason, quality_word if outcome.status == "published" else None, outcome.read,
         outcome.published, outcome.unchanged, outcome.quarantined, outcome.deleted, outcome.ignored, outcome.data_as_of,
         outcome.batch_id],
    )  # fmt: skip
    stage.drop(connection, steps)


def _close_batch(connection: Connection, outcome: Outcome, steps: Stage) -> None:
    if outcome.status != "published":
        _finish(connection, outcome, steps)
    if outcome.status in ("held", "failed"):
        connection.execute(
            "insert into ops.log_alert (source, batch_id, message) values (%s, %s, %s)",
            [outcome.source, outcome.batch_id, outcome.reason],
        )
    connection.commit()


def release(source: Source, table: str, part: str, *, jabatan: str, alasan: str) -> str:
    """Record the decision to publish the newest held batch of a part despite its audit; returns the batch's checksum."""
    with connect(settings().dsn("loader")) as connection:
        row = connection.execute(
            "select sha256 from ops.batch where source = %s and table_name = %s and part = %s and status = 'held' "
            "order by batch_id desc limit 1",
            [source.source, table, part],
        ).fetchone()
        if row is None:
            raise BatchHeld(
                f"No batch of {source.source}.{table}, part {part!r}, is held; there is nothing to release."
            )
        connection.execute(
            "insert into ops.keputusan (jenis, objek, checksum, jabatan, alasan) values ('lepas', %s, %s, %s, %s)",
            [f"{source.source}.{table}.{part}", row[0], jabatan, alasan],
        )
    return str(row[0])


def summary(outcomes: list[Outcome]) -> str:
    return json.dumps([outcome.__dict__ for outcome in outcomes], ensure_ascii=False, default=str)
