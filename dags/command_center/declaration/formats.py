"""Text to typed values in SQL, by declared format only: a pattern first, then ISO text, then pg_input_is_valid.

PostgreSQL's own casts accept `today`, `infinity`, `0x1F` and read 10/11/2024 month first, so source text never meets them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import LiteralString

from psycopg import sql

from command_center.declaration.source import Column
from command_center.errors import DeclarationError

SQL_TYPES = {
    "text": "text",
    "integer": "bigint",
    "numeric": "numeric",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "timestamptz": "timestamptz",
}
NUMBERS = ("integer", "numeric")
YEAR = "(19|20)[0-9]{2}"
DATE = rf"{YEAR}-[0-9]{{2}}-[0-9]{{2}}"
HOUR = "([01]?[0-9]|2[0-3])"
CLOCK = rf"{HOUR}[:.][0-5][0-9]([:.][0-5][0-9])?"
NAMED_ZONE = "WIB|WIT|WITA"
OFFSET = r"[+-][0-9]{2}(:?[0-9]{2})?"
ISO_CLOCK = rf"{HOUR}:[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(\s?(Z|{OFFSET}|{NAMED_ZONE}))?"
ISO_MIDNIGHT = r"00:00(:00(\.0+)?)?"
# Another word before a date ('sebelum 14 Februari') changes its meaning, so only the days of the week may stand there.
WEEKDAY = (
    "(senin|selasa|rabu|kamis|jum['’`´ ]?at|sabtu|minggu|ahad|sen|sel|rab|kam|jum|sab|min|"
    r"(mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(day)?)"
)
LONG_DATE = rf"({WEEKDAY}\.?\s*,?\s*)?[0-9]{{1,2}}\s+[[:alpha:]]+\.?,?\s+{YEAR}"
MAIL_ZONE = r"(GMT|UTC?|Z|[ECMP][SD]T|WIB|WITA|WIT|[+-][0-9]{2}:?[0-9]{2}(\s*\([[:alpha:]]+\))?)"

DATE_PATTERNS = {
    "iso": DATE,
    "d MMMM yyyy": LONG_DATE,
    "MMMM yyyy": rf"[[:alpha:]]+\.?\s+{YEAR}",
    "dd-MM-yyyy": f"[0-9]{{1,2}}-[0-9]{{1,2}}-{YEAR}",
    "dd/MM/yyyy": f"[0-9]{{1,2}}/[0-9]{{1,2}}/{YEAR}",
    "dd-MM-yy": f"[0-9]{{1,2}}-[0-9]{{1,2}}-({YEAR}|[0-9]{{2}})",
    "dd/MM/yy": f"[0-9]{{1,2}}/[0-9]{{1,2}}/({YEAR}|[0-9]{{2}})",
    "yyyyMMdd": f"{YEAR}[0-9]{{4}}",
}
MOMENT_PATTERNS = {
    "d MMMM yyyy HH:mm": rf"{LONG_DATE},?\s+((pukul|pkl\.?|jam)\s*)?{CLOCK}(\s*({NAMED_ZONE}))?",
    **{
        f"{day} HH:mm": rf"{DATE_PATTERNS[day]},?\s+{CLOCK}(\s*({NAMED_ZONE}))?"
        for day in ("dd-MM-yyyy", "dd/MM/yyyy", "dd-MM-yy")
    },
    "yyyy/MM/dd HH:mm": rf"{YEAR}/[0-9]{{2}}/[0-9]{{2}}\s+{ISO_CLOCK}",
    "rfc822": rf"({WEEKDAY},?\s+)?[0-9]{{1,2}}\s+[[:alpha:]]+\s+({YEAR}|[0-9]{{2}})\s+{HOUR}:[0-5][0-9](:[0-5][0-9])?(\s*{MAIL_ZONE})?",
    "epoch_s": r"[0-9]{1,10}(\.[0-9]{1,9})?",
    "epoch_ms": r"[0-9]{1,13}(\.[0-9]{1,6})?",
}
INSTANTS = ("rfc822", "epoch_s", "epoch_ms")  # their day depends on the zone
ISO_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
TIME_PATTERNS = {
    "HH:mm:ss": r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?",
    "HH:mm": rf"{CLOCK}|{ISO_TIME}",
    "iso": ISO_TIME,
}
GROUPED = r"([1-9][0-9]{0,2}(\.[0-9]{3})+|[0-9]{1,%d})"
WHOLE = GROUPED % 18
AMOUNT = GROUPED % 30 + "(,[0-9]{1,30})?"
# Marks of the other language: only where they can be nothing but marks of thousands. 1,234 and 1.234 could be either.
ENGLISH_WHOLE = "[1-9][0-9]{0,2}(,[0-9]{3}){2,5}"
ENGLISH_AMOUNT = r"[1-9][0-9]{0,2}((,[0-9]{3}){1,9}\.[0-9]{1,30}|(,[0-9]{3}){2,9})"
INDONESIAN_WHOLE = r"[1-9][0-9]{0,2}(\.[0-9]{3}){2,5}"
INDONESIAN_AMOUNT = r"[1-9][0-9]{0,2}((\.[0-9]{3}){1,9},[0-9]{1,30}|(\.[0-9]{3}){2,9})"
# As databases write what is very large or small. Spreadsheets round what they write as 1.37E+11: of a whole number no fraction stands before it.
EXPONENT = r"e[+-]?[0-9]{1,2}"
WHOLE_EXPONENT = r"[0-9]{1,6}e[+]?(0?[0-9]|1[0-2])"
SHORT = rf"{AMOUNT}(\s*(rb|ribu|jt|juta|m|miliar|milyar|t|triliun|trilyun)\.?)?"
NUMBER_PATTERNS = {
    ("integer", "plain"): rf"-?([0-9]{{1,18}}|{ENGLISH_WHOLE}|{INDONESIAN_WHOLE}|{WHOLE_EXPONENT})",
    ("integer", "id"): rf"-?({WHOLE}|{ENGLISH_WHOLE})|\(({WHOLE}|{ENGLISH_WHOLE})\)",
    ("numeric", "plain"): rf"-?([0-9]{{1,30}}(\.[0-9]{{1,30}})?({EXPONENT})?|{ENGLISH_AMOUNT}|{INDONESIAN_AMOUNT})",
    ("numeric", "id"): rf"-?({AMOUNT}|{ENGLISH_AMOUNT})|\(({AMOUNT}|{ENGLISH_AMOUNT})\)",
    ("integer", "id_short"): rf"(rp\.?\s*)?-?{SHORT}|\((rp\.?\s*)?{SHORT}\)",
    ("numeric", "id_short"): rf"(rp\.?\s*)?-?{SHORT}|\((rp\.?\s*)?{SHORT}\)",
}
# Where a column has one of the first, each of the second could be its thousandfold.
FOREIGN_MARKS = {"plain": rf"-?{INDONESIAN_AMOUNT}", "id": rf"[-(]?{ENGLISH_AMOUNT}\)?"}
EITHER = r"[-(]?[1-9][0-9]{0,2}[.,][0-9]{3}\)?"
EXPECTED_NUMBERS = {
    "integer": {
        "plain": "bilangan bulat, misalnya 1234",
        "id": "bilangan bulat, misalnya 1.234",
        "id_short": "bilangan bulat, boleh dengan rb, jt, M atau T, misalnya 1,2 jt",
    },
    "numeric": {
        "plain": "bilangan, misalnya 1234.56 atau 1,234.56 (1,234 bisa ribuan, bisa pecahan)",
        "id": "bilangan, misalnya 1.234,56",
        "id_short": "bilangan, boleh dengan rb, jt, M atau T, misalnya 2.160,38 M",
    },
}
EXAMPLES: dict[str, str | dict[str, str]] = {
    "iso": {"date": "2025-02-14", "timestamptz": "2025-02-14T07:15:00+07:00", "time": "07:15:00"},
    "d MMMM yyyy": "14 Februari 2025",
    "d MMMM yyyy HH:mm": "14 Februari 2025 07:15",
    "MMMM yyyy": "Februari 2025",
    "dd-MM-yyyy": "14-02-2025",
    "dd/MM/yyyy": "14/02/2025",
    "dd-MM-yy": "14-02-25",
    "dd/MM/yy": "14/02/25",
    "dd-MM-yyyy HH:mm": "14-02-2025 07:15",
    "dd/MM/yyyy HH:mm": "14/02/2025 07:15",
    "dd-MM-yy HH:mm": "14-02-25 07:15",
    "yyyyMMdd": "20250214",
    "yyyy/MM/dd HH:mm": "2025/02/14 07:15",
    "rfc822": "Fri, 14 Feb 2025 07:15:00 +0700",
    "epoch_s": "1739492100 (detik sejak 1970)",
    "epoch_ms": "1739492100000 (milidetik sejak 1970)",
    "HH:mm:ss": "07:15:00",
    "HH:mm": "07:15",
}
WORDS = {"date": "tanggal", "time": "jam", "timestamptz": "tanggal dan jam"}
BLANKS = " \t\r\n\u00a0"
GROUP_MARKS = " \u00a0\u2007\u2009\u202f'\u2019"  # between thousands; ops.angka_polos knows the same ones


def sql_type(column: Column) -> str:
    """PostgreSQL type of a stored column; an HMAC is text whatever it was made of."""
    return "text" if column.treatment == "hmac" else SQL_TYPES[column.type]


def clean(column: Column, text: sql.Composable) -> sql.Composable:
    """A column's text without blanks around it, with the declared nulls as NULL."""
    text = sql.SQL("btrim({}, {})").format(text, sql.Literal(BLANKS))
    for null in column.nulls:
        text = sql.SQL("nullif({}, {})").format(text, sql.Literal(null))
    return text


def once(value: sql.Composable, then: Callable[[sql.Composable], sql.Composable]) -> sql.Composable:
    """`then` of a long expression, which is worked out once however often `then` names it: for the offset PostgreSQL leaves it."""
    return sql.SQL("(select {} from (select {} as t offset 0) as once)").format(then(sql.SQL("once.t")), value)


def bare(column: Column, text: sql.Composable) -> sql.Composable:
    """The part of a column's text that it is about, as the patterns know it: without blanks and marks that mean nothing."""
    part = clean(column, text)
    if column.capture is not None:
        part = sql.SQL("substring({} from {})").format(part, sql.Literal(column.capture))
    if is_text(column):
        return part
    if column.type in NUMBERS:
        return once(part, lambda part: _bare_number(column, part))
    return sql.SQL("lower({})").format(part) if column.type == "boolean" else part


def is_text(column: Column) -> bool:
    """Whether its value is the text itself; an HMAC is text whatever it was made of."""
    return column.treatment == "hmac" or column.type == "text"


def typed(column: Column, text: sql.Composable) -> sql.Composable:
    """SQL of a text's value in the declared type; null where it is null, or not of the declared format.

    Raises DeclarationError when the declared format cannot give the declared type.
    """
    if is_text(column):
        return bare(column, text)
    target, is_plain = sql.SQL(sql_type(column)), column.type in NUMBERS and column.number != "id_short"
    if column.type in WORDS:
        check_format(column)

    def read(value: sql.Composable) -> sql.Composable:
        matches = sql.SQL("{} ~ {}").format(value, sql.Literal(f"(?i)^({_pattern(column)})$"))
        iso = sql.SQL("case when {} then {} end").format(matches, _iso(column, value))
        if column.type == "boolean" or is_plain:
            return sql.SQL("({})::{}").format(iso, target)
        return once(iso, is_there)

    def is_there(iso: sql.Composable) -> sql.Composable:
        """Whether there is such a day; its form alone does not say."""
        name = sql.Literal(sql_type(column))
        return sql.SQL("case when pg_input_is_valid({0}, {1}) then {0}::{2} end").format(iso, name, target)

    return once(bare(column, text), read)


def _pattern(column: Column) -> str:
    """Of a bare text that is of the declared format."""
    if column.type in NUMBERS:
        return NUMBER_PATTERNS[column.type, column.number]
    if column.type == "boolean":
        return "true|false|ya|tidak|1|0"
    if column.type == "time":
        return TIME_PATTERNS[column.date]
    return _date_pattern(column) if column.type == "date" else _moment_pattern(column)


def _iso(column: Column, value: sql.Composable) -> sql.Composable:
    """What PostgreSQL reads, of a bare text that matches the pattern."""
    if column.type in NUMBERS:
        return _number(column, value)
    if column.type == "boolean":
        return sql.SQL("case {0} when 'ya' then 'true' when 'tidak' then 'false' else {0} end").format(value)
    if column.type == "time":
        return _time(value)
    return _date(column, value) if column.type == "date" else _moment(column, value)


def check_format(column: Column) -> None:
    """Raise DeclarationError when a date, time or timestamptz column is declared in a format that has no such value."""
    fits = column.date in TIME_PATTERNS if column.type == "time" else column.date not in ("HH:mm", "HH:mm:ss")
    if not fits:
        raise DeclarationError(
            f"Column {column.name!r}: the format {column.date!r} cannot be read as {column.type}; declare another "
            "'date' or 'type'."
        )


def _bare_number(column: Column, value: sql.Composable) -> sql.Composable:
    """A number as the patterns know it, where it has a mark that they do not: blanks or apostrophes as thousands, a minus
    behind it, Rp. Few texts have one, so that the others cost no more than a look."""
    if column.number == "plain":
        return _where_marked(value, GROUP_MARKS, sql.SQL("ops.angka_polos({}, '.')").format(value))
    bare = sql.SQL("ops.angka_polos({}, ',')").format(value)
    if column.number == "id_short":
        return _where_marked(value, GROUP_MARKS, bare)
    marks = f"{GROUP_MARKS}Rr-" + ("," if column.type == "integer" else "")
    return _where_marked(value, marks, _bare_amount(column, bare))


def _where_marked(value: sql.Composable, marks: str, bare: sql.Composable) -> sql.Composable:
    return sql.SQL("case when translate({0}, {1}, '') = {0} and right({0}, 1) <> '-' then {0} else {2} end").format(
        value, sql.Literal(marks), bare
    )


def _bare_amount(column: Column, value: sql.Composable) -> sql.Composable:
    """An amount without what offices write around it, Rp before and ,- behind; of a whole number without cents that are none."""
    bare = sql.SQL("regexp_replace(regexp_replace({}, {}, {}), {}, {})").format(
        value,
        sql.Literal(rf"^([-(]?)[Rr][Pp]\.?[{BLANKS}]*"),
        sql.Literal(r"\1"),
        sql.Literal(rf"([0-9])[{BLANKS}]*[.,]-+(\)?)$"),
        sql.Literal(r"\1\2"),
    )
    if column.type != "integer":
        return bare
    cents = (sql.Literal(r"^([-(]?[0-9.]+),00(\)?)$"), sql.Literal(r"\1\2"))
    return sql.SQL("regexp_replace({}, {}, {})").format(bare, *cents)


def _number(column: Column, value: sql.Composable) -> sql.Composable:
    if column.number == "id_short":
        return sql.SQL("ops.angka_singkat({})").format(value)
    english, indonesian = sql.SQL("translate({}, '(,)', '-')"), sql.SQL("translate({}, '(,.)', '-.')")
    usual, other = (english, indonesian) if column.number == "plain" else (indonesian, english)
    number = sql.SQL("case when {} then {} else {} end").format(
        is_foreign(column, value), other.format(value), usual.format(value)
    )
    if column.type != "integer" or column.number != "plain":
        return number
    return sql.SQL("case when {0} ~* 'e' then trunc({0}::numeric)::text else {1} end").format(value, number)


def is_foreign(column: Column, value: sql.Composable) -> sql.Composable:
    """SQL condition that a clean text has marks of thousands of the other language; few texts need the dear second look."""
    thousands, decimals = (",", ".") if column.number == "id" else (".", ",")
    looks = sql.SQL(" or ").join(
        sql.SQL("{} like {}").format(value, sql.Literal(f"%{thousands}%{mark}%")) for mark in (thousands, decimals)
    )
    return sql.SQL("(({}) and {} ~ {})").format(looks, value, sql.Literal(f"^({FOREIGN_MARKS[column.number]})$"))


def is_either(value: sql.Composable) -> sql.Composable:
    """SQL condition that a clean text is one number with Indonesian marks, another with English ones."""
    return sql.SQL("{} ~ {}").format(value, sql.Literal(f"^({EITHER})$"))


def _time(value: sql.Composable) -> sql.Composable:
    """A point between hours, minutes and seconds as a colon; the one before a fraction stays."""
    return sql.SQL(r"regexp_replace(regexp_replace({}, '^(\d+)\.', '\1:'), '^(\d+:\d+)\.', '\1:')").format(value)


def _date_pattern(column: Column) -> str:
    declared = DATE_PATTERNS.get(column.date) or MOMENT_PATTERNS[column.date]
    return rf"{declared}|{DATE}([T ]{ISO_MIDNIGHT})?"


def _date(column: Column, value: sql.Composable) -> sql.Composable:
    """The day as ISO text: as written, or that of the moment in the column's zone."""
    first = sql.SQL("left({}, 10)")
    if column.date == "iso":
        return first.format(value)
    if column.date in ("dd-MM-yyyy", "dd/MM/yyyy"):
        return first.format(sql.SQL(r"regexp_replace({}, '^(\d+)[-/](\d+)[-/](\d{{4}})$', '\3-\2-\1')").format(value))
    if column.date not in INSTANTS:
        return _unless_iso(value, _written_day(column, value), first.format(value))
    day = "case when pg_input_is_valid({0}, 'timestamptz') then to_char({0}::timestamptz at time zone {1}, 'YYYY-MM-DD') end"
    zone = sql.Literal(column.timezone)
    written = once(_written_moment(column, value), lambda moment: sql.SQL(day).format(moment, zone))
    return _unless_iso(value, written, first.format(value))


def _written_day(column: Column, value: sql.Composable) -> sql.Composable:
    """The day of a text in the declared form; null for another text, never an error."""
    day = column.date.removesuffix(" HH:mm")
    if day == "d MMMM yyyy":
        return sql.SQL("ops.iso_tanggal({})").format(value)
    if day == "MMMM yyyy":
        return sql.SQL("ops.iso_tanggal('1 ' || {})").format(value)
    if day == "yyyy/MM/dd":
        return sql.SQL("translate(left({}, 10), '/', '-')").format(value)
    if day == "yyyyMMdd":
        return sql.SQL(r"regexp_replace({}, '^(\d{{4}})(\d\d)(\d\d)$', '\1-\2-\3')").format(value)
    return sql.SQL("ops.iso_tanggal_angka({})").format(value)


def _moment_pattern(column: Column) -> str:
    declared = MOMENT_PATTERNS.get(column.date) or DATE_PATTERNS[column.date]
    return rf"{declared}|{DATE}([T ]{ISO_CLOCK})?"


def _moment(column: Column, value: sql.Composable) -> sql.Composable:
    """ISO text with a zone: the declared one where the source gives none."""
    if column.date == "iso":
        return _zoned(column, value)
    return _unless_iso(value, _written_moment(column, value), _zoned(column, value))


def _written_moment(column: Column, value: sql.Composable) -> sql.Composable:
    zone = sql.Literal(column.timezone)
    if column.date in ("epoch_s", "epoch_ms"):
        return sql.SQL("ops.iso_epoch({}, {})").format(value, sql.Literal(1000 if column.date == "epoch_ms" else 1))
    if column.date in ("rfc822", "d MMMM yyyy HH:mm"):
        return sql.SQL("ops.iso_waktu({}, {})").format(value, zone)
    if column.date == "yyyy/MM/dd HH:mm":
        return once(sql.SQL("translate({}, '/', '-')").format(value), lambda iso: _zoned(column, iso))
    if column.date.endswith(" HH:mm"):
        return sql.SQL("ops.iso_waktu_angka({}, {})").format(value, zone)
    return sql.SQL("{} || ' ' || {}").format(_written_day(column, value), zone)


def _unless_iso(value: sql.Composable, written: sql.Composable, iso: sql.Composable) -> sql.Composable:
    return sql.SQL("case when {} ~ '^[0-9]{{4}}-' then {} else {} end").format(value, iso, written)


def _zoned(column: Column, iso: sql.Composable) -> sql.Composable:
    """ISO text with the column's zone added unless it has one; Indonesian names of zones become offsets."""
    return sql.SQL(
        "case when {0} ~ {1} then {0} when {0} ~ {2} then ops.iso_zona_akhir({0}) else {0} || {3} end"
    ).format(
        iso,
        sql.Literal(rf"(?i):[0-9.]+\s?(Z|{OFFSET})$"),
        sql.Literal(rf"(?i)({NAMED_ZONE})$"),
        sql.Literal(" " + column.timezone),
    )


def canonical(column: Column, name: sql.Composable) -> sql.Composable | None:
    """SQL condition that the raw text is, letter by letter, PostgreSQL's own way of writing a value of the declared format,
    and none of the declared nulls.

    Nearly every row passes it at a tenth of the price of a regular expression; the others meet the declared pattern.
    """
    if column.capture is not None or column.treatment == "hmac":
        return None
    template = CANONICAL.get((column.type, column.number if column.type in ("integer", "numeric") else column.date))
    if template is None:
        return None
    condition = sql.SQL(template).format(name)
    if nulls := [null for null in column.nulls if null not in NEVER_CANONICAL]:
        listed = sql.SQL(", ").join(map(sql.Literal, nulls))
        return sql.SQL("{} and {} not in ({})").format(condition, name, listed)
    return condition


NEVER_CANONICAL = ("", "-")
THIS_AGE = "{0} >= '1900' and {0} < '2100' and {0} not like '% %'"
CANONICAL: dict[tuple[str, str], LiteralString] = {
    ("integer", "plain"): "length({0}) <= 18 and pg_input_is_valid({0}, 'bigint') and {0}::bigint::text = {0}",
    ("numeric", "plain"): "length({0}) <= 30 and pg_input_is_valid({0}, 'numeric') and {0}::numeric::text = {0} "
    "and {0} not in ('NaN', 'Infinity', '-Infinity')",
    ("boolean", "iso"): "{0} in ('true', 'false')",
    ("date", "iso"): f"{{0}} like '____-__-__' and {THIS_AGE} and pg_input_is_valid({{0}}, 'date')",
    (
        "time",
        "HH:mm:ss",
    ): "{0} like '__:__:__' and {0} < '24' and {0} not like '% %' and pg_input_is_valid({0}, 'time')",
    (
        "timestamptz",
        "iso",
    ): f"{{0}} like '____-__-__T__:__:__+__:__' and {THIS_AGE} and pg_input_is_valid({{0}}, 'timestamptz')",
}


def expected(column: Column) -> str:
    """What the column should look like, in words for the agency."""
    if column.capture is not None:
        return f"teks berbentuk {column.capture}"
    if column.type in NUMBERS:
        return EXPECTED_NUMBERS[column.type][column.number]
    if column.type in ("boolean", "text"):
        return "ya atau tidak" if column.type == "boolean" else "teks"
    example = EXAMPLES[column.date]
    shown = example if isinstance(example, str) else example[column.type]
    return f"{WORDS[column.type]}, misalnya {shown}"
