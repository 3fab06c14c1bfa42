"""Calendars: repeated events written out within the horizon, exceptions and all, and broken events rejected alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from command_center.errors import PayloadError
from command_center.settings import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.support.document_source import bundled, declare, dicts, read, rejected, texts

COLUMNS = ["uid", "recurrence_id", "dtstart", "dtend", "is_all_day", "status", "summary"]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is 1 May 2025; the horizon of these tests reaches thirty days to either side."""
    monkeypatch.setenv("DEMO_NOW", "2025-05-01T00:00:00+07:00")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def calendar(*events: str, more: str = "") -> str:
    bodies = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:uji\n{more}{bodies}END:VCALENDAR\n".replace("\n", "\r\n")


def rows(content: str | bytes, columns: list[str] | None = None, **declared: Any) -> list[list[str | None]]:
    given: dict[str, Any] = {"days_back": 30, "days_ahead": 30, **declared}
    return texts(read(declare("icalendar", columns or COLUMNS, **given), content))


def starts(*events: str, more: str = "") -> list[str | None]:
    return [row[0] for row in rows(calendar(*events, more=more), ["dtstart"])]


def test_an_event_with_all_it_may_say() -> None:
    content = calendar(
        "UID:a@uji\nDTSTAMP:20250401T000000Z\nDTSTART;TZID=Asia/Jakarta:20250505T080000\nDTEND;TZID=Asia/Jakarta:20250505T093000\n"
        "SUMMARY:Rapat\\, koordinasi\nDESCRIPTION:Baris satu\\nbaris du\n a; tiga\nLOCATION:Balai Kota\nORGANIZER;CN=\"Bagian: Umum\":mailto:umum@uji.invalid\n"
        "CATEGORIES:Rapat,Publik\nCATEGORIES:Kota\nSTATUS:confirmed\nURL:https://uji.invalid/a?x=1:2\nSEQUENCE:3\nCREATED:20250401T010203Z\n"
        "LAST-MODIFIED:20250402T010203Z\nX-LAIN:abaikan\nBEGIN:VALARM\nTRIGGER:rusak\nEND:VALARM"
    )  # fmt: skip
    columns = [
        *COLUMNS,
        "description",
        "location",
        "organizer",
        "categories",
        "url",
        "sequence",
        "created",
        "last_modified",
    ]
    reading = read(declare("icalendar", columns), content)
    assert dicts(reading) == [
        {
            "uid": "a@uji", "recurrence_id": "2025-05-05T08:00:00+07:00", "dtstart": "2025-05-05T08:00:00+07:00",
            "dtend": "2025-05-05T09:30:00+07:00", "is_all_day": "false", "status": "CONFIRMED", "summary": "Rapat, koordinasi",
            "description": "Baris satu\nbaris dua; tiga", "location": "Balai Kota", "organizer": "mailto:umum@uji.invalid",
            "categories": "Rapat, Publik, Kota", "url": "https://uji.invalid/a?x=1:2", "sequence": "3",
            "created": "2025-04-01T08:02:03+07:00", "last_modified": "2025-04-02T08:02:03+07:00",
        }
    ]  # fmt: skip
    assert (reading.warnings, reading.rejects, reading.sections[0].label) == ([], [], "acara ke-")


@pytest.mark.parametrize(
    ("lines", "start", "end", "is_all_day"),
    [
        ("DTSTART:20250505T080000", "2025-05-05T08:00:00+07:00", "2025-05-05T08:00:00+07:00", "false"),
        ("DTSTART:20250505T010000Z\nDURATION:PT90M", "2025-05-05T08:00:00+07:00", "2025-05-05T09:30:00+07:00", "false"),
        ("DTSTART;TZID=SE Asia Standard Time:20250505T080000", "2025-05-05T08:00:00+07:00", "2025-05-05T08:00:00+07:00", "false"),
        ("DTSTART;TZID=\"SE Asia Standard Time\":20250505T080000", "2025-05-05T08:00:00+07:00", "2025-05-05T08:00:00+07:00", "false"),
        ("DTSTART;TZID=/x.invalid/2005/Asia/Jayapura:20250505T080000", "2025-05-05T06:00:00+07:00", "2025-05-05T06:00:00+07:00", "false"),
        ("DTSTART;VALUE=DATE:20250505", "2025-05-05", "2025-05-06", "true"),
        ("DTSTART;VALUE=DATE:20250505\nDTEND;VALUE=DATE:20250508", "2025-05-05", "2025-05-08", "true"),
    ],
)  # fmt: skip
def test_times_are_in_wib_and_whole_days_are_dates(lines: str, start: str, end: str, is_all_day: str) -> None:
    assert rows(calendar(f"UID:a\n{lines}")) == [["a", start, start, end, is_all_day, None, None]]


def test_a_zone_that_the_file_defines() -> None:
    def zone(name: str, offset: str) -> str:
        return (
            f"BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\n"
            "END:STANDARD\nEND:VTIMEZONE\n"
        )

    event = "UID:a\nDTSTART;TZID=Kantor:20250505T080000"
    assert starts(event, more=zone("Kantor", "+0800")) == ["2025-05-05T07:00:00+07:00"]
    assert starts(event, more=zone("Kantor", "+0900")) == ["2025-05-05T06:00:00+07:00"], "another file, another zone"


def test_a_series_with_its_exceptions() -> None:
    """Four Mondays: the second is struck out, the third moved to the afternoon, the fourth cancelled."""
    content = calendar(
        "UID:a\nDTSTART;TZID=Asia/Jakarta:20250505T080000\nDTEND;TZID=Asia/Jakarta:20250505T090000\nRRULE:FREQ=WEEKLY;COUNT=4\n"
        "EXDATE;TZID=Asia/Jakarta:20250512T080000\nSUMMARY:Apel",
        "UID:a\nRECURRENCE-ID;TZID=Asia/Jakarta:20250519T080000\nDTSTART;TZID=Asia/Jakarta:20250519T150000\n"
        "DTEND;TZID=Asia/Jakarta:20250519T160000\nSUMMARY:Apel sore",
        "UID:a\nRECURRENCE-ID:20250526T010000Z\nDTSTART:20250526T010000Z\nDTEND:20250526T020000Z\nSTATUS:CANCELLED\nSUMMARY:Apel",
    )
    third = [
        "a",
        "2025-05-19T08:00:00+07:00",
        "2025-05-19T15:00:00+07:00",
        "2025-05-19T16:00:00+07:00",
        "false",
        None,
        "Apel sore",
    ]
    assert rows(content) == [
        ["a", "2025-05-05T08:00:00+07:00", "2025-05-05T08:00:00+07:00", "2025-05-05T09:00:00+07:00", "false", None, "Apel"],
        third,
        ["a", "2025-05-26T08:00:00+07:00", "2025-05-26T08:00:00+07:00", "2025-05-26T09:00:00+07:00", "false", "CANCELLED", "Apel"],
    ]  # fmt: skip
    reading = read(declare("icalendar", ["summary"], days_back=30, days_ahead=30), content)
    assert [row["summary"] for row in dicts(reading)] == ["Apel", "Apel sore"], (
        "a table without status has no cancelled event"
    )
    assert reading.ignored == {"STATUS:CANCELLED": 1}


def test_a_series_that_moves_from_a_day_on_keeps_its_occurrences_apart() -> None:
    found = rows(
        calendar(
            "UID:a\nDTSTART:20250505T080000\nRRULE:FREQ=DAILY;COUNT=4",
            "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20250506T080000\nDTSTART:20250506T100000",
        ),
        ["recurrence_id", "dtstart"],
    )
    assert [(str(r)[:13], str(s)[:13]) for r, s in found] == [
        ("2025-05-05T08", "2025-05-05T08"), ("2025-05-06T08", "2025-05-06T10"), ("2025-05-07T08", "2025-05-07T10"),
        ("2025-05-08T08", "2025-05-08T10"),
    ]  # fmt: skip


def test_repetition_without_end_stays_within_the_horizon() -> None:
    found = rows(calendar("UID:a\nDTSTART:20100101T080000\nRRULE:FREQ=DAILY"), ["dtstart"])
    assert (len(found), found[0][0], found[-1][0]) == (60, "2025-04-01T08:00:00+07:00", "2025-05-30T08:00:00+07:00")
    reading = read(
        declare("icalendar", COLUMNS, days_back=30, days_ahead=30),
        calendar(
            "UID:a\nDTSTART:20250101T080000", "UID:b\nDTSTART:20250505T080000", more="BEGIN:VTODO\nUID:c\nEND:VTODO\n"
        ),
    )
    assert [row["uid"] for row in dicts(reading)] == ["b"]
    assert reading.ignored == {"di luar days_back dan days_ahead": 1, "VTODO": 1}


def test_the_newest_version_of_an_event_counts() -> None:
    events = [
        "UID:a\nSEQUENCE:0\nDTSTART:20250505T080000\nSUMMARY:lama",
        "UID:a\nSEQUENCE:2\nDTSTART:20250505T100000\nSUMMARY:baru",
        "UID:a\nSEQUENCE:1\nDTSTART:20250505T090000\nSUMMARY:tengah",
        "UID:b\nDTSTART:20250505T080000",
        "UID:b\nDTSTART:20250505T080000",
    ]
    reading = read(declare("icalendar", ["uid", "summary"]), calendar(*events))
    assert texts(reading) == [["a", "baru"], ["b", None]]
    assert reading.ignored == {"versi lama atau salinan acara yang sama": 3}


def test_two_events_that_share_a_uid_are_both_shown_to_the_audit() -> None:
    found = rows(calendar("UID:a\nDTSTART:20250505T080000\nSUMMARY:x", "UID:a\nDTSTART:20250505T080000\nSUMMARY:y"))
    assert [row[-1] for row in found] == ["x", "y"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("UID:z\nSUMMARY:x", "Acara z: DTSTART wajib ada tetapi kosong."),
        ("DTSTART:20250505T080000", "Acara tanpa UID: UID wajib ada tetapi kosong."),
        ("UID:z\nDTSTART:2025-05-05", "Acara z: isi DTSTART tidak dapat dibaca."),
        ("UID:z\nDTSTART:20250231T080000", "Acara z: isi DTSTART tidak dapat dibaca."),
        ("UID:z\nDTSTART;TZID=Mars/Olympus:20250505T080000", "Acara z: zona waktu 'Mars/Olympus' tidak dikenal; gunakan Asia/Jakarta."),
        ("UID:z\nDTSTART:20250505T080000\nDTEND:20250505T070000", "Acara z: DTEND 2025-05-05T07:00:00+07:00 mendahului DTSTART 2025-05-05T08:00:00+07:00."),
        ("UID:z\nDTSTART:20250505T080000\nDTEND;VALUE=DATE:20250506", "Acara z: DTSTART dan DTEND tidak sejenis: yang satu hari penuh, yang lain berjam."),
        ("UID:z\nDTSTART:20250505T080000\nRRULE:FREQ=KADANG", "Acara z: isi RRULE tidak dapat dibaca."),
        ("UID:z\nDTSTART:20250505T080000\nRRULE:FREQ=SECONDLY", "Acara z: berulang tiap menit atau detik; tidak dibaca sebagai agenda."),
        ("UID:z\nDTSTART:20250505T080000\nDESCRIPTION:satu\nbaris tanpa lipatan", "Acara z: memuat baris yang bukan 'NAMA:isi'."),
        ("UID:z\nDTSTART:20250505T080000\nEND:VALARM", "Acara z: aturan pengulangan atau waktunya tidak dapat dibaca (ValueError)."),
        ("UID:z\nDTSTART:20250505T080000\nSEQUENCE:dua", "Acara z: isi SEQUENCE tidak dapat dibaca."),
        ("UID:z\nDTSTART:20250505T080000\nSUMMARY:\udce9", "Acara z: memuat huruf yang bukan dari pengodean yang dideklarasikan."),
    ],
)  # fmt: skip
def test_a_broken_event_is_rejected_and_the_others_go_on(event: str, reason: str) -> None:
    content = calendar("UID:a\nDTSTART:20250505T080000", event, "UID:b\nDTSTART:20250506T080000")
    reading = read(declare("icalendar", ["uid", "summary"]), content.encode("utf-8", "surrogateescape"))
    assert [row["uid"] for row in dicts(reading)] == ["a", "b"]
    assert rejected(reading) == [("acara ke-2", reason)]
    assert reading.rejects[0].payload["uid"] == (None if "tanpa UID" in reason else "z")


def test_an_event_without_end_is_rejected_and_the_next_one_read() -> None:
    content = calendar("UID:a\nDTSTART:20250505T080000", "UID:b\nDTSTART:20250505T080000")
    reading = read(declare("icalendar", ["uid"]), content.replace("END:VEVENT\r\n", "", 1))
    assert [row["uid"] for row in dicts(reading)] == ["b"]
    assert rejected(reading) == [("acara ke-1", "Acara a: END:VEVENT tidak ada; acara terpotong.")]


def test_too_many_occurrences_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("command_center.extract.icalendar.MAX_OCCURRENCES", 10)
    reading = read(declare("icalendar", ["uid"], min=0), calendar("UID:a\nDTSTART:20250101T080000\nRRULE:FREQ=DAILY"))
    assert rejected(reading) == [("acara ke-1", "Acara a: berulang lebih dari 10 kali dalam jangka waktu yang dibaca.")]


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_folds_may_go_through_a_letter_and_lines_end_as_they_like(ending: str) -> None:
    whole = calendar("UID:a\nDTSTART:20250505T080000\nSUMMARY:Café – pagi").replace("\r\n", ending).encode()
    at = whole.index("é".encode()) + 1
    folded = whole[:at] + ending.encode() + b" " + whole[at:]
    assert rows(b"\xef\xbb\xbf" + folded, ["summary"]) == [["Café – pagi"]]


def test_other_encodings_are_those_that_are_declared() -> None:
    content = calendar("UID:a\nDTSTART:20250505T080000\nSUMMARY:Café – pagi")
    for encoding in ("windows-1252", "utf-16"):
        assert rows(content.encode(encoding), ["summary"], layout={"encoding": encoding}) == [["Café – pagi"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the file is not a calendar"),
        ("<!DOCTYPE html><title>Masuk</title>", "a web page titled 'Masuk' where a calendar was expected"),
        ("a;b;c\n", "the file is not a calendar"),
        (calendar("UID:a\nDTSTART:20250505T080000")[:-25], "does not end with END:VCALENDAR; it may be cut off"),
        (calendar(), "the calendar has no event within the declared days_back and days_ahead"),
    ],
)
def test_what_is_no_calendar_is_one_sentence(content: str, sentence: str) -> None:
    with pytest.raises(PayloadError, match=sentence):
        read(declare("icalendar", COLUMNS), content)


def test_many_files_are_read_together() -> None:
    one, two = (calendar(f"UID:{uid}\nDTSTART:20250505T080000") for uid in "ab")
    reading = read(declare("icalendar", ["uid"]), bundled(a__ics=one, b__ics=two))
    assert [row["uid"] for row in dicts(reading)] == ["a", "b"]
    assert [(s.start, s.label) for s in reading.sections] == [
        (0, "berkas 'a.ics' acara ke-"),
        (1, "berkas 'b.ics' acara ke-"),
    ]


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    first=st.dates(date(2025, 3, 1), date(2025, 6, 15)),
    step=st.integers(1, 9),
    struck=st.sets(st.integers(0, 20), max_size=5),
    count=st.integers(1, 25),
)
def test_days_are_those_of_the_rule(first: date, step: int, struck: set[int], count: int) -> None:
    days = [first + timedelta(days=step * n) for n in range(count) if n not in struck]
    gone = "".join(
        f"EXDATE;VALUE=DATE:{first + timedelta(days=step * n):%Y%m%d}\n" for n in sorted(struck) if n < count
    )
    event = f"UID:a\nDTSTART;VALUE=DATE:{first:%Y%m%d}\nRRULE:FREQ=DAILY;INTERVAL={step};COUNT={count}\n{gone}"
    expected = [[day.isoformat()] for day in days if date(2025, 4, 1) <= day < date(2025, 5, 31)]
    assert rows(calendar(event), ["dtstart"], min=0) == expected
