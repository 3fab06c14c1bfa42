"""From the mart to the mailbox with nothing made by hand: who gets what, and nothing of another kecamatan."""

from __future__ import annotations

import io
from collections.abc import Iterator
from email.message import EmailMessage

import psycopg
import pytest
from command_center.cli import main
from command_center.database import Connection
from command_center.ledger import edition as ledger_of
from command_center.ledger.edition import Subject
from command_center.report.editions import judge
from command_center.report.pdf import MOST_PAGES
from command_center.report.readiness import late_inputs
from command_center.settings import settings
from command_center.wilayah import kecamatan_codes, wilayah
from psycopg import sql
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests.support.report_mart import MONTH, make_mart, mark_of, marks_of_others
from tests.support.reports import FailingServer

APPENDICES = {"Lampiran A", "Lampiran B", "Lampiran C"}
KURANJI = Subject("bulanan", "13.71.09", MONTH)


@pytest.fixture
def mart(ledger: Connection) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Ledger and mart side by side, every source as the ledger's catalogue would tell it; the administrator's connection."""
    with psycopg.connect(settings().dsn("admin"), autocommit=True) as admin:
        database = sql.Identifier(admin.info.dbname)
        admin.execute(sql.SQL("grant create on database {} to cc_transformer").format(database))
        with psycopg.connect(settings().dsn("transformer")) as connection:
            make_mart(connection)
        admin.execute(
            "update mart.kesegaran_sumber as s set judul = i.judul, opd_nama = i.opd_nama, batas_jam = 1080 "
            "from mart.kesegaran_isi as i where i.source = s.source"
        )
        admin.execute("update mart.dim_indikator set periode_jenis = 'bulan'")
        yield admin


def texts_of(mail: EmailMessage) -> list[str]:
    """Everything that a reader can find in a mail: its text, the page, the PDF, and the workbook inside the PDF."""
    body = mail.get_body(("plain",))
    assert body is not None
    texts = [body.get_content()]
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_content_type() == "text/html":
            texts.append(content.decode())
        else:
            pdf = PdfReader(io.BytesIO(content))
            texts += [page.extract_text() for page in pdf.pages]
            texts += [cells(one) for files in pdf.attachments.values() for one in files]
    return texts


def cells(workbook: bytes) -> str:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return "\n".join(str(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())


def test_every_camat_gets_its_own_report_with_what_is_late_and_a_changed_figure_makes_one_new_edition(
    mart: psycopg.Connection[tuple[object, ...]], ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert late_inputs("bulanan", MONTH) == ()
    mart.execute("update mart.kesegaran_sumber set data_per = '2026-09-30 23:59:59' where source = 'dinkes_lb1'")
    mart.execute(
        "delete from mart.indikator where indikator_kode = 'jumlah_kebakaran' and periode_mulai = %s "
        "and wilayah_kode in ('13.71.09.1001', '13.71.09.1002')",
        [MONTH],
    )
    late = (
        "Judul dinkes_lb1 (Dinas sumber dinkes_lb1) terlambat: datanya baru sampai 30 September 2026.",
        "Judul damkar_kejadian belum lengkap: 102 dari 104 kelurahan.",
    )
    assert late_inputs("bulanan", MONTH) == late
    with FailingServer() as server:
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(server.port))
        settings.cache_clear()
        assert main(["report", "--send"]) == 0
    assert len({str(mail["To"]) for mail in server.accepted}) == len(server.accepted) == 12
    for kode in kecamatan_codes():
        name = wilayah()[kode].nama
        mail = next(one for one in server.accepted if f"Kecamatan {name}," in str(one["Subject"]))
        expect_own_texts(kode, mail, late)
    (first,) = ledger_of.of_subject(ledger, KURANJI)
    ledger.commit()
    assert tuple(first.late) == late and not first.is_complete
    assert {verdict.decision.action for verdict in judge("bulanan")} == {"done"}
    for table in ("indikator", "ubin"):
        mart.execute(
            sql.SQL(
                "update mart.{} set nilai = nilai + 1 where indikator_kode = 'jumlah_kebakaran' "
                "and wilayah_kode = '13.71.09' and periode_mulai = %s"
            ).format(sql.Identifier(table)),
            [MONTH],
        )
    changed = [verdict for verdict in judge("bulanan") if verdict.decision.action == "make"]
    assert [(one.subject, one.decision.number) for one in changed] == [(KURANJI, 2)]
    assert "Kuranji dari" in changed[0].decision.reason


def expect_own_texts(kode: str, mail: EmailMessage, late: tuple[str, ...]) -> None:
    """In the mail's text, the page, the PDF and the workbook; what is late on the first page."""
    body, first_page, *others = texts_of(mail)
    texts = [body, first_page, *others]
    assert len(texts) > 4 and marks_of_others(kode, texts) == []
    assert sum(mark_of(kode) in text for text in texts) >= 3
    assert all(sentence in " ".join(text.split()) for sentence in late for text in (body, first_page))
    assert len(mail.as_bytes()) < 5_000_000
    expect_few_pages(mail)


def expect_few_pages(mail: EmailMessage) -> None:
    """The report proper has at most four, and what is looked up begins on a page of its own, as bookmarks say it."""
    (pdf,) = (one.get_payload(decode=True) for one in mail.iter_attachments() if one.get_content_subtype() == "pdf")
    assert isinstance(pdf, bytes)
    read = PdfReader(io.BytesIO(pdf))
    (_, marks) = read.outline
    assert isinstance(marks, list)
    pages = {str(one.title): read.get_destination_page_number(one) for one in marks if not isinstance(one, list)}
    first, *_ = (page for title, page in pages.items() if title.startswith("Lampiran A. "))
    assert first is not None and 1 < first <= MOST_PAGES["bulanan"] == 4
    assert pages["Catatan Kualitas Data"] == first - 1
    assert {title.split(".")[0] for title, page in pages.items() if page is not None and page >= first} == APPENDICES
    assert " ".join(read.pages[first].extract_text().split()).index("Lampiran A. ") < 100
