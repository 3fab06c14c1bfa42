"""Reads declarations from their folder, and says in one sentence what is wrong with one."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from command_center.declaration.formats import check_format
from command_center.declaration.source import MODELS, Source
from command_center.errors import DeclarationError
from command_center.settings import settings

LOADER = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # ten times faster: Airflow reads every declaration each half minute


LARGEST = 1 << 20  # bytes; the largest declaration has some twenty thousand
MOST_VALUES = 100_000  # with what aliases repeat


def load_source(path: Path) -> Source:
    """Read one declaration. Raises DeclarationError with file, place and the nearest right key."""
    return _declared(path.name, _text(path))


@lru_cache(maxsize=128)
def _declared(name: str, text: str) -> Source:
    """What a file of this name and text declares: a source is asked for many times, and its file seldom changed."""
    content = _content(name, text)
    if not isinstance(content, dict):
        what = "nothing stands in the file" if content is None else f"the file is a {type(content).__name__}"
        raise DeclarationError(f"{name}: {what}; expected keys such as source, title and tables.")
    try:
        source = Source.model_validate(content)
        for table in source.tables.values():
            for column in table.columns:
                check_format(column)
    except ValidationError as error:
        raise DeclarationError("; ".join(_explain(name, item) for item in error.errors())) from None
    stem = Path(name).stem
    if source.source != stem:
        raise DeclarationError(
            f"{name}: 'source' is {source.source!r} but the file's stem is {stem!r}; make them equal."
        )
    return source


def _text(path: Path) -> str:
    if not path.is_file():  # a pipe would be waited for
        raise DeclarationError(f"{path.name}: is no file that can be read; put the declaration itself there.")
    if (size := path.stat().st_size) > LARGEST:
        raise DeclarationError(
            f"{path.name}: the file has {size} bytes, a declaration at most {LARGEST}; data do not belong into it."
        )
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{path.name}: byte {error.start + 1} is not UTF-8; save the file as UTF-8.") from None
    except OSError as error:
        raise DeclarationError(f"{path.name}: not readable as YAML: {' '.join(str(error).split())}") from None


def _content(name: str, text: str) -> Any:
    """What YAML reads, without keys that are there twice, of which it would silently take the last."""
    try:
        loader = LOADER(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            _refuse_repeated(name, node)
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a date 2026-13-45 is a ValueError to YAML
        raise DeclarationError(f"{name}: not readable as YAML: {' '.join(str(error).split())}") from None


def _refuse_repeated(name: str, root: yaml.Node) -> None:
    """Raise DeclarationError for a key that stands twice in one place, and for aliases that would fill the memory."""
    sizes: dict[int, float] = {}

    def size(node: yaml.Node) -> float:
        if id(node) in sizes:
            return sizes[id(node)]
        sizes[id(node)] = math.inf  # within itself it has no end
        inner: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            _refuse_double(name, node)
            inner = [one for pair in node.value for one in pair]
        elif isinstance(node, yaml.SequenceNode):
            inner = node.value
        sizes[id(node)] = 1 + sum(map(size, inner))
        return sizes[id(node)]

    if size(root) > MOST_VALUES:
        raise DeclarationError(
            f"{name}: aliases (*name) repeat more than {MOST_VALUES} values; write out what is meant."
        )


def _refuse_double(name: str, node: yaml.MappingNode) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        line = key.start_mark.line + 1
        if key.value in seen and key.value != "<<":
            raise DeclarationError(
                f"{name}: the key {key.value!r} stands in line {seen[key.value]} and again in line {line}; keep one."
            )
        seen[key.value] = line


def _explain(name: str, item: object) -> str:
    detail = dict(item)  # type: ignore[call-overload]
    place = ".".join(str(step) for step in detail["loc"]) or "top level"
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        near = difflib.get_close_matches(key, KEYS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{name}: {place}: the key {key!r} does not exist{hint}"
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "string_type" and isinstance(given := detail["input"], (bool, int, float, date)):
        return f"{name}: {place}: expected a text, but YAML reads {READ_AS[type(given)]}; put it in quotes."
    return f"{name}: {place}: {message}"


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


def must_be_declared(name: str | None, table: str | None = None) -> None:
    """Raise DeclarationError for a source, or a table of it, that nobody declared; None is every one."""
    if name is None:
        return
    if table is None:
        _must_exist(name)
    elif table not in (source := get_source(name)).tables:
        raise DeclarationError(no_table(source, table))


def no_table(source: Source, table: str) -> str:
    return f"{source.source}.yml has no table {table!r}; there are: {', '.join(source.tables)}."


def get_source(name: str) -> Source:
    """The declaration of a source by its key. Raises DeclarationError when there is none."""
    _must_exist(name)
    return load_source(settings().cc_sources_dir / f"{name}.yml")


def _must_exist(name: str) -> None:
    if name not in source_names():
        near = difflib.get_close_matches(name, source_names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(source_names())}."
        raise DeclarationError(f"There is no source {name!r}{hint}")


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
