"""Can a request be read at all? Superset fails on signs that no database takes, and on questions that are none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import prison

LONGEST_QUESTION = 4_000  # that of the list of dashboards, with the numbers of a hundred
DEEPEST_QUESTION = 20
LARGEST_NUMBER = 2**31
NAMES = ("columns", "keys", "select_columns")
UNREADABLE = (ValueError, TypeError, IndexError, RecursionError, prison.decoder.ParserException)


def has_strange_signs(texts: Iterable[str]) -> bool:
    """Signs that no screen shows; of those only the ends of lines and tabs are written by anybody."""
    return any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\t\r\n" for text in texts for sign in text)


def is_readable_question(text: str) -> bool:
    """Whether the question of a list, in Superset's own notation, is of a form that it answers."""
    if len(text) > LONGEST_QUESTION or text.count("(") > DEEPEST_QUESTION:
        return False
    try:
        question = prison.loads(text) if text else {}
    except UNREADABLE:
        return False
    return not isinstance(question, Mapping) or are_readable_parts(question)


def are_readable_parts(question: Mapping[str, Any]) -> bool:
    named = all(isinstance(name, str) for part in NAMES for name in _listed(question.get(part)))
    return named and all(is_readable_filter(one) for one in _listed(question.get("filters")))


def is_readable_filter(one: Any) -> bool:
    """A relation is asked for by its number, everything else by a plain value."""
    if not isinstance(one, Mapping):
        return False
    values = _listed(one.get("value"))
    if str(one.get("opr")).startswith("rel_"):
        return all(type(value) is int and 0 <= value < LARGEST_NUMBER for value in values)
    return all(value is None or isinstance(value, str | int | float) for value in values)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []
