"""Numbers and dates as people in Indonesia write them: 1.234,5 and Kamis, 14 Agustus 2025; and texts of others, made harmless."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from command_center.settings import WIB

NIL = "–"
MISSING = "n.a."
MINUS = "−"
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
# As people write them, in Indonesian and in English; ops.bulan knows the same words
MONTH_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "jan januari january",
            "feb februari february febuari peb pebruari pebuari",
            "mar maret march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu ags agt agst agust agustus aug august",
            "sep sept september",
            "okt oktober oct october",
            "nov november nop nopember",
            "des desember dec december",
        ),
        start=1,
    )
    for word in words.split()
}
Number = Decimal | int | float


def month_number(word: str) -> int | None:
    """Of a month's name, long or short: 8 for Agt."""
    return MONTH_WORDS.get(word.lower().rstrip("."))


def format_number(value: Number | None, decimals: int = 0) -> str:
    """A number with a decimal comma and thousand dots, rounded half up; `n.a.` when it is missing."""
    if value is None:
        return MISSING
    rounded = _round(value, decimals)
    english = f"{abs(rounded):,.{decimals}f}"
    return (MINUS if rounded < 0 else "") + english.translate(str.maketrans(",.", ".,"))


def format_cell(value: Number | None, decimals: int = 0) -> str:
    """A number for a table cell, where nil is a dash."""
    return NIL if value is not None and _round(value, decimals) == 0 else format_number(value, decimals)


def format_short(value: Number | None, decimals: int = 1) -> str:
    """A number without trailing zeros: 12 stays 12, 12.50 becomes 12,5."""
    if value is None:
        return MISSING
    text = format_number(value, decimals)
    return text.rstrip("0").rstrip(",") if "," in text else text


def format_idr(value: Number | None) -> str:
    """Whole rupiah, without a space after Rp."""
    if value is None:
        return MISSING
    text = format_number(value)
    return f"{MINUS}Rp{text.removeprefix(MINUS)}" if text.startswith(MINUS) else f"Rp{text}"


def format_month(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


def format_date(day: date, *, weekday: bool = False) -> str:
    """`14 Agustus 2025`, with `weekday` `Kamis, 14 Agustus 2025`."""
    text = f"{day.day} {format_month(day)}"
    return f"{DAYS[day.weekday()]}, {text}" if weekday else text


def format_time(moment: datetime) -> str:
    """`pukul 18.05 WIB`; a moment without a zone is taken to be WIB."""
    local = moment if moment.tzinfo is None else moment.astimezone(WIB)
    return f"pukul {local.hour:02}.{local.minute:02} WIB"


def format_moment(moment: datetime | None) -> str:
    """`14 Agustus 2025 pukul 18.05 WIB`; `n.a.` when it is missing."""
    if moment is None:
        return MISSING
    local = moment if moment.tzinfo is None else moment.astimezone(WIB)
    return f"{format_date(local.date())} {format_time(local)}"


def format_until(end: datetime | None) -> str:
    """The end, exclusive, of what data cover: `31 Oktober 2026` for midnight behind it, else as a moment."""
    if end is None:
        return MISSING
    local = end.astimezone(WIB)
    is_midnight = local.time() == time()
    return format_date(local.date() - timedelta(days=1)) if is_midnight else format_moment(end)


def join_words(words: list[str]) -> str:
    """`a`, `a dan b`, `a, b, dan c`."""
    if len(words) < 3:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"


def plain(text: str) -> str:
    """Signs that would steer a terminal, or turn the order of a line round, as a mark."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _steers(sign) else sign for sign in text)


def _steers(sign: str) -> bool:
    return sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cf", "Cs")


def shortened(text: str, longest: int) -> str:
    """The text, or its beginning and its end, which in a sentence says what to do."""
    end = longest // 4
    return text if len(text) <= longest else f"{text[: longest - end - 3]} … {text[-end:]}"


def no_formula(text: str) -> str:
    """A text that a spreadsheet would take for a formula, behind an apostrophe."""
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text


def _round(value: Number, decimals: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
