"""One run of one source: ask for every part, archive, load."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

from command_center.ddl import Connection
from command_center.errors import CommandCenterError, IntegrityError, SourceUnavailable
from command_center.extract.fetch import fetch
from command_center.landing import Window, get_landed, land, latest_landed
from command_center.load import Outcome, exclusive, load
from command_center.source import Request, Source

log = logging.getLogger(__name__)

ATTEMPTS = 3
PAUSE_S = 2.0
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
            landed = latest_landed(connection, source.source, window)
            if not landed:
                raise IntegrityError(
                    f"{source.source}: the archive holds nothing for this window; run it without replay."
                )
            return Landing([one.landing_id for one in landed])
        result = Landing()
        for number, request in enumerate(source.requests, start=1):
            try:
                result.landing_ids.append(_land_part(connection, source, request, window))
                log.info("%s: %d of %d: %s archived", source.source, number, len(source.requests), request.part)
            except SourceUnavailable as error:
                log.error("%s", error)
                result.failures[request.part] = str(error)
    if not result.landing_ids:
        raise SourceUnavailable(next(iter(result.failures.values())))
    return result


def _land_part(connection: Connection, source: Source, request: Request, window: Window) -> int:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with fetch(source, request) as fetched:
                return land(connection, source, fetched, window).landing_id
        except SourceUnavailable:
            if attempt == ATTEMPTS:
                raise
            time.sleep(PAUSE_S * 2 ** (attempt - 1))
    raise AssertionError("unreachable")


def load_landed(source: Source, landing_ids: list[int], *, run_id: str, force: bool = False) -> list[Outcome]:
    """Load archived answers in order. Errors of one answer are outcomes; the others go on."""
    outcomes: list[Outcome] = []
    with exclusive(source) as connection:
        for landing_id in landing_ids:
            landed = get_landed(connection, landing_id)
            try:
                outcomes += load(connection, source, landed, run_id=run_id, force=force)
            except CommandCenterError as error:
                log.error("%s", error)
                outcomes.append(Outcome(source.source, "*", landed.part, "failed", str(error)))
            log.info("%s, part %s: %s %s", source.source, landed.part, outcomes[-1].status, outcomes[-1].reason or "")
    return outcomes


def ingest(
    source: Source, window: Window = ALWAYS, *, run_id: str, replay: bool = False, force: bool = False
) -> list[Outcome]:
    """Archive and load in one process."""
    landing = land_source(source, window, replay=replay)
    outcomes = load_landed(source, landing.landing_ids, run_id=run_id, force=force)
    return outcomes + failed_parts(source, landing)


def failed_parts(source: Source, landing: Landing) -> list[Outcome]:
    return [Outcome(source.source, "*", part, "failed", sentence) for part, sentence in landing.failures.items()]
