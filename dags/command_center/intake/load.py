"""From an archived answer to published rows: stage, audit, publish or hold, and a ledger row for every attempt."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from typing import cast

import psycopg

from command_center.database import Connection
from command_center.declaration.source import Source
from command_center.errors import BatchHeld, CommandCenterError, PayloadError
from command_center.extract.isolated import Parser
from command_center.extract.reading import Reading
from command_center.intake import publication, quality, stage
from command_center.intake.outcome import Outcome
from command_center.intake.quarantine import quarantine
from command_center.intake.reader import Reader, request_of
from command_center.intake.release import is_released
from command_center.intake.stage import Stage
from command_center.intake.verdict import changed_type, refusal, refuse_loss, stale
from command_center.ledger.landing import Landed
from command_center.settings import settings

log = logging.getLogger(__name__)


def load(
    connection: Connection, source: Source, landed: Landed, parser: Parser, *, run_id: str, force: bool = False
) -> list[Outcome]:
    """Load every table that an archived answer feeds; one bad table does not hold up the others."""
    request = request_of(source, landed)
    reader = Reader(source, request, landed, parser, settings().now())
    return [_load_table(connection, reader, name, run_id, force) for name in request.tables]


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
    quarantine(connection, steps, source, name, landed.sha256, reading, verdict.rules)
    last = None if source.extract.since else _last_read(connection, source, name, landed)
    sentence = refusal(steps.table, where, outcome, verdict, last)
    released = is_released(connection, source, name, landed)
    if sentence is not None and not released:
        connection.commit()
        raise BatchHeld(sentence)
    try:
        with connection.transaction():
            counts = publication.publish(connection, source, name, steps, part=landed.part, window=landed.window)
            if not released:
                refuse_loss(steps.table, where, counts)
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
