"""Calendars (iCalendar, RFC 5545): one row per occurrence of an event, repeated ones written out within the horizon.

The horizon is now - extract.days_back to now + extract.days_ahead. Times are given in WIB, those without a zone are
WIB; whole days are dates, and their `dtend` is the day after the last, as the standard has it. An event that cannot be
read is rejected by its UID, the others go on.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

from icalendar import Calendar, Component, Event
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from command_center.declaration.source import Source, Table
from command_center.errors import PayloadError
from command_center.extract.members import members
from command_center.extract.reading import Answer, Reading, refuse_html
from command_center.extract.records import Document, Record, reading_of
from command_center.settings import WIB

TEXTS = (
    "summary",
    "description",
    "location",
    "status",
    "url",
    "organizer",
    "contact",
    "class",
    "transp",
    "priority",
    "sequence",
)
MOMENTS = ("last_modified", "created", "dtstamp")
OFFERED = ("uid", "recurrence_id", "dtstart", "dtend", "is_all_day", "categories", *TEXTS, *MOMENTS)
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura", "GMT": "UTC", **WINDOWS_TO_OLSON}
LINE = re.compile(r'((?:[^":]|"[^"]*")*):(.*)', re.DOTALL)  # name and parameters, value
TZID = re.compile(r'(?<=;TZID=)("[^"]*"|[^";:,]*)', re.IGNORECASE)
TOO_OFTEN = re.compile(r"^RRULE.*FREQ=(SECONDLY|MINUTELY)", re.IGNORECASE)
MAX_OCCURRENCES = 10_000
CANCELLED = "STATUS:CANCELLED"
OLDER = "versi lama atau salinan acara yang sama"
OUTSIDE = "di luar days_back dan days_ahead"


class _Broken(Exception):
    """An event that cannot be read; its text is the reason for the agency."""


@dataclass
class _File:
    """The components of a calendar as unfolded lines: events, definitions of zones by their name, and what else there is."""

    events: list[list[str]] = field(default_factory=list)
    zones: dict[str, list[str]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The occurrences of all events. Raises PayloadError when the file is not a calendar, or cut off."""
    encoding = source.layout(table).encoding
    is_status_taken = any("status" in (column.source, *column.aliases) for column in table.columns)
    now = answer.read_at
    horizon = (
        now - timedelta(days=source.extract.days_back),
        now + timedelta(days=source.extract.days_ahead),
    )
    documents = [_document(member, encoding, horizon, is_status_taken) for member in members(source, answer)]
    absent = "the calendar has no event within the declared days_back and days_ahead"
    return reading_of(source, table, answer, documents, label="acara ke-", absent=absent)


def _document(answer: Answer, encoding: str, horizon: tuple[datetime, datetime], is_status_taken: bool) -> Document:
    file = _components(_lines(answer, encoding))
    ignored = file.others
    records: list[Record] = []
    for series in _series(file.events, ignored):
        try:
            found = _occurrences(series, file.zones, horizon)
        except _Broken as broken:
            records += [Record(_hint(lines), fault=f"Acara {_name(lines)}: {broken}") for lines in series]
            continue
        ignored[OUTSIDE] += 0 if found else len(series)
        for record in found:
            if record.values["status"] == "CANCELLED" and not is_status_taken:
                ignored[CANCELLED] += 1
            else:
                records.append(record)
    return Document(answer, {}, records, +ignored)


def _lines(answer: Answer, encoding: str) -> list[str]:
    """Unfolded lines. Folds are undone before decoding: they may go through the middle of a letter."""
    content = answer.content()
    refuse_html(content, "a calendar", answer.where)
    if encoding.lower().startswith(("utf-16", "utf_16")):
        content = content.decode(encoding, "replace").encode("utf-8", "replace")
        encoding = "utf-8"
    text = re.sub(rb"(\r\n|\n|\r)[ \t]", b"", content).decode(encoding, "surrogateescape")
    lines = [line for line in re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")) if line.strip()]
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise PayloadError(f"{answer.where}: the file is not a calendar (BEGIN:VCALENDAR); ask the steward.")
    if lines[-1].strip().upper() != "END:VCALENDAR":
        raise PayloadError(
            f"{answer.where}: the calendar does not end with END:VCALENDAR; it may be cut off, ask for it again."
        )
    return lines


def _components(lines: Sequence[str]) -> _File:
    """The file's components, one list of lines each. What stands inside a component (alarms) is left out."""
    file = _File()
    name = ""
    inside: list[str] = []
    own: list[str] = []
    for line in lines:
        word, _, kind = line.strip().upper().partition(":")
        if word == "BEGIN" and kind == "VCALENDAR":
            continue
        if word == "BEGIN" and (not name or kind == name):
            if name:  # the one before has no end: it becomes an event that is rejected
                _keep(file, name, own)
            name, inside, own = kind, [], [line]
        elif word == "BEGIN":
            inside.append(kind)
            own += [line] if name == "VTIMEZONE" else []
        elif word == "END" and inside and kind == inside[-1]:
            inside.pop()
            own += [line] if name == "VTIMEZONE" else []
        elif word == "END" and name and kind in (name, "VCALENDAR"):
            _keep(file, name, [*own, line] if kind == name else own)
            name = ""
        elif name and (not inside or name == "VTIMEZONE"):
            own.append(line)
    return file


def _keep(file: _File, name: str, lines: list[str]) -> None:
    if name == "VEVENT":
        file.events.append(lines)
    elif name == "VTIMEZONE":
        file.zones[_property(lines, "TZID") or ""] = lines
    else:
        file.others[name] += 1


def _property(lines: Sequence[str], name: str) -> str | None:
    """The raw value of a property."""
    for line in lines:
        found = LINE.fullmatch(line)
        if found and found.group(1).partition(";")[0].strip().upper() == name:
            return found.group(2).strip()
    return None


def _name(lines: Sequence[str]) -> str:
    uid = _property(lines, "UID") or "tanpa UID"
    return uid.encode("utf-8", "replace").decode()


def _hint(lines: Sequence[str]) -> dict[str, object]:
    """What a person needs to find a rejected event."""
    found = {
        "uid": _property(lines, "UID"),
        "summary": _property(lines, "SUMMARY"),
        "dtstart": _property(lines, "DTSTART"),
    }
    texts = {name: text and text.encode("utf-8", "replace").decode() for name, text in found.items()}
    return dict.fromkeys(OFFERED, None) | texts


def _series(events: Sequence[list[str]], ignored: Counter[str]) -> Iterator[list[list[str]]]:
    """Events of one UID together: the newest version first, then the occurrences that were changed.

    Versions that a newer one replaces, and copies, are counted as ignored. An event without UID stands alone.
    """
    by_uid: dict[str, list[list[str]]] = {}
    for number, lines in enumerate(events):
        by_uid.setdefault(_property(lines, "UID") or f"\0{number}", []).append(lines)
    for group in by_uid.values():
        newest: dict[str, list[str]] = {}
        rivals: list[list[list[str]]] = []  # none is newer than the other; the audit finds that they share a key
        for lines in sorted(group, key=_version):
            place = _property(lines, "RECURRENCE-ID") or ""
            known = newest.get(place, lines)
            if _version(known) == _version(lines) and known != lines:
                rivals.append([lines])
                continue
            ignored[OLDER] += known is not lines
            newest[place] = lines
        yield sorted(newest.values(), key=lambda lines: _property(lines, "RECURRENCE-ID") or "")
        yield from rivals


def _version(lines: Sequence[str]) -> tuple[int, str, str]:
    sequence = _property(lines, "SEQUENCE") or "0"
    changed = [_property(lines, name) or "" for name in ("LAST-MODIFIED", "DTSTAMP")]
    return int(sequence) if re.fullmatch(r"[0-9]{1,9}", sequence) else 0, changed[0], changed[1]


def _occurrences(
    series: Sequence[list[str]], zones: dict[str, list[str]], horizon: tuple[datetime, datetime]
) -> list[Record]:
    """The occurrences of one event within the horizon. Raises _Broken when one of its parts cannot be read."""
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-", *_prepared(series, zones), "END:VCALENDAR", ""])
    try:
        return _written_out(Calendar.from_ical(text), horizon)
    except _Broken:
        raise
    except Exception as error:  # a rule or value that the library stumbles over concerns this event only
        raise _Broken(f"aturan pengulangan atau waktunya tidak dapat dibaca ({type(error).__name__}).") from error


def _written_out(calendar: Component, horizon: tuple[datetime, datetime]) -> list[Record]:
    import recurring_ical_events

    parsed = cast("list[Event]", calendar.walk("VEVENT"))
    for event in parsed:
        _check(event)
    shifts = [shift for event in parsed if (shift := _shift(event)) is not None]
    found: list[Event] = recurring_ical_events.of(calendar).between(*horizon)
    if len(found) > MAX_OCCURRENCES:
        raise _Broken(f"berulang lebih dari {MAX_OCCURRENCES} kali dalam jangka waktu yang dibaca.")
    return [Record(_values(event, shifts), names=()) for event in sorted(found, key=lambda one: _in_wib(_start(one)))]


def _prepared(series: Sequence[list[str]], zones: dict[str, list[str]]) -> Iterator[str]:
    """The lines of a series with zones that are known by their names. Raises _Broken."""
    used: dict[str, list[str]] = {}
    for lines in series:
        if lines[-1].strip().upper() != "END:VEVENT":
            raise _Broken("END:VEVENT tidak ada; acara terpotong.")
        for line in lines:
            if any("\udc80" <= letter <= "\udcff" for letter in line):
                raise _Broken("memuat huruf yang bukan dari pengodean yang dideklarasikan.")
            if TOO_OFTEN.match(line):
                raise _Broken("berulang tiap menit atau detik; tidak dibaca sebagai agenda.")
        for name in ("UID", "DTSTART"):
            if not _property(lines, name):
                raise _Broken(f"{name} wajib ada tetapi kosong.")
        for name in (name for line in lines for name in TZID.findall(_head(line))):
            used |= _definition(name.strip('"'), zones)
    yield from (line for lines in used.values() for line in lines)
    for line in (line for lines in series for line in lines):
        head = _head(line)
        yield TZID.sub(lambda found: _zone(found.group(0).strip('"'), zones), head) + line[len(head) :]


def _head(line: str) -> str:
    """The name and parameters of a property."""
    found = LINE.fullmatch(line)
    return found.group(1) if found else ""


def _zone(name: str, zones: dict[str, list[str]]) -> str:
    """A name by which the zone is known: of the IANA list, else of the file's own definition. Raises _Broken."""
    tail = "/".join(name.rsplit("/", 2)[-2:])  # '/mozilla.org/20050126_1/Asia/Jakarta'
    for known in (name, ZONES.get(name), tail):
        if known in _iana():
            return str(known)
    if name in zones:
        digest = hashlib.sha256("\n".join(zones[name]).encode("utf-8", "replace")).hexdigest()
        return f"zona-{digest[:16]}"  # the library remembers names; another file may define the same one otherwise
    raise _Broken(f"zona waktu {name!r} tidak dikenal; gunakan Asia/Jakarta.")


def _definition(name: str, zones: dict[str, list[str]]) -> dict[str, list[str]]:
    known = _zone(name, zones)
    if known in _iana():
        return {}
    return {known: [f"TZID:{known}" if line.upper().startswith("TZID") else line for line in zones[name]]}


@cache
def _iana() -> frozenset[str]:
    return frozenset(available_timezones())


def _check(event: Event) -> None:
    """Raise _Broken when a property is not what the standard says, or the end comes before the start."""
    for name, _ in event.errors:
        raise _Broken(f"isi {name} tidak dapat dibaca." if name else "memuat baris yang bukan 'NAMA:isi'.")
    start, end = _start(event), _moment(event, "DTEND")
    if end is not None and isinstance(end, datetime) != isinstance(start, datetime):
        raise _Broken("DTSTART dan DTEND tidak sejenis: yang satu hari penuh, yang lain berjam.")
    if end is not None and _in_wib(end) < _in_wib(start):
        raise _Broken(f"DTEND {_text_of(end)} mendahului DTSTART {_text_of(start)}.")


def _moment(event: Event, name: str) -> date | None:
    """A day or a time. Raises _Broken when the property is anything else."""
    given: Any = event.get(name)
    if given is None:
        return None
    if isinstance(given, list) or not isinstance(getattr(given, "dt", None), date):
        raise _Broken(f"isi {name} bukan satu tanggal atau waktu.")
    moment: date = given.dt
    return moment


def _start(event: Event) -> date:
    start = _moment(event, "DTSTART")
    if start is None:
        raise _Broken("DTSTART wajib ada tetapi kosong.")
    return start


def _shift(event: Event) -> tuple[date, timedelta] | None:
    """How far this and all later occurrences were moved (RANGE=THISANDFUTURE), with the original time of the first."""
    original = _moment(event, "RECURRENCE-ID")
    given: Any = event.get("RECURRENCE-ID")
    if original is None or str(given.params.get("RANGE", "")).upper() != "THISANDFUTURE":
        return None
    return original, _in_wib(_start(event)) - _in_wib(original)


def _values(event: Event, shifts: Sequence[tuple[date, timedelta]]) -> dict[str, object]:
    start = _start(event)
    recurrence = _moment(event, "RECURRENCE-ID") or start
    for original, shift in shifts:
        if _text_of(recurrence) == _text_of(original):  # the library gives all that follow the same one
            recurrence = start - shift
    end = _moment(event, "DTEND")
    values: dict[str, object] = {
        "uid": str(event["UID"]),
        "recurrence_id": _text_of(recurrence),
        "dtstart": _text_of(start),
        "dtend": None if end is None else _text_of(end),
        "is_all_day": "false" if isinstance(start, datetime) else "true",
        "categories": ", ".join(_categories(event)) or None,
    }
    for name in TEXTS:
        given: Any = event.get(name.upper())
        values[name] = None if given is None else str(given[0] if isinstance(given, list) else given).strip() or None
    for name in MOMENTS:
        moment = _moment(event, name.upper().replace("_", "-"))
        values[name] = None if moment is None else _text_of(moment)
    values["status"] = values["status"] and str(values["status"]).upper()
    return values


def _categories(event: Event) -> list[str]:
    given: Any = event.get("CATEGORIES", [])
    lists = given if isinstance(given, list) else [given]
    return [str(category).strip() for one in lists for category in one.cats]


def _in_wib(moment: date) -> datetime:
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day, tzinfo=WIB)
    return moment.replace(tzinfo=WIB) if moment.tzinfo is None else moment.astimezone(WIB)


def _text_of(moment: date) -> str:
    """A day as it is; a time in WIB."""
    return _in_wib(moment).isoformat(timespec="seconds") if isinstance(moment, datetime) else moment.isoformat()
