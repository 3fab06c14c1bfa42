"""Charts and maps: every category labelled, nothing on top of another, gaps, zero and what is missing, in grey too."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from itertools import pairwise

import pytest
from command_center.drawing import (
    Bar,
    Class,
    Region,
    Series,
    Status,
    Threshold,
    bars,
    choropleth,
    classify,
    diverging,
    lines,
    mark,
    palette,
    spark,
)
from command_center.drawing.letters import width, wrap
from command_center.drawing.lines import spread
from command_center.drawing.scale import bounds, ticks
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.pictures import SVG, outside, overlaps, parse, references, texts

MONTHS = ("Nov", "Des", "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt")
STATUSES: tuple[Status, ...] = ("baik", "waspada", "siaga", "buruk", "tanpa_ambang", "tidak_tersedia")
numbers = st.decimals(min_value=-10_000, max_value=10_000, places=1)
names = st.text(st.characters(codec="latin-1", categories=("L", "Nd", "Zs", "P")), min_size=1, max_size=60).filter(
    str.strip
)


def course(name: str, *values: int | None) -> Series:
    return Series(
        name, [(MONTHS[number % 12], None if value is None else Decimal(value)) for number, value in enumerate(values)]
    )


def square(kode: str, name: str, x: float, y: float, value: int | None, side: float = 1, **more: bool) -> Region:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    number = None if value is None else Decimal(value)
    return Region(kode, name, geometry, number, str(value), **more)


INCIDENTS = [
    course("Kebakaran", 3, 5, 4, None, 6, 7, 5, 4, 3, 2, 4, 6),
    course("Penyelamatan", 3, 4, 4, 5, 6, 7, 5, 4, 3, 2, 4, 6),
]
RESPONSE = [
    Bar("Kuranji", Decimal("16.2"), "16,2", "buruk", True),
    Bar("Bungus Teluk Kabung", Decimal("14.9"), "14,9", "waspada"),
    Bar("Nanggalo", Decimal(0), "0", "baik"),
    Bar("Kelurahan Pondok Kopi nan Sangat Panjang Namanya", None, "n.a.", "tidak_tersedia"),
]
TARGET = Threshold(Decimal(15), "standar")
CITY = [
    square("1", "Kuranji", 0, 0, 10, is_marked=True),
    square("2", "Bungus Teluk Kabung", 1, 0, 20),
    square("3", "Pauh", 0, 1, None),
    square("4", "Padang Timur", 1, 1, 0, side=0.02),
    square("5", "Padang Barat", 1.02, 1, 5, side=0.02),
    square("6", "Nanggalo", 1.04, 1, 7, side=0.02),
]


def all_drawings() -> dict[str, str]:
    return {
        "lines": lines(INCIDENTS, title="Kejadian", unit="kejadian", threshold=Threshold(Decimal(6), "batas")),
        "bars": bars(RESPONSE, title="Waktu tanggap", unit="menit", threshold=TARGET),
        "diverging": diverging(
            [Bar("Pauh", Decimal(-3), "−3"), Bar("Kuranji", Decimal(8), "+8")], title="Ubah", unit="poin"
        ),
        "choropleth": choropleth(CITY, title="Peta", unit="per 10.000", classes=classify([one.value for one in CITY])),
        "spark": spark([Decimal(1), None, Decimal(3)]),
        "mark": mark("buruk"),
    }


@pytest.mark.parametrize("kind", all_drawings())
def test_a_drawing_says_what_it_shows_and_asks_for_nothing(kind: str) -> None:
    svg = all_drawings()[kind]
    root = parse(svg)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert title is not None and title.text and description is not None and description.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert references(svg) == [] and references(svg.replace("<g ", '<image href="x"/><g ')) != []
    assert overlaps(svg) == [] and outside(svg) == []
    assert svg == all_drawings()[kind]


def test_ids_of_different_drawings_differ() -> None:
    ids = [element.get("id") for svg in all_drawings().values() for element in parse(svg).iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 12


def test_names_are_escaped() -> None:
    svg = bars([Bar('<b> & "Co"', Decimal(1), "<1>")], title="a < b", unit="&")
    assert '<b> & "Co"' in " ".join(texts(svg)) and "<1>" in texts(svg)
    assert (parse(svg).findtext(f"{SVG}title")) == "a < b"


def test_each_bar_is_labelled_in_the_callers_order_and_has_room() -> None:
    svg = bars(RESPONSE, title="Waktu tanggap", unit="menit", threshold=TARGET)
    said = texts(svg)
    words = " ".join(said)
    for row in RESPONSE[:3]:
        assert row.label in said and row.text in said
    assert "Kelurahan Pondok Kopi nan Sangat Panjang Namanya" in words
    assert said.index("Kuranji") < said.index("Bungus Teluk Kabung") < said.index("Nanggalo")
    assert "standar 15" in said and "menit" in said and "tidak tersedia" in said and "n.a." not in said
    assert "baik" in said and "waspada" in said and "buruk" in said and "siaga" not in said
    assert float(parse(svg).get("height", "0")) >= 22 * len(RESPONSE)


def rectangles(svg: str) -> list[float]:
    return [float(one.get("width", "0")) for one in parse(svg).iter(f"{SVG}rect")]


def test_zero_has_no_bar_and_says_zero_and_lengths_are_in_proportion() -> None:
    svg = bars(
        [Bar("a", Decimal(0), "0"), Bar("b", Decimal(5), "5"), Bar("c", Decimal(10), "10"), Bar("d", None, "")],
        title="t",
        unit="u",
    )
    short, long = rectangles(svg)
    assert long == pytest.approx(2 * short, abs=0.02)
    assert {"0", "5", "10", "tidak tersedia"} <= set(texts(svg))


def test_bars_around_zero_have_it_in_the_middle() -> None:
    svg = diverging(
        [Bar("naik", Decimal(4), "+4"), Bar("turun", Decimal(-4), "−4"), Bar("tetap", Decimal(0), "0")],
        title="t",
        unit="poin",
    )
    up, down = parse(svg).iter(f"{SVG}rect")
    assert float(up.get("width", "0")) == pytest.approx(float(down.get("width", "0")), abs=0.02)
    assert float(down.get("x", "0")) + float(down.get("width", "0")) == pytest.approx(float(up.get("x", "0")), abs=0.02)
    assert up.get("fill") != down.get("fill")


@settings(deadline=None)
@given(
    st.lists(st.tuples(names, st.none() | numbers, st.sampled_from(STATUSES), st.booleans()), max_size=20),
    st.none() | numbers,
)
def test_no_bars_whatever_they_say_lie_on_each_other(
    rows: list[tuple[str, Decimal | None, Status, bool]], limit: Decimal | None
) -> None:
    made = [Bar(label, value, str(value), status, marked) for label, value, status, marked in rows]
    for draw in (bars, diverging):
        svg = draw(made, title="t", unit="menit", threshold=None if limit is None else Threshold(limit, "batas"))
        assert overlaps(svg) == [] and outside(svg) == []
        joined = "".join("".join(texts(svg)).split())
        assert all("".join(label.split()) in joined for label, *_ in rows)


def paths(svg: str, dash: str | None = None) -> list[str]:
    return [
        one.get("d", "")
        for one in parse(svg).iter(f"{SVG}path")
        if one.get("fill") == "none" and one.get("stroke-dasharray") == dash
    ]


def test_a_missing_period_is_a_gap_in_its_line_and_said_in_words() -> None:
    svg = lines(INCIDENTS, title="Kejadian", unit="kejadian")
    assert [path.count("L") + 1 for path in paths(svg)] == [3, 8]
    assert [path.count("L") + 1 for path in paths(svg, "6 3")] == [12]
    assert "Feb tidak tersedia" in (parse(svg).findtext(f"{SVG}desc") or "")


def test_lines_are_named_at_their_ends_although_both_end_at_the_same_value() -> None:
    svg = lines(INCIDENTS, title="Kejadian", unit="kejadian")
    assert {"Kebakaran 6", "Penyelamatan 6", "Okt", "kejadian"} <= set(texts(svg))
    assert overlaps(svg) == []


def test_a_line_that_stops_early_says_when() -> None:
    assert "Kasus 4 (Jan)" in texts(lines([course("Kasus", 2, 3, 4, None)], title="t", unit="kasus"))


def test_nothing_known_says_so() -> None:
    assert "tidak tersedia" in texts(lines([course("Kasus", None, None)], title="t", unit="kasus"))
    assert "tidak tersedia" in texts(bars([], title="t", unit="u"))
    assert "tidak tersedia" in texts(choropleth([], title="t", unit="u", classes=[]))
    assert "tidak tersedia" in (parse(spark([])).findtext(f"{SVG}desc") or "")


def test_seven_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 6 lines, 7 were given"):
        lines([course(str(number), number) for number in range(7)], title="t", unit="u")


@settings(deadline=None)
@given(st.lists(st.lists(st.none() | numbers, min_size=1, max_size=13), min_size=1, max_size=4), st.none() | numbers)
def test_no_lines_whatever_their_course_have_labels_on_each_other(
    courses: list[list[Decimal | None]], limit: Decimal | None
) -> None:
    made = [
        Series(f"Seri {number}", list(zip([*MONTHS, "Nov"], values, strict=False)))
        for number, values in enumerate(courses)
    ]
    threshold = None if limit is None else Threshold(limit, "batas")
    svg = lines(made, title="t", unit="u", threshold=threshold)
    crossing = [pair for pair in overlaps(svg) if not any(word.startswith("batas") for word in pair)]
    assert crossing == [] and outside(svg) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 250), st.floats(5, 30)), max_size=6))
def test_labels_are_moved_apart_and_stay_inside(wished: list[tuple[float, float]]) -> None:
    tops, heights = [top for top, _ in wished], [height for _, height in wished]
    placed = sorted(zip(spread(tops, heights, 0, 200), heights, strict=True))
    assert all(one + height <= other + 1e-6 for (one, height), (other, _) in pairwise(placed))
    assert all(top >= -1e-6 and top + height <= 200 + 1e-6 for top, height in placed)


def test_no_name_of_a_map_is_lost_small_areas_are_numbered_in_a_key() -> None:
    svg = choropleth(CITY, title="Peta", unit="per 10.000", classes=classify([one.value for one in CITY]))
    words = " ".join(texts(svg))
    assert all(one.name in words for one in CITY)
    assert "5 Padang Barat" in words and "tidak tersedia" in words and "per 10.000" in words
    assert overlaps(svg) == [] and outside(svg) == []


def test_a_region_is_filled_by_its_class_and_dashed_when_unknown() -> None:
    classes = [Class("< 10", None, Decimal(10)), Class("≥ 10", Decimal(10), None)]
    svg = choropleth(CITY[:3], title="t", unit="u", classes=classes)
    drawn = {one.get("fill"): one for one in parse(svg).iter(f"{SVG}path")}
    assert drawn["#ffffff"].get("stroke-dasharray") == "2 2"
    assert drawn[palette.CLASSES[-1]] is not None  # Kuranji's 10 belongs to the class from 10 on
    assert "≥ 10" in texts(svg)


def test_zero_on_a_map_is_a_value() -> None:
    classes = [Class("< 10", None, Decimal(10)), Class("≥ 10", Decimal(10), None)]
    svg = choropleth([square("1", "Pauh", 0, 0, 0)], title="t", unit="u", classes=classes)
    drawn = next(one for one in parse(svg).iter(f"{SVG}path"))
    assert drawn.get("fill") == palette.CLASSES[0] and drawn.get("stroke-dasharray") is None
    assert "tidak tersedia" not in texts(svg)


def test_holes_and_many_parts_are_drawn() -> None:
    ring = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    hole = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
    island = [[5, 5], [6, 5], [6, 6], [5, 6], [5, 5]]
    region = Region("1", "Pulau", {"type": "MultiPolygon", "coordinates": [[ring, hole], [island]]}, Decimal(1), "1")
    svg = choropleth([region], title="t", unit="u", classes=[Class("semua", None, None)])
    drawn = next(one for one in parse(svg).iter(f"{SVG}path"))
    assert drawn.get("d", "").count("M") == 3 and drawn.get("fill-rule") == "evenodd"


@settings(deadline=None)
@given(st.lists(st.none() | st.decimals(min_value=-1000, max_value=1000, places=2), max_size=40))
def test_each_value_belongs_to_exactly_one_class(values: list[Decimal | None]) -> None:
    classes = classify(values)
    assert all(sum(one.holds(value) for one in classes) == 1 for value in values if value is not None)
    assert len(classes) <= 4


def test_classes_say_their_bounds_in_indonesian() -> None:
    classes = classify([Decimal(number) / 2 for number in range(1, 9)])
    assert [one.label for one in classes] == ["< 1,5", "1,5 – < 2,5", "2,5 – < 3,5", "≥ 3,5"]


@settings(deadline=None)
@given(numbers, numbers)
def test_ticks_enclose_what_they_are_for(one: Decimal, other: Decimal) -> None:
    low, high = bounds([one, other])
    marks = ticks(low, high)
    assert marks[0] <= Decimal(low) + Decimal("1e-6") and marks[-1] >= Decimal(high) - Decimal("1e-6")
    assert 2 <= len(marks) <= 8


@settings(deadline=None)
@given(names, st.floats(20, 200))
def test_wrapping_loses_no_letter_and_fits(words: str, room: float) -> None:
    wrapped = wrap(words, room, 11)
    assert "".join("".join(wrapped).split()) == "".join(words.split())
    assert all(width(line, 11) <= room or len(line) == 1 for line in wrapped)


def test_letters_are_never_narrower_than_the_font_draws_them() -> None:
    from command_center.report.fonts import font_folder
    from matplotlib.ft2font import FT2Font, LoadFlags

    for weight in ("Regular", "Medium", "SemiBold"):
        font = FT2Font(str(font_folder() / f"HKGrotesk-{weight}.otf"))
        font.set_size(100, 72)
        for letter in (chr(code) for code in range(32, 127)):
            advance = font.load_char(ord(letter), LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100
            assert 0.2 < advance <= width(letter, 1) + 0.001, letter


def test_texts_and_lines_stand_out_from_what_is_behind_them() -> None:
    dark = (palette.INK, palette.QUIET, palette.NAVY, *palette.STATUS.values())
    assert all(palette.contrast(colour, ground) >= 4.5 for colour in dark for ground in (palette.PAPER, palette.PANEL))
    assert all(palette.contrast(palette.INK, ground) >= 4.5 for ground in palette.CLASSES)
    assert all(palette.contrast(colour, palette.PAPER) >= 4.5 for colour in palette.SERIES)
    assert palette.contrast(palette.BAR, palette.MARKED) >= 3
    assert round(palette.contrast("#000000", "#ffffff"), 2) == 21


def test_classes_can_be_told_apart_in_grey_and_status_colours_serve_nothing_else() -> None:
    tones = [palette.luminance(colour) for colour in palette.CLASSES]
    assert all(lighter / darker > 1.2 for lighter, darker in pairwise(tones))
    others = {*palette.SERIES, *palette.CLASSES, palette.BAR, palette.MARKED, palette.LESS, palette.MORE, palette.NAVY}
    assert not others & {palette.STATUS[status] for status in ("baik", "waspada", "siaga", "buruk")}
    assert len(set(palette.SERIES)) == len(set(palette.DASHES)) == 6


def test_each_status_has_a_shape_of_its_own() -> None:
    def shape(status: Status) -> str:
        drawn = ET.fromstring(mark(status)).find(f"{SVG}g")
        assert drawn is not None
        return drawn[0].tag + drawn[0].get("d", "")

    assert len({shape(status) for status in STATUSES}) == 5  # a full and an empty circle are the same element
    assert parse(mark("buruk")).findtext(f"{SVG}title") == "buruk"
