"""The catalogue of what can go wrong between an agency and the city, and the faults of an answer's bytes."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from command_center.settings import WIB

from demo_city.answer import Answer, html_page
from demo_city.xlsx import rewritten, saved

TEXTS = ("json", "xml", "spreadsheetml", "csv", "html", "ics")
FAMILIES = (*TEXTS, "xlsx", "zip", "sql")
FILES = tuple(family for family in FAMILIES if family != "sql")


@dataclass(frozen=True)
class FaultKind:
    """One entry of the catalogue; `families` are the formats in which it is to be seen, sql being a database's table."""

    level: str
    description: str
    families: tuple[str, ...] = FAMILIES


CATALOGUE: dict[str, FaultKind] = {
    "down": FaultKind("connection", "the connection is closed without an answer; an upload folder is empty"),
    "slow": FaultKind(
        "connection", "the answer trickles: `seconds` for a body, a tenth of it for each piece elsewhere"
    ),
    "status_500": FaultKind("connection", "HTTP 500 with an error page; SMTP 554", FILES),
    "status_429": FaultKind("connection", "HTTP 429 with `Retry-After: seconds`; SMTP 451", FILES),
    "truncated": FaultKind("bytes", "half the bytes and no error; a database's connection breaks off half-way"),
    "html": FaultKind("bytes", "an error page instead of the data, with status 200", FILES),
    "empty": FaultKind("bytes", "no bytes; a database's table has no rows"),
    "wrong_encoding": FaultKind("bytes", "Windows-1252 where UTF-8 was agreed, and the other way round", FILES),
    "nul_bytes": FaultKind("bytes", "a NUL in one value, as the format can carry it", FILES),
    "wrong_separator": FaultKind("bytes", "`,` where `;` was agreed, and the other way round", ("csv", "zip")),
    "zip_bomb": FaultKind(
        "bytes", "one more member of 1 GiB in an archive or workbook; any other HTTP answer is gzip of 1 GiB", FILES
    ),
    "formula": FaultKind(
        "bytes", "a formula without its result in place of a number", ("csv", "xlsx", "spreadsheetml", "html")
    ),
    "page_duplicated": FaultKind("paging", "the first page comes twice, everything else one page later", ("json",)),
    "page_missing": FaultKind("paging", "the second page is skipped", ("json",)),
    "page_repeating": FaultKind("paging", "the second page comes again and again, without an end", ("json",)),
    "column_added": FaultKind("table", "one column more"),
    "column_renamed": FaultKind("table", "a declared column has another name"),
    "column_retyped": FaultKind("table", "words in a column of numbers"),
    "column_lost": FaultKind("table", "one declared column less"),
    "decimal_style": FaultKind("table", "`1234.56` where `1.234,56` was agreed, and the other way round"),
    "absurd_values": FaultKind("table", "in some rows an amount that cannot be"),
    "future_dates": FaultKind("table", "in some rows a date ten years ahead"),
    "unknown_region": FaultKind("table", "in some rows a region code that does not exist"),
    "old_spelling": FaultKind("table", "names as older registers write them"),
    "late": FaultKind("table", "the last three days are missing (health agency: three weeks)"),
    "corrected": FaultKind("table", "values of earlier days are others now"),
    "frozen": FaultKind("table", "the feed stays as it was when the fault was switched on"),
}
KINDS = tuple(CATALOGUE)
NEVER = datetime(2024, 1, 1, tzinfo=WIB)
BOMB_MIB = 1024
HALF_SEPARATORS = {";": ",", ",": ";"}
WORDS = ("Organik", "Rumah tinggal", "Diare Akut")  # one of them is in every table that has texts
AMOUNTS = ("Berat (kg)", "Taksiran Kerugian", "Jumlah Kasus")
FORMULA = "=SUM(A1:A2)"
MARKED_CELL = re.compile(rb'<Cell ss:StyleID="angka">.*?</Cell>')
MARKED_TD = re.compile(rb'(<td class="angka">)[^<]*')


@dataclass(frozen=True)
class Fault:
    """A fault of one source: how long a slow answer takes and what Retry-After says, and when, on both clocks, it came."""

    kind: str
    seconds: float = 5.0
    since: datetime = NEVER
    election: datetime = NEVER

    @property
    def level(self) -> str:
        return CATALOGUE[self.kind].level


def catalogue_table() -> str:
    """The catalogue as a table in Markdown, for docs/demo-city.md."""
    lines = ["| fault | level | what the client meets | to be seen in |", "|---|---|---|---|"]
    for name, kind in CATALOGUE.items():
        lines.append(f"| `{name}` | {kind.level} | {kind.description} | {_where(kind)} |")
    return "\n".join(lines)


def _where(kind: FaultKind) -> str:
    if kind.families == FAMILIES:
        return "every kind"
    return "every kind but sql" if kind.families == FILES else ", ".join(kind.families)


def spoiled(answer: Answer, fault: Fault, *, over_http: bool = True) -> Answer:
    """The answer with a fault of its bytes, or the refusal that comes instead of it."""
    if fault.kind in REFUSALS:
        return REFUSALS[fault.kind](fault)
    if fault.kind == "zip_bomb":
        return _bomb(answer, over_http)
    change = CHANGES.get(fault.kind) if answer.body else None
    return change(answer) if change and answer.family in CATALOGUE[fault.kind].families else answer


def _server_error(fault: Fault) -> Answer:
    return html_page("500 Internal Server Error", "<p>Terjadi kesalahan pada server.</p>", status=500)


def _too_many(fault: Fault) -> Answer:
    page = html_page("429 Too Many Requests", "<p>Terlalu banyak permintaan.</p>", status=429)
    return replace(page, headers={"Retry-After": str(round(fault.seconds))})


REFUSALS: dict[str, Callable[[Fault], Answer]] = {"status_500": _server_error, "status_429": _too_many}


def _html(answer: Answer) -> Answer:
    return html_page("Sistem sedang dalam pemeliharaan", "<p>Silakan coba beberapa saat lagi.</p>")


def _truncated(answer: Answer) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _empty(answer: Answer) -> Answer:
    return replace(answer, body=b"")


def _wrong_encoding(answer: Answer) -> Answer:
    if answer.family == "zip":
        return _with_members(answer, _other_encoding)
    if answer.family == "xlsx":
        return _with_word(answer, lambda word: word[:4].encode() + b"\xe9" + word[4:].encode())
    other = _other_encoding(answer.body)
    if other == answer.body:  # nothing but ASCII: make it unreadable all the same
        place = answer.body.rfind(b'"' if answer.family == "json" else b"</")
        other = answer.body[:place] + b"\xe9" + answer.body[place:]
    return replace(answer, body=other)


def _other_encoding(body: bytes) -> bytes:
    try:
        return body.decode("utf-8-sig").encode("cp1252", "replace")
    except UnicodeDecodeError:
        return body.decode("cp1252").encode()


def _nul_bytes(answer: Answer) -> Answer:
    nul = {"json": "\\u0000", "xlsx": "_x0000_"}.get(answer.family, "\0")
    changed = _with_word(answer, lambda word: f"{word[:5]}{nul}{word[5:]}".encode())
    if changed.body != answer.body:
        return changed
    if answer.family in ("xlsx", "zip"):
        return answer
    place = answer.body.rfind(b'"')
    return replace(answer, body=answer.body[:place] + nul.encode() + answer.body[place:])


def _wrong_separator(answer: Answer) -> Answer:
    if answer.family == "zip":
        return _with_members(answer, _other_separator)
    return replace(answer, body=_other_separator(answer.body))


def _other_separator(body: bytes) -> bytes:
    text, encoding = _decoded(body)
    separator = separator_of(text)
    return _written(_parsed(text, separator), HALF_SEPARATORS[separator]).encode(encoding)


def _formula(answer: Answer) -> Answer:
    if answer.family == "xlsx":
        return _with_formula_cell(answer)
    if answer.family == "csv":
        return replace(answer, body=_with_formula_value(answer.body))
    cell = b'<Cell ss:StyleID="angka" ss:Formula="=SUM(RC[-2]:RC[-1])"/>'
    if answer.family == "spreadsheetml":
        return replace(answer, body=MARKED_CELL.sub(cell, answer.body, count=1))
    return replace(answer, body=MARKED_TD.sub(rb"\g<1>" + FORMULA.encode(), answer.body, count=1))


def _with_formula_value(body: bytes) -> bytes:
    text, encoding = _decoded(body)
    separator = separator_of(text)
    rows = _parsed(text, separator)
    place = next((rows[0].index(name) for name in AMOUNTS if name in rows[0]), len(rows[0]) - 1)
    rows[min(3, len(rows) - 1)][place] = FORMULA
    return _written(rows, separator).encode(encoding)


def _with_formula_cell(answer: Answer) -> Answer:
    """A workbook as a program writes it that does not calculate."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(answer.body))
    sheet = book.worksheets[0]
    cells = [cell for row in sheet.iter_rows(max_row=8) for cell in row]
    title = next((cell for cell in cells if cell.value in AMOUNTS), cells[0])
    sheet.cell(title.row + 3, title.column).value = FORMULA
    return replace(answer, body=saved(book, book.properties.created))


def _bomb(answer: Answer, over_http: bool) -> Answer:
    """Far more than it seems to be, once it is unpacked."""
    if answer.family in ("xlsx", "zip"):
        return replace(
            answer, body=_with_bomb_member(answer.body, "bahan.csv" if answer.family == "zip" else "xl/bahan.xml")
        )
    if not over_http or not answer.family:
        return answer
    return replace(answer, body=gzip_bomb(), headers=answer.headers | {"Content-Encoding": "gzip"})


@cache
def gzip_bomb() -> bytes:
    """1 GiB of blanks as gzip."""
    stream, checksum, size = _blanks()
    head = gzip.compress(b"", mtime=0)[:10]
    return head + stream + checksum.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")


@cache
def _blanks() -> tuple[bytes, int, int]:
    """A raw deflate stream of 1 GiB of blanks with its checksum and size; pieces that repeat make it quick."""
    piece = b" " * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(BOMB_MIB):
        checksum = zlib.crc32(piece, checksum)
    return first + again * (BOMB_MIB - 1) + packer.flush(zlib.Z_FINISH), checksum, BOMB_MIB << 20


def _with_bomb_member(body: bytes, name: str) -> bytes:
    """The archive with the blanks as one more member, honestly labelled; written by hand, since zipfile packs itself."""
    stream, checksum, size = _blanks()
    buffer = io.BytesIO(body)
    with zipfile.ZipFile(buffer, "a") as archive:
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.CRC, entry.compress_size, entry.file_size = checksum, len(stream), size
        entry.header_offset = archive.start_dir
        buffer.seek(archive.start_dir)
        buffer.write(entry.FileHeader() + stream)
        archive.start_dir = buffer.tell()
        archive.filelist.append(entry)
        archive.NameToInfo[name] = entry
        archive._didModify = True  # type: ignore[attr-defined]
    return buffer.getvalue()


CHANGES: dict[str, Callable[[Answer], Answer]] = {
    "truncated": _truncated,
    "html": _html,
    "empty": _empty,
    "wrong_encoding": _wrong_encoding,
    "nul_bytes": _nul_bytes,
    "wrong_separator": _wrong_separator,
    "formula": _formula,
}


def separator_of(text: str) -> str:
    """Which of the two usual separators the first line has more of."""
    header = text.partition("\n")[0]
    return max(HALF_SEPARATORS, key=header.count)


def _decoded(body: bytes) -> tuple[str, str]:
    """Text and the encoding in which it goes back."""
    for encoding in ("utf-8-sig" if body.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1252"):
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1"), "latin-1"


def _parsed(text: str, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _written(rows: list[list[str]], separator: str) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()


def with_csv(answer: Answer, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Answer:
    """The CSV with its records passed through a change."""
    text, encoding = _decoded(answer.body)
    separator = separator_of(text)
    header, *rows = _parsed(text, separator)
    changed = change([dict(zip(header, row, strict=True)) for row in rows])
    lines = [list(changed[0]), *([str(value) for value in record.values()] for record in changed)]
    return replace(answer, body=_written(lines, separator).encode(encoding))


def _with_members(answer: Answer, change: Callable[[bytes], bytes]) -> Answer:
    return replace(answer, body=rewritten(answer.body, lambda name, part: change(part)))


def _with_word(answer: Answer, change: Callable[[str], bytes]) -> Answer:
    """The answer with the first of the known words replaced, wherever the format keeps it."""
    if answer.family in ("xlsx", "zip"):
        return replace(answer, body=rewritten(answer.body, lambda name, part: _word_replaced(part, change)))
    return replace(answer, body=_word_replaced(answer.body, change))


def _word_replaced(part: bytes, change: Callable[[str], bytes]) -> bytes:
    word = next((word for word in WORDS if word.encode() in part), None)
    return part.replace(word.encode(), change(word), 1) if word else part
