"""The parser's child process: what it gives, and that nothing it dies of reaches the parent."""

from __future__ import annotations

import io
import os
import random
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_center.declaration.registry import get_source
from command_center.declaration.source import Source
from command_center.errors import PayloadError
from command_center.extract.isolated import Parser
from command_center.extract.reading import Answer
from command_center.settings import settings


@pytest.fixture
def parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parser]:
    monkeypatch.setenv("CC_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("CC_HMAC_KEY", "11" * 32)
    settings.cache_clear()
    with Parser() as parser:
        yield parser
    assert list(tmp_path.glob("tmp/*")) == []
    monkeypatch.undo()
    settings.cache_clear()


def answer(content: bytes) -> Answer:
    return Answer("skdr, part 'x'", lambda: iter([content]), {"part": "x"}, name="x.xlsx")


def workbook(folder: Path, rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "2026"
    for row in [["Tahun", "Minggu Ke-", "Nama Penyakit", "Jumlah Kasus"], *rows]:
        sheet.append(row)
    book.save(folder / "x.xlsx")
    return (folder / "x.xlsx").read_bytes()


def skdr() -> Source:
    return get_source("dinkes_skdr")


def test_rows_come_as_csv_and_the_rest_with_the_trailer(parser: Parser, tmp_path: Path) -> None:
    content = workbook(tmp_path, [[2026, 1, "Diare, akut", 4], [2026, 2, "Diare", 5]])
    for _ in range(2):  # the same child reads again
        reading = parser.read(skdr(), "kasus", answer(content))
        assert reading.encoded is not None
        assert b"".join(reading.encoded).splitlines()[0] == b'x,2026,1,"Diare, akut",4,2,f'
        assert reading.sections[0].label == "lembar '2026' baris "


def test_a_count_that_holds_an_error_takes_its_week_and_disease_not_along(parser: Parser, tmp_path: Path) -> None:
    """Without its row the disease would be one that the puskesmas had none of."""
    rows: list[list[object]] = [[2026, 1, "Diare", "#REF!"], [2026, "#REF!", "Diare", 5], [2026, 2, "Diare", "=1+1"]]
    rows.append([2026, 3, "#REF!", 6])
    reading = parser.read(skdr(), "kasus", answer(workbook(tmp_path, rows)))
    assert reading.encoded is not None
    assert b"".join(reading.encoded).splitlines() == [
        b"x,2026,1,Diare,#REF!,2,f",
        b"x,2026,#REF!,Diare,5,3,f",
        b"x,2026,2,Diare,#GALAT,4,f",
        b"x,2026,3,,6,5,f",
    ]
    assert reading.rejects == [] and reading.warnings == [], (
        "what of a key cannot be read sets its row aside when it is typed"
    )


def test_a_sheet_of_notes_is_told_with_the_trailer(parser: Parser, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(tmp_path, [[2026, 1, "Diare", 4]])))
    book.create_sheet("2027").append(["Belum ada laporan"])
    book.save(tmp_path / "x.xlsx")
    reading = parser.read(skdr(), "kasus", answer((tmp_path / "x.xlsx").read_bytes()))
    assert reading.encoded is not None and b"Diare" in b"".join(reading.encoded)
    assert not reading.warnings
    assert reading.notes == [
        "skdr, part 'x', sheet '2027': it holds no table, neither the header nor rows of figures, and was left out."
    ]


def test_a_refusal_crosses_the_process_as_the_same_error(parser: Parser, tmp_path: Path) -> None:
    with pytest.raises(PayloadError, match="web page"):
        parser.read(skdr(), "kasus", answer(b"<html><title>Masuk</title>"))
    good = parser.read(skdr(), "kasus", answer(workbook(tmp_path, [[2026, 1, "Diare", 4]])))
    assert good.encoded is not None
    assert b"Diare" in b"".join(good.encoded)


def test_a_child_that_is_killed_at_work_is_told_and_replaced(
    parser: Parser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = workbook(tmp_path, [[2026, 1, "Diare", 4]])
    reading = parser.read(skdr(), "kasus", answer(content))
    assert reading.encoded is not None
    assert parser._child is not None
    list(reading.encoded)
    child, send = parser._child, parser._send

    def send_and_kill(*job: Any) -> None:
        send(*job)
        child.kill()

    os.kill(child.pid, signal.SIGSTOP)  # it has the job and cannot have answered it
    monkeypatch.setattr(parser, "_send", send_and_kill)
    with pytest.raises(PayloadError, match=r"the parser ended \(signal 9\)"):
        parser.read(skdr(), "kasus", answer(content))
    monkeypatch.undo()
    again = parser.read(skdr(), "kasus", answer(content))
    assert again.encoded is not None
    assert b"Diare" in b"".join(again.encoded)


def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_one_is_read(
    parser: Parser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_PARSER_MEMORY_MB", "256")
    settings.cache_clear()
    small = workbook(tmp_path, [[2026, 1, "Diare", 4]])
    with pytest.raises(PayloadError, match="memory"):
        _drain(parser, inflated(small, rows=1_000_000))
    _drain(parser, small)


def inflated(content: bytes, rows: int) -> bytes:
    """The workbook with so many rows more, of digits that do not compress away."""
    cells = "".join(f'<row><c t="inlineStr"><is><t>{random.getrandbits(256):x}</t></is></c></row>' for _ in range(rows))
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, True, 1) as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            is_sheet = name.startswith("xl/worksheets/")
            after.writestr(name, part.replace(b"</sheetData>", f"{cells}</sheetData>".encode()) if is_sheet else part)
    return buffer.getvalue()


def _drain(parser: Parser, content: bytes) -> None:
    reading = parser.read(skdr(), "kasus", answer(content))
    assert reading.encoded is not None
    for _ in reading.encoded:
        pass


def test_a_file_that_takes_too_long_is_given_up(
    parser: Parser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_PARSER_TIMEOUT_S", "0.001")
    settings.cache_clear()
    with pytest.raises(PayloadError, match="was given up"):
        _drain(parser, workbook(tmp_path, [[2026, 1, "Diare", 4]]))


def test_the_child_has_no_password_in_its_environment(
    parser: Parser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_PASSWORD_LOADER", "rahasia-sekali")
    monkeypatch.setenv("AIRFLOW_CONN_X", "rahasia-sekali")
    monkeypatch.setenv("CC_ARCHIVE_KEY", "22" * 32)
    settings.cache_clear()
    _drain(parser, workbook(tmp_path, [[2026, 1, "Diare", 4]]))
    assert parser._child is not None
    environment = Path(f"/proc/{parser._child.pid}/environ").read_bytes()
    assert b"CC_HMAC_KEY" in environment
    assert b"rahasia-sekali" not in environment
    assert b"22" * 32 not in environment
