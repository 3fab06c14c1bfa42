"""A rejection sheet that comes back mended: exactly the mended rows come in, nothing twice, and its steward hears of each."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
import xlsxwriter
from command_center.database import all_rows, connect
from command_center.errors import DeliveryError
from command_center.intake import lanes
from command_center.ledger.mending import Mended
from command_center.report import submission
from command_center.report.answers import take_in_answers
from command_center.report.rejection_mail import mail_sheets
from command_center.settings import settings
from python_calamine import CalamineWorkbook

from tests.integration.intake.test_replay import MISSPELT, Levies, levies, row  # noqa: F401 - the fixture
from tests.support.imap import answer
from tests.support.reports import FailingServer

STEWARD = "steward.uji@padang.invalid"
Cells = list[list[str]]


def attached(mail: EmailMessage) -> bytes:
    (one,) = mail.iter_attachments()
    return bytes(one.get_content())


def saved(content: bytes, change: Callable[[Cells], None] = lambda cells: None, guide: str = "Petunjuk") -> bytes:
    """The sheet as a program for workbooks saves it again, after somebody changed cells of its table."""
    book, file = CalamineWorkbook.from_filelike(io.BytesIO(content)), io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        for name in book.sheet_names:
            cells = [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
            if name != "Petunjuk":
                change(cells)
            worksheet = made.add_worksheet(guide if name == "Petunjuk" else name)
            for at, texts in enumerate(cells):
                worksheet.write_row(at, 0, [text or None for text in texts])
    return file.getvalue()


def mend(**values: dict[str, str]) -> Callable[[Cells], None]:
    """Set cells of rows by their number and header: mend(n000002={'Nilai': '7'})."""

    def change(cells: Cells) -> None:
        head = cells[0]
        for one in cells[1:]:
            for header, value in values.get(one[head.index("Nomor", 1)], {}).items():
                one[head.index(header)] = value

    return change


@dataclass
class Post:
    """The mail server of the agency's steward, and the mailbox that answers go to."""

    server: FailingServer
    inbox: Path
    levies: Levies
    sent: int = 0

    def mailed(self) -> EmailMessage:
        """The day's sheet."""
        with connect(settings().dsn("loader")) as connection:
            connection.execute("update ops.rejection_sheet set made_at = made_at - interval '1 day' where opd = 'uji'")
        assert "new rows" in mail_sheets()
        return self.server.accepted[-1]

    def reply(self, to: EmailMessage, content: bytes, sender: str = STEWARD, files: int = 1) -> str:
        """Answer a mail with the sheet attached; the text of the mail that comes back."""
        self.sent += 1
        about = {"In_Reply_To": str(to["Message-ID"]), "Message_ID": f"<balasan{self.sent}@padang.invalid>"}
        mail = _parsed(answer(sender, "Terlampir.", **about))
        for number in range(files):
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"L{number}.XLSX")
        (self.inbox / f"{self.sent}.eml").write_bytes(mail.as_bytes())
        before = len(self.server.accepted)
        take_in_answers()
        assert len(self.server.accepted) == before + 1
        told = self.server.accepted[-1]
        assert (told["To"], told["Auto-Submitted"]) == (STEWARD, "auto-replied")
        body = told.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


def _parsed(content: bytes) -> EmailMessage:
    from email import message_from_bytes
    from email.policy import default

    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def published(agency: Levies) -> list[tuple[object, ...]]:
    return [(number, value) for _, number, value in agency.published()]


@pytest.fixture
def post(levies: Levies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:  # noqa: F811 - the fixture
    monkeypatch.setattr(submission, "ANSWER_S", 0.4)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with FailingServer() as server:
        for name, value in (
            ("SMTP_HOST", "127.0.0.1"),
            ("SMTP_PORT", str(server.port)),
            ("CC_INBOX_URL", inbox.as_uri()),
        ):
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CC_MAIL_STEWARD", "steward.{opd}@padang.invalid")
        settings.cache_clear()
        yield Post(server, inbox, levies)
    with connect(settings().dsn("admin")) as connection:
        connection.execute("truncate ops.rejection_sheet, ops.delivery, ops.correction cascade")


BAD = [
    row(1),
    row(2, nilai=""),
    row(3, nilai="tiga"),
    row(4, kelurahan=MISSPELT),
    row(5, nilai="-3"),
    row(6, nilai="x", note="hubungi 0812 3456 7890"),
    *(row(number) for number in (7, 8, 9, 10)),
]
GOOD = [(f"n{number:06}", 7) for number in (1, 7, 8, 9, 10)]


def test_exactly_the_mended_rows_come_in_and_the_next_normal_batch_wins(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MOST_APART", 1)  # rows of both lanes are mended
    agency = post.levies
    agency.put("a", BAD)
    agency.ingest()
    first = post.mailed()
    mended = mend(
        n000002={"Nilai": "9"}, n000003={"Nilai": "-4"}, n000005={"Nilai": " 5 "}, n000006={"Catatan": "kosong"}
    )
    told = post.reply(first, saved(attached(first), mended))
    assert "2 baris masuk, 1 masih salah, 1 tidak dimuat." in told
    assert "baris 4: Nilai tidak boleh negatif." in told and "kolom 'Catatan' tidak ditandai salah" in told
    assert published(agency) == sorted([*GOOD, ("n000002", 9), ("n000005", 5)])
    kept = all_rows(
        agency.intake.connection, Mended,
        "select landing_id, table_name as table, row_number, column_name as column, expect, nilai from ops.perbaikan order by row_number",
    )  # fmt: skip
    assert [(one.expect, one.nilai) for one in kept] == [(None, "9"), ("tiga", "-4"), ("-3", "5")]
    (entry,) = agency.intake.rows(
        "select pelaku, rincian ->> 'baris' from ops.jejak_audit where jenis = 'perbaikan' order by nomor desc limit 1"
    )
    assert entry == ("Sekretaris Dinas Uji", "3")
    sealed = "select count(*) from ops.landing where source = 'lembar_uji' and wrapped_key is not null"
    assert agency.intake.value(sealed) == 1

    again = post.reply(first, saved(attached(first), mend(n000002={"Nilai": "9"}, n000005={"Nilai": "5"})))
    assert "2 baris masuk, 0 masih salah" in again and len(published(agency)) == 7, "nothing twice"
    second = post.mailed()
    mended = mend(n000003={"Nilai": "4"}, n000004={"Kelurahan": "Pauh"}, n000006={"Nilai": "6"})
    assert "2 baris masuk, 1 masih salah, 0 tidak" in post.reply(second, saved(attached(second), mended))
    assert {number for number, _ in published(agency)} == {*dict(GOOD), *(f"n00000{number}" for number in (2, 3, 5, 6))}
    note = agency.intake.value("select catatan from raw.uji_retribusi__retribusi where nomor = 'n000006'")
    assert note == "hubungi [telepon dihapus]"
    agency.ingest()
    assert len(published(agency)) == 9, "the same file again takes nothing back"

    agency.put("a", [row(1), row(2, nilai="")])
    agency.ingest()
    assert published(agency) == [("n000001", 7)]
    late = post.reply(second, saved(attached(second), mend(n000004={"Kelurahan": "Lolong Belanti"})))
    assert "0 baris masuk" in late and "sudah ada kiriman yang lebih baru" in late
    assert published(agency) == [("n000001", 7)]


def test_a_mended_cell_keeps_what_its_column_keeps_and_nothing_else(post: Post) -> None:
    agency = post.levies
    agency.redeclare("longest: 40,", "longest: 40, kept: [telepon],")
    agency.put("a", [row(1), row(2, note="x" * 41), row(3)])
    agency.ingest()
    mail = post.mailed()
    told = post.reply(mail, saved(attached(mail), mend(n000002={"Catatan": "0812 3456 7890, a@uji.invalid"})))
    assert "1 baris masuk, 0 masih salah" in told
    note = "select catatan from raw.uji_retribusi__retribusi where nomor = 'n000002'"
    assert agency.intake.value(note) == "0812 3456 7890, [surel dihapus]"


def test_what_is_no_mended_sheet_of_ours_loads_nothing_and_the_registered_steward_hears_why(
    post: Post, tmp_path: Path
) -> None:
    agency = post.levies
    agency.put("b", BAD)
    agency.ingest()
    sheet = post.mailed()
    content, mended = attached(sheet), mend(n000002={"Nilai": "9"})
    right = saved(content, mended)

    def without_a_column(cells: Cells) -> None:
        for one in cells:
            del one[2]

    def with_a_row(cells: Cells) -> None:
        cells.append([*cells[1][:-1], ""])

    def of_another_batch(cells: Cells) -> None:
        cells[1][-1] = "999999-1"

    for text, sender, files, sentence in (
        (right, "lain@padang.invalid", 1, "dikirim kembali dari alamat lain"),
        (right, STEWARD, 2, "lebih dari satu berkas xlsx"),
        (b"PK tidak terbaca", STEWARD, 1, "tidak dapat dibaca sebagai lembar xlsx"),
        (saved(content, mended, guide="Lembar1"), STEWARD, 1, "bukan lembar perbaikan yang kami kirim"),
        (saved(content, without_a_column), STEWARD, 1, "Susunan lembar kerja"),
        (saved(content, with_a_row), STEWARD, 1, "tidak punya 'Kode baris' yang dikenal"),
        (saved(content, of_another_batch), STEWARD, 1, "Baris berkode 999999-1 bukan baris lembar ini"),
        (saved(content), STEWARD, 1, "Tidak ada sel yang berubah"),
    ):
        assert sentence in post.reply(sheet, text, sender, files)
    assert published(agency) == GOOD and agency.intake.value("select count(*) from ops.perbaikan") == 0

    with connect(settings().dsn("loader")) as connection:
        connection.execute("update ops.rejection_sheet set made_at = made_at - interval '31 days' where opd = 'uji'")
    assert "sudah lebih dari 30 hari" in post.reply(sheet, right)
    with connect(settings().dsn("loader")) as connection:
        connection.execute("update ops.rejection_sheet set made_at = made_at + interval '31 days' where opd = 'uji'")

    post.server.fault = "554"
    with pytest.raises(DeliveryError, match="could not be mailed"):
        post.reply(sheet, right)
    post.server.fault = None
    take_in_answers()
    body = post.server.accepted[-1].get_body(("plain",))
    assert body is not None and "1 baris masuk, 0 masih salah" in body.get_content(), (
        "told by the next run, loaded once"
    )
    file = tmp_path / "kembali.xlsx"
    file.write_bytes(saved(content, mend(n000003={"Nilai": "4"})))
    assert "1 baris masuk" in agency.do("load-sheet", str(file))
    assert published(agency) == sorted([*GOOD, ("n000002", 9), ("n000003", 4)])
