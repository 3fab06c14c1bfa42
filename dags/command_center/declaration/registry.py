"""Reads declarations from their folder, and says in one sentence what is wrong with one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import yaml
from pydantic import ValidationError

from command_center.declaration.formats import check_format
from command_center.declaration.source import MODELS, Source
from command_center.errors import DeclarationError
from command_center.settings import settings

LOADER = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # ten times faster: Airflow reads every declaration each half minute


def load_source(path: Path) -> Source:
    """Read one declaration. Raises DeclarationError with file, place and the nearest right key."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as error:  # a date 2026-13-45 is a ValueError to YAML
        raise DeclarationError(f"{path.name}: not readable as YAML: {' '.join(str(error).split())}") from None
    try:
        source = Source.model_validate(content)
        for table in source.tables.values():
            for column in table.columns:
                check_format(column)
    except ValidationError as error:
        raise DeclarationError("; ".join(_explain(path, item) for item in error.errors())) from None
    if source.source != path.stem:
        raise DeclarationError(
            f"{path.name}: 'source' is {source.source!r} but the file's stem is {path.stem!r}; make them equal."
        )
    return source


def _explain(path: Path, item: object) -> str:
    detail = dict(item)  # type: ignore[call-overload]
    place = ".".join(str(step) for step in detail["loc"]) or "top level"
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        near = difflib.get_close_matches(key, KEYS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{path.name}: {place}: the key {key!r} does not exist{hint}"
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "string_type" and isinstance(given := detail["input"], (bool, int, float, date)):
        return f"{path.name}: {place}: expected a text, but YAML reads {READ_AS[type(given)]}; put it in quotes."
    return f"{path.name}: {place}: {message}"


READ_AS = {
    bool: "Yes, No, On, Off, True and False without quotes as true and false",
    int: "a number without quotes as a number",
    float: "a number without quotes as a number",
    date: "a date without quotes as a date",
    datetime: "a time without quotes as a time",
}


KEYS = sorted({field for model in MODELS for field in model.model_fields})


def source_names() -> list[str]:
    return sorted(path.stem for path in settings().cc_sources_dir.glob("*.yml"))


def get_source(name: str) -> Source:
    """The declaration of a source by its key. Raises DeclarationError when there is none."""
    path = settings().cc_sources_dir / f"{name}.yml"
    if not path.exists():
        near = difflib.get_close_matches(name, source_names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(source_names())}."
        raise DeclarationError(f"There is no source {name!r}{hint}")
    return load_source(path)


def all_sources() -> list[Source]:
    """Every declared source. Raises DeclarationError for the first that is wrong."""
    return [get_source(name) for name in source_names()]


def readable_sources(names: Iterable[str] | None = None) -> tuple[list[Source], dict[str, str]]:
    """Of all sources, or those named: which are declared right, and by name a sentence for each other; it holds up nobody else."""
    sources, problems = [], {}
    for name in source_names() if names is None else names:
        try:
            sources.append(get_source(name))
        except DeclarationError as error:
            problems[name] = str(error)
        except Exception as error:  # noqa: BLE001 - a file is people's; nothing in it may hold up the others
            problems[name] = f"{name}.yml: cannot be read: {type(error).__name__}: {' '.join(str(error).split())}"
    return sources, problems
