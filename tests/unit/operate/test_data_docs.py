"""Pages of Great Expectations ask nobody: neither by what they hold nor by what the library may put in tomorrow."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command_center.intake.stage import Emptied, Hidden
from command_center.intake.verdict import hidden, left_out, stale
from command_center.ledger.audit import Audited
from command_center.operate.data_docs import index_page, without_strangers
from command_center.settings import WIB

from tests.support.file_source import declare

FETCHED = {
    "href": {"link"},
    "src": {"img", "script", "iframe", "source", "video"},
    "srcset": {"img"},
    "data": {"object"},
}
STRANGE = [
    '<img src="https://great-expectations-web-assets.s3.us-east-2.amazonaws.com/logo.png" alt="a">',
    "<IMG\n alt='a' SRC='HTTP://example.org/a.png'/>",
    "<img src=//example.org/a.png>",
    '<img srcset="https://example.org/a.png 2x">',
    '<link rel="stylesheet" href="https://example.org/a.css">',
    '<script src="https://example.org/a.js"></script>',
    "<script>fetch('https://example.org')</script>",
    '<iframe src="https://example.org"></iframe>',
]


class Asked(HTMLParser):
    """What a browser would fetch without being told to."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if tag in FETCHED.get(name, ())]


@pytest.mark.parametrize("strange", STRANGE)
def test_a_page_asks_no_other_host(strange: str) -> None:
    page = without_strangers(
        f'<!DOCTYPE html><html><head><title>a</title></head><body>{strange}<img src="data:,"><p>isi</p></body></html>'
    )
    asked = Asked()
    asked.feed(page)
    assert asked.addresses in ([], ["data:,"]) and "fetch(" not in page
    assert "<p>isi</p>" in page


def test_a_browser_is_told_to_ask_nobody_before_anything_else() -> None:
    for page in (without_strangers("<html><head><style></style></head></html>"), index_page([], Path())):
        head = page.split("<head>")[1]
        assert re.match(r"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ", head)


RESULT = {
    "results": [
        {"success": True, "expectation_config": {"meta": {}}},
        {"success": False, "expectation_config": {"meta": {"reason": "Jumlah <harus> positif."}}},
    ]
}
HELD = Audited(
    batch_id=7,
    source="uji_pasar",
    title="Retribusi & pasar",
    table="retribusi",
    part="2026-10",
    status="held",
    decision=None,
    reason="1 of 2 rows break a rule <b>",
    rows_read=1200,
    rows_published=0,
    rows_unchanged=0,
    rows_quarantined=1,
    finished_at=datetime(2026, 11, 20, tzinfo=UTC),
    is_simulasi=False,
    audit_id=7,
    result=RESULT,
)
GOOD = replace(
    HELD, batch_id=8, source="uji_pajak", status="published", reason="", rows_published=1200, audit_id=None, result=None
)


def test_what_is_simulated_says_so(tmp_path: Path) -> None:
    page = index_page([HELD, replace(GOOD, is_simulasi=True)], tmp_path)
    assert page.count("DATA SIMULASI") == 1


def test_the_first_page_says_why_a_batch_is_held_before_all_that_is_well(tmp_path: Path) -> None:
    found = tmp_path / "validations" / "uji_pasar" / "batch 7" / "20261120T000000.000000Z"
    found.mkdir(parents=True)
    (found / "2026-10.html").touch()
    page = index_page([GOOD, HELD], tmp_path)
    held, good = re.findall(r"<tr id=.*?</tr>", page)
    assert 'id="kiriman-7" data-hasil="ditahan" data-sumber="uji_pasar"' in held
    for part in (
        "Ditahan karena terlalu banyak baris yang salah isi. Mintalah perbaikan",
        "1 of 2 rows break a rule &lt;b&gt;",
        "<li>Jumlah &lt;harus&gt; positif.</li>",
        '<td class="number">1.200</td>',
        'href="validations/uji_pasar/batch%207/20261120T000000.000000Z/2026-10.html"',
    ):
        assert part in held, held
    assert 'data-hasil="terbit"' in good and "Ditahan" not in good and "href" not in good


def test_what_was_not_chosen_is_hidden_without_a_program() -> None:
    thrown_away = replace(HELD, batch_id=9, decision="buang")
    page = index_page([GOOD, HELD, thrown_away], Path())
    assert re.findall(r'<option value="([^"]*)">', page) == [
        *("", "ditahan", "dibuang", "terbit"),
        *("", "uji_pajak", "uji_pasar"),
    ]
    assert 'body:has(#hasil option[value="dibuang"]:checked) tbody tr:not([data-hasil="dibuang"])' in page
    assert "<script" not in page


def test_notes_of_what_was_published_are_in_the_words_of_its_agency() -> None:
    """Made by what writes them, so that a changed sentence shows here."""
    source = declare("csv", ["Kode", {"source": "Nilai", "type": "integer", "optional": True}], {})
    table, now = source.tables["baris"], datetime(2026, 11, 20, 9, tzinfo=WIB)
    notes = [
        left_out(table, Emptied("nilai", 1, 3, None), "baris 4"),
        left_out(table, Emptied("nilai", 12, 3, "Nilai antara 0 dan 100."), "baris 4"),
        hidden(table, Hidden("kode", 2, 1), "baris 2"),
        *stale(source, now - 3 * source.freshness, now),
    ]
    failed = "expect_column_values_to_be_between on nilai failed (Jumlah <harus> positif.), 3 rows"
    page = index_page([replace(GOOD, reason=" ".join([failed, *notes]), result=RESULT)], Path())
    told = page.split("<details>")[0].rsplit("<td>", 1)[1]
    for part in (
        "1 isian kolom ‘Nilai’ tidak diambil, yang pertama di baris 4: seharusnya bilangan bulat, misalnya 1234; sisa barisnya terbit.",
        "12 isian kolom ‘Nilai’ tidak diambil, yang pertama di baris 4: Nilai antara 0 dan 100; sisa barisnya terbit.",
        "NIK, telepon, surel, atau nama ditutup pada 2 teks kolom ‘Kode’, yang pertama di baris 2; jangan dikirim lagi.",
        "Isinya baru sampai ",
        "<li>Jumlah &lt;harus&gt; positif.</li>",
    ):
        assert part in told, told
    assert "failed" not in told and "left out" not in told and "hidden" not in told


def test_a_note_that_is_not_known_stands_as_it_is() -> None:
    page = index_page([replace(GOOD, reason="the column 'Baru' is not declared and was not taken in.")], Path())
    assert "the column &#x27;Baru&#x27; is not declared" in page.split("<details>")[0]
