"""An answer brought as far as its audit and no further: nothing of it is published, archived or kept in a ledger."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from psycopg import sql

from command_center.database import Connection, all_records, one_value
from command_center.declaration.source import FILE_KINDS, Column, Request, Source, Table
from command_center.errors import PayloadError
from command_center.extract.asking import BUNDLE
from command_center.extract.isolated import Parser
from command_center.extract.members import members
from command_center.extract.reading import Answer, Reading
from command_center.intake import coverage, quality, stage
from command_center.intake.agreement import disagreements_in_time
from command_center.intake.hiding import hide
from command_center.intake.outcome import Outcome
from command_center.intake.quality import Verdict
from command_center.intake.quarantine import place, quarantine
from command_center.intake.reader import copy_answer
from command_center.intake.stage import Stage
from command_center.intake.verdict import changed_type, hidden, left_out, refusal, stale
from command_center.ledger import batch
from command_center.ledger.areas import is_known
from command_center.ledger.quarantine import Rejection, of_batch
from command_center.settings import settings

CHUNK = 1 << 20
UNKNOWN = "?"
ANYTHING = {"type": "text", "capture": None, "references": None, "within": None, "future": "allowed"}
CITY = "1371"


@dataclass
class Trial:
    """What would become of one table of one answer."""

    source: Source
    name: str
    part: str
    read: int = 0
    typed: int = 0
    duplicates: int = 0
    quarantined: int = 0
    emptied: int = 0  # values that were left out, while their rows went on
    ignored: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)  # the first typed rows, by column
    outside: int = 0  # typed rows about areas that are neither in the city nor above it
    refused: str | None = None  # the file as a whole
    held: str | None = None  # the batch, by its audit

    @property
    def table(self) -> Table:
        return self.source.tables[self.name]

    @property
    def where(self) -> str:
        return f"{self.source.source}.{self.name}, part {self.part!r}"


@dataclass(frozen=True)
class Match:
    """The request that a file is taken to be an answer to, and what its rows know as @name."""

    request: Request
    part: str
    known: Mapping[str, str]
    is_certain: bool


def match_file(source: Source, name: str) -> Match:
    """The request that asks for a file of this name; where none does, or several do, '?' for what they do not agree on."""
    for request in source.requests:
        found = re.fullmatch(request.files, name) if request.files else None
        if found is not None:
            groups = {key: value or "" for key, value in found.groupdict().items()}
            return _named(request, name, groups)
    asking = _asking_for(source, name)
    return _certain(asking[0], name) if len(asking) == 1 else _doubtful(asking or source.requests, name)


def _asking_for(source: Source, name: str) -> list[Request]:
    """The requests that say this name: in their part, else in their path, which many may share."""
    path, single = PurePosixPath(name), [request for request in source.requests if request.files is None]
    by_part = [request for request in single if request.part in (name, path.stem)]
    by_path = [request for request in single if PurePosixPath(request.path).name == name]
    by_stem = [request for request in single if PurePosixPath(request.path).stem == path.stem]
    return by_part[:1] or by_path or by_stem


def _doubtful(requests: Sequence[Request], name: str) -> Match:
    first, stem = requests[0], PurePosixPath(name).stem
    shared = dict(frozenset.intersection(*(frozenset(request.params.items()) for request in requests)))
    told = {name for request in requests for name in (*request.params, *request.told_by_file)}
    is_only = len(requests) == 1 and first.files is None
    return Match(first, stem, {"part": stem, **dict.fromkeys(told, UNKNOWN), **shared, "file": name}, is_only)


def _named(request: Request, name: str, groups: dict[str, str]) -> Match:
    part = re.sub(r"\{(\w+)\}", lambda mark: groups.get(mark.group(1), mark.group(0)), request.part)
    return Match(request, part, {"part": part, **request.params, **groups, "file": name}, True)


def _certain(request: Request, name: str) -> Match:
    return Match(request, request.part, {"part": request.part, **request.params, "file": name}, True)


def unknown(table: Table, known: Mapping[str, str]) -> list[Column]:
    """The columns whose value only the right name of a file could tell."""
    return [c for c in table.columns if c.source.startswith("@") and known.get(c.source[1:]) == UNKNOWN]


def without_unknown(source: Source, name: str, known: Mapping[str, str]) -> Source:
    """The source with every such column as text, so that '?' rejects no row."""
    table = source.tables[name]
    relaxed = {c.name: c.model_copy(update=ANYTHING) for c in unknown(table, known)}
    changed: dict[str, object] = {"columns": [relaxed.get(column.name, column) for column in table.columns]}
    if relaxed.keys() & set(table.as_of_names):  # a text tells no time
        changed |= {"as_of": None, "period": None}
    return source.model_copy(update={"tables": {**source.tables, name: table.model_copy(update=changed)}})


def answer_of(source: Source, table: str, file: Path, known: Mapping[str, str]) -> Answer:
    """A file on disk as an answer of the source; a zip that is no kind of file is taken for bundled pages."""
    is_bundle = source.extract.kind not in (*FILE_KINDS, "sql") and zipfile.is_zipfile(file)
    return Answer(
        where=f"{source.source}.{table}, {file.name}",
        chunks=lambda: chunks(file),
        known=known,
        content_type=BUNDLE if is_bundle else "",
        name=file.name,
    )


@contextmanager
def unpacked(source: Source, file: Path) -> Iterator[list[Path]]:
    """The file; or those in a zip of answers of which each has its own name, as when somebody packs one for every area.

    Raises PayloadError where it would unpack to too much. Pages of one answer, and what feeds lead to, stay together.
    """
    extract = source.extract
    is_one = extract.members or extract.paging or extract.kind not in ("http_json", "xml")
    if is_one or not zipfile.is_zipfile(file):
        yield [file]
        return
    packed = Answer(file.name, lambda: chunks(file), {}, content_type=BUNDLE, name=file.name, path=file)
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for number, member in enumerate(members(source, packed), start=1):
            path = Path(folder, file.stem, str(number), member.name)
            try:
                path.parent.mkdir(parents=True)
                with path.open("wb") as copy:
                    copy.writelines(member.chunks())
            except OSError as error:
                raise PayloadError(f"{member.where}: it cannot be unpacked: {error.strerror}.") from None
            found.append(path)
        yield found


def chunks(file: Path) -> Iterator[bytes]:
    """A file's bytes."""
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            yield chunk


def attempt(
    connection: Connection,
    parser: Parser,
    source: Source,
    name: str,
    answer: Answer,
    *,
    part: str = "",
    rows: int = 0,
    is_judged: bool = True,
) -> Trial:
    """Read, type and audit one table of an answer, then forget it. Without judgement only what cannot be typed is rejected.

    Raises DeclarationError when an expectation cannot be evaluated.
    """
    trial = Trial(source, name, part or answer.known.get("part", ""))
    staged = Stage(batch.next_id(connection), source.tables[name], settings().now())
    try:
        reading = _stage(connection, parser, source, name, staged, answer)
        trial.warnings += [
            hidden(trial.table, one, place(reading.sections, one.first)) for one in hide(connection, staged)
        ]
        _judge(connection, staged, reading, trial, answer.known, is_judged=is_judged)
        trial.rows = _first_rows(connection, staged, rows)
        trial.outside = _outside(connection, staged)
    except PayloadError as error:
        trial.refused = str(error)
    finally:
        connection.rollback()
        stage.drop(connection, staged)
        connection.commit()
    return trial


def _stage(connection: Connection, parser: Parser, source: Source, name: str, staged: Stage, answer: Answer) -> Reading:
    stage.create(connection, staged, is_simulated=False)
    reading = copy_answer(connection, staged, parser, source, name, answer)
    stage.type_rows(connection, staged)
    return reading


def _judge(
    connection: Connection, staged: Stage, reading: Reading, trial: Trial, known: Mapping[str, str], *, is_judged: bool
) -> None:
    source, name, table = trial.source, trial.name, trial.table
    changed = [changed_type(*one) for one in stage.retyped(connection, staged)]
    if is_judged:
        stage.check_references(connection, staged)
        stage.check_times(connection, staged)
    trial.duplicates = stage.drop_duplicates(connection, staged)
    told_by_name = {name: text for name, text in known.items() if text != UNKNOWN}
    told = disagreements_in_time(connection, staged, told_by_name, trial.where) if is_judged else []
    connection.commit()  # Great Expectations has a connection of its own
    batch.open_trial(connection, staged.batch_id, source.source, name)
    verdict = _audit(connection, source, name, staged, trial) if is_judged else Verdict()
    stage.set_aside(connection, staged)
    quarantine(connection, staged, source, name, "", reading, verdict.rules | {one.mark: one.reason for one in told})
    trial.rejections = of_batch(connection, staged.batch_id)
    trial.typed = stage.count(connection, staged.typed)
    trial.quarantined = stage.bad_rows(connection, staged) + len(reading.rejects)
    trial.read = trial.typed + trial.quarantined + trial.duplicates
    trial.ignored = reading.ignored
    trial.warnings += [*reading.warnings, *reading.notes, *verdict.warnings]
    emptied = stage.emptied(connection, staged)
    trial.emptied = sum(one.rows for one in emptied)
    trial.warnings += [left_out(table, one, place(reading.sections, one.first)) for one in emptied]
    trial.warnings += stale(
        source, coverage.told(connection, source, staged, staged.observed_at).newest, staged.observed_at
    )
    (verdict.refusals if is_judged and table.drift.retyped == "hold" else trial.warnings).extend(changed)
    outcome = Outcome(source.source, name, trial.part, "held", read=trial.read, quarantined=trial.quarantined)
    sentences = [one.sentence for one in told]
    trial.held = refusal(table, trial.where, outcome, verdict, left=trial.typed, disagreements=sentences)


def _audit(connection: Connection, source: Source, name: str, staged: Stage, trial: Trial) -> Verdict:
    if not (settings().cc_expectations_dir / f"{source.source}.yml").exists():
        trial.warnings.append(f"expectations/{source.source}.yml is missing; nothing was audited.")
        return Verdict()
    return quality.audit(connection, source, name, staged)


def _first_rows(connection: Connection, staged: Stage, rows: int) -> list[dict[str, object]]:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in staged.table.stored)
    query = sql.SQL("select {} from {} order by _row limit {}").format(names, staged.typed, sql.Literal(rows))
    return all_records(connection, query)


OUTSIDE_CODE = "(not starts_with(replace({name}, '.', ''), {city}) and not starts_with({city}, replace({name}, '.', '')) and {name} <> '0')"


def _outside(connection: Connection, staged: Stage) -> int:
    conditions = [
        _is_outside(sql.Identifier("t", column.name), column.references)
        for column in staged.table.stored
        if column.references is not None or (column.name in ("kode_wilayah", "kode") and column.type == "text")
    ]
    if not conditions:
        return 0
    query = sql.SQL("select count(*) from {} as t where {}").format(staged.typed, sql.SQL(" or ").join(conditions))
    return one_value(connection, int, query)


def _is_outside(value: sql.Identifier, reference: str | None) -> sql.Composable:
    if reference is not None and reference.endswith("_name"):
        return sql.SQL("not {}").format(is_known(value, reference))
    return sql.SQL(OUTSIDE_CODE).format(name=value, city=sql.Literal(CITY))
