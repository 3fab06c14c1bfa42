"""A newcomer's way: what new-source writes, what it sees in a file, and what is said to be still missing."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import openpyxl
import pytest
import yaml
from command_center.declaration.places import Places
from command_center.declaration.registry import load_source
from command_center.declaration.source import Connection, Extract, Kind
from command_center.errors import DeclarationError, PayloadError
from command_center.lint import pages
from command_center.lint import sources as checks
from command_center.lint.sources import source_problems
from command_center.newcomer.proposal import Proposed, propose, snake
from command_center.newcomer.scaffold import new_source
from command_center.settings import settings

from tests.support import guide


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout without any source."""
    for name in ("sources", "expectations"):
        (tmp_path / name).mkdir()
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "sources").symlink_to(tmp_path / "sources")
    monkeypatch.setenv("CC_SOURCES_DIR", str(tmp_path / "sources"))
    monkeypatch.setenv("CC_EXPECTATIONS_DIR", str(tmp_path / "expectations"))
    settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()


def proposed(kind: Kind, file: Path) -> dict[str, Proposed]:
    return {column.name: column for column in propose(kind, file).columns}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_is_scaffolded_and_says_what_is_to_do(root: Path, kind: Kind) -> None:
    steps = new_source("dlh_sampah", kind, root=root)
    places = Places("dlh_sampah", root)
    source = load_source(places.declaration)
    assert source.extract.kind == kind
    assert source.schedule is None, "nothing runs before a person has filled it in"
    assert len([step for step in steps if step.startswith("written: ")]) == 4
    problems = source_problems(source, root)
    assert any("still to do: schedule" in problem for problem in problems)
    assert any("tests/fixtures/dlh_sampah/ is missing or empty" in problem for problem in problems)
    for column in source.tables["sampah"].columns:
        assert any(f"still to do: {column.name}: description, classification" in problem for problem in problems)


def test_what_exists_is_never_overwritten(root: Path) -> None:
    new_source("dlh_sampah", "csv", root=root)
    places = Places("dlh_sampah", root)
    for path in (places.declaration, places.expectations, places.staging_yaml, places.staging_sql("sampah")):
        path.write_text(path.read_text() + "# mine\n")
    assert not [step for step in new_source("dlh_sampah", "csv", root=root) if step.startswith("written")]
    assert places.declaration.read_text().endswith("# mine\n")


@pytest.mark.parametrize(
    ("key", "address", "sentence"),
    [
        ("sampah", None, "<opd>_<system>"),
        ("DLH_sampah", None, "<opd>_<system>"),
        (f"dlh_{'s' * 60}", None, "choose a shorter key or --table"),
        ("dlh_sampah", "postgresql://x/y", "Kind xlsx reads from https, http, sftp, file"),
    ],
)
def test_a_wrong_wish_is_told_in_one_sentence(root: Path, key: str, address: str | None, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=re.escape(sentence)):
        new_source(key, "xlsx", address=address, root=root)
    assert not list((root / "sources").iterdir())


def test_an_example_that_is_no_text_leaves_nothing_behind(root: Path) -> None:
    file = root / "acak.csv"
    file.write_bytes(random.Random(1).randbytes(2000))
    before = sorted(root.rglob("*"))
    with pytest.raises(PayloadError, match="nothing was written"):
        new_source("dlh_sampah", "csv", file=file, root=root)
    assert sorted(root.rglob("*")) == before


def test_a_declaration_that_is_broken_keeps_no_new_source_of_its_agency_away(root: Path) -> None:
    (root / "sources" / "dlh_air.yml").write_text("[")
    new_source("dlh_sampah", "csv", root=root)
    assert load_source(Places("dlh_sampah", root).declaration).opd_name == "TODO"


def test_the_example_of_the_guide_is_proposed_from_its_workbook(root: Path) -> None:
    file = guide.workbook(root / "sampah_2026-10.xlsx")
    new_source(
        "dlh_sampah", "xlsx", address="sftp://data.dlh.padang.go.id/laporan", file=file, table="diangkut", root=root
    )
    source = load_source(Places("dlh_sampah", root).declaration)
    layout = source.extract.layout
    assert (layout.header_row, layout.header_rows, layout.ignore_rows) == (4, 2, ["^JUMLAH$"])
    assert layout.cells["bulan"].at == "B2"
    columns = {column.source: column for column in source.tables["diangkut"].columns}
    assert (columns["@bulan"].type, columns["@bulan"].date) == ("date", "MMMM yyyy")
    assert columns["Kecamatan"].type == "text"
    for header in ("Sampah (ton) / Organik", "Sampah (ton) / Anorganik"):
        assert (columns[header].type, columns[header].number) == ("numeric", "id")
    text = Places("dlh_sampah", root).declaration.read_text()
    assert "1 of 11 values are not so" in text
    assert "tidak ditimbang" not in text, "a value could be anybody's name"
    assert (root / "tests/fixtures/dlh_sampah/sampah_2026-10.xlsx").read_bytes() == file.read_bytes()


def test_the_dbt_files_of_the_guide_are_what_is_written_from_its_declaration(root: Path) -> None:
    for path, text in guide.files().items():
        if "dbt_project" not in path:
            (root / path.removeprefix("dags/")).write_text(text, encoding="utf-8")
    guide.workbook(root / "tests/fixtures/dlh_sampah/sampah_2026-10.xlsx")
    new_source("dlh_sampah", "xlsx", root=root)
    for path, text in guide.files().items():
        if "dbt_project" in path:
            assert (root / path).read_text(encoding="utf-8") == text, path
    assert source_problems(load_source(root / "sources" / "dlh_sampah.yml"), root) == []


def test_staging_sql_is_formatted_as_the_others(root: Path) -> None:
    from sqlfmt.api import format_string
    from sqlfmt.mode import Mode

    new_source("dlh_sampah", "icalendar", root=root)
    text = Places("dlh_sampah", root).staging_sql("sampah").read_text()
    assert format_string(text, Mode(line_length=120)) == text
    assert "_observed_at" in checks.selected(text) and "uid" in checks.selected(text)


def test_every_block_of_the_guide_is_valid() -> None:
    kinds = set()
    for block in guide.blocks():
        content = yaml.safe_load(block) if not block.startswith("--") else {}
        if "extract" in content:
            kinds.add(Extract.model_validate(content["extract"]).kind)
            Connection.model_validate(content["connection"])
    assert kinds == set(get_args(Kind))


def test_every_key_of_a_declaration_has_a_meaning() -> None:
    page = pages.declaration_page()
    assert "| `header_rows` |" in page and "| `requests_per_minute` |" in page
    assert not re.search(r"\| *\|$", page, re.MULTILINE)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Sampah (ton) / Organik", "sampah_ton_organik"),
        ("No.", "no"),
        ("2024", "kolom_2024"),
        ("Persentase %", "persentase"),
        ("---", "kolom"),
    ],
)
def test_headers_become_names(header: str, name: str) -> None:
    assert snake(header) == name


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "20", "-", ""], {"type": "integer"}),
        (["0812", "0813"], {"type": "text"}),
        (["1.5", "20.25"], {"type": "numeric"}),
        (["1.234,56", "7,0"], {"type": "numeric", "number": "id"}),
        (["1.234", "5.678"], {"type": "text"}),
        (["1,234", "5,678"], {"type": "text"}),
        (["95.00", "3,511.81"], {"type": "numeric"}),
        (["14 Pebruari 2025", "1 Mei 2025"], {"type": "date", "date": "d MMMM yyyy"}),
        (["2025-02-14"], {"type": "date"}),
        (["07:15", "23:59"], {"type": "time", "date": "HH:mm"}),
        (["13.71.09.1002"], {"type": "text"}),
        (["Kuranji", "Pauh"], {"type": "text"}),
        (["", "-"], {"type": "text"}),
    ],
)
def test_a_format_is_proposed_only_where_it_can_be_seen(
    tmp_path: Path, values: list[str], expected: dict[str, str]
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Nilai;Lain\n" + "".join(f"{value};x\n" for value in values))
    assert proposed("csv", file)["nilai"].formats == expected


def test_an_unclear_number_is_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Nilai;Lain\n1.234;x\n5.678;x\n")
    assert "thousands (number: id) or decimals" in proposed("csv", file)["nilai"].note


def test_separator_encoding_and_personal_columns_are_seen(root: Path) -> None:
    file = root / "lapor.csv"
    file.write_bytes("Nomor;Nama Pelapor;Uraian\n1;Fulan;déjà vu\n".encode("cp1252"))
    new_source("dlh_lapor", "csv", file=file, root=root)
    source = load_source(Places("dlh_lapor", root).declaration)
    assert (source.extract.layout.separator, source.extract.layout.encoding) == (";", "cp1252")
    treatments = {column.name: column.treatment for column in source.tables["lapor"].columns}
    assert treatments == {"nomor": None, "nama_pelapor": "drop", "uraian": None}


def test_native_cells_and_a_row_of_column_numbers_are_seen(tmp_path: Path) -> None:
    from datetime import datetime

    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Tanggal", "Jumlah", "Luas"], [1, 2, 3], [datetime(2026, 1, 2), 4, 0.5], [datetime(2026, 1, 3), 5, 2]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = propose("xlsx", tmp_path / "a.xlsx")
    assert found.layout == {"column_numbers": True}
    assert [column.formats["type"] for column in found.columns] == ["date", "integer", "numeric"]
    assert found.rows == 2


@pytest.mark.parametrize("title", ["A1:G1", "A1:E1", "A1:B1", "B1:H1", ""])
@pytest.mark.parametrize("month", ["B2:G2", "B2:E2", ""])
@pytest.mark.parametrize("blank_rows", [0, 1])
def test_a_title_is_no_header_however_far_it_is_merged(tmp_path: Path, title: str, month: str, blank_rows: int) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    first = 3 + blank_rows
    rows: list[list[object]] = [
        [None, "Hasil tangkapan"] if title.startswith("B") else ["Hasil tangkapan"],
        ["Bulan", "Oktober 2026"],
        *([[]] * blank_rows),
        ["No", "Kecamatan", "Ikan (ton)", None, "Nilai (Rp)"],
        [None, None, "Laut", "Kolam", None],
        [1, "Kuranji", "1,5", "2,5", "1.000.000"],
        [2, "Pauh", "3,5", "4,5", "2.000.000"],
    ]
    for number, row in enumerate(rows, start=1):
        for at, value in enumerate(row, start=1):
            sheet.cell(number, at, value)
    places = [f"{at}{first}:{at}{first + 1}" for at in "ABE"] + [f"C{first}:D{first}", title, month]
    for place in filter(None, places):
        sheet.merge_cells(place)
    book.save(tmp_path / "a.xlsx")
    found = propose("xlsx", tmp_path / "a.xlsx")
    assert (found.layout["header_row"], found.layout["header_rows"]) == (first, 2)
    assert found.layout["cells"] == {"bulan": {"at": "B2"}}
    assert [column.name for column in found.columns] == (
        ["bulan", "no", "kecamatan", "ikan_ton_laut", "ikan_ton_kolam", "nilai_rp"]
    )


@pytest.mark.parametrize(
    ("kind", "text", "records"),
    [
        ("http_json", json.dumps({"meta": {"n": 1}, "data": {"rows": [{"id": 1, "namaJalan": "x"}]}}), "data.rows[]"),
        ("http_json", json.dumps([{"id": 1, "namaJalan": "x"}]), "[]"),
        ("xml", "<a><b><id>1</id><namaJalan>x</namaJalan></b><b><id>2</id><namaJalan>y</namaJalan></b></a>", "a.b[]"),
    ],
)
def test_a_record_path_is_proposed(tmp_path: Path, kind: Kind, text: str, records: str) -> None:
    file = tmp_path / "answer"
    file.write_text(text)
    found = propose(kind, file)
    assert found.records == [records]
    assert [(column.source, column.formats["type"]) for column in found.columns] == [
        ("id", "integer"),
        ("namaJalan", "text"),
    ]
