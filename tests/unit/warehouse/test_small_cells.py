"""Hidden counts: what is chosen to be hidden stands an attack that shares nothing with the choice but the relations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from command_center.warehouse import public_cells, small_cells
from command_center.warehouse.public_cells import Choice, Counted, Published, choose, is_new
from command_center.warehouse.small_cells import Cell, Lattice, Proven, attack, decide, parts_of, ranges
from hypothesis import example, given, settings
from hypothesis import strategies as st

LIMIT = 5
CITY = "13.71"
MONTH = date(2026, 10, 1)
COUNTS = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 7, 12, 40])


def tree(districts: list[list[int]]) -> Lattice:
    """A city, its kecamatan, their kelurahan."""
    cells, relations, city = [Cell(sum(map(sum, districts)), LIMIT, cost=1000)], [], {0: -1}
    for counts in districts:
        above = len(cells)
        cells.append(Cell(sum(counts), LIMIT, within=0))
        city[above] = 1
        relations.append({above: -1, **{above + at: 1 for at in range(1, len(counts) + 1)}})
        cells += [Cell(count, LIMIT, within=above) for count in counts]
    return Lattice(cells, [city, *relations])


def flat(*counts: int) -> Lattice:
    cells = [Cell(sum(counts), LIMIT, cost=1000), *(Cell(count, LIMIT, within=0) for count in counts)]
    return Lattice(cells, [{0: -1, **dict.fromkeys(range(1, len(cells)), 1)}])


def require_covered(lattice: Lattice, hidden: frozenset[int]) -> None:
    for is_whole in (False, True):
        for number, (least, most) in ranges(lattice, hidden, is_whole=is_whole).items():
            lowest, highest = lattice.cells[number].band
            assert least <= lowest + 1e-6, (number, least)
            assert most >= highest - 1e-6, (number, most)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(COUNTS, min_size=1, max_size=4), min_size=2, max_size=4))
def test_no_hidden_cell_of_a_city_can_be_narrowed_down(districts: list[list[int]]) -> None:
    lattice = tree(districts)
    decision = decide(lattice)
    assert decision.is_safe and decision.is_settled
    assert {number for number, cell in enumerate(lattice.cells) if cell.is_small} <= decision.hidden
    require_covered(lattice, decision.hidden)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS), min_size=2, max_size=4))
def test_nor_where_a_total_has_parts_in_each_area(areas: list[tuple[int, int, int]]) -> None:
    rows = [
        row
        for kode, at in (("kasus_ispa", (0,)), ("kasus_dengue", (1,)), ("kasus_skdr_total", (0, 1, 2)))
        for row in counted(kode, [sum(area[one] for one in at) for area in areas])
    ]
    choices = choose(rows)
    lattice = Published(rows).lattice
    unpublished = set(range(len(rows), len(lattice.cells)))
    hidden = frozenset({number for number, choice in enumerate(choices) if choice.is_hidden} | unpublished)
    labels = [
        replace(cell, least=1, most=LIMIT - 1) if number < len(rows) and is_label(choices, number) else cell
        for number, cell in enumerate(lattice.cells)
    ]
    require_covered(Lattice(labels, lattice.relations), hidden)


@settings(deadline=None, max_examples=15)
@given(st.lists(COUNTS, min_size=3, max_size=5), st.lists(COUNTS, min_size=3, max_size=5))
@example([0, 1, 5], [0, 1, 4])  # what was disguised stays so when its company becomes small too
def test_what_a_final_figure_hid_stays_hidden_and_the_next_edition_tells_no_more(
    before: list[int], after: list[int]
) -> None:
    first = choose(counted("korban_luka", before))
    is_city_hidden = first[0].is_hidden
    rows = zip(counted("korban_luka", after), first, strict=False)
    second = choose([carried(row, one, is_city_hidden) for row, one in rows])
    for old, new in zip(first, second, strict=False):
        assert new.is_hidden or not old.is_hidden, old.row.wilayah_kode
    if all(one.is_settled for one in second):
        assert not is_new(choose(settled(second))), "the same figures are decided in the same way"


def test_small_cells_alone_are_undone_and_what_is_chosen_is_not() -> None:
    lattice = flat(3, 12, 40, 0)
    assert {breach.cell for breach in attack(lattice, lattice.hidden())} == {1}
    assert ranges(lattice, lattice.hidden(), is_whole=True) == {1: (3, 3)}
    decision = decide(lattice)
    assert len(decision.hidden) == 2
    assert 0 not in decision.hidden, "the city is the last to be hidden"


def test_two_small_cells_whose_sum_narrows_them_down_take_company() -> None:
    """1 + 2 = 3 leaves at most 3 of each: not one solution, but not the band of 1 to 4 either."""
    choices = choose(counted("korban_luka", [1, 2, 12, 40]))
    hidden = [choice for choice in choices if choice.is_hidden]
    assert len(hidden) == 3
    assert all(choice.is_disguised for choice in hidden if choice.row.pembilang < LIMIT)


def test_a_choice_does_not_count_on_what_an_earlier_edition_told() -> None:
    """12 was shown before: to hide it now would protect nothing."""
    rows = counted("korban_luka", [3, 12, 40])
    rows[2] = replace(rows[2], terbit_pembilang=12)
    hidden = {choice.row.pembilang for choice in choose(rows) if choice.is_hidden}
    assert hidden == {3, 40}


def test_a_kecamatan_that_is_hidden_takes_its_kelurahan_along() -> None:
    decision = decide(tree([[1, 1], [20, 30], [9, 8]]))
    assert {1, 2, 3} <= decision.hidden
    [other] = decision.hidden & {4, 7}
    assert {other + 1, other + 2} <= decision.hidden


def test_counts_that_only_grow_bound_each_other() -> None:
    """A kecamatan at 12 in one month and shown at 13 in the next was at 13 at most: it is no company for a 2."""
    rows = []
    for month, counts in ((9, [2, 12, 30]), (10, [20, 13, 60])):
        rows += [replace(row, periode_mulai=date(2026, month, 1)) for row in counted("spm_kes_01", counts)]
    published = Published(rows)
    shown = frozenset(range(3, len(published.lattice.cells)))
    assert {one.cell for one in attack(published.lattice, frozenset({1, 2}) | (shown - set(range(8))))} & {1}
    hidden = {choice.row.key[1:] for choice in choose(rows) if choice.is_hidden}
    assert (f"{CITY}.01", date(2026, 9, 1)) in hidden
    require_safe(rows)


def require_safe(rows: list[Counted]) -> None:
    choices, published = choose(rows), Published(rows)
    hidden = {number for number, choice in enumerate(choices) if choice.is_hidden}
    unpublished = range(len(rows), len(published.lattice.cells))
    require_covered(published.lattice, frozenset(hidden | set(unpublished)))


def test_without_a_choice_all_that_hangs_together_is_hidden() -> None:
    """More was told than any choice can take back: it says so."""
    lattice = flat(3, 12, 40)
    known = [replace(cell, least=cell.value, most=cell.value) if cell.value > LIMIT else cell for cell in lattice.cells]
    decision = decide(Lattice(known, lattice.relations))
    assert decision == small_cells.Decision(frozenset(range(4)), is_safe=False, is_settled=False)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(COUNTS, min_size=1, max_size=4), min_size=2, max_size=4), st.data())
def test_what_was_proven_of_others_changes_no_finding(districts: list[list[int]], data: st.DataObject) -> None:
    """An attack that remembers earlier lattices finds what one without memory finds."""
    proven = Proven()
    for _ in range(3):
        lattice = tree(districts)
        hidden = data.draw(st.frozensets(st.sampled_from(range(len(lattice.cells)))))
        hidden |= {number for number, cell in enumerate(lattice.cells) if cell.is_small}
        again = Proven(proven.standing)
        assert {one.cell for one in attack(lattice, hidden, again)} == {one.cell for one in attack(lattice, hidden)}
        proven.standing |= again.standing
        districts = data.draw(st.lists(st.lists(COUNTS, min_size=1, max_size=4), min_size=2, max_size=4))


def test_what_is_proven_is_not_solved_again_until_a_number_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = list[int]()
    solve = small_cells._solve

    def counting(lattice: Lattice, programs: list[Any]) -> list[Any]:
        solved.append(len(programs))
        return solve(lattice, programs)

    monkeypatch.setattr(small_cells, "_solve", counting)
    lattice, first = tree([[1, 2, 3, 9], [4, 2, 12], [1, 1, 1]]), Proven()
    hidden = decide(lattice).hidden
    solved.clear()
    assert not attack(lattice, hidden, first) and solved
    known, again = list(solved), Proven(first.standing)
    assert not attack(lattice, hidden, again)
    assert solved == known and again.standing == first.standing
    cells = [*lattice.cells]
    cells[-1] = replace(cells[-1], most=cells[-1].value)
    attack(Lattice(cells, lattice.relations), hidden, Proven(first.standing))
    assert len(solved) > len(known)


def test_what_the_attack_breaks_is_never_remembered() -> None:
    lattice = flat(1, 9, 12)
    hidden, proven = lattice.hidden(), Proven()
    assert {one.cell for one in attack(lattice, hidden, proven)} == {1}
    assert not proven.standing
    assert attack(lattice, hidden, Proven(proven.standing))


def test_a_memory_of_other_rules_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_cells, "memory_file", lambda: tmp_path / "dbt" / "proven.json")
    assert not public_cells.remembered().knows("a")
    proven = Proven(["a", "b"])
    assert proven.knows("a")
    public_cells.remember(proven)
    assert public_cells.remembered().knows("a") and not public_cells.remembered().knows("b")
    monkeypatch.setattr(public_cells, "rules_digest", lambda: "others")
    assert not public_cells.remembered().knows("a")
    (tmp_path / "dbt" / "proven.json").write_text("{")
    assert not public_cells.remembered().knows("a")
    monkeypatch.setattr(public_cells, "memory_file", lambda: tmp_path / "dbt" / "proven.json" / "no_folder")
    public_cells.remember(proven)  # costs the next build its time, and nobody a figure
    assert not public_cells.remembered().knows("a")


def test_shown_cells_cut_a_lattice_apart() -> None:
    lattice = tree([[1, 1, 20], [2, 2, 20]])
    parts = parts_of(lattice, lattice.hidden())
    assert [part.cells for part in parts] == [(2, 3), (6, 7)]


def counted(kode: str, counts: list[int]) -> list[Counted]:
    areas: list[tuple[str, str, str | None, int]] = [(CITY, "kota", None, sum(counts))]
    areas += [(f"{CITY}.{number:02d}", "kecamatan", CITY, count) for number, count in enumerate(counts, start=1)]
    return [
        Counted(
            kode, area, MONTH, level, above, count, LIMIT,
            is_sementara=False,
            aturan_karena=by_rule(count, sum(counts) if above else None),
            disembunyikan_karena=by_rule(count, sum(counts) if above else None),
            is_tetap_tersembunyi=False, is_disamarkan=False, terbit_pembilang=None, terbit_teks=None,
        )
        for area, level, above, count in areas
    ]  # fmt: skip


def by_rule(count: int, of_city: int | None) -> str | None:
    if of_city is not None and 0 < of_city < LIMIT:
        return "induk"
    return "sel_kecil" if 0 < count < LIMIT else None


def is_label(choices: list[Choice], number: int) -> bool:
    choice = choices[number]
    city = next(
        one for one in choices if (one.row.indikator_kode, one.row.wilayah_kode) == (choice.row.indikator_kode, CITY)
    )
    return (
        choice.is_hidden
        and choice.row.aturan_karena == "sel_kecil"
        and not choice.is_disguised
        and (choice is city or not city.is_hidden)
    )


def carried(row: Counted, before: Choice, is_city_hidden: bool) -> Counted:
    """A count of the next edition, with what the ledger and the standing edition tell of the one before."""
    entry, reason = before.ledger, built(before, is_city_hidden)
    text = {None: str(before.row.pembilang), "sel_kecil": f"<{LIMIT}"}.get(reason, "disembunyikan")
    return replace(
        row,
        is_tetap_tersembunyi=entry is not None and not entry.is_sementara,
        is_disamarkan=entry is not None and entry.is_disamarkan,
        terbit_pembilang=None if before.is_hidden else before.row.pembilang,
        terbit_teks=text,
    )


def settled(choices: list[Choice]) -> list[Counted]:
    """The same counts after they were built as chosen."""
    is_city_hidden = choices[0].is_hidden
    return [
        replace(carried(one.row, one, is_city_hidden), disembunyikan_karena=built(one, is_city_hidden))
        for one in choices
    ]


def built(choice: Choice, is_city_hidden: bool) -> str | None:
    if not choice.is_hidden:
        return None
    if is_city_hidden and choice.row.induk_kode:
        return "induk"
    return "pelindung" if choice.is_disguised else choice.row.aturan_karena or "pelindung"


def running(
    counts: list[int], before: list[Choice] | None = None, *, company: Collection[int] = (), is_sementara: bool = True
) -> list[Counted]:
    """An edition of a period that goes on, with what the one before it left behind; the rule hides `company` of small cells."""
    rows = [replace(row, is_sementara=is_sementara) for row in counted("kasus_dengue", counts)]
    for at in company:
        rows[at] = replace(rows[at], aturan_karena="pelindung", disembunyikan_karena="pelindung")
    if before is None:
        return rows
    carried_on = [carried(row, one, is_city_hidden=before[0].is_hidden) for row, one in zip(rows, before, strict=True)]
    return [
        replace(row, disembunyikan_karena=row.aturan_karena or ("pelindung" if one.ledger else None))
        for row, one in zip(carried_on, before, strict=True)
    ]


def require_safe_together(editions: list[list[Choice]]) -> None:
    """What all editions show, and that counts only grow from one to the next, narrows no hidden cell down."""
    cells: list[Cell] = []
    relations: list[dict[int, int]] = []
    hidden: set[int] = set()
    width = len(editions[0])
    for number, choices in enumerate(editions):
        first = len(cells)
        cells += [Cell(one.row.pembilang, LIMIT) for one in choices]
        relations.append({first: -1, **dict.fromkeys(range(first + 1, first + width), 1)})
        hidden |= {first + at for at, one in enumerate(choices) if one.is_hidden}
        if number:
            for at, one in enumerate(choices):
                grown = one.row.pembilang - editions[number - 1][at].row.pembilang
                relations.append({first + at: -1, first + at - width: 1, 10_000 + len(relations): 1})
                assert grown >= 0
    for relation in relations:
        for place in [one for one in relation if one >= 10_000]:
            others = {cell: factor for cell, factor in relation.items() if cell < 10_000}
            grown = -sum(cells[cell].value * factor for cell, factor in others.items())
            relation[len(cells)] = relation.pop(place)
            hidden.add(len(cells))
            cells.append(Cell(grown, is_published=False))
    require_covered(Lattice(cells, relations), frozenset(hidden))


def test_what_an_edition_of_a_running_period_hid_stays_hidden_until_it_is_final() -> None:
    first = choose(running([4, 7, 20, 0, 0], company=[1, 2]))
    assert [one.is_hidden for one in first] == [False, True, True, False, False, False]
    second = choose(running([4, 7, 20, 5, 0], first, company=[1, 4]))
    assert [one.is_hidden for one in second] == [False, True, True, False, True, False]
    require_safe_together([first, second])
    final = choose(running([4, 7, 20, 5, 0], second, company=[1, 4], is_sementara=False))
    assert [one.is_hidden for one in final][1:3] == [True, True], "beside one that is small, for good"
    require_safe_together([first, second, final])
    grown = choose(running([9, 12, 20, 8, 0], second, is_sementara=False))
    assert not any(one.is_hidden for one in grown), "where none is small, all may be told"


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(COUNTS, st.sampled_from([0, 0, 1, 3, 9])), min_size=2, max_size=5))
def test_two_editions_of_a_running_period_tell_no_more_than_each(counts: list[tuple[int, int]]) -> None:
    first = choose(running([count for count, _ in counts]))
    second = choose(running([count + more for count, more in counts], first))
    assert {at for at, one in enumerate(first) if one.is_hidden} <= {
        at for at, one in enumerate(second) if one.is_hidden
    }
