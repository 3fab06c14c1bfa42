"""What is wrong with each declaration, and with the files that belong to it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from command_center.declaration.places import Places
from command_center.declaration.registry import load_source
from command_center.declaration.source import Column, Source, Table
from command_center.errors import DeclarationError
from command_center.intake.quality import expectations
from command_center.paths import ROOT
from command_center.settings import WIB, settings

MOST_ROWS = 50_000_000  # a bound above this never holds anything back


# Numbers that count nothing: they name, order or date something.
BARE_NUMBERS = frozenset(
    {"id", "kode", "no", "nomor", "urut", "urutan", "tingkat", "tahun", "bulan", "minggu", "hari", "jam", "rt", "rw"}
)


WHOLE = ("csv", "xlsx", "spreadsheetml", "html_table", "sql")  # kinds that never answer with nothing on purpose


PERSONAL = frozenset({"nik", "telepon", "telp", "hp", "email"})


TODO = re.compile(r"\bTODO\b:?\s*([^\"'}\]]*)(?!.*\bTODO\b)")


def declaration_problems() -> list[str]:
    """What is wrong with each declaration, and with the files that belong to it."""
    problems, sources = [], []
    for path in sorted(settings().cc_sources_dir.glob("*.yml")):
        try:
            source = load_source(path)
            sources.append(source)
            problems += source_problems(source)
        except DeclarationError as error:
            problems.append(str(error))
    return problems + shared_connection_problems(sources)


def source_problems(source: Source, root: Path = ROOT) -> list[str]:
    """What a source still lacks: every source has expectations, fixture, staging YAML and staging SQL under its key."""
    places = Places(source.source, root)
    return [
        *_todo_problems(source, places),
        *_source_level_problems(source),
        *(problem for name in source.tables for problem in _table_problems(source, name)),
        *_expectation_problems(source),
        *_staging_problems(source, places),
        *_missing_fixture(places),
    ]


def _missing_fixture(places: Places) -> list[str]:
    if places.fixture_files():
        return []
    return [f"tests/fixtures/{places.key}/ is missing or empty; every source needs a fixture."]


def shared_connection_problems(sources: list[Source]) -> list[str]:
    """One Airflow connection has one address."""
    addresses: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for source in sources:
        addresses[source.connection.id][source.connection.address.rstrip("/")].append(source.source)
    return [
        f"connection {name!r} has different addresses: "
        + ", ".join(f"{address} in {', '.join(keys)}" for address, keys in found.items())
        + "; give each address a connection of its own."
        for name, found in addresses.items()
        if len(found) > 1
    ]


def _todo_problems(source: Source, places: Places) -> Iterator[str]:
    """Every line that still says TODO, with what is to be done."""
    written = [places.declaration, places.expectations, places.staging_yaml, *map(places.staging_sql, source.tables)]
    for path in written:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for number, line in enumerate(lines, start=1):
            found = TODO.search(line)
            if found is not None:
                what = found.group(1) or line.split("TODO")[0].strip(' -{["').removesuffix(":")
                yield f"{places.shown(path)}, line {number}: still to do: {what}"


def _source_level_problems(source: Source) -> Iterator[str]:
    file = f"{source.source}.yml"
    for name in ("title", "opd_name", "description", "owner", "steward", "deputy_steward"):
        if not getattr(source, name).strip():
            yield f"{file}: {name} is empty."
    if not source.legal_basis:
        yield f"{file}: legal_basis is empty; name the rule that lets the city use these data."
    if not source.source.startswith(f"{source.opd}_"):
        yield f"{file}: the key should begin with the agency, {source.opd}_…"
    repeated = [part for part, count in Counter(r.part for r in source.extract.requests).items() if count > 1]
    for part in repeated:
        yield f"{file}: two requests have the part {part!r}; only the last would be asked."
    longest = _longest_wait(source.schedule)
    if longest is not None and longest > source.freshness:
        yield (
            f"{file}: freshness is {_hours(source.freshness)}, but {source.schedule!r} leaves up to {_hours(longest)} "
            "between two runs; the data would be stale without anything being wrong."
        )
    if source.schedule is not None and longest is None:
        yield f"{file}: schedule {source.schedule!r} is not a cron expression of five fields."


def _longest_wait(schedule: str | None) -> timedelta | None:
    """The longest time between two runs within the next 500, None without a valid schedule."""
    from croniter import croniter  # type: ignore[import-untyped]  # a dependency of Airflow

    if schedule is None or not croniter.is_valid(schedule):
        return None
    runs = croniter(schedule, datetime(2026, 1, 1, tzinfo=WIB))
    times: list[datetime] = [runs.get_next(datetime) for _ in range(500)]
    return max(later - earlier for earlier, later in pairwise(times))


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:g} h"


def _table_problems(source: Source, name: str) -> Iterator[str]:
    table, place = source.tables[name], f"{source.source}.yml: tables.{name}"
    if not table.description.startswith("One row per"):
        yield f"{place}: the description should say the grain: 'One row per …'."
    if not 0 <= table.volume.min <= table.volume.max:
        yield f"{place}: volume.min {table.volume.min} is above volume.max {table.volume.max}, or below zero."
    if table.volume.max > MOST_ROWS:
        yield f"{place}: volume.max {table.volume.max} never holds anything back; say what one batch may hold at most."
    if table.mode == "snapshot" and table.volume.min == 0 and source.extract.kind in WHOLE:
        yield f"{place}: volume.min 0 with mode snapshot: an empty file would delete every row; declare at least 1."
    if table.mode == "snapshot" and "key" not in table.model_fields_set:
        yield f"{place}: mode snapshot without a key cannot tell a repeated row; declare the key, or 'key: []' on purpose."
    for column in table.columns:
        yield from _column_problems(column, table, f"{place}.{column.name}")


def _column_problems(column: Column, table: Table, place: str) -> Iterator[str]:
    if not column.description.strip():
        yield f"{place}: the description is empty."
    if "classification" not in column.model_fields_set:
        yield f"{place}: it is not classified; choose publik, terbatas or rahasia."
    if column.type in ("integer", "numeric") and column.unit is None and not _names_something(column, table):
        yield f"{place}: a number without a unit; declare 'unit', e.g. jiwa, kg, Rp."
    if _is_time(column, table) and column.future == "allowed" and column.ahead is None:
        yield f"{place}: one wrong date would open a period that has not begun; declare 'future: refused', or 'ahead: why' it may."
    if column.type == "text" and column.classification != "rahasia" and PERSONAL & set(column.name.split("_")):
        yield f"{place}: it looks like personal data but is {column.classification}; personal data are rahasia."


def _is_time(column: Column, table: Table) -> bool:
    """A stored date or moment, or the last of the numbers that name a period."""
    is_named = column.type == "integer" and column.name in table.as_of_names[-1:]
    return column.treatment is None and (column.type in ("date", "timestamptz") or is_named)


def _names_something(column: Column, table: Table) -> bool:
    return column.name in table.key or bool(BARE_NUMBERS & set(column.name.split("_")))


def _expectation_problems(source: Source) -> Iterator[str]:
    file = f"expectations/{source.source}.yml"
    try:
        declared = expectations(source)
    except DeclarationError as error:
        yield str(error)
        return
    for name, table in source.tables.items():
        columns = {column.name for column in table.stored}
        if not declared.get(name):
            yield f"{file} has nothing for table {name}."
        for one in declared.get(name, []):
            if one.about and one.about not in columns:
                yield f"{file}: {name} has no column {one.about!r}."
            if not one.reason.strip():
                yield f"{file}: {one.type} on {name}.{one.about or '*'} has no reason; the agency reads it."


def _staging_problems(source: Source, places: Places) -> Iterator[str]:
    described = _described(places.staging_yaml)
    if described is None:
        yield f"{places.shown(places.staging_yaml)} is missing; it states source, grain and columns."
    for name in source.tables:
        model = f"stg_{source.source}__{name}"
        file = places.staging_sql(name)
        if not file.exists():
            yield f"{places.shown(file)} is missing; every raw table needs a staging model."
        elif described is not None:
            yield from _undescribed(model, described.get(model), staging_text(file))


def _undescribed(model: str, described: dict[str, str] | None, text: str) -> Iterator[str]:
    if described is None:
        yield f"the staging YAML does not describe {model}."
        return
    for column in selected(text):
        if not described.get(column, "").strip():
            yield f"the staging YAML of {model} does not describe column {column!r}."


def staging_text(file: Path) -> str:
    """A staging model with the macros that it calls, where two sources say the same in one of them."""
    text = file.read_text(encoding="utf-8")
    called = (file.parents[3] / "macros" / f"{name}.sql" for name in re.findall(r"\{\{ (\w+)\(", text))
    return "\n".join([text, *(macro.read_text(encoding="utf-8") for macro in called if macro.exists())])


KEYWORDS = ("case", "when", "then", "else", "end", "and", "or", "not")  # which may stand alone on a line


def selected(text: str) -> list[str]:
    """Names of the columns that the step `renamed` of a staging model gives, where a line ends with one."""
    found = re.search(r"renamed as \(\s*select(.*?)\n\s*from\b", text, re.DOTALL)
    lines = [line.split("--")[0].strip().rstrip(",") for line in (found.group(1) if found else "").splitlines()]
    names = [re.fullmatch(r"(?:.*\bas )?([a-z_][a-z0-9_]*)", line) for line in lines]
    return [name.group(1) for name in names if name and name.group(1) not in KEYWORDS]


def _described(path: Path) -> dict[str, dict[str, str]] | None:
    """Descriptions of the columns of each model, None where the file does not exist."""
    if not path.exists():
        return None
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {
        model["name"]: {column["name"]: column.get("description", "") for column in model.get("columns", [])}
        for model in content.get("models", [])
    }
