"""One run of one source: ask for every part, archive, load."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from command_center.database import Connection, connect
from command_center.declaration.source import Request, Source
from command_center.errors import (
    ArchiveUnavailable,
    CommandCenterError,
    IntegrityError,
    SettingsError,
    SourceUnavailable,
)
from command_center.extract.asking import Answered, Asking, Unanswered, Unchanged, Window, workspace
from command_center.extract.isolated import Parser
from command_center.extract.kinds import asks
from command_center.intake.archiving import land, last_seen
from command_center.intake.ddl import require_raw_tables
from command_center.intake.load import is_as_before, load, told
from command_center.intake.lock import exclusive
from command_center.intake.outcome import Outcome
from command_center.intake.questions import new_asking
from command_center.ledger import landing
from command_center.ledger.batch import NOT_WHOLE
from command_center.settings import settings

log = logging.getLogger(__name__)


ALWAYS = Window()


@dataclass
class Landing:
    """What a run archived: ids of landing objects, by part a sentence for each that did not answer, and footnotes."""

    landing_ids: list[int] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def land_source(source: Source, window: Window = ALWAYS, *, replay: bool = False) -> Landing:
    """Ask for and archive every part; with replay, take the newest archived answers instead.

    A part that fails does not hold up the others. Raises SourceUnavailable when no part answered, SettingsError for a window
    without any time in it.
    """
    if window.start is not None and window.end is not None and window.start >= window.end:
        raise SettingsError(f"No time lies between {window.start} and {window.end}; give the earlier moment first.")
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
            result.notes = asking.notes
            if asking.is_full and result.failures:
                _ask_for_changes(connection, source, folder, result)
    if not result.landing_ids:
        raise SourceUnavailable(next(iter(result.failures.values()), f"{source.source}: nothing was asked for."))
    return result


def _ask_for_changes(connection: Connection, source: Source, folder: Path, result: Landing) -> None:
    """The ordinary questions, in time of their own, for the parts that did not answer when asked for everything."""
    asking = new_asking(connection, source, ALWAYS, may_be_full=False)
    for request in source.requests:
        sentence = result.failures.get(request.part)
        if sentence is None:
            continue
        del result.failures[request.part]
        for answered in _answers(asking, request, folder):
            _keep(connection, source, ALWAYS, answered, result)
        if request.part not in result.failures:
            result.notes.append(
                f"Part {request.part!r}: {NOT_WHOLE} ({sentence.rstrip('.')}); only changes were read, later edits of older rows wait."
            )
            log.error("%s: %s", source.source, result.notes[-1])
    result.notes += [note for note in asking.notes if note not in result.notes]


def _replay(connection: Connection, source: Source, window: Window) -> Landing:
    """Archived answers instead of new ones: all of them where each brought only what was new."""
    landed = (landing.every if source.extract.since else landing.latest)(connection, source.source, window)
    if not landed:
        can_ask = source.takes_windows or window == ALWAYS
        advice = "run it without replay" if can_ask else "give the days on which its answers came"
        raise IntegrityError(f"{source.source}: the archive holds nothing for this window; {advice}.")
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
        seen = last_seen(connection, source, answered.part)
        if seen is None:
            raise IntegrityError(f"{source.source}, part {answered.part!r}: an unchanged answer is not in the archive.")
        landing.note_seen(connection, seen)
        connection.commit()
        result.landing_ids.append(seen.landing_id)
    else:
        result.landing_ids.append(land(connection, source, answered, window).landing_id)
        answered.path.unlink(missing_ok=True)


def load_landed(
    source: Source,
    landing_ids: list[int],
    *,
    run_id: str,
    force: bool = False,
    parser: Parser | None = None,
    notes: Sequence[str] = (),
) -> list[Outcome]:
    """Load archived answers in order. Errors of one answer are outcomes; the others go on. `notes` are told with the last."""
    if parser is None:
        with Parser() as own:
            return load_landed(source, landing_ids, run_id=run_id, force=force, parser=own, notes=notes)
    outcomes: list[Outcome] = []
    with exclusive(source) as connection:
        require_raw_tables(connection, source)
        for landing_id in landing_ids:
            landed = landing.get(connection, landing_id)
            footnotes = notes if landing_id == landing_ids[-1] else ()
            try:
                outcomes += load(connection, source, landed, parser, run_id=run_id, force=force, notes=footnotes)
            except ArchiveUnavailable:  # no fault of this answer; whoever runs this tries again
                raise
            except CommandCenterError as error:
                log.error("%s", sentence := told(error))
                outcomes.append(Outcome(source.source, "*", landed.part, "failed", sentence))
            log.info("%s, part %r: %s %s", source.source, landed.part, outcomes[-1].status, outcomes[-1].reason or "")
    return outcomes


def note_as_before(source: Source, landed: Landing, *, run_id: str) -> bool:
    """Enter answers into the ledger that change nothing; where one is new, or did not come, nothing is entered and it is False."""
    if landed.failures or not _is_as_before(source, landed.landing_ids):
        return False
    load_landed(source, landed.landing_ids, run_id=run_id, notes=landed.notes)
    return True


def _is_as_before(source: Source, landing_ids: list[int]) -> bool:
    with connect(settings().dsn("loader")) as connection:
        try:
            return all(is_as_before(connection, source, landing.get(connection, one)) for one in landing_ids)
        except CommandCenterError:  # loading says it
            return False


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
    outcomes = load_landed(source, landing.landing_ids, run_id=run_id, force=force, parser=parser, notes=landing.notes)
    return outcomes + failed_parts(source, landing)


def failed_parts(source: Source, landing: Landing) -> list[Outcome]:
    return [Outcome(source.source, "*", part, "failed", sentence) for part, sentence in landing.failures.items()]
