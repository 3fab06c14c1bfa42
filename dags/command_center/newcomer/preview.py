"""What would become of a source's answer, shown to the person who writes its declaration. Nothing is published or kept.

Always in a temporary database: it works where nothing runs, and no mistake in a declaration can reach real data.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from command_center.database import Connection, connect
from command_center.declaration.registry import get_source, no_table
from command_center.declaration.source import Column, Request, Source
from command_center.errors import BatchHeld, DeclarationError, PayloadError, SourceUnavailable
from command_center.extract.asking import Asking, Fetched, Unanswered, Window, workspace
from command_center.extract.isolated import Parser
from command_center.extract.kinds import asks
from command_center.extract.reading import Answer
from command_center.idformat import plain
from command_center.intake import quality, trial
from command_center.intake.questions import new_asking
from command_center.intake.trial import Match, Trial
from command_center.local import environment
from command_center.local.cluster import temporary_cluster
from command_center.local.services import listens
from command_center.newcomer.recognise import Recogniser
from command_center.newcomer.terminal import PlainConsole
from command_center.settings import read_environment, settings

SHOWN_REJECTIONS = 20
WIDE = 8  # columns; wider tables do not fit a terminal
RECORDS = 5
NAMES_SHOWN = 4
HIDDEN = {"drop": "(dibuang)", "hmac": "(hmac)"}


def preview(
    key: str, file: Path | None = None, *, rows: int = 10, table: str | None = None, part: str | None = None
) -> int:
    """Show what would become of a file, or of what the source answers now; the exit code of the worst problem.

    Raises DeclarationError, and SourceUnavailable when the source cannot be asked.
    """
    source = get_source(key)
    _check_choice(source, file, table, part)
    forget_ended_services()
    threading.Thread(target=quality.warm_up).start()
    failures: list[str] = []
    with temporary_cluster(only=source), connect(settings().dsn("loader")) as connection, Parser() as parser:
        if file is not None:
            answers = _from_file(source, file, table)
        else:
            answers = _from_source(connection, source, (table, part), failures)
        trials = [_attempt(connection, parser, source, *one, rows=rows, is_file=file is not None) for one in answers]
    console = PlainConsole(width=None if os.isatty(1) else 160)
    for one in trials:
        show(console, one, rows)
    if failures:
        raise SourceUnavailable(" ".join(failures))
    return exit_code(trials)


def exit_code(trials: list[Trial]) -> int:
    if any(one.refused for one in trials):
        return PayloadError.exit_code
    return BatchHeld.exit_code if any(one.held for one in trials) else 0


def _check_choice(source: Source, file: Path | None, table: str | None, part: str | None) -> None:
    if table is not None and table not in source.tables:
        raise DeclarationError(no_table(source, table))
    if file is not None and not file.is_file():
        raise DeclarationError(f"{file} is not a file; name one file that the source would send.")
    parts = [request.part for request in source.requests]
    if part is not None and part not in parts and not any(request.files for request in source.requests):
        raise DeclarationError(f"{source.source}.yml has no part {part!r}; there are: {', '.join(parts[:20])}.")


def forget_ended_services() -> None:
    """Connections that var/local.env names lead nowhere once its services have ended; the declared addresses count then."""
    values = read_environment(environment.var_folder())
    port = urlsplit(values.get("CC_DEMO_CITY_URL", "")).port
    if port is not None and listens(port):
        return
    settings()  # reads local.env into the environment
    for name, value in values.items():
        if name.startswith("AIRFLOW_CONN_") and os.environ.get(name) == value:
            del os.environ[name]


def _from_file(source: Source, file: Path, table: str | None) -> Iterator[tuple[str, Answer]]:
    with trial.unpacked(source, file) as files:
        for one in files:
            match = trial.match_file(source, one.name)
            for name in [table] if table else _tables(source, one, match):
                yield name, trial.answer_of(source, name, one, match.known)


def _tables(source: Source, file: Path, match: Match) -> Sequence[str]:
    """The tables of the request that asks for the file; where its name does not tell, those that its content fits."""
    if not match.is_certain and len(source.tables) > 1:
        with Recogniser() as recogniser, suppress(PayloadError):
            found = recogniser.recognise(file, [source], match.known)
            return next((one.tables for one in found if one.tables), match.request.tables)
    return match.request.tables


def _attempt(
    connection: Connection, parser: Parser, source: Source, name: str, answer: Answer, *, rows: int, is_file: bool
) -> Trial:
    """A trial; where the file's name does not tell what rows should know of it, without its audit."""
    unknown = trial.unknown(source.tables[name], answer.known)
    relaxed = trial.without_unknown(source, name, answer.known)
    one = trial.attempt(connection, parser, relaxed, name, answer, rows=rows, is_judged=not unknown)
    if is_file and not trial.match_file(source, answer.name).is_certain:
        one.warnings.insert(0, misnamed(source, name, answer.name, [column.source for column in unknown]))
    return one


def misnamed(source: Source, table: str, name: str, unknown: Sequence[str]) -> str:
    """The sentence for a file whose name no request, or more than one, asks for."""
    asking = [request for request in source.requests if table in request.tables]
    wanted = dict.fromkeys(f"matching {one.files!r}" if one.files else repr(one.part) for one in asking)
    listed = ", ".join([*wanted][:NAMES_SHOWN]) + (", …" if len(wanted) > NAMES_SHOWN else "")
    told = f"; {', '.join(dict.fromkeys(unknown))} is shown as '?' and nothing was audited" if unknown else ""
    advice = "the file would not be taken in" if all(one.files for one in asking) else "name it so"
    return f"{name!r} does not tell which request it answers; expected is a name {listed}: {advice}{told}."


def _from_source(
    connection: Connection,
    source: Source,
    chosen: tuple[str | None, str | None],
    failures: list[str],
) -> Iterator[tuple[str, Answer]]:
    """One answer for each table: of the part that was chosen, else of the first request that feeds it."""
    table, part = chosen
    missing = [table] if table else list(source.tables)
    with workspace() as folder:
        asking = new_asking(connection, source, Window())
        for request in source.requests:
            wanted = [name for name in request.tables if name in missing]
            if not wanted or (part is not None and request.files is None and request.part != part):
                continue
            fetched = _first_answer(asking, request, folder, part, failures)
            missing = [name for name in missing if name not in wanted]
            if fetched is not None:
                yield from ((name, _answer(source, name, fetched, request)) for name in wanted)


def _first_answer(
    asking: Asking, request: Request, folder: Path, part: str | None, failures: list[str]
) -> Fetched | None:
    """The first answer to a request, or that of the chosen part; what did not answer is told."""
    told: list[str] = []
    try:
        for answered in asks(asking.source.extract.kind).ask(asking, request, folder):
            if isinstance(answered, Fetched) and part in (None, answered.part):
                return answered
            if isinstance(answered, Unanswered):
                told.append(answered.sentence)
    except SourceUnavailable as error:
        told.append(str(error))
    failures += told or [f"{asking.who(request, part)}: the source has no such part."]
    return None


def _answer(source: Source, table: str, fetched: Fetched, request: Request) -> Answer:
    return Answer(
        where=f"{source.source}.{table}, part {fetched.part!r}",
        chunks=lambda: trial.chunks(fetched.path),
        known={"part": fetched.part, **request.params, **fetched.known},
        simulated_paths=frozenset(filter(None, fetched.simulated_paths.split(","))),
        content_type=fetched.content_type,
        name=fetched.known.get("file", fetched.url.rpartition("/")[2]),
    )


def show(console: Console, one: Trial, rows: int) -> None:
    """One table: rows as typed, counts, rejected rows, warnings, and what would become of the batch."""
    console.rule(Text(f"{one.source.source}.{one.name}, part {one.part}"), align="left")
    if one.refused is None:
        if rows:
            console.print(_rows(one))
        console.print(_counts(one), highlight=False, markup=False)
        if one.rejections:
            console.print(_rejections(one))
    for sentence in one.warnings:
        console.print(f"warning: {sentence}", highlight=False, markup=False)
    console.print(Text(verdict(one), style="bold"))


def verdict(one: Trial) -> str:
    """What would become of the batch, in one sentence."""
    if one.refused is not None:
        return f"The file would be refused: {one.refused}"
    return f"The batch would be held: {one.held}" if one.held else "The batch would be published."


def _rows(one: Trial) -> Grid:
    """The first typed rows; a wide table lies on its side."""
    if len(one.table.columns) > WIDE:
        return _on_its_side(one)
    grid = Grid(title=f"{len(one.rows)} of {one.typed} typed rows")
    for column in one.table.columns:
        grid.add_column(Text(f"{column.name}\n{_kind(column)}"), overflow="fold")
    for row in one.rows:
        grid.add_row(*_texts(one, row))
    return grid


def _on_its_side(one: Trial) -> Grid:
    shown = one.rows[:RECORDS]
    grid = Grid(title=f"{len(shown)} of {one.typed} typed rows")
    for heading in ("column", "type", *(f"row {number}" for number in range(1, len(shown) + 1))):
        grid.add_column(heading, overflow="fold")
    for column, *values in zip(one.table.columns, *(_texts(one, row) for row in shown), strict=True):
        grid.add_row(Text(column.name), Text(_kind(column)), *values)
    return grid


def _texts(one: Trial, row: dict[str, object]) -> list[Text]:
    """A typed row with a place for every declared column, also for those that never leave the reader."""
    return [Text(_cell(column, row.get(column.name))) for column in one.table.columns]


def _kind(column: Column) -> str:
    return f"{column.type}, {column.unit}" if column.unit else column.type


def _cell(column: Column, value: object) -> str:
    if column.treatment is not None:
        return HIDDEN[column.treatment]
    return "" if value is None else plain(str(value))


def _counts(one: Trial) -> str:
    ignored = f"{one.ignored.total()} ignored" + "".join(
        f", {count} by {rule!r}" for rule, count in one.ignored.items()
    )
    return f"{one.read} read: {one.typed} typed, {one.duplicates} identical, {one.quarantined} rejected; {ignored}"


def _rejections(one: Trial) -> Grid:
    shown = one.rejections[:SHOWN_REJECTIONS]
    grid = Grid(title=f"{len(shown)} of {len(one.rejections)} reasons for {one.quarantined} rejected rows")
    for heading in ("place", "column", "value", "reason"):
        grid.add_column(heading, overflow="fold")
    secret = {column.source for column in one.table.columns if column.treatment is not None}
    for rejection in shown:
        value = HIDDEN["hmac"] if rejection.column in secret else rejection.value or ""
        told = (rejection.place, rejection.column, value, rejection.reason)
        grid.add_row(*(Text(plain(text)) for text in told))
    return grid
