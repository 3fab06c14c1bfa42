"""An agency is told of each row that was set aside once, in a sheet, whatever the mail server does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from command_center.cli import main
from command_center.database import Connection, all_values
from command_center.declaration.registry import get_source
from command_center.errors import DeliveryError
from command_center.extract.asking import Fetched, Window
from command_center.ledger import catalogue, correction, delivery, landing
from command_center.ledger.batch import Ending, Key, close_batch, open_batch
from command_center.ledger.delivery import Delivery
from command_center.ledger.quarantine import Origin, Rejected, add_rejected
from command_center.operate.watch import messages
from command_center.report import submission
from command_center.report.answers import take_in_answers
from command_center.report.rejection_mail import mail_sheets
from command_center.settings import settings

from tests.support.imap import answer, bounce
from tests.support.rejection_sheet import guide_of, sheets_of
from tests.support.reports import FailingServer

SOURCE, STEWARD = "damkar_kejadian", "steward.damkar@padang.invalid"
ENDED = Ending("published", None, "lolos", 9, 1, 0, 1, 0, 0, None, None)
EMPTY, UNKNOWN = "Kolom 'Jenis' wajib diisi tetapi kosong.", "Kolom 'Kode Kelurahan' bukan kode kelurahan."


class Agency:
    """Answers of an agency of which rows were set aside, one answer after the other."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self.connection, self.folder, self.answers = connection, folder, 0
        catalogue.replace(connection, [get_source(SOURCE)])
        connection.commit()

    def sends(self, *rejected: Rejected) -> None:
        self.answers += 1
        now, digest = settings().now(), str(self.answers)
        fetched = Fetched("kejadian", self.folder / "-", digest, 1, "text/csv", "-", now, simulated_paths="*")
        landed = landing.record(self.connection, SOURCE, fetched, Window(), uri="-", wrapped_key=None, expires_at=now)
        key = Key(SOURCE, "kejadian", "kejadian")
        batch = open_batch(self.connection, key, landed, fingerprint=digest, run_id="-", observed_at=now)
        add_rejected(self.connection, Origin(batch, SOURCE, "kejadian", digest, "damkar"), rejected)
        close_batch(self.connection, batch, replace(ENDED, rows_quarantined=len(rejected)))
        self.connection.commit()

    def another_day(self) -> None:
        self.connection.execute("update ops.rejection_sheet set made_at = made_at - interval '1 day'")
        self.connection.commit()

    def mails(self) -> list[Delivery]:
        found = delivery.every(self.connection)
        self.connection.commit()
        return found


def bad(number: int, column: str = "Jenis", reason: str = EMPTY, objek: str = "Rumah", at: int = 0) -> Rejected:
    payload = {"no_kejadian": f"K-{number:03}", "jenis": None, "objek": objek, "kode_kelurahan": "99"}
    return Rejected(at or number, f"baris {at or number}", column, None, reason, payload)


@pytest.fixture
def agency(ledger: Connection, tmp_path: Path) -> Agency:
    return Agency(ledger, tmp_path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingServer]:
    monkeypatch.setattr(submission, "ANSWER_S", 0.4)
    with FailingServer() as server:
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(server.port))
        settings.cache_clear()
        yield server


def workbook(mail: EmailMessage) -> bytes:
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "Lembar_Perbaikan_Dinas_Pemadam_Kebakaran_2026-11-23.xlsx"
    return bytes(attached.get_content())


def test_what_is_new_is_told_once_and_what_was_told_stays_in_the_sheet(agency: Agency, server: FailingServer) -> None:
    agency.sends(bad(1), bad(2, objek="=HYPERLINK(1)"), bad(2, "Kode Kelurahan", UNKNOWN, objek="=HYPERLINK(1)"))
    assert mail_sheets().startswith("damkar: 2 new rows of 2 in a sheet. The mail to steward.damkar@")
    first = server.accepted[0]
    assert (first["To"], first["Reply-To"].startswith("koreksi+")) == (STEWARD, True)
    assert first["Subject"].endswith("Dinas Pemadam Kebakaran, 23 November 2026: 2 baris baru perlu diperbaiki")
    text = first.get_body(("plain",))
    assert text is not None
    assert text.get_content().split("\r\n\r\n")[0] == "*** DATA SIMULASI ***"
    (shown,) = sheets_of(workbook(first)).values()
    assert shown.head[2:4] == ["No Kejadian", "Jenis"] and not {"Alamat", "Nama Pelapor"} & set(shown.head)
    assert [row["No Kejadian"] for row in shown.rows] == ["K-001", "K-002"]
    assert shown.rows[1]["Yang perlu diperbaiki"] == f"{EMPTY}\n{UNKNOWN}"
    assert shown.notes == {(0, "Jenis"): EMPTY, (1, "Jenis"): EMPTY, (1, "Kode Kelurahan"): UNKNOWN}
    assert shown.marked == set(shown.notes) and shown.rows[1]["Objek"] == "=HYPERLINK(1)"
    assert "DATA SIMULASI" in guide_of(workbook(first)) and "Nama Pelapor, Telepon Pelapor, Alamat" in guide_of(
        workbook(first)
    )

    agency.sends(bad(1, at=7), bad(2, at=8, objek="=HYPERLINK(1)"))
    assert mail_sheets() == "Nothing new was set aside.", "the rows came again, on other lines"
    agency.sends(bad(1), bad(3))
    assert mail_sheets() == "damkar: was sent a sheet today already."
    agency.another_day()
    assert mail_sheets().startswith("damkar: 1 new rows of 2 in a sheet.")
    assert mail_sheets() == "Nothing new was set aside."
    (shown,) = sheets_of(workbook(server.accepted[1])).values()
    assert [(row["No Kejadian"], row["Diberitahukan"] == "baru") for row in shown.rows] == [
        ("K-003", True),
        ("K-001", False),
    ]
    told = "select rincian ->> 'new_rows' from ops.jejak_audit where jenis = 'pengiriman' order by nomor"
    assert all_values(agency.connection, str, told) == ["2", "1"]


def test_a_sheet_that_surely_did_not_arrive_told_nothing_and_goes_out_as_things_are_then(
    agency: Agency, server: FailingServer
) -> None:
    agency.sends(bad(1))
    server.fault = "554"
    with pytest.raises(DeliveryError, match=r"^1 rejection sheets were not sent: .* was refused"):
        mail_sheets()
    (failed,) = agency.mails()
    (told,) = (one.text for one in messages(agency.connection, settings().now()) if one.source == "laporan")
    assert told.startswith("Surel lembar perbaikan damkar kepada Kepala Bidang Operasional") and "ditolak" in told
    agency.connection.commit()
    agency.sends(bad(1), bad(2))
    server.fault = None
    assert "2 new rows of 2" in mail_sheets()
    assert mail_sheets() == "Nothing new was set aside."
    (sent,) = agency.mails()
    assert (sent.message_id, sent.status, sent.attempts) == (failed.message_id, "sent", 2)
    assert [mail["Message-ID"] for mail in server.accepted] == [failed.message_id]


def test_a_sheet_that_may_have_arrived_waits_for_a_person(
    agency: Agency, server: FailingServer, capsys: pytest.CaptureFixture[str]
) -> None:
    agency.sends(bad(1))
    server.fault = "lose"
    assert "may have arrived: nobody knows" in mail_sheets()
    server.fault = None
    agency.another_day()
    assert mail_sheets() == "Nothing new was set aside." and server.accepted == []
    (lost,) = agency.mails()
    decided = ["deliveries", "decide", "--message-id", lost.message_id, "--not-arrived", "--jabatan", "Kepala Seksi"]
    assert main(decided) == 0 and main(["rejections", "--send"]) == 0
    assert [mail["Message-ID"] for mail in server.accepted] == [lost.message_id]
    assert main(["rejections"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split()[:3] == ["damkar", "1", "0"]


def test_a_steward_s_answer_is_known_and_a_sheet_that_bounced_waits_for_another_address(
    agency: Agency, server: FailingServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    agency.sends(bad(1))
    mail_sheets()
    (sent,) = agency.mails()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    monkeypatch.setenv("CC_INBOX_URL", inbox.as_uri())
    settings.cache_clear()
    (inbox / "1.eml").write_bytes(answer(STEWARD, "Jenisnya memang kosong.", In_Reply_To=sent.message_id))
    take_in_answers()
    (taken,) = correction.every(agency.connection)
    assert (taken.sheet_id, taken.mark) == (sent.sheet_id, "") and taken.jabatan == sent.yth
    agency.connection.commit()

    (inbox / "2.eml").write_bytes(bounce(sent.message_id, "<pantulan@padang.invalid>"))
    take_in_answers()
    assert [one.status for one in agency.mails()] == ["bounced"]
    agency.another_day()
    assert mail_sheets() == "Nothing new was set aside."
    monkeypatch.setenv("CC_MAIL_STEWARD", "data.{opd}@padang.invalid")
    settings.cache_clear()
    assert "1 new rows of 1" in mail_sheets()
    assert server.recipients == ["data.damkar@padang.invalid", STEWARD]
