"""What reports say, read from a real PostgreSQL over each camat's own login, from tables made by the contracts of their models."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from command_center.cli import main
from command_center.database import connect
from command_center.errors import DeliveryError, IntegrityError
from command_center.ledger.migrate import migrate
from command_center.report import problems, reading
from command_center.report.build import Order, build_document, build_documents, told_now
from command_center.report.document import Cell, Context, Document, Earlier, Fact, Kind, Letterhead, Section, Table
from command_center.report.preview import preview_document
from command_center.report.queries import PROTECTED
from command_center.settings import settings
from command_center.warehouse.bootstrap import on_database
from command_center.wilayah import kecamatan_codes, wilayah
from psycopg import sql

from tests.support.report_mart import (
    CITY,
    MONTH,
    SUNDAY,
    codes,
    make_mart,
    mark_of,
    marks_of_others,
    name_of,
    registry,
)

DATABASE = "isi_laporan"
KURANJI, BUNGUS = "13.71.09", "13.71.05"
AMPANG = "13.71.09.1004"
LETTERHEAD = Letterhead("555/1", "Terbatas", "1 berkas", "Laporan", "Camat Kuranji")
JULY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def mart(cluster: Any) -> Iterator[str]:
    """A database of its own in the test cluster with the mart of reports; its administrator's address."""
    patch = pytest.MonkeyPatch()
    patch.setenv("WAREHOUSE_URL", on_database(settings().warehouse_url, DATABASE))
    patch.setenv("DEMO_NOW", "2026-10-26T09:00:00+07:00")
    admin = settings().dsn("admin")
    settings.cache_clear()
    with psycopg.connect(on_database(admin, "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database if exists {DATABASE} with (force)")
        connection.execute(f"create database {DATABASE}")
    with psycopg.connect(on_database(admin, DATABASE)) as connection:
        connection.execute(f"grant create on database {DATABASE} to cc_transformer")
        connection.execute("create schema ops authorization cc_loader")
    with connect(settings().dsn("loader")) as connection:
        migrate(connection)
    with psycopg.connect(settings().dsn("transformer")) as connection:
        make_mart(connection)
    yield on_database(admin, DATABASE)
    patch.undo()
    settings.cache_clear()
    with psycopg.connect(on_database(admin, "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {DATABASE} with (force)")


@pytest.fixture
def admin(mart: str) -> Iterator[psycopg.Connection[Any]]:
    """What a test changes in the mart is gone after it."""
    with psycopg.connect(mart, autocommit=True) as connection:
        yield connection


def made(kind: Kind, kode: str, periode: date = MONTH, context: Context | None = None) -> Document:
    return build_document(kind, kode, periode, context or Context(), LETTERHEAD)


@pytest.fixture(scope="module")
def monthly(mart: str) -> Document:
    return made("bulanan", KURANJI)


def every_document(kode: str) -> list[Document]:
    wards = [place for place, one in wilayah().items() if one.tingkat == "kelurahan" and place.startswith(kode)]
    orders = [Order("lurah", ward, MONTH, Context(), LETTERHEAD) for ward in wards]
    return [
        made("bulanan", kode),
        made("bulanan", kode, JULY),
        made("mingguan", kode, SUNDAY),
        *build_documents(orders),
    ]


def texts(value: Any) -> Iterator[str]:
    """Every text of a document, however deep it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from texts(one)


def all_text(document: Document) -> list[str]:
    return list(texts(asdict(document)))


def section(document: Document, title: str) -> Section:
    return next(one for one in document.sections if one.title.startswith(title))


def tables(one: Section) -> list[Table]:
    return [block for block in one.blocks if isinstance(block, Table)]


def lines_of(document: Document, title: str) -> list[str]:
    return [" | ".join(cell.text for cell in row) for table in tables(section(document, title)) for row in table.rows]


@pytest.mark.parametrize(
    ("kind", "kode", "periode"),
    [("bulanan", KURANJI, MONTH), ("mingguan", KURANJI, SUNDAY), ("lurah", AMPANG, MONTH), ("wali_kota", CITY, MONTH)],
)
def test_what_a_report_would_say_is_what_it_says(mart: str, kind: Kind, kode: str, periode: date) -> None:
    said = made(kind, kode, periode).facts
    assert said
    assert told_now(kind, kode, periode) == said


def test_every_indicator_of_a_kecamatan_is_told_with_all_that_is_compared_to_it(monthly: Document) -> None:
    told = {fact.indikator_kode for fact in monthly.facts if fact.wilayah_kode == KURANJI}
    assert set(codes("kecamatan")) <= told
    rows = [
        row
        for one in monthly.sections
        for table in tables(one)
        if table.columns[0].title == "Indikator"
        for row in table.rows
    ]
    names = [row[0].text.removesuffix(" (sementara)") for row in rows]
    for kode in codes("kecamatan"):
        assert registry()[kode]["nama"] in names, kode
    numbers = "I II III IV V VI VII VIII IX"
    assert [one.number for one in monthly.sections if one.number] == [*numbers.split(), "A", "B", "C"]


def test_the_report_proper_tells_every_indicator_and_what_it_leaves_out_is_in_an_appendix_that_it_names(
    monthly: Document,
) -> None:
    proper = [one for one in monthly.sections if not one.is_appendix]
    assert monthly.sections == (*proper, *monthly.appendices)
    said = {row[0].text.removesuffix(" (sementara)") for one in proper for table in tables(one) for row in table.rows}
    assert {registry()[kode]["nama"] for kode in codes("kecamatan")} <= said
    known = {f"Lampiran {one.number}" for one in monthly.appendices}
    named = {one.number or one.title: re.findall("Lampiran [A-Z]", one.more) for one in proper if one.more}
    assert {name for names in named.values() for name in names} <= known
    assert {"II", "IV", "V", "VII", "VIII", "Catatan Kualitas Data"} <= set(named)
    assert any("Lampiran B" in notice for notice in monthly.notices)


def test_every_bad_figure_is_told_among_the_problems_with_what_to_do(monthly: Document, mart: str) -> None:
    with psycopg.connect(mart) as connection:
        bad = connection.execute(
            "select indikator_nama, nilai_teks from mart.ubin where wilayah_kode = %s and bulan = %s and status = 'buruk'",
            [KURANJI, MONTH],
        ).fetchall()
    problems = lines_of(monthly, "Permasalahan")
    assert len(bad) > 5
    for name, _ in bad:
        assert any(name in line and "Buruk" in line for line in problems), name
    found, steps = tables(section(monthly, "Permasalahan"))
    letters = {row[0].text: row for row in steps.rows}
    assert {row[-1].text for row in found.rows} == set(letters), "each problem has its step, and each step a problem"
    for row in letters.values():
        assert all(cell.text not in ("", "–") for cell in row), "each says what, by whom, by which rule"
        numbers = row[-1].text.split(", ")
        assert numbers == [one[0].text for one in found.rows if one[-1].text == row[0].text]
    assert "dihasilkan oleh sistem menurut aturan" in section(monthly, "Permasalahan").blocks[0].text  # type: ignore[union-attr]


def test_a_problem_tells_what_it_was_a_month_ago_and_one_that_is_gone_what_became_of_it(
    monthly: Document, mart: str
) -> None:
    with psycopg.connect(mart) as connection:
        before: dict[str, Decimal] = dict(
            connection.execute(
                "select indikator_nama, nilai from mart.ubin where wilayah_kode = %s and bulan = %s "
                "and status in ('buruk', 'siaga', 'waspada')",
                [KURANJI, date(2026, 9, 1)],
            ).fetchall()
        )
    found, _ = tables(section(monthly, "Permasalahan"))
    told = {row[1].text.split(":")[0]: row for row in found.rows}
    assert found.columns[4].title == "Sep 2026"
    settled = " ".join(texts(asdict(section(monthly, "Permasalahan").blocks[-1]))).lower()
    assert before and any(name in told for name in before)
    for name, value in before.items():
        assert (name in told and told[name][4].number == value) or name.lower() in settled, name


def test_the_summary_has_three_of_each_and_says_how_many_more(monthly: Document) -> None:
    summary = monthly.summary
    assert [len(part) for part in (summary.worse, summary.better, summary.act)] == [3, 3, 3]
    assert all("memburuk" in finding.sentence for finding in summary.worse)
    assert all("membaik" in finding.sentence for finding in summary.better)
    assert summary.act[0].sentence == f"Tanda kewaspadaan: 3 kasus {mark_of(KURANJI)}."
    assert (summary.act[0].rule, summary.act[0].since) == ("Tanda kewaspadaan KLB", "sejak 1 Agu 2026, 3 bulan")
    assert "diuraikan pada Bagian IX" in summary.others


def test_facts_are_what_the_mart_says(mart: str) -> None:
    facts = [fact for kode in (KURANJI, BUNGUS) for document in every_document(kode) for fact in document.facts]
    with psycopg.connect(mart) as connection:
        known = {
            key: value
            for rows in (_of_registry, _of_cases, _of_activities, _of_topics)
            for key, value in rows(connection)
        }
    counted = [fact for fact in facts if not fact.indikator_kode.startswith("mingguan:")]
    assert len(counted) > 1_000
    for fact in counted:
        assert fact.nilai == known[fact.indikator_kode, fact.wilayah_kode, fact.periode_mulai], fact
        assert fact.periode_selesai >= fact.periode_mulai and fact.source and fact.label_data == "DATA SIMULASI"
        assert fact.data_per == datetime(2026, 10, 31, 17, tzinfo=UTC), "the end of 31 October in the city"


def _of_registry(connection: psycopg.Connection[Any]) -> Iterator[tuple[tuple[str, str, date], Decimal | None]]:
    rows = connection.execute("select indikator_kode, wilayah_kode, periode_mulai, nilai from mart.indikator")
    for kode, place, first, value in rows:
        yield (kode, place, first), value
        if value is None:
            yield (kode, place, MONTH), None  # a figure that is not there is told of the edition's month
            yield (kode, place, JULY), None


def _of_cases(connection: psycopg.Connection[Any]) -> Iterator[tuple[tuple[str, str, date], Decimal]]:
    rows = connection.execute("select penyakit, kode_kecamatan, minggu_mulai, kasus from mart.skdr_mingguan")
    for disease, place, first, cases in rows:
        yield (f"skdr:{disease.lower().replace(' ', '_')}", place, first), Decimal(cases)


def _of_activities(connection: psycopg.Connection[Any]) -> Iterator[tuple[tuple[str, str, date], Decimal]]:
    names = {
        "rfk_realisasi_keuangan": "realisasi_keuangan_pct",
        "rfk_deviasi_keuangan": "deviasi_keuangan_poin",
        "rfk_realisasi_fisik": "realisasi_fisik_pct",
        "rfk_deviasi_fisik": "deviasi_fisik_poin",
    }
    for kind, column in names.items():
        rows = connection.execute(
            sql.SQL("select kegiatan_kode, kode_kecamatan, periode_mulai, {} from mart.rfk_kegiatan").format(
                sql.Identifier(column)
            )
        )
        for activity, place, first, value in rows:
            yield (f"{kind}:{activity}", place, first), value


def _of_topics(connection: psycopg.Connection[Any]) -> Iterator[tuple[tuple[str, str, date], Decimal]]:
    for kind in ("masuk", "selesai", "terbuka", "lewat_batas"):
        query = (
            "select replace(lower(topik), ' ', '_'), kode_kecamatan, periode_mulai, {} from mart.pengaduan_opd_topik"
        )
        for topic, place, first, count in connection.execute(sql.SQL(query).format(sql.Identifier(kind))):
            yield (f"lapor_{kind}:{topic.replace('-', '_')}", place, first), Decimal(count)


def test_no_document_of_one_kecamatan_tells_anything_of_another(mart: str) -> None:
    for kode in (KURANJI, BUNGUS):
        for document in every_document(kode):
            told = all_text(document)
            assert marks_of_others(kode, told) == [], document.title
            if document.kind != "lurah":
                assert any(mark_of(kode) in text for text in told), "the marks are told at all"


@pytest.mark.parametrize("table", PROTECTED)
def test_a_lost_policy_stops_every_report(admin: psycopg.Connection[Any], table: str) -> None:
    name = sql.Identifier(table)
    admin.execute(sql.SQL("alter table mart.{} disable row level security").format(name))
    try:
        refused = rf"camat {KURANJI} can read another kecamatan's rows of mart\.{table}:"
        with pytest.raises(IntegrityError, match=refused):
            made("bulanan", KURANJI)
        with pytest.raises(IntegrityError, match=refused):
            told_now("bulanan", KURANJI, MONTH)
    finally:
        admin.execute(sql.SQL("alter table mart.{} enable row level security").format(name))


def test_a_foreign_row_that_a_query_brings_stops_the_report(mart: str) -> None:
    with reading.reader_of(CITY, MONTH) as officials:
        stolen = reading.Reader(officials.connection, BUNGUS, MONTH, KURANJI)
        with pytest.raises(IntegrityError, match="another kecamatan's rows of Activity"):
            _ = stolen.activities


def test_an_older_month_is_told_by_its_own_statuses(mart: str) -> None:
    document = made("bulanan", KURANJI, JULY)
    assert not any("Tanda kewaspadaan di" in text for text in all_text(document)), "that list is of now"
    with psycopg.connect(mart) as connection:
        bad = connection.execute(
            "select indikator_nama from mart.ubin where wilayah_kode = %s and bulan = %s and status = 'buruk'",
            [KURANJI, JULY],
        ).fetchall()
    problems = lines_of(document, "Permasalahan")
    assert bad and all(any(name in line and "Buruk" in line for line in problems) for (name,) in bad)
    assert document.summary.act[0].status == "buruk" and document.summary.act[0].action


def test_what_earlier_editions_said_and_is_another_number_now(mart: str) -> None:
    document = made("bulanan", KURANJI)
    fact = next(
        one for one in document.facts if one.indikator_kode == "jumlah_kebakaran" and one.wilayah_kode == KURANJI
    )
    cases = next(one for one in document.facts if one.indikator_kode == "skdr:pneumonia")
    key = (fact.indikator_kode, fact.wilayah_kode, fact.periode_mulai)
    other = (cases.indikator_kode, cases.wilayah_kode, cases.periode_mulai)
    earlier = (
        Earlier(1, datetime(2026, 11, 3, 7, tzinfo=UTC), {key: Decimal(88), other: Decimal(99)}),
        Earlier(2, datetime(2026, 11, 4, 7, tzinfo=UTC), {key: fact.nilai, other: None}),
    )
    told = made("bulanan", KURANJI, context=Context(number=3, reason="Damkar memperbaiki datanya.", earlier=earlier))
    rows = lines_of(told, "Perubahan")
    assert [row.split(" | ")[3:5] for row in rows] == [
        ["ke-2, 4 November 2026 pukul 14.00 WIB", "–"],
        ["ke-1, 3 November 2026 pukul 14.00 WIB", "88 kejadian"],
        ["ke-1, 3 November 2026 pukul 14.00 WIB", "99,00 kasus"],
    ]  # fmt: skip
    assert "Damkar memperbaiki datanya." in told.notices
    same = made(
        "bulanan", KURANJI, context=Context(number=2, earlier=(Earlier(1, earlier[0].made_at, {key: fact.nilai}),))
    )
    assert any("masih sama" in text for text in all_text(same))


def test_many_changed_numbers_stand_in_an_appendix_and_the_first_of_them_in_the_report(
    monthly: Document, mart: str
) -> None:
    keys = [(one.indikator_kode, one.wilayah_kode, one.periode_mulai) for one in monthly.facts if one.nilai][:40]
    earlier = (Earlier(1, datetime(2026, 11, 3, 7, tzinfo=UTC), {key: Decimal(-7) for key in keys}),)
    told = made("bulanan", KURANJI, context=Context(number=2, earlier=earlier))
    (first,) = tables(section(told, "Perubahan"))
    whole = tables(section(told, "Mutu Data"))[-1]
    assert len(whole.rows) == len(keys) and whole.rows[: len(first.rows)] == first.rows and 0 < len(first.rows) < 10
    assert section(told, "Perubahan").more == f"Semua {len(keys)} angka: Lampiran B"


def test_what_is_late_stands_on_the_first_page_and_among_the_notes(mart: str) -> None:
    late = "Data SKDR baru sampai 10 Oktober 2026."
    document = made("bulanan", KURANJI, context=Context(late=(late,)))
    assert late in document.notices
    assert late in [getattr(block, "text", "") for block in section(document, "Catatan Kualitas").blocks]


def test_a_week_tells_what_happened_what_rises_and_what_comes(mart: str) -> None:
    document = made("mingguan", KURANJI, SUNDAY)
    own = mark_of(KURANJI)
    assert document.period_text == "MINGGU EPIDEMIOLOGI KE-42, 18–24 OKTOBER 2026"
    assert document.summary.worse[0].sentence.startswith("Pneumonia: 10 kasus, di atas rentang 2–8")
    assert document.summary.others.startswith("Minggu ini 1 kebakaran, 0 penyelamatan, dan 1 kejadian bencana.")
    said = " ".join(all_text(document))
    for text in (f"Rumah {own}", f"Banjir {own}", f"Hujan lebat {own}", f"Acara {own}", f"Topik {own}"):
        assert text in said, text


def test_a_week_of_which_nobody_knows_everything_is_not_nil(admin: psycopg.Connection[Any]) -> None:
    """Disasters of long ago are not kept, and a source that is late has not told the end of the week."""
    older = made("mingguan", KURANJI, SUNDAY - timedelta(weeks=1))
    assert "Minggu ini 0 kebakaran dan 0 penyelamatan. Kejadian bencana tidak tersedia" in older.summary.others
    assert {fact.teks for fact in older.facts if fact.indikator_kode == "mingguan:bencana"} == {"–"}
    late = "update mart.kesegaran_isi set data_per = %s where source = 'damkar_kejadian'"
    admin.execute(late, [datetime(2026, 10, 20, 12)])
    try:
        document = made("mingguan", KURANJI, SUNDAY)
    finally:
        admin.execute(late, [datetime(2026, 10, 31, 23, 59, 59)])
    assert "belum sampai akhir minggu." in document.summary.others
    assert [fact.is_sementara for fact in document.facts if fact.indikator_kode.startswith("mingguan:")] == [
        True,
        True,
        False,
    ]


def test_all_kelurahan_of_a_kecamatan_share_a_snapshot(mart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def counted(dsn: str) -> Any:
        opened.append(dsn)
        return connect(dsn)

    monkeypatch.setattr(reading, "connect", counted)
    wards = sorted(kode for kode, place in wilayah().items() if place.tingkat == "kelurahan")
    documents = list(build_documents([Order("lurah", ward, MONTH, Context(), LETTERHEAD) for ward in wards]))
    assert [document.wilayah_kode for document in documents] == wards and len(wards) == 104
    assert len(opened) == 11, "one for each camat"
    own = {fact.indikator_kode for fact in documents[0].facts if fact.wilayah_kode == wards[0]}
    assert set(codes("kelurahan")) - {"rasio_ketergantungan"} <= own


def test_the_mayor_sees_eleven_kecamatan_and_twelve_fields(mart: str) -> None:
    document = made("wali_kota", CITY)
    heat = [table for one in document.sections for table in tables(one) if table.columns[0].title == "Kecamatan"]
    assert [[row[0].text for row in table.rows] for table in heat] == [
        [name_of(kode) for kode in kecamatan_codes()]
    ] * 2
    assert [len(table.columns) for table in heat] == [7, 7] and heat[0].rows[0][1] == Cell("2 buruk", status="buruk")
    assert "sepuluh yang terpenting ada pada Perlu Tindakan" in document.summary.others
    assert len(lines_of(document, "Perlu Tindakan")) == 10
    assert document.summary.others.endswith("semua yang buruk pada Lampiran A.")
    assert "Dinas 2 −2,00 poin" in " ".join(all_text(document))


def test_the_mayor_finds_every_problem_that_is_bad_however_many_there_are(mart: str) -> None:
    with reading.reader_of(CITY, MONTH) as reader:
        grave = [finding for finding in problems.problems(reader) if finding.status == "buruk"]
    document = made("wali_kota", CITY)
    (appendix,) = document.appendices
    assert len(grave) > 10 and appendix.number == "A" and document.sections[-1] == appendix
    listed, steps = tables(appendix)
    assert [row[1].text for row in listed.rows] == [finding.sentence for finding in grave]
    assert {row[2].status for row in listed.rows} == {"buruk"}
    assert {row[6].text for row in listed.rows} == {row[0].text for row in steps.rows}


def test_zero_is_zero_and_what_is_not_known_is_a_dash(monthly: Document) -> None:
    nil = [fact for fact in monthly.facts if fact.nilai == 0]
    assert nil and all(fact.teks.lstrip("Rp").startswith("0") for fact in nil)
    assert {fact.teks for fact in monthly.facts if fact.nilai is None} == {"–"}
    assert sum("Angka 0 berarti nol" in text for text in all_text(monthly)) == 1
    assert any("belum ada periode yang selesai; Semester II 2026: 42,3 %" in text for text in all_text(monthly))


def test_a_document_says_until_when_it_is_told_and_that_it_is_simulated(monthly: Document) -> None:
    assert monthly.data_per == datetime(2026, 10, 31, 17, tzinfo=UTC) and monthly.label == "DATA SIMULASI"
    assert (monthly.title, monthly.period_text) == (
        "LAPORAN DATA BULANAN WILAYAH KECAMATAN KURANJI",
        "BULAN OKTOBER 2026",
    )
    assert any("angka masih sementara" in notice for notice in monthly.notices)
    shaped = [text for text in all_text(monthly) if not text.startswith("<svg") and set("●▲◆■▼") & set(text)]
    assert shaped == [], "the font of reports has none of the shapes that screens show"


def test_the_same_mart_gives_the_same_document(monthly: Document) -> None:
    assert made("bulanan", KURANJI) == monthly


def test_each_drawing_has_an_alternative_text_and_its_table(mart: str) -> None:
    drawings = [
        block
        for document in every_document(KURANJI)
        for one in document.sections
        for block in one.blocks
        if hasattr(block, "svg")
    ]
    assert len(drawings) > 12
    for drawing in drawings:
        assert drawing.svg.startswith("<svg") and len(drawing.alt) > 40 and drawing.table.rows, drawing.caption  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "kode", "month", "said"),
    [
        (
            "bulanan",
            "13.71.99",
            None,
            "'13.71.99' is no kecamatan of the city; a report of kind bulanan needs one, e.g. 13.71.09.",
        ),
        ("lurah", KURANJI, None, "is no kelurahan of the city"),
        ("bulanan", None, None, "'' is no kecamatan"),
        ("bulanan", KURANJI, "2023-01", "The mart has no figures of 2023-01 for 13.71.09; it has 2025-10 to 2026-10"),
        ("bulanan", KURANJI, "2026-13", "'2026-13' is not a month"),
        ("mingguan", KURANJI, "2022-01", "The mart has no cases of the week from 2022-01-23"),
        (
            "harian",
            KURANJI,
            None,
            "There is no report of kind 'harian'; there are bulanan, mingguan, lurah, wali_kota.",
        ),
    ],
)
def test_a_wrong_wish_is_answered_in_one_sentence(
    mart: str, kind: str, kode: str | None, month: str | None, said: str
) -> None:
    with pytest.raises(DeliveryError) as caught:
        preview_document(kind, kode, month)
    assert said in str(caught.value)


def test_a_preview_is_marked_and_addressed(mart: str) -> None:
    document = preview_document("lurah", AMPANG, "2026-10")
    assert document.context.is_preview and document.letterhead.yth == "Lurah Ampang"
    assert preview_document("mingguan", KURANJI, None).periode == SUNDAY
    assert preview_document("wali_kota", None, "2026-10").wilayah_kode == CITY


def test_the_command_writes_a_preview_and_says_where(
    mart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CC_VAR_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        assert main(["report", "--preview", KURANJI, "--kind", "mingguan"]) == 0
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [path.name for path in written] == [f"mingguan_kuranji_{SUNDAY}.{kind}" for kind in ("pdf", "html", "xlsx")]
    assert written[0].read_bytes().startswith(b"%PDF-") and mark_of(KURANJI) in written[1].read_text()


def test_a_map_has_the_shapes_of_its_own_kelurahan(monthly: Document, mart: str) -> None:
    with psycopg.connect(mart) as connection:
        (count,) = connection.execute(
            "select count(*) from mart.batas_wilayah where kode_kecamatan = %s and tingkat = 'kelurahan'", [KURANJI]
        ).fetchone()  # type: ignore[misc]
    (drawn,) = [
        block for block in section(monthly, "Perbandingan").blocks if getattr(block, "caption", "").startswith("Peta")
    ]
    assert json.dumps(drawn.alt).count(" %") == count  # type: ignore[union-attr]
    assert drawn.note == "Batas wilayah skematis, bukan batas resmi."  # type: ignore[union-attr]


def test_beside_the_map_stand_all_kelurahan_by_rank(monthly: Document) -> None:
    (listed,) = tables(section(monthly, "Perbandingan"))
    *places, of_kecamatan, of_city = listed.rows
    ranks = {
        fact.wilayah_nama: fact.nilai
        for fact in monthly.facts
        if fact.indikator_kode == "cakupan_perekaman_ktpel" and fact.wilayah_kode.startswith(f"{KURANJI}.")
    }
    assert {row[0].text: row[1].number for row in places} == ranks and len(ranks) > 5
    told = [int(row[2].text) for row in places if row[2].text.isdigit()]
    assert told == sorted(told)
    assert (of_kecamatan[0].text, of_city[0].text) == ("Rerata kecamatan", "Rerata kota")


def facts_by_key(facts: tuple[Fact, ...]) -> set[tuple[str, str, date]]:
    return {(fact.indikator_kode, fact.wilayah_kode, fact.periode_mulai) for fact in facts}


@pytest.mark.parametrize(
    ("kind", "kode", "periode"),
    [("bulanan", KURANJI, MONTH), ("mingguan", KURANJI, SUNDAY), ("lurah", AMPANG, MONTH), ("wali_kota", CITY, MONTH)],
)
def test_every_fact_stands_in_its_document(mart: str, kind: Kind, kode: str, periode: date) -> None:
    document = made(kind, kode, periode)
    said = [
        text
        for text in texts(asdict(document)["sections"] + (asdict(document)["summary"],))
        if not text.startswith("<svg")
    ]
    unsaid = [
        (fact.indikator_kode, fact.teks)
        for fact in document.facts
        if not any(fact.teks in text or fact.teks.split(" ")[0] == text.split(" ")[0] for text in said)
    ]
    assert {kode for kode, _ in unsaid} <= {"rasio_jenis_kelamin"}, "of kelurahan, men and women are told instead"


def test_a_number_is_told_once(monthly: Document) -> None:
    assert len(facts_by_key(monthly.facts)) == len(monthly.facts) > 400
