"""Pages are read to the very last one, and a source that changes meanwhile is either read whole or refused."""

from __future__ import annotations

import random
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from command_center.declaration.source import Source
from command_center.errors import DeclarationError, SourceUnavailable
from command_center.extract import http, http_json
from command_center.extract.asking import BUNDLE

from tests.support.http_source import Asked, Said, archived, ask, asking, declare, read, serving

STYLES: dict[str, dict[str, Any]] = {
    "page": {"param": "halaman", "size_param": "jumlah", "key": "id"},
    "offset": {"param": "mulai", "size_param": "jumlah", "key": "id"},
    "after": {"param": "sesudah", "size_param": "jumlah", "key": "id"},
    "next": {"next": "lanjut", "key": "id"},
}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSE_S", 0.01)


@dataclass
class Town:
    """A source of records with ids in their order, which may change before each answer."""

    ids: list[int]
    size: int = 10
    change: Callable[[Town], None] = lambda town: None
    tells_total: bool = True
    largest: int = 1000  # the server's own limit of a page
    asked: int = 0
    always: set[int] = field(init=False)  # ids that were there all the time
    twins: bool = False

    def __post_init__(self) -> None:
        self.always = set(self.ids)

    def delete(self, at: int) -> None:
        self.always.discard(self.ids.pop(at))

    def insert(self, new: int) -> None:
        self.ids = sorted([*self.ids, new])

    def answer(self, asked: Asked) -> Said:
        if self.asked:
            self.change(self)
        self.asked += 1
        query = asked.query
        size = min(int(query.get("jumlah", self.size)), self.largest)
        start = int(query.get("mulai", 0))
        if "halaman" in query:
            start = (int(query["halaman"]) - 1) * size
        if "sesudah" in query:
            start = next((at for at, one in enumerate(self.ids) if one > int(query["sesudah"])), len(self.ids))
        page = self.ids[start : start + size]
        content: dict[str, Any] = {"data": [{"id": one, "nama": "sama" if self.twins else f"n{one}"} for one in page]}
        if self.tells_total:
            content["jumlah_semua"] = len(self.ids)
        more = start + size < len(self.ids)
        content["lanjut"] = f"/api/data?mulai={start + size}&jumlah={size}" if more else None
        return Said(content, headers={"X-Data-Simulasi": "*"})


def paged(style: str, size: int = 10, **given: Any) -> Source:
    declared = {"style": style, "records": "data[]", "size": size, **STYLES.get(style, {}), **given}
    return declare(extract={"paging": declared})


def ids(source: Source, town: Town, folder: Path) -> list[int]:
    with serving(town.answer) as server:
        fetched = ask(source, server.url, folder)
    _, rows = read(source, archived(fetched))
    return [int(texts[0] or "") for _, texts in rows]


@pytest.mark.parametrize("tells_total", [False, True])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 19, 20, 21, 95])
@pytest.mark.parametrize("style", STYLES)
def test_a_source_that_stands_still_is_read_to_its_last_record(
    tmp_path: Path, style: str, count: int, tells_total: bool
) -> None:
    source = paged(style, total="jumlah_semua" if tells_total else None)
    source.tables["baris"] = source.tables["baris"].model_copy(
        update={"volume": source.tables["baris"].volume.model_copy(update={"min": 0})}
    )
    assert ids(source, Town(list(range(1, count + 1)), tells_total=tells_total), tmp_path) == list(range(1, count + 1))


@pytest.mark.parametrize("tells_total", [False, True])
@pytest.mark.parametrize("style", ["page", "offset", "after"])
def test_a_server_that_gives_smaller_pages_than_asked_is_read_whole_too(
    tmp_path: Path, style: str, tells_total: bool
) -> None:
    source = paged(style, size=50, total="jumlah_semua" if tells_total else None)
    town = Town(list(range(1, 33)), largest=8, tells_total=tells_total)
    assert ids(source, town, tmp_path) == list(range(1, 33))


def test_pages_are_one_archive_and_their_rows_know_where_they_stood(tmp_path: Path) -> None:
    source = paged("page")
    with serving(Town(list(range(25))).answer) as server:
        fetched = ask(source, server.url, tmp_path)
    assert fetched.content_type == BUNDLE and fetched.simulated_paths == "*" and fetched.validator is None
    assert fetched.url == f"{server.url}/api/data?jumlah=10&halaman=1"
    with zipfile.ZipFile(fetched.path) as archive:
        assert archive.namelist() == ["00001.json", "00002.json", "00003.json"]
    assert list(tmp_path.iterdir()) == [fetched.path]
    reading, rows = read(source, archived(fetched))
    assert [number for number, _ in rows] == list(range(1, 26))
    assert [(s.start, s.label) for s in reading.sections] == [
        (0, "halaman 1 rekaman ke-"), (10, "halaman 2 rekaman ke-"), (20, "halaman 3 rekaman ke-"),
    ]  # fmt: skip


def test_one_page_stays_as_it_was_sent(tmp_path: Path) -> None:
    town = Town([1, 2])
    source = paged("after")
    with serving(town.answer) as server:
        fetched = ask(source, server.url, tmp_path)
    assert fetched.path.read_bytes().startswith(b'{"data": [{"id": 1') and fetched.content_type == "unknown"


def unrest(seed: int) -> Callable[[Town], None]:
    """Now and then a record is inserted, deleted, or both; new ids are never those of old records."""
    chance = random.Random(seed)
    new = iter(range(100_001, 200_000, 2))

    def change(town: Town) -> None:
        while chance.random() < 0.2 + 0.1 * (seed % 5):
            if town.ids and chance.random() < 0.5:
                town.delete(chance.randrange(len(town.ids)))
            else:
                town.insert(next(new) - chance.randrange(0, 100_000, 2))

    return change


@pytest.mark.parametrize("style", ["offset", "after"])
def test_whatever_is_inserted_and_deleted_a_lasting_record_is_read_exactly_once(tmp_path: Path, style: str) -> None:
    """By the record before it, or by its key: read whole, or refused; over many courses of events."""
    outcomes: Counter[str] = Counter()
    for seed in range(80):
        with_total = seed % 2 == 0 and style == "offset"
        source = paged(style, total="jumlah_semua" if with_total else None)
        town = Town(list(range(0, 2 * random.Random(seed).randrange(5, 60), 2)), change=unrest(seed))
        try:
            found = Counter(ids(source, town, tmp_path))
        except SourceUnavailable as refused:
            assert "in 3 readings; the pages cannot be put together" in str(refused)
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        assert max(found.values()) == 1, seed
        assert town.always <= found.keys(), seed
    assert outcomes["read"] >= 20 and (style == "after" or outcomes["refused"] >= 5)


def once(at: int, deed: Callable[[Town], None]) -> Callable[[Town], None]:
    """A deed done before the request of that number, counted from 0."""
    return lambda town: deed(town) if town.asked == at else None


@pytest.mark.parametrize("style", ["page", "offset", "next"])
@pytest.mark.parametrize("deed", ["insert", "delete"])
def test_one_change_between_pages_only_costs_another_reading(tmp_path: Path, style: str, deed: str) -> None:
    change = once(2, lambda town: town.insert(-1) if deed == "insert" else town.delete(0))
    town = Town(list(range(35)), change=change)
    found = ids(paged(style, total="jumlah_semua"), town, tmp_path)
    assert found == town.ids and town.asked > 6


@pytest.mark.parametrize("style", ["page", "next"])
def test_a_repeated_record_shows_an_insertion_without_a_total(tmp_path: Path, style: str) -> None:
    town = Town(list(range(35)), change=once(2, lambda town: town.insert(-1)))
    assert ids(paged(style), town, tmp_path) == town.ids


def test_a_deletion_between_numbered_pages_is_not_seen_without_a_total(tmp_path: Path) -> None:
    """The blind spot that docs/paging.md names: record 20 moved to a page that had been read."""
    town = Town(list(range(35)), change=once(2, lambda town: town.delete(0)))
    found = ids(paged("page"), town, tmp_path)
    assert town.always - set(found) == {20}


def test_confirmation_closes_that_blind_spot(tmp_path: Path) -> None:
    town = Town(list(range(35)), change=once(2, lambda town: town.delete(0)))
    assert ids(paged("page", confirm=True), town, tmp_path) == town.ids


def test_confirmation_asks_for_two_readings_that_agree(tmp_path: Path) -> None:
    town = Town(list(range(15)))
    ids(paged("after", confirm=True), town, tmp_path)
    assert town.asked == 6
    with pytest.raises(SourceUnavailable, match="two readings in a row did not agree, in 3 readings"):
        ids(
            paged("after", confirm=True),
            Town(list(range(15)), change=lambda town: town.insert(town.ids[-1] + 1) if town.asked % 3 == 0 else None),
            tmp_path,
        )


def test_equal_records_without_a_key_are_believed_when_they_stay(tmp_path: Path) -> None:
    source = paged("page", key="")
    answers = {"1": [{"id": 1, "nama": "a"}, {"id": 1, "nama": "a"}], "2": [{"id": 1, "nama": "a"}]}
    with serving(lambda asked: Said({"data": answers.get(asked.query["halaman"], [])})) as server:
        fetched = ask(source, server.url, tmp_path)
    assert len(read(source, archived(fetched))[1]) == 3 and len(server.asked) == 6


def test_a_page_that_is_missing_shows_in_the_total(tmp_path: Path) -> None:
    town = Town(list(range(35)))

    def answering(asked: Asked) -> Said:
        said = town.answer(asked)
        return Said({"data": [], "jumlah_semua": 35}) if asked.query["halaman"] == "3" else said

    with (
        serving(answering) as server,
        pytest.raises(SourceUnavailable, match="says that it has 35 records, but its pages gave 20, in 3"),
    ):
        ask(paged("page", total="jumlah_semua"), server.url, tmp_path)


@pytest.mark.parametrize("style", ["page", "offset", "after"])
def test_a_source_that_does_not_heed_the_parameter_is_refused(tmp_path: Path, style: str) -> None:
    content = {"data": [{"id": number, "nama": "x"} for number in range(10)]}
    with (
        serving(lambda asked: Said(content)) as server,
        pytest.raises(SourceUnavailable, match=r"does not heed|does not grow"),
    ):
        ask(paged(style), server.url, tmp_path)
    assert len(server.asked) == (2 if style == "after" else 6)


@pytest.mark.parametrize("ending", ["clamp", "404", "400"])
@pytest.mark.parametrize("count", [7, 17])
def test_what_comes_after_the_last_numbered_page_may_be_it_again_or_an_error(
    tmp_path: Path, ending: str, count: int
) -> None:
    town = Town(list(range(count)))

    def answering(asked: Asked) -> Said:
        last = (count + 9) // 10
        if int(asked.query["halaman"]) > last:
            if ending != "clamp":
                return Said({"detail": "Invalid page."}, int(ending))
            asked.query["halaman"] = str(last)
        return town.answer(asked)

    source = paged("page")
    with serving(answering) as server:
        fetched = ask(source, server.url, tmp_path)
    assert len(read(source, archived(fetched))[1]) == count


def test_an_error_after_a_full_page_is_no_end(tmp_path: Path) -> None:
    town = Town(list(range(30)))

    def answering(asked: Asked) -> Said:
        return Said(b"", 404) if asked.query["halaman"] == "3" else town.answer(asked)

    with serving(answering) as server, pytest.raises(SourceUnavailable, match="HTTP 404"):
        ask(paged("page"), server.url, tmp_path)


def test_a_total_that_is_capped_does_not_end_the_reading(tmp_path: Path) -> None:
    town = Town(list(range(40)))

    def answering(asked: Asked) -> Said:
        said = town.answer(asked)
        assert isinstance(said.content, dict)
        return Said({**said.content, "jumlah_semua": 20})

    with (
        serving(answering) as server,
        pytest.raises(SourceUnavailable, match="says that it has 20 records, but its pages gave 40"),
    ):
        ask(paged("page", total="jumlah_semua"), server.url, tmp_path)


@pytest.mark.parametrize(
    "broken",
    [
        Said({"galat": "sedang dipelihara"}),
        Said({"data": "sedang dipelihara"}),
        Said(b"<html><title>Masuk</title></html>"),
        Said(b'{"data": [{"id"'),
        Said(b""),
        Said(b"[" * 100_000),
        Said({"data": [{"nama": "tanpa id"}]}),
    ],
)
@pytest.mark.parametrize("style", ["page", "after"])
def test_a_later_page_that_is_none_never_counts_as_the_end(tmp_path: Path, style: str, broken: Said) -> None:
    town = Town(list(range(35)))

    def answering(asked: Asked) -> Said:
        return broken if asked.query.get("halaman", asked.query.get("sesudah")) in ("2", "9") else town.answer(asked)

    with serving(answering) as server, pytest.raises(SourceUnavailable, match="page 2"):
        ask(paged(style), server.url, tmp_path)


@pytest.mark.parametrize("total", ["25", None, "dua puluh", [1]])
def test_a_total_as_text_counts_and_a_missing_one_is_told(tmp_path: Path, total: object) -> None:
    town = Town(list(range(25)), tells_total=False)

    def answering(asked: Asked) -> Said:
        said = town.answer(asked)
        assert isinstance(said.content, dict)
        return Said(said.content if total is None else {**said.content, "jumlah_semua": total})

    source = paged("page", total="jumlah_semua")
    with serving(answering) as server:
        if total == "25":
            assert len(read(source, archived(ask(source, server.url, tmp_path)))[1]) == 25
            return
        with pytest.raises(SourceUnavailable, match="no number of all records at 'jumlah_semua'"):
            ask(source, server.url, tmp_path)


def test_too_many_pages(tmp_path: Path) -> None:
    with (
        serving(Town(list(range(100))).answer) as server,
        pytest.raises(SourceUnavailable, match="more than 5 pages; raise 'max_pages'"),
    ):
        ask(paged("after", max_pages=5), server.url, tmp_path)


@pytest.mark.parametrize("after_last", [True, False])
def test_keys_may_be_numbers_beyond_any_float_or_texts(tmp_path: Path, after_last: bool) -> None:
    start = 9_007_199_254_740_990
    town = Town(list(range(start, start + 25)))
    if not after_last:  # the source begins at the key that it is given
        answer = town.answer
        town.answer = lambda asked: answer(  # type: ignore[method-assign]
            Asked(
                "GET",
                "",
                {**asked.query, "sesudah": str(int(asked.query["sesudah"]) - 1)}
                if "sesudah" in asked.query
                else asked.query,
                {},
            )
        )
    assert ids(paged("after"), town, tmp_path) == list(range(start, start + 25))


def test_keys_that_do_not_grow_are_refused(tmp_path: Path) -> None:
    content = {"data": [{"id": 3, "nama": "x"}, {"id": 1, "nama": "y"}]}
    with (
        serving(lambda asked: Said(content)) as server,
        pytest.raises(SourceUnavailable, match=r"'id' does not grow .*after '3' comes '1'"),
    ):
        ask(paged("after"), server.url, tmp_path)


def test_offsets_overlap_by_one_record_so_pages_need_two(tmp_path: Path) -> None:
    with serving(Town([1]).answer) as server, pytest.raises(DeclarationError, match="'size' of 2 or more"):
        ask(paged("offset", size=1), server.url, tmp_path)


@pytest.mark.parametrize("relative", [False, True])
def test_the_link_header_leads_on(tmp_path: Path, relative: bool) -> None:
    town = Town(list(range(25)))

    def answering(asked: Asked) -> Said:
        said = town.answer(asked)
        assert isinstance(said.content, dict)
        link = said.content.pop("lanjut", None)
        headers = (
            {"Link": f'<{"" if relative else server.url}{link}>; rel="next"'} if link else {"Link": '</1>; rel="prev"'}
        )
        return Said(said.content, headers=headers)

    source = paged("next", next="")
    with serving(answering) as server:
        fetched = ask(source, server.url, tmp_path)
    assert len(read(source, archived(fetched))[1]) == 25


def test_a_next_page_elsewhere_is_not_asked_for(tmp_path: Path) -> None:
    with serving(lambda asked: Said({})) as other:
        content = {"data": [{"id": 1, "nama": "x"}], "lanjut": f"{other.url}/x"}
        with (
            serving(lambda asked: Said(content)) as server,
            pytest.raises(SourceUnavailable, match=r"points to .*is named by its connection"),
        ):
            ask(paged("next"), server.url, tmp_path)
    assert other.asked == []


@pytest.mark.parametrize("changing", [False, True])
def test_a_circle_of_next_pages_is_noticed(tmp_path: Path, changing: bool) -> None:
    serial = iter(range(1000))

    def answering(asked: Asked) -> Said:
        place = asked.query.get("p", "0")
        identity = next(serial) if changing else place
        return Said({"data": [{"id": f"{identity}", "nama": "x"}], "lanjut": f"?p={(int(place) + 1) % 3}"})

    with serving(answering) as server, pytest.raises(SourceUnavailable, match=r"goes in a circle|repeats page"):
        ask(paged("next"), server.url, tmp_path)
    assert len(server.asked) <= 12


@pytest.mark.parametrize("link", [None, False, ""])
def test_a_next_page_that_is_nothing_ends(tmp_path: Path, link: object) -> None:
    content = {"data": [{"id": 1, "nama": "x"}], "lanjut": link}
    source = paged("next")
    with serving(lambda asked: Said(content)) as server:
        ask(source, server.url, tmp_path)
    assert len(server.asked) == 1


def test_a_full_first_page_without_the_declared_link_is_suspect(tmp_path: Path) -> None:
    with (
        serving(Town(list(range(30))).answer) as server,
        pytest.raises(SourceUnavailable, match=r"first page is full but has no 'links.next'"),
    ):
        ask(paged("next", next="links.next"), server.url, tmp_path)


def test_bounds_and_secrets_go_along_to_every_page(tmp_path: Path) -> None:
    town = Town(list(range(25)))
    declared = {"style": "offset", "records": "data[]", "size": 10, **STYLES["offset"]}
    source = declare(
        connection={"auth": "api_key", "api_key": "?kunci"},
        request={"query": {"sejak": "{since}"}},
        extract={"paging": declared},
    )
    with serving(town.answer) as server:
        where = asking(source, server.url, password="rahasia", since="2026-01-01")
        (fetched,) = http_json.ask(where, source.requests[0], tmp_path)
    assert {(a.query["kunci"], a.query["sejak"]) for a in server.asked} == {("rahasia", "2026-01-01")}
    assert "rahasia" not in str(fetched)
