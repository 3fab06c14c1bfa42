"""iCalendar: one event per row, and a weekly meeting with a day left out and a day moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from command_center.settings import WIB

from demo_city.table import Row, Table, changed_at

ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Jakarta",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0700",
    "TZOFFSETTO:+0700",
    "TZNAME:WIB",
    "END:STANDARD",
    "END:VTIMEZONE",
)
LOCAL = "%Y%m%dT%H%M%S"
LONGEST = 73  # octets of a line before it is folded


def agenda(table: Table) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kota Padang//Latihan//ID",
        "X-WR-CALNAME:Pengangkutan (DATA SIMULASI)",
        *ZONE,
        *(line for row in table.rows for line in _event(table, row)),
        *_weekly(table),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(table: Table, row: Row) -> list[str]:
    changed = changed_at(row)
    kind = f"CATEGORIES:{_escaped(str(row['jenis']))}" if "jenis" in table.columns else ""
    own = [f"X-{name.replace('_', '-').upper()}:{_escaped(table.plain(row[name]))}" for name in table.columns]
    lines = [
        "BEGIN:VEVENT",
        f"UID:{row['nomor']}@latihan.padang.invalid",
        f"DTSTAMP:{_universal(table.at)}",
        f"LAST-MODIFIED:{_universal(changed)}",
        f"DTSTART;TZID=Asia/Jakarta:{changed:{LOCAL}}",
        "DURATION:PT30M",
        f"SUMMARY:Pengangkutan sampah {_escaped(str(row['nama_kelurahan']))}",
        f"LOCATION:{_escaped(str(row['nama_kelurahan']))}",
        f"ORGANIZER;CN={row['petugas']}:mailto:petugas@latihan.padang.invalid",
        kind,
        f"DESCRIPTION:{_escaped(table.plain(row['keterangan']))}" if row["keterangan"] else "",
        *own,
        "STATUS:CONFIRMED",
        "END:VEVENT",
    ]
    return [line for line in lines if line]


def _weekly(table: Table) -> list[str]:
    """Mondays at nine, for ever; the second is left out, the third is in the afternoon."""
    first = _first_monday(table.at.date() - timedelta(days=21))
    start, second, third = (datetime.combine(first + timedelta(weeks=week), time(9), WIB) for week in range(3))
    common = [f"DTSTAMP:{_universal(start)}", "UID:rapat@latihan.padang.invalid", "LOCATION:Ruang rapat"]
    zoned = "TZID=Asia/Jakarta"
    return [
        "BEGIN:VEVENT",
        *common,
        f"DTSTART;{zoned}:{start:{LOCAL}}",
        f"DTEND;{zoned}:{start + timedelta(hours=1):{LOCAL}}",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        f"EXDATE;{zoned}:{second:{LOCAL}}",
        "SUMMARY:Rapat evaluasi",
        "END:VEVENT",
        "BEGIN:VEVENT",
        *common,
        f"RECURRENCE-ID;{zoned}:{third:{LOCAL}}",
        f"DTSTART;{zoned}:{third + timedelta(hours=4):{LOCAL}}",
        f"DTEND;{zoned}:{third + timedelta(hours=5):{LOCAL}}",
        "SUMMARY:Rapat evaluasi (siang)",
        "END:VEVENT",
        "BEGIN:VEVENT",
        f"DTSTAMP:{_universal(start)}",
        "UID:bakti@latihan.padang.invalid",
        f"DTSTART;VALUE=DATE:{first + timedelta(days=5):%Y%m%d}",
        "RRULE:FREQ=MONTHLY;COUNT=3",
        "SUMMARY:Kerja bakti",
        "END:VEVENT",
    ]


def _first_monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _universal(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line in pieces of at most so many octets, never cut within a character."""
    if len(whole := line.encode()) <= LONGEST:
        return whole + b"\r\n"
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > LONGEST:
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
