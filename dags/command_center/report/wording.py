"""Numbers and sentences of a report: fixed rules over what the warehouse stores, and nothing else."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from command_center.idformat import MINUS, format_number
from command_center.report.document import Status
from command_center.settings import WIB

Direction = Literal["membaik", "memburuk", "tetap", ""]
ABSENT = "–"
ZERO_RULE = (
    "Angka 0 berarti nol. Tanda – berarti tidak tersedia atau tidak dapat dibandingkan. "
    "<10 berarti angkanya ada, tetapi terlalu kecil untuk ditampilkan."
)
UNITS = {"persen": " %", "persen/tahun": " % per tahun", "per 100 P": " per 100 perempuan", "rasio": ""}
POINTS = ("persen", "persen/tahun", "poin")
STATUS_WORDS: dict[Status, str] = {
    "baik": "Baik",
    "waspada": "Waspada",
    "siaga": "Siaga",
    "buruk": "Buruk",
    "tanpa_ambang": "Tanpa target",
    "tidak_tersedia": "Tidak tersedia",
}
SHAPES = re.compile("[●▲◆■▼✕○] ?|^– (?=[A-Za-z])")
SEVERITY: dict[Status, int] = {"buruk": 4, "siaga": 3, "waspada": 2, "baik": 1, "tanpa_ambang": 0, "tidak_tersedia": 0}
PROBLEM = 2  # the severity from which something is to be done
SCALES = ((Decimal(10) ** 6, Decimal(1), ""), (Decimal(10) ** 10, Decimal(10) ** 6, " juta"),
          (Decimal(10) ** 13, Decimal(10) ** 9, " miliar"))  # fmt: skip


def amount(value: Decimal | None, unit: str, decimals: int) -> str:
    """`86,1 %`, `12 kejadian`, `Rp1.234,5 juta`; `–` where there is none."""
    if value is None or unit == "Rp":
        return bare(value, unit, decimals)
    return bare(value, unit, decimals) + UNITS.get(unit, f" {unit}")


def bare(value: Decimal | None, unit: str, decimals: int) -> str:
    """A number whose unit stands elsewhere; an amount of money keeps its own."""
    if value is None:
        return ABSENT
    return rupiah(value) if unit == "Rp" else format_number(value, decimals)


def rupiah(value: Decimal) -> str:
    size = abs(value)
    for below, part, word in SCALES:
        if size < below:
            return f"{MINUS if value < 0 else ''}Rp{format_number(size / part, 1 if word else 0)}{word}"
    return f"{MINUS if value < 0 else ''}Rp{format_number(size / Decimal(10) ** 12, 1)} triliun"


def mean(value: Decimal | None, unit: str, decimals: int) -> str:
    """A mean of small counts is seldom a whole number."""
    return bare(value, unit, max(decimals, 1 if value is not None and abs(value) < 100 else 0))


def limit(target: Decimal | None, unit: str, decimals: int, good: str) -> str:
    """`≥ 75 %`: what is to be reached, or not to be passed; as many decimals as the target has."""
    if target is None:
        return ABSENT
    return f"{sign_of(good)} {amount(target, unit, own_decimals(target, decimals))}"


def limit_cell(target: Decimal | None, unit: str, decimals: int, good: str) -> str:
    """`≥ 75`: the same beside a value that has the unit."""
    return ABSENT if target is None else f"{sign_of(good)} {bare(target, unit, own_decimals(target, decimals))}"


def sign_of(good: str) -> str:
    return "≤" if good == "turun_baik" else "≥"


def own_decimals(value: Decimal, decimals: int) -> int:
    exponent = round(value, decimals).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def difference(change: Decimal, unit: str, decimals: int) -> str:
    """How much two values differ, without sign; percentages differ by points."""
    return amount(abs(change), "poin" if unit in POINTS else unit, decimals)


def is_unseen(change: Decimal, decimals: int) -> bool:
    """Whether no digit that is shown differs."""
    return format_number(abs(change), decimals) == format_number(0, decimals)


def direction(change: Decimal | None, good: str, decimals: int) -> Direction:
    """Which way is good is the indicator's own affair; where none is, nothing gets better."""
    if change is None:
        return ""
    if is_unseen(change, decimals):
        return "tetap"
    if good not in ("naik_baik", "turun_baik"):
        return ""
    return "membaik" if (change > 0) == (good == "naik_baik") else "memburuk"


def moved(change: Decimal) -> str:
    return "naik" if change > 0 else "turun"


def change_cell(change: Decimal | None, unit: str, decimals: int, good: str) -> str:
    """`+8,2 poin, membaik`, `tetap`, or `–` where nothing can be compared; the unit stands at the value."""
    if change is None:
        return ABSENT
    if is_unseen(change, decimals):
        return "tetap"
    word = direction(change, good, decimals)
    points = " poin" if unit in POINTS else ""
    return f"{signed(change, unit, decimals)}{points}" + (f", {word}" if word else "")


def signed(change: Decimal | None, unit: str, decimals: int) -> str:
    """`+3`, `−3`, `±0`: a change in a cell whose column has the unit; nothing where nothing can be compared."""
    if change is None:
        return ""
    if is_unseen(change, decimals):
        return "±0"
    return f"{'+' if change > 0 else MINUS}{bare(abs(change), unit, decimals)}"


def plain(text: str) -> str:
    """A text of the mart without the shapes of screens: the layout draws its own, and the reports' font has none."""
    return SHAPES.sub("", text)


def spoken(text: str) -> str:
    """A change of the mart in words: `▼ 0,07 dari September 2026, membaik` becomes `turun 0,07 …`."""
    return text.replace("▲ ", "naik ").replace("▼ ", "turun ")


def target_words(value: Decimal, target: Decimal | None, unit: str, decimals: int, good: str) -> str:
    """`, di bawah target 75 %`; a target that may not be passed is a limit."""
    if target is None:
        return ""
    noun = "batas" if good == "turun_baik" else "target"
    side = "tepat pada" if value == target else "di atas" if value > target else "di bawah"
    slightly = "sedikit " if value != target and is_unseen(value - target, decimals) else ""
    return f", {slightly}{side} {noun} {amount(target, unit, own_decimals(target, decimals))}"


def moment(until: datetime | None) -> datetime | None:
    """A time of the mart, which is of the city's clock and names the last second that is known, as a moment in time."""
    if until is None:
        return None
    is_end_of_day = (until.hour, until.minute, until.second) == (23, 59, 59)
    return (until + timedelta(seconds=1) if is_end_of_day else until).replace(tzinfo=WIB)


def months_before(month: date, count: int) -> date:
    """The first day of the month that lies `count` months before; of one behind where it is negative."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def last_of_month(day: date) -> date:
    return months_before(day, -1) - timedelta(days=1)
