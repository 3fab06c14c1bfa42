"""Files of an upload folder: which are taken, as which parts, when they are read again, and what is refused."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from command_center.declaration.source import Request
from command_center.errors import DeclarationError, SettingsError, SourceUnavailable
from command_center.extract import files, folder
from command_center.extract.asking import Answered, Asking, Fetched, Unanswered, Unchanged
from command_center.extract.endpoint import Endpoint
from command_center.extract.listing import Stamp
from command_center.settings import settings

from tests.support.file_source import declare

MONTHLY = {"part": "{puskesmas}-{bulan}", "path": "lb1", "files": r"LB1_(?P<puskesmas>.+)_(?P<bulan>\d{4}-\d\d)\.xlsx"}


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    (tmp_path / "unggah" / "lb1").mkdir(parents=True)
    return tmp_path / "unggah"


def asking(base: Path | str, **more: object) -> Asking:
    address = base if isinstance(base, str) else base.as_uri()
    return Asking(declare("csv", ["a"], {}), Endpoint(address), **more)  # type: ignore[arg-type]


def ask(given: Asking, tmp_path: Path, **request: object) -> list[Answered]:
    wanted = Request.model_validate({"part": "a", "path": "a.csv", "tables": ["baris"], **request})
    return list(files.ask(given, wanted, tmp_path))


def put(base: Path, *names: str, content: bytes = b"a\n1\n") -> None:
    for name in names:
        (base / name).write_bytes(content)


def test_a_single_file_becomes_one_answer_with_its_name(uploads: Path, tmp_path: Path) -> None:
    put(uploads / "lb1", "laporan.csv")
    (found,) = ask(asking(uploads), tmp_path, path="lb1/laporan.csv")
    assert isinstance(found, Fetched)
    assert (found.path.read_bytes(), found.part, dict(found.known)) == (b"a\n1\n", "a", {"file": "laporan.csv"})
    assert found.url == f"{uploads.as_uri()}/lb1/laporan.csv"


def test_every_matching_file_is_a_part_with_the_groups_of_its_name(uploads: Path, tmp_path: Path) -> None:
    put(uploads / "lb1", "LB1_Nanggalo_2026-01.xlsx", "LB1_Air Tawar_2026-01.xlsx", "catatan.txt")
    found = ask(asking(uploads), tmp_path, **MONTHLY)
    assert [(f.part, dict(f.known)) for f in found if isinstance(f, Fetched)] == [
        ("Air Tawar-2026-01", {"puskesmas": "Air Tawar", "bulan": "2026-01", "file": "LB1_Air Tawar_2026-01.xlsx"}),
        ("Nanggalo-2026-01", {"puskesmas": "Nanggalo", "bulan": "2026-01", "file": "LB1_Nanggalo_2026-01.xlsx"}),
    ]


def test_the_whole_name_must_match(uploads: Path, tmp_path: Path) -> None:
    put(uploads / "lb1", "LB1_Nanggalo_2026-01.xlsx.bak", "salinan LB1_Nanggalo_2026-01.xlsx")
    with pytest.raises(SourceUnavailable, match=r"no file in file://.*/lb1 matches .*; there are 2 others"):
        ask(asking(uploads), tmp_path, **MONTHLY)


@pytest.mark.parametrize("name", [".a.csv", "~$a.csv", "a.csv.part", "a.csv.TMP", "a.csv.filepart", "a.csv~"])
def test_unfinished_and_hidden_files_are_not_taken(uploads: Path, tmp_path: Path, name: str) -> None:
    put(uploads, name, "a.csv")
    found = ask(asking(uploads), tmp_path, part="{n}", path=".", files="(?P<n>.*)")
    assert [one.part for one in found] == ["a.csv"]


def test_two_files_of_one_part_are_named_and_neither_is_taken(uploads: Path, tmp_path: Path) -> None:
    put(uploads, "januari.csv", "januari (1).csv", "maret.csv")
    found = ask(asking(uploads), tmp_path, part="{bulan}", path=".", files=r"(?P<bulan>[a-z]+)( \(\d\))?\.csv")
    assert [type(one) for one in found] == [Unanswered, Fetched]
    assert isinstance(found[0], Unanswered)
    assert "'januari (1).csv' and 'januari.csv' would be the same part" in found[0].sentence


def test_an_unchanged_file_is_not_read_again_but_a_changed_one_is(uploads: Path, tmp_path: Path) -> None:
    put(uploads, "a.csv")
    (first,) = ask(asking(uploads), tmp_path)
    assert isinstance(first, Fetched)
    again = asking(uploads, validator_of=lambda part: first.validator)
    assert ask(again, tmp_path) == [Unchanged("a")]
    put(uploads, "a.csv", content=b"a\n2\n")  # as long as before: its time tells
    os.utime(uploads / "a.csv", ns=(1, 1))
    (changed,) = ask(again, tmp_path)
    assert isinstance(changed, Fetched)
    assert changed.path.read_bytes() == b"a\n2\n"


def test_unconditional_sources_are_always_read(uploads: Path, tmp_path: Path) -> None:
    put(uploads, "a.csv")
    (first,) = ask(asking(uploads), tmp_path)
    assert isinstance(first, Fetched)
    source = declare("csv", ["a"], {}, conditional=False)
    again = Asking(source, Endpoint(uploads.as_uri()), validator_of=lambda part: first.validator)
    assert [type(one) for one in ask(again, tmp_path)] == [Fetched]


def growing(path: Path, times: int) -> Callable[[folder.LocalFolder, str], Stamp]:
    """A look at the file that somebody writes to before each further look."""
    looks, look = [0], folder.LocalFolder.look

    def grow_and_look(self: folder.LocalFolder, name: str) -> Stamp:
        looks[0] += 1
        if looks[0] > 1 and looks[0] <= times + 1:
            with path.open("ab") as file:
                file.write(b"9\n")
        return look(self, name)

    return grow_and_look


def test_a_file_that_grows_while_it_is_read_is_read_once_more(
    uploads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(uploads, "a.csv")
    monkeypatch.setattr(folder.LocalFolder, "look", growing(uploads / "a.csv", 2))
    (found,) = ask(asking(uploads), tmp_path)
    assert isinstance(found, Fetched)
    assert found.path.read_bytes() == (uploads / "a.csv").read_bytes()


def test_a_file_that_keeps_growing_is_left_for_the_next_run(
    uploads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(uploads, "a.csv")
    monkeypatch.setattr(folder.LocalFolder, "look", growing(uploads / "a.csv", 99))
    with pytest.raises(SourceUnavailable, match=r"a\.csv is still being written; it is tried again"):
        ask(asking(uploads), tmp_path)
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_one_bad_file_does_not_hold_up_the_others(uploads: Path, tmp_path: Path) -> None:
    put(uploads, "a.csv", "c.csv")
    (tmp_path / "luar.csv").write_bytes(b"rahasia")
    (uploads / "b.csv").symlink_to(tmp_path / "luar.csv")
    (uploads / "d.csv").symlink_to(uploads / "d.csv")
    found = ask(asking(uploads), tmp_path, part="{n}", path=".", files=r"(?P<n>.)\.csv")
    assert [(one.part, type(one)) for one in found] == [
        ("a", Fetched), ("b", Unanswered), ("c", Fetched), ("d", Unanswered)
    ]  # fmt: skip
    assert isinstance(found[1], Unanswered)
    assert "b.csv is a link that leaves" in found[1].sentence


def test_a_link_within_the_folder_is_followed(uploads: Path, tmp_path: Path) -> None:
    put(uploads / "lb1", "a.csv")
    (uploads / "terbaru.csv").symlink_to(uploads / "lb1" / "a.csv")
    (found,) = ask(asking(uploads), tmp_path, path="terbaru.csv")
    assert isinstance(found, Fetched)


def test_a_folder_that_is_a_link_to_elsewhere_is_refused(uploads: Path, tmp_path: Path) -> None:
    (uploads / "keluar").symlink_to(tmp_path)
    with pytest.raises(SourceUnavailable, match="is a link that leaves"):
        ask(asking(uploads), tmp_path, path="keluar/a.csv")


@pytest.mark.parametrize("path", ["../a.csv", "lb1/../../a.csv", "/etc/hostname"])
def test_a_path_out_of_the_folder_is_refused(uploads: Path, tmp_path: Path, path: str) -> None:
    with pytest.raises(DeclarationError, match=re.escape(f"the path {path!r} leaves the connection's address")):
        ask(asking(uploads), tmp_path, path=path)


def test_a_folder_or_a_socket_is_no_file(uploads: Path, tmp_path: Path) -> None:
    (uploads / "a.csv").mkdir()
    with pytest.raises(SourceUnavailable, match=r"a\.csv is not a file"):
        ask(asking(uploads), tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(uploads / "s.csv"))
        with pytest.raises(SourceUnavailable, match=r"s\.csv is not a file"):
            ask(asking(uploads), tmp_path, path="s.csv")


def test_a_file_that_is_too_large_is_not_read(uploads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_MAX_PAYLOAD_MB", "1")
    settings.cache_clear()
    with (uploads / "a.csv").open("wb") as file:
        file.truncate((1 << 20) + 1)
    try:
        with pytest.raises(SourceUnavailable, match=r"a\.csv has 1048577 bytes, more than 1 MB"):
            ask(asking(uploads), tmp_path)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_a_name_that_is_not_utf8_is_told(uploads: Path, tmp_path: Path) -> None:
    put(uploads, os.fsdecode(b"laporan_\xe9.csv"), "laporan_b.csv")
    found = ask(asking(uploads), tmp_path, part="{n}", path=".", files=r"laporan_(?P<n>.)\.csv")
    assert [(one.part, type(one)) for one in found] == [("b", Fetched), ("?", Unanswered)]


def test_a_missing_folder_or_file_is_told(uploads: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match=r"a\.csv cannot be read: No such file"):
        ask(asking(uploads), tmp_path)
    with pytest.raises(SourceUnavailable, match=r"there is no folder file://.*/tiada: No such file"):
        ask(asking(uploads / "tiada"), tmp_path)


def test_an_address_on_another_host_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="a folder is named by its whole path"):
        ask(asking("file://unggah/lb1"), tmp_path)
    with pytest.raises(SettingsError, match="a folder is named by its whole path"):
        ask(asking("file:unggah"), tmp_path)


def test_the_deadline_holds_for_files_as_well(uploads: Path, tmp_path: Path) -> None:
    put(uploads, "a.csv")
    with pytest.raises(SourceUnavailable, match="took more than 900 s in all"):
        ask(asking(uploads, ends_at=0.0), tmp_path)


def test_a_new_file_whose_name_does_not_match_is_told_once(uploads: Path, tmp_path: Path) -> None:
    debris = ("~$LB1_a_2026-01.xlsx", ".DS_Store", "Thumbs.db", "README.txt", "LB1_b_2026-02.xlsx.part")
    put(
        uploads / "lb1",
        "LB1_Nanggalo_2026-01.xlsx",
        "LB1 Pauh 2026-01.xlsx",
        "lb1_alai_2026-01.XLSX",
        "lama.xlsx",
        *debris,
    )
    os.utime(uploads / "lb1" / "lama.xlsx", (1_600_000_000, 1_600_000_000))
    given = asking(uploads)
    for _ in range(2):
        assert [one.part for one in ask(given, tmp_path, **MONTHLY)] == ["Nanggalo-2026-01"]
    assert [note.partition(" in file:")[0] for note in given.notes] == [
        "uji_berkas: 2 files were not read, for no 'files' matches 'LB1 Pauh 2026-01.xlsx', 'lb1_alai_2026-01.XLSX'"
    ]


def test_a_file_that_another_request_takes_is_no_news(uploads: Path, tmp_path: Path) -> None:
    put(uploads, "a_2026.csv", "b_2026.csv")
    given = asking(uploads)
    first, second = (
        {"part": f"{name}_{{tahun}}", "path": ".", "tables": ["baris"], "files": rf"{name}_(?P<tahun>\d+)\.csv"}
        for name in "ab"
    )
    requests = [Request.model_validate(one) for one in (first, second)]
    extract = given.source.extract.model_copy(update={"requests": requests})
    given.source = given.source.model_copy(update={"extract": extract})
    assert [one.part for request in requests for one in files.ask(given, request, tmp_path)] == ["a_2026", "b_2026"]
    assert given.notes == []
