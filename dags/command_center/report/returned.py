"""A rejection sheet that comes back: its mended cells go into the answer that its rows were set aside of, which is loaded again.

Nothing is taken from the sheet but cells that were told to be wrong. All else of a row, its rahasia columns too, stands in the
archived answer. Where a newer answer came since, it stands.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from command_center.database import Connection, database_time
from command_center.declaration.registry import get_source
from command_center.declaration.source import Source, Table
from command_center.errors import CommandCenterError, PayloadError
from command_center.extract.asking import Fetched, Window
from command_center.extract.isolated import Parser
from command_center.idformat import format_date, format_number
from command_center.intake.archiving import LONGEST_WITH_SECRETS_DAYS, keep
from command_center.intake.load import load_again
from command_center.intake.lock import exclusive
from command_center.intake.outcome import Outcome
from command_center.ledger import landing, mending, quarantine, rejection, trail
from command_center.ledger.landing import Landed
from command_center.ledger.mending import Issued, Mended, Place
from command_center.ledger.rejection import SetAside
from command_center.personal import Personal, masked
from command_center.report.rejection import BadRow, columns_of, header_of, row_of
from command_center.report.rejection_workbook import AFTER, BEFORE, GUIDE, TOKEN, WHOLE
from command_center.report.sheet_cells import Cells, Worksheet, worksheets
from command_center.settings import WIB, settings

OLDEST = timedelta(days=30)
MOST_TOLD = 40  # rows that an answer names
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CLOSING = (
    "Betulkan juga di sistem atau berkas asalnya: kiriman berikutnya menggantikan seluruh kiriman ini, termasuk yang dibetulkan lewat "
    "lembar."
)


class SheetRefused(CommandCenterError):
    """Nothing of a sheet is taken in; the sentence is for its steward."""


@dataclass(frozen=True)
class Given:
    """A row of the sheet as it came back, by the batch and the number of the row that it is about."""

    key: tuple[int, int]
    head: Cells
    cells: Cells


@dataclass(frozen=True)
class Original:
    """The same row as the sheet was mailed, and where it stands in which answer."""

    rules: Sequence[SetAside]
    columns: Mapping[str, set[str]]
    row: BadRow
    place: Place

    @property
    def name(self) -> str:
        return f"{self.rules[0].title}, {self.row.part}, {self.row.place}"


@dataclass
class Result:
    """What became of the rows that were changed: a sentence for each, but for those that came in."""

    arrived: list[str] = field(default_factory=list)
    still_wrong: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    loaded: list[tuple[str, str]] = field(default_factory=list)  # source and table of what was loaded again

    @property
    def text(self) -> str:
        counted = (
            f"{format_number(len(self.arrived))} baris masuk, {format_number(len(self.still_wrong))} masih salah, "
            f"{format_number(len(self.refused))} tidak dimuat."
        )
        if not (self.arrived or self.still_wrong or self.refused):
            return "Tidak ada sel yang berubah di lembar yang dikirim kembali, sehingga tidak ada yang dimuat."
        blocks = (("Masuk", self.arrived), ("Masih salah", self.still_wrong), ("Tidak dimuat", self.refused))
        return "\n\n".join([counted, *(_listed(title, rows) for title, rows in blocks if rows), CLOSING])


def _listed(title: str, rows: Sequence[str]) -> str:
    more = [f"   - dan {format_number(len(rows) - MOST_TOLD)} baris lain"] if len(rows) > MOST_TOLD else []
    return "\n".join([f"{title}:", *(f"   - {one}" for one in rows[:MOST_TOLD]), *more])


def take_in_sheet(connection: Connection, content: bytes, *, sheet_id: int | None, run_id: str) -> Result:
    """Load what is mended in a sheet, and say what became of it. The connection commits each statement by itself.

    `sheet_id`: of the mail that was answered. Done twice it does the same. Raises SheetRefused, and SourceBusy while the source
    is being loaded.
    """
    try:
        found = worksheets(content)
    except PayloadError:
        raise SheetRefused(
            "Lampirannya tidak dapat dibaca sebagai lembar xlsx; simpan sebagai .xlsx lalu kirim lagi."
        ) from None
    issued = _issued(connection, found, sheet_id)
    result = Result()
    given = list(_given(found))
    originals = _originals(connection, issued, given)
    mended = _judge(connection, issued, given, originals, result)
    if mended:
        returned = _archive(connection, issued, content)
        with connection.transaction():
            mending.keep(
                connection,
                [cell for cells in mended.values() for cell in cells],
                sheet_id=issued.sheet_id,
                returned=returned.landing_id,
            )
            what = {
                "sha256": returned.sha256,
                "opd": issued.opd,
                "baris": len(mended),
                "landing_id": returned.landing_id,
            }
            trail.record(connection, "perbaikan", f"lembar {issued.sheet_id}", issued.yth, what)
        _load(connection, {originals[key].place: originals[key] for key in mended}, run_id, result)
    return result


def _issued(connection: Connection, found: Sequence[Worksheet], sheet_id: int | None) -> Issued:
    """The sheet by the token in its first worksheet. Raises SheetRefused when it is none, another one, or too old."""
    texts = [cell for one in found if one.name == GUIDE for row in one.rows for cell in row if cell]
    tokens = [match[1] for text in texts if (match := re.fullmatch(rf"{TOKEN}([0-9a-f]{{16}})", text.strip()))]
    issued = mending.issued(connection, tokens[0]) if len(tokens) == 1 else None
    if issued is None:
        raise SheetRefused(
            f"Lampirannya bukan lembar perbaikan yang kami kirim: lembar kerja '{GUIDE}' dengan nomor lembarnya tidak ada atau berubah."
        )
    if sheet_id is not None and issued.sheet_id != sheet_id:
        raise SheetRefused(
            "Lembar yang dilampirkan bukan lembar dari surel yang dibalas; balas surel pengantar lembar itu sendiri."
        )
    if database_time(connection) - issued.made_at > OLDEST:
        made = format_date(issued.made_at.astimezone(WIB).date())
        raise SheetRefused(f"Lembar {made} sudah lebih dari {OLDEST.days} hari; gunakan lembar yang terbaru.")
    return issued


def _given(found: Sequence[Worksheet]) -> Iterator[Given]:
    for one in found:
        if one.name == GUIDE:
            continue
        head = _head(one)
        for number, row in enumerate(one.rows[1:], 2):
            cells = row[: len(head)]
            match = re.fullmatch(r"(\d{1,18})-(\d{1,18})", (cells[-1] or "").strip())
            if match is None:
                raise _changed(one.name, f"baris ke-{number} tidak punya 'Kode baris' yang dikenal")
            yield Given((int(match[1]), int(match[2])), head, cells)


def _head(worksheet: Worksheet) -> Cells:
    """Without the empty columns that a program may save behind the last one."""
    head = list(worksheet.rows[0]) if worksheet.rows else []
    while head and head[-1] is None:
        head.pop()
    if head[-1:] != [AFTER[-1]]:
        raise _changed(
            worksheet.name, "baris judulnya bukan lagi baris pertama, atau kolom terakhirnya bukan 'Kode baris'"
        )
    return tuple(head)


def _changed(worksheet: str, what: str) -> SheetRefused:
    return SheetRefused(
        f"Susunan lembar kerja '{worksheet}' berubah: {what}. Mulai lagi dari lembar yang kami kirim, dan ubah hanya sel yang salah."
    )


def _originals(connection: Connection, issued: Issued, given: Sequence[Given]) -> dict[tuple[int, int], Original]:
    """The rows as they were mailed. Raises SheetRefused where a row is none of this sheet's, or stands below another head."""
    rules = rejection.of_rows(connection, issued.opd, [one.key for one in given], issued.made_at)
    landings = mending.landings_of(connection, {one.batch_id for one in rules})
    found = {}
    for key, of_row in groupby(rules, key=lambda one: (one.batch_id, one.row_number)):
        found[key] = _original(list(of_row), landings[key[0]])
    seen: set[tuple[int, int]] = set()
    for one in given:
        number = f"{one.key[0]}-{one.key[1]}"
        if one.key not in found or one.key in seen:
            raise SheetRefused(
                f"Baris berkode {number} bukan baris lembar ini, atau ada dua kali; ubah hanya sel yang salah."
            )
        seen.add(one.key)
        if not _is_same_head(one.head, found[one.key]):
            raise _changed(found[one.key].rules[0].title, f"judul kolom baris berkode {number} bukan yang kami kirim")
    return found


def _original(rules: Sequence[SetAside], landing_id: int) -> Original:
    first = rules[0]
    columns, _ = columns_of(first.source, first.table, rules)
    return Original(
        rules, columns, row_of(rules, list(columns.values())), Place(landing_id, first.table, first.row_number)
    )


def _table(row: SetAside) -> Table:
    try:
        return get_source(row.source).tables[row.table]
    except (CommandCenterError, KeyError):
        raise SheetRefused(
            f"Data '{row.title}' tidak lagi diterima; tanyakan kepada pengelola Command Center."
        ) from None


def _is_same_head(head: Cells, original: Original) -> bool:
    mailed = (*BEFORE, *original.columns)
    rest = head[len(mailed) :]
    return head[: len(mailed)] == mailed and rest in (AFTER, (WHOLE, *AFTER))


def _judge(
    connection: Connection,
    issued: Issued,
    given: Sequence[Given],
    originals: Mapping[tuple[int, int], Original],
    result: Result,
) -> dict[tuple[int, int], list[Mended]]:
    """The cells that may be taken in, by row; of the others `result` tells why not."""
    rejection.gather(connection)
    waiting = mending.set_aside_now(connection, issued.opd)
    taken = {}
    for one in given:
        original = originals[one.key]
        changed = _changes(one, original)
        if not changed:
            continue
        cells = _mended(original, changed)
        if original.place not in waiting and not original.rules[0].payload:
            result.refused.append(
                f"{original.name}: masa simpan kiriman asalnya sudah lewat, jadi betulkan berkasnya dan kirim ulang."
            )
        elif (problem := _problem(original, changed)) is not None:
            result.refused.append(f"{original.name}: {problem}")
        elif original.place in waiting:
            taken[one.key] = cells
        elif _is_kept(connection, cells):
            result.arrived.append(original.name)
            result.loaded.append((original.rules[0].source, original.place.table))
        else:
            result.refused.append(f"{original.name}: sudah ada kiriman yang lebih baru, atau barisnya sudah benar.")
    return taken


def _changes(one: Given, original: Original) -> dict[int, str | None]:
    """New texts by the column's place."""
    cells = one.cells[len(BEFORE) : len(BEFORE) + len(original.columns)]
    pairs = enumerate(zip(cells, original.row.cells, strict=True))
    return {at: _plain(new) for at, (new, old) in pairs if _plain(new) != _plain(old)}


def _plain(text: str | None) -> str | None:
    """As a program for workbooks may write it otherwise without a person's doing."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip() or None


def _problem(original: Original, changed: Mapping[int, str | None]) -> str | None:
    marked = {fault.at for fault in original.row.faults}
    names = list(original.columns)
    if others := [names[at] for at in changed if None not in marked and at not in marked]:
        return f"kolom {others[0]!r} tidak ditandai salah, jadi betulkan di sistem asalnya."
    first = original.rules[0]
    if set(first.payload) != {column.name for column in _table(first).stored}:
        return "barisnya tidak terbaca per kolom, jadi betulkan berkasnya dan kirim ulang."
    return None


def _mended(original: Original, changed: Mapping[int, str | None]) -> list[Mended]:
    """Every stored column that is read from a changed cell, without what is personal, as in any other answer."""
    first, place, headers = original.rules[0], original.place, list(original.columns)
    wanted = {headers[at]: text for at, text in changed.items()}
    return [
        Mended(
            place.landing_id, place.table, place.row_number, column.name, _said(first.payload.get(column.name)), _hidden(wanted[header_of(column)], column.kept)
        )
        for column in _table(first).stored
        if column.treatment is None and header_of(column) in wanted
    ]  # fmt: skip


def _said(value: object) -> str | None:
    return None if value is None else str(value)


def _hidden(text: str | None, kept: Collection[Personal]) -> str | None:
    return None if text is None else masked(text, kept)


def _is_kept(connection: Connection, cells: Sequence[Mended]) -> bool:
    """Whether the same was mended before, as when a run was ended after it had loaded the rows."""
    if not cells:
        return False
    kept = mending.of_answer(connection, cells[0].landing_id, cells[0].table)
    known = {(one.place, one.column): one.nilai for one in kept}
    return all(known.get((one.place, one.column), "") == one.nilai for one in cells)


def _archive(connection: Connection, issued: Issued, content: bytes) -> Landed:
    """The sheet as it came back, sealed as every answer, no longer than what may hold rahasia values."""
    digest = hashlib.sha256(content).hexdigest()
    folder = settings().cc_var_dir / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "lembar"
        path.write_bytes(content)
        fetched = Fetched("lembar", path, digest, len(content), XLSX, f"lembar {issued.sheet_id}", settings().now())
        return keep(connection, f"lembar_{issued.opd}", fetched, Window(), LONGEST_WITH_SECRETS_DAYS)


def _load(connection: Connection, rows: Mapping[Place, Original], run_id: str, result: Result) -> None:
    """Each answer once, by the path of every answer; then each row is looked for among those that are set aside."""
    batches = groupby(sorted(rows), key=lambda place: (place.landing_id, place.table))
    with Parser() as parser:
        for (landing_id, table), of_batch in batches:
            places = list(of_batch)
            source = get_source(rows[places[0]].rules[0].source)
            outcome = _load_one(source, landing_id, table, parser, run_id)
            result.loaded.append((source.source, table))
            _tell(connection, outcome, [rows[place] for place in places], result)


def _load_one(source: Source, landing_id: int, table: str, parser: Parser, run_id: str) -> Outcome:
    with exclusive(source) as connection:
        return load_again(connection, source, landing.get(connection, landing_id), parser, table, run_id=run_id)


def _tell(connection: Connection, outcome: Outcome, rows: Sequence[Original], result: Result) -> None:
    reasons: dict[int, list[str]] = {}
    for one in quarantine.reasons_of(connection, outcome.batch_id or 0, [row.place.row_number for row in rows]):
        reasons.setdefault(one.row_number, []).append(one.reason)
    for row in rows:
        found = reasons.get(row.place.row_number)
        if found:
            result.still_wrong.append(f"{row.name}: {' '.join(dict.fromkeys(found))}")
        elif outcome.status in ("published", "unchanged"):
            result.arrived.append(row.name)
        else:
            result.refused.append(
                f"{row.name}: isinya kini benar, tetapi kiriman itu masih ditahan karena hal lain; pengelola Command Center melihatnya."
            )
