"""An erased person is taken out of any format's bytes, by digests alone; everybody else stays, and so does the format."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from command_center.archive.redact import redact, texts
from command_center.errors import CommandCenterError
from command_center.personal_key import Key, Kind, Redactor, key_of, tombstone
from command_center.settings import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

NIK, TELEPHONE, EMAIL, NAME = "1371014508900017", "0812-3456-7819", "fulan.bin@contoh.id", "Fulana Binti Polan"
LINE = f"a.n. {NAME.upper()}, NIK 1371 0145 0890 0017, hp +62 812 3456 7819, {EMAIL}"
OTHERS = "Fulana Binti Anu, NIK 1371014508900018, hp 0812-3456-78191, bin@contoh.id, Rp1.371.014"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CC_HMAC_KEY", "5a" * 32)
    settings.cache_clear()
    yield
    settings.cache_clear()


def keys() -> list[Key]:
    return [key_of("nik", NIK), key_of("telepon", TELEPHONE), key_of("surel", EMAIL), key_of("nama", NAME)]


def cleaned(content: bytes, folder: Path, *, size: int = 1 << 20) -> bytes:
    chunks = (content[at : at + size] for at in range(0, len(content), size))
    redact(chunks, Redactor(map(tombstone, keys())), folder / "bersih")
    return (folder / "bersih").read_bytes()


def found(content: bytes) -> list[Kind]:
    read = "\n".join(texts([content]))
    return [key.kind for key in keys() if re.search(key.pattern, read, re.IGNORECASE)]


def _workbook(*lines: str) -> bytes:
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for line in lines:
        book.active.append([line, int(NIK[:15])])
    book.save(kept)
    return kept.getvalue()


def _zip(content: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as opened:
        opened.writestr("dalam.xlsx", content)
    return kept.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        f"nomor;isi\n1;{LINE}\n2;{OTHERS}\n".encode(),
        json.dumps([{"isi": LINE, "nik": int(NIK), "hp": 81234567819}, {"isi": OTHERS}]).encode(),
        f"<a><b>{LINE}</b><c>{OTHERS}</c></a>".encode(),
        _workbook(LINE, OTHERS),
        _zip(_workbook(LINE, OTHERS)),
        b"\xd0\xcf\x11\xe0" + f"{LINE}\n{OTHERS}".encode("utf-16-le") + b"\x00\x01",
    ],
    ids=["csv", "json", "xml", "xlsx", "zip", "utf-16"],
)
def test_the_person_goes_and_the_others_stay_in_every_format(content: bytes, tmp_path: Path) -> None:
    assert found(content) == ["nik", "telepon", "surel", "nama"]
    after = cleaned(content, tmp_path)
    assert found(after) == []
    assert OTHERS in "\n".join(texts([after]))
    assert cleaned(after, tmp_path) == after
    assert cleaned(content, tmp_path) == after


def test_what_is_cleaned_can_still_be_read(tmp_path: Path) -> None:
    read = json.loads(cleaned(json.dumps({"nik": int(NIK), "isi": [LINE]}).encode(), tmp_path))
    assert str(read["nik"]).startswith("99")
    book = openpyxl.load_workbook(io.BytesIO(cleaned(_workbook(LINE, OTHERS), tmp_path)))
    assert book.active["A2"].value == OTHERS


@hypothesis_settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(st.sampled_from([LINE, OTHERS, "", NIK, TELEPHONE, "1 2 3", NAME, "12,5"]), min_size=1, max_size=9),
    st.integers(100, 90_000),
    st.integers(1, 200),
)
def test_no_cut_between_chunks_hides_a_person(tmp_path: Path, cells: list[str], size: int, times: int) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([cells] * times)
    content = written.getvalue().encode()
    after = cleaned(content, tmp_path, size=size)
    assert found(after) == []
    assert len(after) == len(content)


@pytest.mark.parametrize(
    ("kind", "text"), [("nik", "137101"), ("telepon", "12"), ("surel", "contoh.id"), ("nama", "Fulan")]
)
def test_what_is_no_key_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(CommandCenterError, match="expected"):
        key_of(kind, text)


def _damaged(content: bytes) -> bytes:
    """Its directory is as it was, the packed bytes are not."""
    packed = bytearray(_packed({"isi.csv": content * 50}))
    packed[60:80] = bytes(20)
    return bytes(packed)


def _packed(files: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return kept.getvalue()


def _encrypted(content: bytes) -> bytes:
    packed = bytearray(_packed({"isi.csv": content}))
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def _nested(content: bytes, times: int) -> bytes:
    return _nested(_packed({"dalam.zip": content}), times - 1) if times else content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_damaged(LINE.encode()), "cannot be unpacked"),
        (_encrypted(LINE.encode()), "is encrypted"),
        (_packed({"isi.csv": bytes(60 << 20)}), "would unpack from"),
        (_packed({"isi.csv": b"1"})[:-10], "cannot be unpacked"),
        (_nested(b"1", 6), "deep"),
    ],
    ids=["damaged", "encrypted", "bomb", "cut off", "nested"],
)
def test_an_archive_that_cannot_be_opened_is_bytes_like_others_and_said_so(
    content: bytes, said: str, tmp_path: Path
) -> None:
    told: list[str] = []
    redact([content], Redactor(map(tombstone, keys())), tmp_path / "bersih", told.append)
    assert (tmp_path / "bersih").read_bytes() == content
    assert len(told) == 1
    assert said in told[0]
    told.clear()
    assert list(texts([content], told.append))
    assert said in told[0]


def test_beside_an_archive_that_cannot_be_opened_the_person_goes(tmp_path: Path) -> None:
    content = _packed({"a.zip": _encrypted(b"1"), "b.csv": LINE.encode()})
    told: list[str] = []
    redact([content], Redactor(map(tombstone, keys())), tmp_path / "bersih", told.append)
    assert found((tmp_path / "bersih").read_bytes()) == []
    assert told == ["the archive is encrypted"]


def test_an_archive_is_looked_through_in_little_memory(tmp_path: Path) -> None:
    line = f"{LINE}\n".encode()
    content = _packed({f"{number}.csv": line + bytes(range(256)) * (8 << 10) for number in range(12)})  # 24 MB of 0.3
    tracemalloc.start()
    try:
        redact([content], Redactor(map(tombstone, keys())), tmp_path / "bersih")
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()
    assert found((tmp_path / "bersih").read_bytes()) == []
