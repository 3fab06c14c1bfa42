"""JSON answers: records are found by declared paths, and everything stays text with its digits as sent.

A path is a list of names joined by dots. `name[]` walks an array, or a single object that stands where an array was
expected. `{key}` walks all members of an object and binds their names; `{key:regex}` only the names that match.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from command_center.errors import PayloadError
from command_center.extract.reading import Answer, Reading, Row, check_drift, conceal, refuse_html
from command_center.source import Column, Source, Table

Found = tuple[str, Mapping[str, str], object]


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The records of one table. Raises PayloadError when the answer is not JSON or holds no such record."""
    root = parse(answer)
    found = [item for path in table.records for item in find(root, path)]
    if not found and table.volume.min > 0:
        raise PayloadError(
            f"{answer.where}: no record at {' or '.join(map(repr, table.records))}; the answer has {_shape(root)}. "
            "Ask the steward, or mend 'records' in the declaration."
        )
    present = list(dict.fromkeys(name for _, _, record in found for name in _names(record)))
    warnings = check_drift(table, present, table.ignore, answer.where) if found else []
    rows = _rows(source, table, answer, root, found)
    return Reading(
        [column.name for column in table.stored],
        rows,
        warnings,
        is_simulated=answer.is_simulated,
    )


def parse(answer: Answer) -> object:
    """The whole answer; numbers stay text. Raises PayloadError with line and column."""
    content = answer.content()
    refuse_html(content, "JSON", answer.where)
    if not content.strip():
        raise PayloadError(
            f"{answer.where}: the answer is empty where JSON was expected; it is asked for again at the next run."
        )
    try:
        return json.loads(content.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise PayloadError(
            f"{answer.where}: not JSON: {error.msg} at line {error.lineno}, column {error.colno} of "
            f"{len(content)} bytes; the answer may be cut off."
        ) from None
    except UnicodeDecodeError as error:
        raise PayloadError(f"{answer.where}: not UTF-8 at byte {error.start}; ask the steward.") from None


def find(root: object, path: str) -> Iterator[Found]:
    """Each record at a path, with the path that led to its table and the names bound on the way."""
    steps = re.findall(r"\{[^}]*\}|[^.{}]+", path)
    prefix = path.split(".{", maxsplit=1)[0].removesuffix("[]")
    for bound, record in _walk(root, steps, {}):
        yield prefix, bound, record


def _walk(node: object, steps: list[str], bound: dict[str, str]) -> Iterator[tuple[dict[str, str], object]]:
    if not steps:
        yield bound, node
        return
    step, rest = steps[0], steps[1:]
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, rest if step == "[]" else steps, bound)
    elif step == "[]":
        if node is not None:
            yield from _walk(node, rest, bound)
    elif isinstance(node, dict):
        yield from _walk_object(node, step, rest, bound)


def _walk_object(
    node: dict[str, object], step: str, rest: list[str], bound: dict[str, str]
) -> Iterator[tuple[dict[str, str], object]]:
    if step.startswith("{"):
        name, _, pattern = step[1:-1].partition(":")
        for key, value in node.items():
            if re.fullmatch(pattern or ".*", key):
                yield from _walk(value, rest, bound | {name: key})
        return
    name = step.removesuffix("[]")
    if name in node:
        yield from _walk(node[name], (["[]"] if step.endswith("[]") else []) + rest, bound)


def _names(record: object) -> list[str]:
    return list(record) if isinstance(record, dict) else ["value"]


def _rows(source: Source, table: Table, answer: Answer, root: object, found: list[Found]) -> Iterator[Row]:
    takes_scalars = any(column.source == "value" for column in table.columns)
    for number, (prefix, bound, record) in enumerate(found, start=1):
        if record is None and not takes_scalars:
            continue
        values = record if isinstance(record, dict) else {"value": record}
        known = {**answer.known, "record": prefix}
        texts = [conceal(source.source, c, _value(c, values, bound, known, root)) for c in table.stored]
        yield number, _is_simulated(answer, prefix), texts


def _is_simulated(answer: Answer, prefix: str) -> bool:
    return answer.is_simulated or any(prefix.startswith(path) for path in answer.simulated_paths if path)


def _value(
    column: Column, values: Mapping[str, object], bound: Mapping[str, str], known: Mapping[str, str], root: object
) -> str | None:
    place = column.source
    if place.startswith("@"):
        return known.get(place[1:])
    if place.startswith("{"):
        name = place[1:-1]
        return bound.get(name, known.get(name))
    if place.startswith("$."):
        hits = [record for _, _, record in find(root, place[2:])]
        return _text(hits[0]) if hits else None
    for name in (place, *column.aliases):
        if name in values:
            return _text(values[name])
    return None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _shape(root: object) -> str:
    if isinstance(root, dict):
        return "the keys " + ", ".join(repr(key) for key in list(root)[:10])
    return f"a list of {len(root)}" if isinstance(root, list) else f"the value {root!r}"
