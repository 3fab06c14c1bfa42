"""What every page keeps to: five answers, room for labels, legends of maps, and nothing that a chosen kecamatan empties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from command_center.paths import DBT_PROJECT, ROOT

from superset_exports.design import charts, look, rules, shared
from superset_exports.design.__main__ import designed
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Stack, Tab

PAGES = {page.slug: page for page in designed()}


def chart_of(slug: str, name: str) -> Chart:
    return PAGES[slug].charts[f"{slug}-{name}"]


def narrowed(slug: str, name: str) -> set[str]:
    """The filters that narrow a chart."""
    return {one.name for one in PAGES[slug].filters if one.narrows(chart_of(slug, name))}


def test_the_design_keeps_to_them() -> None:
    assert list(rules.problems(PAGES.values())) == []


def without_an_answer(page: Dashboard) -> Dashboard:
    return replace(page, answers={question: name for question, name in page.answers.items() if name != "perhatian"})


def answered_in_a_tab(page: Dashboard) -> Dashboard:
    return replace(page, answers={**page.answers, "Berubah apa?": "definisi"})


def narrowing_everything(page: Dashboard) -> Dashboard:
    return replace(page, filters=[replace(one, without=()) for one in page.filters])


def flat(page: Dashboard) -> Dashboard:
    return replace(page, rows=[*page.rows, Row(30, [Cell(charts_of_kecamatan(), 12)])])


def with_a_bare_map(page: Dashboard) -> Dashboard:
    [drawn] = shared.fires_map().charts
    return replace(page, rows=[*page.rows, Row(60, [Cell(drawn, 12)])])


def with_one_tab_more(page: Dashboard) -> Dashboard:
    return replace(page, tabs=[*page.tabs, Tab("Lagi", [])])


def charts_of_kecamatan() -> Chart:
    return replace(shared.ranked("mttr", "Waktu pemulihan", "jam"), name="uji", bars=11)


@pytest.mark.parametrize(
    ("slug", "change", "words"),
    [
        ("kesehatan", without_an_answer, ["kesehatan.py: answers of Perlu tindakan apa", "names none"]),
        ("kesehatan", answered_in_a_tab, ["answers of Berubah apa? names definisi", "above the tabs"]),
        ("pengaduan", narrowing_everything, ["pengaduan.py: chart opd is of the whole city only", "all_areas"]),
        ("infrastruktur-ti", narrowing_everything, ["chart pesan-tren-ketersediaan-layanan is of the whole city only"]),
        ("lalu-lintas", narrowing_everything, ["chart tren-penumpang-trans-padang is of the whole city only"]),
        ("kesehatan", flat, ["chart uji has 30 units of height for 11 bars, which need 49"]),
        ("kebakaran", with_a_bare_map, ["map peta-kebakaran has no legend"]),
        ("program-opd", with_one_tab_more, ["program_opd.py: has 5 tabs (Per OPD dan kegiatan, Tren,", "may be 4"]),
    ],
)
def test_a_break_is_named(slug: str, change: Callable[[Dashboard], Dashboard], words: list[str]) -> None:
    problems = list(rules.of_page(change(PAGES[slug]))) + list(rules.problems([change(PAGES[slug])]))
    assert any(all(word in problem for word in words) for problem in problems), problems


def test_a_page_that_turns_over_in_a_lobby_may_have_more_tabs() -> None:
    assert len(PAGES["publik"].tabs) > rules.MOST_TABS and list(rules.overgrown(PAGES["publik"])) == []


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("pengaduan", "opd"),
        ("pengaduan", "umur"),
        ("infrastruktur-ti", "tren-ketersediaan-layanan"),
        ("infrastruktur-ti", "tren-cadangan-berhasil"),
        ("lalu-lintas", "tren-penumpang-trans-padang"),
    ],
)
def test_what_is_the_citys_only_stays_when_a_kecamatan_is_chosen(slug: str, name: str) -> None:
    assert "wilayah" not in narrowed(slug, name)
    assert "seluruh kota" in chart_of(slug, name).title


def test_topics_are_those_of_the_chosen_area() -> None:
    topics = chart_of("pengaduan", "topik")
    assert narrowed("pengaduan", "topik") == {"bulan", "wilayah"}
    assert topics.dataset.where == "irisan in ('topik', 'kecamatan_topik')"


def test_every_category_of_bars_is_labelled() -> None:
    drawn = [chart for page in PAGES.values() for chart in page.charts.values() if chart.bars]
    assert len(drawn) > 30
    assert {chart.params["xAxisLabelInterval"] for chart in drawn} == {"0"}


def test_a_curve_begins_anew_with_each_budget_year() -> None:
    for name in ("kurva-s-keuangan", "kurva-s-fisik"):
        assert chart_of("program-opd", name).query["series_columns"] == ["tahun_anggaran"]


def test_a_legend_tells_series_apart_and_not_whence_they_are() -> None:
    """The title line says that (docker/superset/templates/ahead.js)."""
    assert charts.is_legend_needed(["Nilai"], ["asal_data"], []) is False
    assert charts.is_legend_needed(["Nilai"], ["asal_data"], ["ambang"]) is True
    assert charts.is_legend_needed(["Nilai", "Rencana"], ["asal_data"], []) is True
    assert charts.is_legend_needed(["Nilai"], ["tahun_anggaran"], []) is True


def test_no_chart_of_the_public_draws_a_sum_beside_its_parts() -> None:
    asked = {code for chart in PAGES["publik"].charts.values() for code in shared.indicators(chart)}
    assert "kasus_skdr_total" not in asked
    drawn = [chart for chart in PAGES["publik"].charts.values() if chart.name.startswith("minggu-")]
    assert [shared.indicators(chart) for chart in drawn] == [["kasus_dengue"], ["kasus_ispa"], ["kasus_diare"]]


def test_the_public_sees_whole_months_and_rates_of_fires() -> None:
    assert chart_of("publik", "damkar-per-bulan").dataset.where == "is_lengkap"
    assert chart_of("publik", "peta-kebakaran").dataset.table == "kebakaran_laju"


@pytest.mark.parametrize("slug", ["publik", "publik-telepon"])
def test_the_public_is_led_to_what_can_be_downloaded(slug: str) -> None:
    page = PAGES[slug]
    texts = [cell.content for row in page.rows if isinstance(row, Row) for cell in row.cells]
    assert any(isinstance(text, str) and "](/data-terbuka/)" in text for text in texts)
    assert not any("diunduh" in chart.title for chart in page.charts.values())  # the public may not, from a chart


def test_a_map_of_verdicts_says_each_in_words_and_has_the_colours_of_its_legend() -> None:
    macro = (DBT_PROJECT / "macros" / "peta_kecamatan.sql").read_text("utf-8")
    for name, fill in look.FILLS.items():
        assert fill in macro
        assert f".kota-{name} {{ background: {fill}; }}" in look.CSS
    legends = [
        cell.content.note
        for page in PAGES.values()
        for row in page.all_rows
        if isinstance(row, Row)
        for cell in row.cells
        if isinstance(cell.content, Stack) and cell.content.note
    ]
    assert len(legends) == 4
    assert all(word in look.status_legend("≥ 75 %") for word in ("● baik", "▲ waspada", "◆ siaga", "■ buruk"))
    shapes = [one.sql for one in chart_of("kebakaran", "peta-tanggap").dataset.expressions if "titik" in one.sql]
    assert "else chr(10) || status end" in shapes[0]


@pytest.mark.parametrize(
    ("slug", "name"), [("ringkasan", "perhatian"), ("kesehatan", "perhatian"), ("wilayah", "perhatian")]
)
def test_what_needs_a_hand_leads_to_its_page(slug: str, name: str) -> None:
    attention = chart_of(slug, name)
    assert "dasbor_tautan" in attention.params["all_columns"]
    assert attention.params["allow_render_html"] is True


def test_where_there_is_none_one_row_says_so() -> None:
    for slug, name in (("mutu-data", "ditahan"), ("mutu-data", "perubahan_angka"), ("publik", "peringatan")):
        sql = chart_of(slug, name).dataset.document()["sql"]
        assert "union all" in sql and "'Tidak ada " in sql and "where not exists" in sql


def test_a_screen_in_a_lobby_has_large_type() -> None:
    assert "kota-lobi" in (ROOT / "docker" / "superset" / "pages.js").read_text("utf-8")
    assert ".kota-lobi" in look.CSS
