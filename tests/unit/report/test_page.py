"""The page for telephones as text: what it says, and that no text becomes markup."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import get_args

import pytest
from command_center.report.document import Cell, Column, Drawing, Kind, Paragraph, Section, Table
from command_center.report.page import build_page
from lxml import html

from tests.support.report_document import incidents, sample

EVIL = '<script>alert(1)</script>"&'


def parsed(page: str) -> html.HtmlElement:
    return html.document_fromstring(page)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_it_says_what_the_document_says(kind: Kind) -> None:
    document = sample(kind)
    root = parsed(build_page(document))
    text = " ".join(root.text_content().split())
    said = [document.title, document.period_text, document.letterhead.yth, *document.notices, document.summary.others]
    said += [finding.sentence for finding in (*document.summary.worse, *document.summary.better, *document.summary.act)]
    said += [finding.rule for finding in document.summary.act]
    for section in document.sections:
        said.append(section.title)
        for block in section.blocks:
            table = block.table if isinstance(block, Drawing) else block
            if isinstance(table, Table):
                said += [table.caption, *(cell.text for row in table.rows for cell in row), table.note]
    assert len(said) > 100 or kind == "mingguan"
    assert [one for one in said if " ".join(one.split()) not in text] == []


def test_headings_come_in_order_and_ids_are_unique() -> None:
    twice = Section("III", "Bagian", (incidents(), incidents()))
    root = parsed(build_page(sample(sections=(twice, twice))))
    levels = [int(str(element.tag)[1]) for element in root.iter("h1", "h2", "h3")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids)) > 2
    assert root.get("lang") == "id"


def test_appendices_are_folded_behind_the_report_and_what_names_one_leads_there() -> None:
    root = parsed(build_page(sample()))
    folded = root.xpath("//main/section/details[@class='appendix']")
    assert [one.xpath("string(summary/h2)") for one in folded] == [
        "Lampiran A. Rincian",
        "Lampiran B. Definisi Indikator",
    ]
    assert all(one.get("open") is None and one.xpath(".//table//td") for one in folded)
    assert root.xpath("//section/following-sibling::section[last()]/details/div/@id")[-1:] == ["lampiran-B"]
    leads = [(one.text, one.get("href")) for one in root.xpath("//main//a[not(ancestor::nav)]")]
    assert leads == [("Lampiran A", "#lampiran-A"), ("Lampiran B", "#lampiran-B"), ("Lampiran A", "#lampiran-A")]
    assert {href[1:] for _, href in leads} <= set(root.xpath("//@id"))


def test_a_text_that_names_no_appendix_of_this_report_leads_nowhere() -> None:
    page = build_page(sample(sections=(Section("I", "x", (Paragraph("Lihat Lampiran Z."),)),)))
    assert "<p>Lihat Lampiran Z.</p>" in page


def test_a_period_has_the_whole_width_above_the_figures_that_are_of_it() -> None:
    table = Table(
        "T", (Column("a"), Column("b")), ((Cell("Semester I", is_strong=True), Cell("")), (Cell("x"), Cell("1")))
    )
    root = parsed(build_page(sample(sections=(Section("I", "x", (table,)),))))
    (group,) = root.xpath("//th[@scope='rowgroup']")
    assert (group.get("colspan"), group.text_content().strip()) == ("2", "Semester I")


def test_every_drawing_has_its_alternative_text() -> None:
    root = parsed(build_page(sample()))
    drawings = root.xpath("//*[@role='img']")
    assert [one.get("aria-label") for one in drawings][:1] == [
        "Grafik garis kejadian per bulan, November 2025 sampai Oktober 2026."
    ]
    assert len(drawings) == 3 and all(len(one.xpath(".//*[local-name()='svg']")) == 1 for one in drawings)


def test_no_text_becomes_markup() -> None:
    table = Table(EVIL, (Column(EVIL),), ((Cell(EVIL),),), EVIL)
    page = build_page(
        sample(title=EVIL, label=EVIL, notices=(EVIL,), sections=(Section("I", EVIL, (table, Paragraph(EVIL))),))
    )
    assert "<script" not in page and parsed(page).text_content().count(EVIL) >= 8


def test_it_names_nothing_outside_itself() -> None:
    page = build_page(sample())
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"|url\("(?!data:font)|@import', page) == []
    assert "default-src 'none'" in page


def test_a_status_without_a_word_is_said_for_those_who_do_not_see_it() -> None:
    cells = ((Cell("12,5", status="buruk"), Cell("Baik", status="baik")),)
    root = parsed(build_page(sample(sections=(Section("I", "x", (Table("t", (Column("a"), Column("b")), cells),)),))))
    body = root.xpath("//tbody")[-1].text_content()
    assert "buruk: 12,5" in " ".join(body.split()) and "baik:" not in body


def test_an_empty_table_says_so() -> None:
    page = build_page(sample(sections=(Section("I", "x", (Table("t", (Column("a"), Column("b")), ()),)),)))
    assert "Tidak tersedia" in parsed(page).text_content()


def test_the_same_document_gives_the_same_page() -> None:
    assert build_page(sample()) == build_page(sample())
