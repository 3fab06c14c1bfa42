"""JSON as text: an answer is parsed with its digits as sent, and its records are found by declared paths.

A path is a list of names joined by dots. `name[]` walks an array, or a single object that stands where an array was
expected; `name[][]` an array of arrays. `{key}` walks all members of an object and binds their names; `{key:regex}` only the names that match.
"""

from __future__ import annotations

import json
import re
from collections.abc import ItemsView, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import dropwhile

from command_center.errors import PayloadError
from command_center.extract.reading import Answer, refuse_html

LOOKED_AT = 100  # members of a list; what stands beside records, stands beside the first of them
MAX_DIGITS = 60  # no declared format has more
Found = tuple[str, Mapping[str, str], object]


class Digits(str):
    """A JSON number with the digits that were sent."""

    __slots__ = ()


class DoubledKey(PayloadError):
    """A name was asked for that stands more than once in an object, with different contents: JSON does not say which counts."""

    def __init__(self, where: str, name: str) -> None:
        super().__init__(
            f"{where}: the key {name!r} stands more than once in one object, with different contents; ask the steward "
            "which of them counts."
        )
        self.name = name


class Doubled(dict[str, object]):
    """An object with such names; to read one of them is an error, to know that it is there is none."""

    def __init__(self, content: Mapping[str, object], names: Iterable[str], where: str) -> None:
        super().__init__(content)
        self.names, self.where = frozenset(names), where

    def __getitem__(self, name: str) -> object:
        if name in self.names:
            raise DoubledKey(self.where, name)
        return super().__getitem__(name)

    def get(self, name: str, default: object = None) -> object:
        return self[name] if name in self.names else super().get(name, default)

    def items(self) -> ItemsView[str, object]:  # type: ignore[override]
        return ItemsView(self)


def _object(where: str, pairs: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    doubled = {name for name, value in pairs if value != content[name]}
    return Doubled(content, doubled, where) if doubled else content


def _digits(sent: str) -> Digits:
    """Every digit as sent; a power of ten is written out, for no declared format has one."""
    if "e" not in sent.lower():
        return Digits(sent)
    try:
        number = Decimal(sent)
    except InvalidOperation:  # a power beyond what even Decimal holds
        return Digits(sent)
    return Digits(format(number, "f") if abs(number.adjusted()) <= MAX_DIGITS else sent)


def parse(answer: Answer) -> object:
    """The whole answer; numbers stay text. Raises PayloadError with line and column."""
    content = answer.content()
    refuse_html(content, "JSON", answer.where)
    if not content.strip():
        raise PayloadError(
            f"{answer.where}: the answer is empty where JSON was expected; it is asked for again at the next run."
        )
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_int=Digits,
            parse_float=_digits,
            parse_constant=str,
            object_pairs_hook=partial(_object, answer.where),
        )
    except json.JSONDecodeError as error:
        raise PayloadError(
            f"{answer.where}: not JSON: {error.msg} at line {error.lineno}, column {error.colno} of "
            f"{len(content)} bytes; the answer may be cut off."
        ) from None
    except UnicodeDecodeError as error:
        raise PayloadError(f"{answer.where}: not UTF-8 at byte {error.start}; ask the steward.") from None
    except RecursionError:
        raise PayloadError(
            f"{answer.where}: the JSON is nested more deeply than any record is; it was not read. Ask the steward."
        ) from None


def _steps(path: str) -> list[str]:
    return re.findall(r"\{[^}]*\}|[^.{}]+", path)


def find(root: object, path: str) -> Iterator[Found]:
    """Each record at a path, with the path that led to its table and the names bound on the way."""
    steps = _steps(path)
    prefix = path.split(".{", maxsplit=1)[0].removesuffix("[]")
    for bound, record in _walk(root, steps, {}):
        yield prefix, bound, record


def is_there(root: object, path: str) -> bool:
    """Whether an answer has what holds the records of a path, be it empty or null."""
    return _is_there(root, [part for step in _steps(path) for part in _single(step)])


def _is_there(node: object, steps: list[str]) -> bool:
    if not steps:
        return True
    step, rest = steps[0], steps[1:]
    walks = step == "[]" or step.startswith("{")
    if walks and (node is None or node == []):
        return True
    if isinstance(node, list):
        return any(_is_there(item, rest if step == "[]" else steps) for item in node)
    if step == "[]":  # one object where a list was declared
        return _is_there(node, rest)
    if not isinstance(node, dict):
        return False
    inside = [value for name, value in dict.items(node) if _leads_to(step, name)]
    return (walks and not inside) or any(_is_there(value, rest) for value in inside)


def beside(root: object, paths: Iterable[str]) -> list[str]:
    """What stands beside the paths: the members of every object on the way that none of them goes through, by their own path."""
    ways = [[part for step in _steps(path) for part in _single(step)] for path in paths]
    return list(dict.fromkeys(_beside(root, ways, "")))


def _single(step: str) -> list[str]:
    """'name[][]' as a name and two walks of an array."""
    name, arrays = (step, 0) if step.startswith("{") else (step.replace("[]", ""), step.count("[]"))
    return [*([name] if name else []), *["[]"] * arrays]


def _beside(node: object, ways: list[list[str]], above: str) -> Iterator[str]:
    if isinstance(node, list):
        for item in node[:LOOKED_AT] if [] not in ways else ():
            yield from _beside(item, [way[1:] if way[0] == "[]" else way for way in ways], above)
    elif isinstance(node, dict):
        ways = [list(dropwhile("[]".__eq__, way)) for way in ways]  # one object where a list was declared
        for name, value in dict.items(node) if [] not in ways else ():
            inside = [way for way in ways if _leads_to(way[0], name)]
            if inside:
                step = re.sub(":.*}", "}", inside[0][0])
                yield from _beside(value, [way[1:] for way in inside], f"{above}{step}.")
            else:
                yield f"{above}{name}"


def _leads_to(step: str, name: str) -> bool:
    return (
        re.fullmatch(step[1:-1].partition(":")[2] or ".*", name) is not None if step.startswith("{") else step == name
    )


def shape(root: object) -> str:
    """What an answer is, for a sentence."""
    if isinstance(root, dict):
        return "the keys " + ", ".join(repr(str(key)) for key in list(root)[:10]) if root else "no key"
    return f"a list of {len(root)}" if isinstance(root, list) else f"the value {str(root)[:80]!r}"


def text_of(value: object) -> str | None:
    """A JSON value as text: strings and numbers as sent, anything nested as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _json(value)


def _json(value: object) -> str:
    if isinstance(value, Digits):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


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
    name, arrays = step.replace("[]", ""), step.count("[]")
    if name in node:
        yield from _walk(node[name], ["[]"] * arrays + rest, bound)
