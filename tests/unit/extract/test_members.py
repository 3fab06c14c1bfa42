"""Archives are opened within limits, and each file in them knows its name."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from command_center.declaration.registry import get_source
from command_center.declaration.source import Source
from command_center.errors import PayloadError
from command_center.extract.asking import BUNDLE, Asking, Spool, bundle
from command_center.extract.endpoint import Endpoint
from command_center.extract.members import left_out, members
from command_center.extract.reading import Answer


def source(pattern: str | None) -> Source:
    damkar = get_source("damkar_kejadian")
    return damkar.model_copy(update={"extract": damkar.extract.model_copy(update={"members": pattern})})


def archive(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/") + ".csv", content)
    return buffer.getvalue()


def answer(content: bytes, content_type: str = "application/zip") -> Answer:
    return Answer("damkar, part 'x'", lambda: iter([content]), {"part": "x"}, frozenset("*"), content_type, "kirim.zip")


def test_what_is_no_archive_is_its_own_only_member() -> None:
    one = answer(b"a,b\n")
    assert list(members(source(None), one)) == [one]


def test_files_that_match_know_their_name_and_its_groups() -> None:
    content = archive(lapor_padang_2026=b"1", folder__lapor_pauh_2025=b"2", catatan=b"3")
    found = list(members(source(r"(?:.*/)?lapor_(?P<tempat>\w+)_(?P<tahun>\d+)\.csv"), answer(content)))
    assert [(m.name, m.known["tempat"], m.known["tahun"], m.content()) for m in found] == [
        ("lapor_padang_2026.csv", "padang", "2026", b"1"),
        ("lapor_pauh_2025.csv", "pauh", "2025", b"2"),
    ]
    assert all(m.is_simulated and m.known["part"] == "x" for m in found)


def test_a_folder_that_was_packed_whole_is_read_by_the_names_in_it() -> None:
    content = archive(Juni__kecamatan_pauh=b"1", Juni__kecamatan_kuranji=b"2", __MACOSX___kecamatan_pauh=b"3")
    found = list(members(source(r"kecamatan_(?P<kecamatan>\w+)\.csv"), answer(content)))
    assert [(m.known["kecamatan"], m.content()) for m in found] == [("pauh", b"1"), ("kuranji", b"2")]


def test_an_area_whose_file_has_another_name_is_told() -> None:
    declared = source(r"kecamatan_(?P<kecamatan>\w+)\.csv")
    told = answer(archive(kecamatan_pauh=b"1", Kec_Kuranji=b"2", dalam__Kec_Nanggalo=b"3"))
    [sentence] = left_out(declared, told)
    assert "2 of 3 files in the archive were not read" in sentence
    assert "'Kec_Kuranji.csv', 'dalam/Kec_Nanggalo.csv'" in sentence
    assert left_out(declared, answer(archive(kecamatan_pauh=b"1", kecamatan_kuranji=b"2"))) == []
    buffer = io.BytesIO(archive(kecamatan_pauh=b"1"))
    with zipfile.ZipFile(buffer, "a") as more:
        for name in ("petunjuk.pdf", "__MACOSX/._kecamatan_pauh.csv", "~$kecamatan_pauh.csv", ".DS_Store"):
            more.writestr(name, b"x")
    assert left_out(declared, answer(buffer.getvalue())) == []
    assert left_out(source(None), told) == []


@pytest.mark.parametrize(
    "name", ["susulan.zip", "Kecamatan/kuranji.XLSX", "kecamatan_kuranji.xls", "kuranji.xlsm", "k.7z"]
)
def test_an_area_that_came_in_another_kind_of_file_is_told(name: str) -> None:
    buffer = io.BytesIO(archive(kecamatan_pauh=b"1"))
    with zipfile.ZipFile(buffer, "a") as more:
        for other in (name, "Thumbs.db", "README.csv", "surat pengantar.docx"):
            more.writestr(other, b"x")
    [sentence] = left_out(source(r"kecamatan_(?P<kecamatan>\w+)\.csv"), answer(buffer.getvalue()))
    assert "1 of 5 files in the archive was not read, for " in sentence and f"does not match {name!r};" in sentence


def test_an_archive_without_a_declared_file_says_what_it_holds() -> None:
    with pytest.raises(PayloadError, match=r"no file in it matches 'x'; it holds 'a\.csv'"):
        list(members(source("x"), answer(archive(a=b"1"))))


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04cut", b"a,b\n1,2\n", archive(a=b"1" * 999)[:-30]],
    ids=["nothing", "cut early", "no archive", "cut late"],
)
def test_what_is_no_archive_or_cut_off_is_refused(content: bytes) -> None:
    with pytest.raises(PayloadError, match="not a zip archive, or cut off"):
        list(members(source(".*"), answer(content)))


def test_a_bomb_is_refused_by_its_directory_before_it_is_opened() -> None:
    with pytest.raises(PayloadError, match=r"would unpack from .* to 31457280 bytes; it was not opened"):
        list(members(source(".*"), answer(archive(bom=b"0" * (30 << 20)))))


def test_a_directory_that_lies_about_a_size_is_found_out_while_reading() -> None:
    content = bytearray(archive(bom=b"0" * 100_000))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    (found,) = members(source(".*"), answer(bytes(content)))
    with pytest.raises(PayloadError, match=r"unpack"):
        found.content()


def test_an_encrypted_file_is_told() -> None:
    content = bytearray(archive(a=b"1"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    with pytest.raises(PayloadError, match="is encrypted"):
        next(iter(members(source(".*"), answer(bytes(content))))).content()


def test_pages_bundled_at_landing_come_back_in_order_with_the_same_bytes(tmp_path: Path) -> None:
    asking = Asking(source(None), Endpoint("https://x.invalid"))
    request = asking.source.requests[0]
    pages = []
    for number in range(1, 4):
        (tmp_path / f"{number}").write_bytes(f"halaman {number}".encode())
        pages.append((f"page-{number:05}.json", tmp_path / f"{number}"))
    digests = set()
    for _ in range(2):
        spool = Spool(tmp_path, "x", asking)
        bundle(pages, spool)
        fetched = spool.fetched(request, "https://x.invalid", content_type=BUNDLE)
        digests.add(fetched.sha256)
    assert len(digests) == 1
    content = fetched.path.read_bytes()
    assert [m.content() for m in members(source(None), answer(content, BUNDLE))] == [
        b"halaman 1",
        b"halaman 2",
        b"halaman 3",
    ]
