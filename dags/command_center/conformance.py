"""Run the connectors over files of real payloads: what is read, typed, rejected and why. Nothing is published."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from psycopg import sql
from rich.console import Console
from rich.table import Table as Grid

from command_center import stage
from command_center.database import connect
from command_center.ddl import Connection
from command_center.errors import PayloadError
from command_center.extract import delimited, http_json, xlsx
from command_center.extract.delimited import NotPlain
from command_center.extract.reading import Answer, Reading
from command_center.load import read
from command_center.paths import ROOT
from command_center.settings import settings
from command_center.source import Source, Table, all_sources
from command_center.stage import Stage

CITY = "1371"
FAMILIES = {
    "bmkg": "bmkg",
    "gempa": "bmkg",
    "kpu": "kpu",
    "sirekap": "kpu",
    "pilkada": "kpu",
    "pemilu": "kpu",
    "health": "dinkes",
    "dinkes": "dinkes",
    "skdr": "dinkes",
    "damkar": "damkar",
    "fire": "damkar",
}


@dataclass
class Report:
    """What became of one table of one file."""

    file: Path
    connector: str
    read: int = 0
    typed: int = 0
    duplicates: int = 0
    outside: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    refused: str | None = None


def conformance(paths: Iterable[str] = ()) -> int:
    """Report on files and folders; without any, on ../shared/samples and CONFORMANCE_SAMPLES where present.

    Returns 0, or PayloadError's exit code when a file that a connector knows was refused as a whole.
    """
    from command_center.local_cluster import temporary_cluster

    files = list(_files([Path(path) for path in paths] or _default_folders()))
    reports: list[Report] = []
    with temporary_cluster(), connect(settings().dsn("loader")) as connection:
        for number, file in enumerate(files):
            reports += examine(connection, file, number * 10)
    _print(reports)
    return PayloadError.exit_code if any(report.refused for report in reports) else 0


def _default_folders() -> list[Path]:
    given = [Path(folder) for folder in os.environ.get("CONFORMANCE_SAMPLES", "").split(os.pathsep) if folder]
    return [*(folder for folder in [ROOT.parent / "shared" / "samples"] if folder.is_dir()), *given] or [
        ROOT / "tests" / "fixtures"
    ]


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        elif path.exists():
            yield path
        else:
            raise PayloadError(f"{path} does not exist; name files or folders of payloads.")


def examine(connection: Connection, file: Path, first_batch: int) -> list[Report]:
    """Read one file with the first connector that knows it, by the family of its folder, then by its content."""
    content = file.read_bytes()
    refusals: list[Report] = []
    for source in _candidates(file):
        try:
            tables = list(recognise(source, file, content))
        except PayloadError as error:
            if _family(file) == source.opd:
                refusals.append(Report(file, source.source, refused=str(error)))
            continue
        if tables:
            return [
                _try_table(connection, source, name, file, content, first_batch + number)
                for number, name in enumerate(tables)
            ]
    known = [report for report in refusals if file.suffix.lower() in SUFFIXES[_kind(report.connector)]]
    return known[:1] or [Report(file, "no connector")]


SUFFIXES = {"http_json": {".json"}, "csv": {".csv", ".txt"}, "xlsx": {".xlsx", ".xls"}}


def _kind(key: str) -> str:
    return next(source.extract.kind for source in all_sources() if source.source == key)


def _family(file: Path) -> str | None:
    """The agency whose folder the file lies in, if a folder's name tells."""
    for folder in [file.parent, *file.parents]:
        for word, opd in FAMILIES.items():
            if word in folder.name.lower():
                return opd
    return None


def _candidates(file: Path) -> list[Source]:
    return sorted(all_sources(), key=lambda source: source.opd != _family(file))


def recognise(source: Source, file: Path, content: bytes) -> Iterator[str]:
    """The tables of a source that this content feeds. Raises PayloadError when it is broken."""
    answer = _answer(source, file, content)
    for name, table in source.tables.items():
        if source.extract.kind == "http_json":
            if _has_records(table, http_json.parse(answer)):
                yield name
        elif _is_table_file(source, file, content, answer) and any(
            _shares_header(table, header) for header in _headers(source, content, answer)
        ):
            yield name


def _is_table_file(source: Source, file: Path, content: bytes, answer: Answer) -> bool:
    if source.extract.kind == "xlsx":
        return xlsx.is_workbook(content, file.suffix, answer.where)
    return file.suffix.lower() in SUFFIXES["csv"]


def _headers(source: Source, content: bytes, answer: Answer) -> list[list[str]]:
    if source.extract.kind == "xlsx":
        return xlsx.headers(source, content, answer.where)
    return [delimited.header(source, answer)]


def _has_records(table: Table, root: object) -> bool:
    needed = {c.source for c in table.columns if c.required and not c.source.startswith(("@", "{", "$."))}
    takes_scalars = any(column.source == "value" for column in table.columns)
    for path in table.records:
        steps = path.split(".{")[0]
        if not path.startswith(("{", "[")) and any(True for _ in http_json.find(root, steps.removesuffix("[]"))):
            return True  # the place is there, be it empty
        for _, _, record in http_json.find(root, path):
            if isinstance(record, dict) and not takes_scalars and needed <= set(record):
                return True
            if takes_scalars and not isinstance(record, (dict, list)):
                return True
    return False


def _shares_header(table: Table, header: list[str]) -> bool:
    declared = [c for c in table.columns if not c.source.startswith("@")]
    found = sum(1 for column in declared if {column.source, *column.aliases} & set(header))
    return found * 2 > len(declared)


def _answer(source: Source, file: Path, content: bytes) -> Answer:
    known = {"part": file.stem, "pemilihan": _election(file), "kode_wilayah": _area(file, content)}
    return Answer(file.name, lambda: iter([content]), known)


def _election(file: Path) -> str:
    found = re.search(r"pkwkp|pkwkk|ppwp|pdpr|pdprdp|pdprdk|pdpd", str(file).lower())
    return found.group(0) if found else "tidak diketahui"


def _area(file: Path, content: bytes) -> str:
    """Code of the area that a count is about: from the file's name, else what its rows have in common, else the country."""
    groups = [g for g in re.findall(r"\d+", file.stem) if len(g) in (2, 4, 6, 10, 13)]
    if groups:
        return str(groups[-1])
    codes: list[bytes] = re.findall(rb'"(\d{4}|\d{6}|\d{10}|\d{13})"\s*:\s*[{]', content)
    longest = next((size for size in (10, 6, 4, 2) if len({code[:size] for code in codes if len(code) > size}) == 1), 0)
    return codes[0][:longest].decode() if longest else "0"


def _try_table(connection: Connection, source: Source, name: str, file: Path, content: bytes, batch: int) -> Report:
    table = source.tables[name]
    report = Report(file, f"{source.source}.{name}")
    steps = Stage(batch, table, settings().now())
    try:
        reading = _stage(connection, source, table, steps, _answer(source, file, content))
    except PayloadError as error:
        connection.rollback()
        report.refused = str(error)
        return report
    report.notes = reading.warnings
    report.duplicates = stage.drop_duplicates(connection, steps)
    stage.set_aside(connection, steps)
    stage.quarantine(connection, steps, source, name, hashlib.sha256(content).hexdigest(), reading, {})
    report.typed = stage.count(connection, steps.typed)
    rejected = stage.count(connection, steps.bad) + len(reading.rejects)
    report.read = report.typed + rejected + report.duplicates
    report.outside = _outside(connection, steps)
    _explain(connection, steps, report)
    connection.rollback()
    return report


def _stage(connection: Connection, source: Source, table: Table, steps: Stage, answer: Answer) -> Reading:
    # Quarantine needs a ledger row; it goes away with the transaction.
    connection.execute(
        "insert into ops.landing (source, part, sha256, uri, byte_size, content_type, fetched_from, fetched_at, simulated_paths, "
        "expires_at) values (%s, %s, '', '', 0, '', '', now(), '', now()) on conflict do nothing",
        [source.source, str(steps.batch_id)],
    )
    connection.execute(
        "insert into ops.batch (batch_id, source, table_name, part, landing_id, sha256, fingerprint, run_id, status, is_simulasi, "
        "observed_at) overriding system value "
        "select %s, %s, '', '', max(landing_id), '', '', '', 'loading', false, now() from ops.landing",
        [steps.batch_id, source.source],
    )
    stage.create(connection, steps, is_simulated=False)
    reading = read(source, table, answer)
    try:
        stage.copy_rows(connection, steps, reading)
    except NotPlain:
        reading = delimited.read(source, table, answer, row_by_row=True)
        stage.copy_rows(connection, steps, reading)
    stage.type_rows(connection, steps)
    return reading


def _outside(connection: Connection, steps: Stage) -> int:
    """Rows about places that are neither in the city nor above it; they are typed, and told apart as luar wilayah."""
    for column in steps.table.stored:
        if column.references is not None or column.name in ("kode_wilayah", "kode"):
            row = connection.execute(
                sql.SQL(
                    "select count(*) from (select replace({name}, '.', '') as kode from {typed}) as t "
                    "where not starts_with(kode, {city}) and not starts_with({city}, kode) and kode <> '0'"
                ).format(name=sql.Identifier(column.name), typed=steps.typed, city=sql.Literal(CITY))
            ).fetchone()
            return cast(int, row[0]) if row else 0
    return 0


def _explain(connection: Connection, steps: Stage, report: Report) -> None:
    rows = connection.execute(
        "select reason, count(*), min(place || coalesce(': ' || value, '')) from ops.quarantine where batch_id = %s group by reason",
        [steps.batch_id],
    ).fetchall()
    for reason, count, example in rows:
        report.rejected[str(reason)] = int(str(count))
        report.examples[str(reason)] = str(example)


def _print(reports: list[Report]) -> None:
    grid = Grid(title="Conformance")
    for heading in ("file", "connector", "read", "typed", "duplicate", "rejected", "luar wilayah"):
        grid.add_column(heading, justify="left" if heading in ("file", "connector") else "right", overflow="fold")
    for report in reports:
        counts = (
            report.read,
            report.typed,
            report.duplicates,
            report.read - report.typed - report.duplicates,
            report.outside,
        )
        known = report.connector != "no connector" and report.refused is None
        grid.add_row(_short(report.file), report.connector, *(str(count) if known else "" for count in counts))
    console = Console(width=160)
    console.print(grid)
    for report in reports:
        for sentence in [*report.notes, *([f"refused: {report.refused}"] if report.refused else [])]:
            console.print(f"{_short(report.file)}: {sentence}", highlight=False, markup=False)
        for reason, count in report.rejected.items():
            text = f"{_short(report.file)}: {count} rejected: {reason} First: {report.examples[reason]}"
            console.print(text, highlight=False, markup=False)


def _short(file: Path) -> str:
    return "/".join(file.parts[-2:])
