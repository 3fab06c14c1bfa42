"""A document as PDF: what the validators say, what they say when it is spoiled, and that nothing breaks it."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any, get_args

import page
import pikepdf
import pytest
from command_center.errors import DeliveryError
from command_center.report.arrangement import EM_OF_PAGE, Sheet
from command_center.report.columns import fit, least_widths, widths_of
from command_center.report.document import (
    Block,
    Cell,
    Column,
    Context,
    Document,
    Drawing,
    Kind,
    Paragraph,
    Section,
    Summary,
    Table,
)
from command_center.report.pdf import (
    COUNTED,
    MOST_PAGES,
    attachment_name,
    first_density,
    layout_of,
    page_count,
    proper_pages,
    set_pages,
)
from command_center.report.rendering import render, render_all
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.support.report_document import (
    SUMMARY,
    appendices,
    incidents,
    indicators,
    people,
    region_map,
    response,
    sample,
)

pytestmark = pytest.mark.slow

KINDS: tuple[Kind, ...] = get_args(Kind)
SHEET = Sheet(EM_OF_PAGE[0])
UA, A3A = page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A


@pytest.fixture(scope="module")
def pdfs() -> dict[Kind, bytes]:
    return {rendered.document.kind: rendered.pdf for rendered in render_all(sample(kind) for kind in KINDS)}


def rules_broken(pdf: bytes, profile: page.ValidationProfile) -> set[str]:
    report = page.validate_pdf_bytes(pdf, profile=profile)
    assert report.rules.total > 100
    assert report.is_compliant is not bool(report.failures)
    misread = {("PDFA3A-STREAM-LENGTH-001", number) for number in streams_that_end_in_cr(pdf)}
    found = {(one.rule_id, one.object_id.object_number if one.object_id else 0) for one in report.failures}
    return {rule for rule, _ in found - misread}


def streams_that_end_in_cr(pdf: bytes) -> set[int]:
    """Objects whose compressed bytes happen to end in CR, of the length that they say: the validator takes that CR
    and the LF before `endstream` for one end of line, and counts a byte too few."""
    found = re.finditer(
        rb"(\d+) 0 obj\s*<<(?:(?!endobj).)*?/Length (\d+)(?:(?!endobj).)*?>>\s*stream\n", pdf, re.DOTALL
    )
    return {int(one[1]) for one in found if pdf[(end := one.end() + int(one[2])) - 1 : end + 11] == b"\r\nendstream\n"}


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    return " ".join(" ".join(sheet.extract_text() for sheet in read(pdf).pages).replace("\u200b", "").split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_passes_the_validators_and_keeps_to_its_pages(kind: Kind, pdfs: dict[Kind, bytes]) -> None:
    pdf = pdfs[kind]
    assert rules_broken(pdf, UA) == set()
    assert rules_broken(pdf, A3A) == set()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.check_pdf_syntax() == []
    pages = read(pdf).pages
    assert 1 <= proper_pages(pdf) <= MOST_PAGES[kind]
    assert all([round(float(side)) for side in sheet.mediabox[2:]] == [595, 842] for sheet in pages)
    assert f"halaman 1 dari {len(pages)}" in words(pdf)


def spoiled(pdf: bytes, spoil: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        spoil(opened)
        file = io.BytesIO()
        opened.save(file)
    return file.getvalue()


def drop_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def drop_alternative(pdf: pikepdf.Pdf) -> None:
    del next(one for one in structure(pdf.Root.StructTreeRoot) if one.get("/S") == "/Figure")["/Alt"]


def drop_fonts(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            del item["/FontFile3"]


def drop_association(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/AF"]


def structure(node: Any) -> Iterator[Any]:
    """Every element of the tree of tags, in reading order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/S") is not None:
            yield kid
            yield from structure(kid)


@pytest.mark.parametrize(
    ("spoil", "profile"),
    [(drop_language, UA), (drop_alternative, UA), (drop_fonts, UA), (drop_fonts, A3A), (drop_association, A3A)],
)
def test_the_validators_find_what_was_spoiled(
    spoil: Callable[[pikepdf.Pdf], None], profile: page.ValidationProfile, pdfs: dict[Kind, bytes]
) -> None:
    assert rules_broken(spoiled(pdfs["bulanan"], lambda _: None), profile) == set()
    assert rules_broken(spoiled(pdfs["bulanan"], spoil), profile) != set()


def test_qpdf_finds_a_broken_file(pdfs: dict[Kind, bytes]) -> None:
    broken = pdfs["mingguan"].replace(b"startxref\n", b"startxref\n9", 1)
    with pikepdf.open(io.BytesIO(broken)) as opened:
        assert opened.check_pdf_syntax() != []


def test_the_first_page_says_what_it_is_and_that_it_is_no_letter(pdfs: dict[Kind, bytes]) -> None:
    first = read(pdfs["bulanan"]).pages[0].extract_text()
    for said in (
        "LAPORAN DATA BULANAN WILAYAH KECAMATAN KURANJI",
        "BULAN OKTOBER 2026",
        "DINAS KOMUNIKASI DAN INFORMATIKA",
        "400.14/0042/Diskominfo/2026",
        "Terbatas",
        "Plt. Camat Kuranji",
        "Edisi 2 · Data sampai 31 Oktober 2026",
        "Edisi 2 menggantikan edisi 1",
        "DATA SIMULASI — angka pada laporan ini dibuat untuk peragaan",
        "Dihasilkan oleh sistem Padang Command Center, tanpa tanda tangan; bukan surat dari camat.",
        "Memburuk",
        "Membaik",
        "Perlu tindakan",
        "5 hal lain berstatus buruk atau waspada",
    ):
        assert said in " ".join(first.split()), said


def test_the_workbook_is_inside_as_data(pdfs: dict[Kind, bytes]) -> None:
    rendered = render(sample())
    with pikepdf.open(io.BytesIO(rendered.pdf)) as opened:
        name = attachment_name(rendered.document)
        assert list(opened.attachments) == [name] and name == "data_bulanan_kuranji_2026-10-01.xlsx"
        assert opened.attachments[name].get_file().read_bytes() == rendered.xlsx
        assert opened.Root.AF[0].AFRelationship == "/Data"
        assert str(opened.Root.Lang).startswith("id")


def test_sections_are_bookmarks(pdfs: dict[Kind, bytes]) -> None:
    outline = str(
        [
            getattr(item, "title", [str(deep.title) for deep in item if not isinstance(deep, list)])
            for item in read(pdfs["bulanan"]).outline
        ]
    )
    for title in (
        "Ringkasan Eksekutif",
        "II. Kependudukan",
        "VIII. Perbandingan Antarkelurahan",
        "Catatan Kualitas Data",
        "Lampiran A. Rincian",
        "Lampiran B. Definisi Indikator",
    ):
        assert title in outline


def test_text_comes_out_in_reading_order_without_the_stamp_between_it(pdfs: dict[Kind, bytes]) -> None:
    text = words(pdfs["bulanan"])
    assert (
        "Kelurahan Laki-laki Perempuan Jumlah Perubahan Anduring 7.012 7.125 14.137 8 Pasar Ambacang 9.420 9.533 18.953 −12"
        in text
    )
    assert "Kecamatan 70.918 71.935 142.853 0" in text
    places = [
        text.index(title)
        for title in (
            "Ringkasan Eksekutif",
            "I. Gambaran",
            "II. Kependudukan",
            "IX. Permasalahan",
            "Lampiran A. Rincian",
            "Lampiran B. Definisi",
        )
    ]
    assert places == sorted(places)
    assert text.count("DATA SIMULASI") == 1


def marks(node: Any) -> Iterator[tuple[Any, int]]:
    """Page and number of each piece of content outside figures, in the order of the tags."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            yield node.get("/Pg").objgen, kid
        elif isinstance(kid, pikepdf.Dictionary) and kid.get("/MCID") is not None:
            yield kid.get("/Pg", node.get("/Pg")).objgen, int(kid.MCID)
        elif isinstance(kid, pikepdf.Dictionary) and kid.get("/S") not in (None, "/Figure"):
            yield from marks(kid)


def test_tags_follow_the_order_of_the_text_and_tables_have_head_cells(pdfs: dict[Kind, bytes]) -> None:
    with pikepdf.open(io.BytesIO(pdfs["bulanan"])) as opened:
        root = opened.Root.StructTreeRoot
        order = list(marks(root))
        assert len(order) > 300
        assert all(one[0] != other[0] or one[1] < other[1] for one, other in pairwise(order))
        kinds = [str(one.S) for one in structure(root)]
    assert kinds.count("/Table") == 9 and kinds.count("/Caption") == 11
    assert kinds.count("/TH") == 4 + 5 + 5 * 8 + 3 + 4 and kinds.count("/H1") == 1


def test_reports_that_are_set_beside_each_other_are_what_each_is_alone(pdfs: dict[Kind, bytes]) -> None:
    together = render_all(sample(kind) for kind in (*KINDS, *KINDS))
    assert [rendered.pdf for rendered in together] == [pdfs[kind] for kind in (*KINDS, *KINDS)]
    assert [render(sample(kind)).pdf for kind in KINDS] == [pdfs[kind] for kind in KINDS]


def test_the_same_document_gives_the_same_bytes(pdfs: dict[Kind, bytes]) -> None:
    assert render(sample()).pdf == pdfs["bulanan"]


def document_with(*blocks: Block, kind: Kind = "bulanan", **changes: Any) -> Document:
    return sample(kind, sections=(Section("I", "Bagian", tuple(blocks)),), **changes)


LONG = "Perhimpunan-Penanggulangan-Kebencanaan-Terpadu" * 3
HARD = Table(
    f"Judul {LONG}",
    tuple(Column(f"Kolom {LONG if place == 2 else place}", "right" if place else "left") for place in range(9)),
    tuple(
        (
            Cell(f"Kelurahan {LONG}"),
            *(
                Cell(text, None if text in ("n.a.", "–") else Decimal(0), "buruk")
                for text in ("0", "n.a.", "–", "−12,5", "1.234.567,89", "<10", LONG, "")
            ),
        )
        for _ in range(45)
    ),
    f"Catatan {LONG}",
)
EMPTY = Table("Tabel kosong", (Column("Nama"), Column("Nilai", "right")), ())


def test_long_names_empty_tables_and_missing_values_do_not_break_it() -> None:
    rendered = render(
        document_with(
            HARD,
            EMPTY,
            Paragraph(LONG),
            dataclasses.replace(region_map(), table=None, share=1, caption=LONG, alt=LONG),
            summary=Summary((), (), ()),
            data_per=None,
            label=None,
            facts=(),
            notices=(LONG,),
        )
    )
    text = words(rendered.pdf)
    assert rules_broken(rendered.pdf, UA) | rules_broken(rendered.pdf, A3A) == set()
    assert "Tidak tersedia" in text and "1.234.567,89" in text and "−12,5" in text
    assert "Tidak ada yang memburuk." in text and "SIMULASI" not in text
    assert text.count("Kolom 8") == len(read(rendered.pdf).pages)  # the head again on each page of the table
    assert rightmost(rendered.pdf) < 595 - 42 + 1


def rightmost(pdf: bytes) -> float:
    """The x at which the last piece of text begins."""
    starts: list[float] = []
    for sheet in read(pdf).pages:
        sheet.extract_text(
            visitor_text=lambda text, cm, tm, *_: starts.append(tm[4] * cm[0] + cm[4]) if text.strip() else None
        )
    return max(starts)


def test_a_preview_says_so() -> None:
    text = words(render(document_with(Paragraph("Isi."), context=Context(is_preview=True), label=None)).pdf)
    assert "PRATINJAU — bukan edisi yang dikirim." in text


def test_a_weekly_that_does_not_fit_is_refused_and_a_monthly_takes_the_pages_it_needs() -> None:
    with pytest.raises(DeliveryError, match=r"Laporan Data Mingguan.*Minggu ke-44.*needs more than 1 page.*shorten"):
        render(document_with(*[indicators("Program", 12)] * 5, kind="mingguan"))
    assert len(read(render(document_with(*[indicators("Program", 12)] * 24)).pdf).pages) > MOST_PAGES["bulanan"]


def test_a_weekly_is_set_more_closely_before_it_is_refused() -> None:
    rendered = render(document_with(*[indicators("Program", 12)] * 3, kind="mingguan"))
    assert len(read(rendered.pdf).pages) == 1


def test_what_the_layout_refuses_is_told() -> None:
    broken = dataclasses.replace(incidents(), svg="<svg")
    with pytest.raises(DeliveryError, match=r"Laporan Data Bulanan.* could not be set"):
        render(document_with(broken))


def test_neighbours_share_a_row_and_a_lone_drawing_has_its_table_beside_it() -> None:
    third = dataclasses.replace(incidents(), share=1 / 3)
    rows = SHEET.rows_of([incidents(), response(), third, third, third, indicators("Program", 9), region_map()])
    assert [[(block["kind"], round(block["share"], 2)) for block in row] for row in rows] == [
        [("drawing", 0.5), ("drawing", 0.5)],
        [("drawing", 0.33)] * 3,
        [("table", 1)],
        [("drawing", 0.5), ("table", 0.5)],
    ]


def test_rows_are_made_so_that_they_are_the_least_high() -> None:
    """A short table beside the first drawing would leave the second one alone: it stands above both."""
    short = Table("Jenis", (Column("Jenis"), Column("Kejadian", "right")), ((Cell("Pohon tumbang"), Cell("7")),))
    assert [len(row) for row in SHEET.rows_of([short, incidents(), response()])] == [1, 2]
    assert [len(row) for row in SHEET.rows_of([short, people(), incidents(), response()])] == [2, 2]


def test_two_narrow_tables_share_a_row_as_each_needs() -> None:
    narrow = dataclasses.replace(people(), columns=people().columns[:2], rows=tuple(row[:2] for row in people().rows))
    ((left, right),) = SHEET.rows_of([people(), narrow])
    assert left["share"] + right["share"] == pytest.approx(1) and left["share"] > right["share"] >= 0.3


def test_a_long_narrow_table_is_set_in_two_halves_unless_it_ends_in_a_sum() -> None:
    rows = tuple((Cell(f"Topik {number}"), Cell(str(number))) for number in range(13))
    table = Table("Topik", (Column("Topik"), Column("Masuk", "right")), rows, "Sumber.")
    ((left, right),) = SHEET.rows_of([table])
    assert [len(left["rows"]), len(right["rows"])] == [7, 6]
    assert (left["caption"], right["caption"]) == ("Topik", "Topik (lanjutan)")
    assert (left["note"], right["note"]) == ("", "Sumber.")
    total = dataclasses.replace(table, rows=(*rows, (Cell("Jumlah", is_strong=True), Cell("78", is_strong=True))))
    assert [len(row) for row in SHEET.rows_of([total])] == [1]


@pytest.mark.parametrize(("tables", "density"), [(1, 0), (13, 0), (14, 1), (16, 2), (40, 2)])
def test_a_long_report_is_set_closely_at_once(tables: int, density: int) -> None:
    assert first_density(document_with(*[indicators("Program", 12)] * tables)) == density


def test_pages_are_counted_as_a_reader_counts_them(pdfs: dict[Kind, bytes]) -> None:
    assert [page_count(pdf) for pdf in pdfs.values()] == [len(read(pdf).pages) for pdf in pdfs.values()]


@pytest.mark.parametrize("kind", ["bulanan", "lurah", "wali_kota"])
def test_appendices_begin_on_a_page_of_their_own_and_the_letterhead_counts_their_sheets(
    kind: Kind, pdfs: dict[Kind, bytes]
) -> None:
    pages = [" ".join(one.extract_text().split()) for one in read(pdfs[kind]).pages]
    first = next(place for place, text in enumerate(pages) if "Lampiran A. Rincian" in text)
    assert first == proper_pages(pdfs[kind]) and pages[first].index("Lampiran A. Rincian") < 100
    count = len(pages) - first
    assert f"{count} ({COUNTED[count - 1]}) lembar (Lampiran A, Lampiran B); 1 berkas data (xlsx)" in pages[0]


def links(pdf: bytes) -> Iterator[tuple[str, str, int]]:
    """Where each link leads to, what it says of itself, and on which page it stands."""
    for number, sheet in enumerate(read(pdf).pages):
        for one in sheet.get("/Annots", ()):
            annotation = one.get_object()
            if annotation["/Subtype"] == "/Link":
                yield str(annotation["/Dest"]), str(annotation["/Contents"]), number


def test_what_is_in_an_appendix_is_said_and_leads_there(pdfs: dict[Kind, bytes]) -> None:
    pdf, found = pdfs["bulanan"], list(links(pdfs["bulanan"]))
    assert "II. Kependudukan Menurut kelurahan: Lampiran A" in words(pdf)
    assert [one[0] for one in found] == ["lampiran-A", "lampiran-B", "lampiran-A"]
    assert found[0][1] == f"Lampiran A, halaman {proper_pages(pdf) + 1}"


def test_no_page_stays_empty_however_many_definitions_there_are() -> None:
    for count in (*range(60, 140, 20), 124, 127, 129):
        pages = read(render(sample(sections=appendices(count)[1:])).pdf).pages
        assert "Istilah" in pages[-1].extract_text() or "Banyaknya" in pages[-1].extract_text(), count


def test_definitions_are_set_as_terms(pdfs: dict[Kind, bytes]) -> None:
    assert "Istilah 1: Banyaknya kejadian" in words(pdfs["bulanan"])


def test_a_period_has_the_whole_width_above_the_figures_that_are_of_it() -> None:
    table = indicators("Program", 3)
    group = (Cell("Semester I 2026", is_strong=True), *(Cell("") for _ in table.columns[1:]))
    pdf = render(document_with(dataclasses.replace(table, rows=(group, *table.rows)))).pdf
    assert rules_broken(pdf, UA) == set() and "Peringkat Semester I 2026 Program nomor 1" in words(pdf)


def test_a_long_table_begins_where_some_of_its_rows_have_room() -> None:
    """However far down the page it would begin, never only its head and one row stand there."""
    for lines in range(26, 42, 3):
        above = [Paragraph(f"Kalimat {place}.") for place in range(lines)]
        pages = read(render(document_with(*above, indicators("Program", 14), kind="lurah")).pdf).pages
        rows = [len(re.findall(r"Program nomor \d+", one.extract_text())) for one in pages]
        assert sum(rows) == 14 and 1 not in rows, (lines, rows)


def test_a_status_without_a_target_is_a_dash_and_the_dash_is_explained() -> None:
    cells = (Cell("Kasus"), Cell("Tanpa target", status="tanpa_ambang"))
    said = SHEET.rows_of([Table("T", (Column("Indikator"), Column("Status")), (cells,), "Sumber.")])[0][0]
    assert said["rows"][0][1]["text"] == "–" and said["note"] == "– tanpa target. Sumber."


def test_a_drawing_keeps_the_size_it_was_drawn_in() -> None:
    drawing: Drawing = incidents()
    assert SHEET.rows_of([drawing])[0][0]["width"] == 330


def test_a_status_is_told_by_word_or_read_out() -> None:
    said = layout_of(sample(), b"", 0)
    table = said["sections"][8]["rows"][0][0]
    shape = table["rows"][0][0]
    assert (shape["status"], shape["told"]) == ("buruk", False) and table["legend"] == ["buruk"]
    told = said["sections"][3]["rows"][0][0]
    assert told["legend"] == [] and {row[3]["told"] for row in told["rows"] if row[3]["status"]} == {True}


texts = st.text(st.characters(codec="latin-1", categories=("L", "Nd", "P", "Zs")), max_size=80)


@settings(deadline=None)
@given(st.lists(st.tuples(texts, st.none() | st.floats(0.1, 4)), min_size=1, max_size=10), st.floats(20, 70))
def test_columns_fill_the_width_exactly(columns: list[tuple[str, float | None]], room: float) -> None:
    row = tuple(Cell(text) for text, _ in columns)
    table = Table("t", tuple(Column("Judul", width=share) for _, share in columns), (row,))
    shrink, widths = fit(table, room)
    assert sum(widths) * shrink == pytest.approx(room) and min(widths) > 0


def test_a_figure_is_never_wrapped_for_the_sake_of_a_sentence() -> None:
    row = (Cell("Kalimat yang panjang sekali " * 8), Cell("1.234.567,89"), Cell("Penjelasan yang juga panjang " * 6))
    table = Table("t", (Column("Hal"), Column("Nilai", "right"), Column("Arti")), (row,))
    widths = widths_of(table, least_widths(table, is_strict=True), 60)
    assert widths[1] > 7 and widths[0] > widths[2] > 15


def test_findings_without_section_or_since_have_no_empty_brackets() -> None:
    bare = dataclasses.replace(SUMMARY.worse[0], since="", section="")
    said = layout_of(sample(summary=Summary((bare,), (), ())), b"", 0)
    assert said["summary"]["worse"][0]["tail"] == "" and said["summary"]["act"] is None


def test_set_pages_attaches_what_it_is_given() -> None:
    with pikepdf.open(io.BytesIO(set_pages(sample("mingguan"), b"\x00\xffPK"))) as opened:
        assert next(iter(opened.attachments.values())).get_file().read_bytes() == b"\x00\xffPK"
