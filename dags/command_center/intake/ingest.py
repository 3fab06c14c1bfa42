"""One run of one source: ask for every part, archive, load."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from psycopg import sql

from command_center.archive.landing import Window, get_landed, land, landed_in, last_seen, latest_landed, note_seen
from command_center.declaration.source import Request, Since, Source, raw_table
from command_center.errors import CommandCenterError, IntegrityError, SourceUnavailable
from command_center.extract.asking import Answered, Asking, Unanswered, Unchanged, in_format, workspace
from command_center.extract.endpoint import Endpoint, endpoint
from command_center.extract.isolated import Parser
from command_center.extract.kinds import asks
from command_center.intake.ddl import Connection
from command_center.intake.load import Outcome, exclusive, load

log = logging.getLogger(__name__)

ALWAYS = Window()


@dataclass
class Landing:
    """What a run archived: ids of landing objects, and by part a sentence for each that did not answer."""

    landing_ids: list[int] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def land_source(source: Source, window: Window = ALWAYS, *, replay: bool = False) -> Landing:
    """Ask for and archive every part; with replay, take the newest archived answers instead.

    A part that fails does not hold up the others. Raises SourceUnavailable when no part answered.
    """
    with exclusive(source) as connection:
        if replay:
            return _replay(connection, source, window)
        result = Landing()
        asking = new_asking(connection, source, window)
        with workspace() as folder:
            for number, request in enumerate(source.requests, start=1):
                for answered in _answers(asking, request, folder):
                    _keep(connection, source, window, answered, result)
                log.info("%s: %d of %d: %s asked", source.source, number, len(source.requests), request.part)
    if not result.landing_ids:
        raise SourceUnavailable(next(iter(result.failures.values()), f"{source.source}: nothing was asked for."))
    return result


def _replay(connection: Connection, source: Source, window: Window) -> Landing:
    """Archived answers instead of new ones: all of them where each brought only what was new."""
    landed = (landed_in if source.extract.since else latest_landed)(connection, source.source, window)
    if not landed:
        raise IntegrityError(f"{source.source}: the archive holds nothing for this window; run it without replay.")
    return Landing([one.landing_id for one in landed])


def _answers(asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
    try:
        asking.check_deadline(asking.who(request))
        yield from asks(asking.source.extract.kind).ask(asking, request, folder)
    except SourceUnavailable as error:
        yield Unanswered(request.part, str(error))


def _keep(connection: Connection, source: Source, window: Window, answered: Answered, result: Landing) -> None:
    if isinstance(answered, Unanswered):
        log.error("%s", answered.sentence)
        result.failures[answered.part] = answered.sentence
    elif isinstance(answered, Unchanged):
        seen = last_seen(connection, source.source, answered.part)
        if seen is None:
            raise IntegrityError(f"{source.source}, part {answered.part!r}: an unchanged answer is not in the archive.")
        note_seen(connection, seen[0])
        result.landing_ids.append(seen[0].landing_id)
    else:
        result.landing_ids.append(land(connection, source, answered, window).landing_id)
        answered.path.unlink(missing_ok=True)


def new_asking(connection: Connection, source: Source, window: Window) -> Asking:
    """Everything that a kind needs to ask this source in this run."""
    found = endpoint(source.connection)

    def validator_of(part: str) -> str | None:
        seen = last_seen(connection, source.source, part)
        return seen[1] if seen else None

    return Asking(
        source=source,
        endpoint=found,
        window=window,
        since=_since(connection, source, window),
        validator_of=validator_of,
        wait_turn=lambda: _wait_turn(connection, source, found),
        ends_at=time.monotonic() + source.extract.deadline.total_seconds(),
    )


def _since(connection: Connection, source: Source, window: Window) -> str | None:
    """Lower bound of the next question: the window's start, else the newest published value less the overlap."""
    since = source.extract.since
    if since is None:
        return None
    if window.start is not None and since.format != "number":
        return in_format(window.start, since.format)
    row = connection.execute(
        sql.SQL("select max({}) from {}").format(
            sql.Identifier(since.column), sql.Identifier("raw", raw_table(source.source, since.table))
        )
    ).fetchone()
    connection.commit()
    return _written(row[0] if row else None, since)


def _written(newest: object, since: Since) -> str:
    if newest is None:
        return since.first
    if since.format == "number":
        return str(newest)
    moment = newest if isinstance(newest, datetime) else datetime.fromisoformat(f"{newest}T00:00:00+07:00")
    return in_format(moment - since.overlap, since.format)


def _wait_turn(connection: Connection, source: Source, found: Endpoint) -> None:
    """Sleep until the host may be asked again; all processes share its turns through the ledger."""
    per_minute = found.extra.get("requests_per_minute")
    if per_minute is None and not found.is_loopback:
        per_minute = source.connection.requests_per_minute
    if per_minute is None:
        return
    row = connection.execute(
        """
        insert into ops.throttle as t (host, next_at) values (%(host)s, clock_timestamp() + %(step)s * interval '1 second')
        on conflict (host) do update
            set next_at = greatest(t.next_at, clock_timestamp()) + %(step)s * interval '1 second'
        returning extract(epoch from next_at - clock_timestamp()) - %(step)s
        """,
        {"host": found.host, "step": 60 / float(str(per_minute))},
    ).fetchone()
    connection.commit()
    time.sleep(max(0.0, float(str(cast("tuple[object, ...]", row)[0]))))


def load_landed(
    source: Source, landing_ids: list[int], *, run_id: str, force: bool = False, parser: Parser | None = None
) -> list[Outcome]:
    """Load archived answers in order. Errors of one answer are outcomes; the others go on."""
    if parser is None:
        with Parser() as own:
            return load_landed(source, landing_ids, run_id=run_id, force=force, parser=own)
    outcomes: list[Outcome] = []
    with exclusive(source) as connection:
        for landing_id in landing_ids:
            landed = get_landed(connection, landing_id)
            try:
                outcomes += load(connection, source, landed, parser, run_id=run_id, force=force)
            except CommandCenterError as error:
                log.error("%s", error)
                outcomes.append(Outcome(source.source, "*", landed.part, "failed", str(error)))
            log.info("%s, part %s: %s %s", source.source, landed.part, outcomes[-1].status, outcomes[-1].reason or "")
    return outcomes


def ingest(
    source: Source,
    window: Window = ALWAYS,
    *,
    run_id: str,
    replay: bool = False,
    force: bool = False,
    parser: Parser | None = None,
) -> list[Outcome]:
    """Archive and load in one process."""
    landing = land_source(source, window, replay=replay)
    outcomes = load_landed(source, landing.landing_ids, run_id=run_id, force=force, parser=parser)
    return outcomes + failed_parts(source, landing)


def failed_parts(source: Source, landing: Landing) -> list[Outcome]:
    return [Outcome(source.source, "*", part, "failed", sentence) for part, sentence in landing.failures.items()]
