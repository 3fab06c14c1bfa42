"""Number formats of spreadsheets that show another value than the cell holds: 7 as 007, 137101 as 13.71.01, 0.4725 as 47,25%.

Other formats (decimals, thousands, dates, conditions) change only how a value looks, and are none here.
"""

from __future__ import annotations

import re
from functools import cache

Places = tuple[str, ...]
PERCENT: Places = ("%",)  # no code: its texts begin with '='
BUILT_IN = {9: "0%", 10: "0.00%"}  # formats that a workbook names by their number without writing them down
BY_NAME = {"Percent": "0.00%"}
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', re.DOTALL)
TOKEN = re.compile(r'"([^"]*)"|\\(.)|(_.|\*.)|([0#?])|([-/() :+])|(.)', re.DOTALL)


@cache
def shown_as(written: str) -> Places | None:
    """PERCENT, or the places of a code; None for a format that shows the value itself."""
    positive = LITERAL.sub("", BY_NAME.get(written, written)).partition(";")[0]
    return PERCENT if "%" in positive else code_format(written)


@cache
def code_format(written: str) -> Places | None:
    """The format's places ('0' always a digit, '#' one where there is any) and the texts between them; None for other formats."""
    parts: list[str] = []
    for quoted, escaped, space, digit, plain, other in TOKEN.findall(written):
        if other == ";":  # what follows is for negative numbers, nil and texts
            break
        if other:
            return None
        text = quoted or escaped or plain
        parts += ["#" if digit == "?" else digit] if digit else ["" if space else f"={text}"]
    found = tuple(part for part in parts if part)
    return found if found.count("0") and len(found) > 1 else None


def as_code(number: int, places: Places) -> str:
    """The number as the format shows it; digits beyond the places stand before the first."""
    digits = list(str(number))
    first = next(at for at, part in enumerate(places) if not part.startswith("="))
    shown = []
    for at, part in reversed([*enumerate(places)]):
        if part.startswith("="):
            shown.append(part[1:])
        elif at == first:
            shown.append("".join(digits) or ("0" if part == "0" else ""))
        else:
            shown.append(digits.pop() if digits else "0" if part == "0" else "")
    return "".join(reversed(shown))
