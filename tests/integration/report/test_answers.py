"""What comes back by mail: over a real IMAP server, and from the demo city's folder."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from command_center.cli import main
from command_center.database import Connection
from command_center.errors import SettingsError, SourceUnavailable
from command_center.ledger import correction, delivery
from command_center.ledger.correction import Correction
from command_center.ledger.edition import Edition
from command_center.operate.watch import messages
from command_center.report import inbox
from command_center.report.answers import take_in_answers
from command_center.report.deliver import deliver_edition
from command_center.report.letter import Letter
from command_center.settings import settings

from tests.support.imap import PASSWORD, USER, answer, arrive, behind_tls, bounce, imap_server, opened
from tests.support.mail_server import certificate
from tests.support.reports import FailingServer, enter_edition

CAMAT = "camat.kuranji@padang.invalid"


@pytest.fixture
def edition(ledger: Connection) -> Edition:
    return enter_edition(ledger, "13.71.09")


@pytest.fixture
def sent(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> Letter:
    """The mail of an edition that a camat has."""
    with FailingServer() as server:
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(server.port))
        settings.cache_clear()
        assert deliver_edition(edition.edition_id).recipient == CAMAT
    return Letter(edition, CAMAT, "Camat Kuranji")


@pytest.fixture
def mailbox(ledger: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with imap_server() as port:
        for name, value in {"URL": f"imap://127.0.0.1:{port}/INBOX", "USER": USER, "PASSWORD": PASSWORD}.items():
            monkeypatch.setenv(f"CC_INBOX_{name}", value)
        settings.cache_clear()
        yield port


def taken(connection: Connection) -> list[Correction]:
    found = correction.every(connection)
    connection.commit()
    return found


def test_an_answer_opens_a_correction_of_the_edition_that_it_answers(
    sent: Letter, edition: Edition, mailbox: int, ledger: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    arrive(
        mailbox,
        answer(f"Camat <{CAMAT}>", "Kebakaran ada 4, bukan 3.\n", Message_ID="<1@x>", In_Reply_To=sent.message_id),
        answer(CAMAT.upper(), "Lagi.\n", Message_ID="<2@x>", References=f"<0@x> {sent.message_id} <9@x>"),
        answer(CAMAT, "Tanpa kepala surel.\n", Message_ID="<3@x>", To=sent.answers_to),
    )
    assert take_in_answers() == "3 new answers to reports."
    assert take_in_answers() == "0 new answers to reports."
    first, second, third = taken(ledger)
    assert (first.jenis, first.state, first.mark, first.jabatan) == ("koreksi", "baru", "", "Camat Kuranji")
    assert (first.edition_id, first.wilayah_kode, first.sender) == (edition.edition_id, "13.71.09", CAMAT)
    assert first.body == "Kebakaran ada 4, bukan 3." and not first.is_cut and first.received_at == settings().now()
    assert {second.edition_id, third.edition_id} == {edition.edition_id} and second.mark == third.mark == ""
    assert any(
        "3 balasan atas laporan atau lembar perbaikan menunggu" in one.text
        for one in messages(ledger, settings().now())
    )
    ledger.commit()
    assert main(["corrections"]) == 0
    assert "Camat Kuranji  bulanan 13.71.09 edisi 1\n    Re: [Terbatas]" in capsys.readouterr().out
    assert main(["corrections", str(first.correction_id), "selesai"]) == 0
    assert [one.state for one in taken(ledger)] == ["selesai", "baru", "baru"]


def test_what_cannot_be_placed_is_kept_and_marked(sent: Letter, mailbox: int, ledger: Connection) -> None:
    arrive(
        mailbox,
        answer("orang@luar.invalid", "Halo.\n", Message_ID="<1@x>", In_Reply_To=sent.message_id),
        answer(CAMAT, "Tentang apa?\n", Message_ID="<2@x>"),
        answer("orang@luar.invalid", "Beli!\n"),
        answer("camat.pauh@padang.invalid", "Saya.\n", Message_ID="<4@x>", In_Reply_To=sent.message_id),
        answer(CAMAT, "Sedang cuti.\n", Message_ID="<5@x>", In_Reply_To=sent.message_id, Auto_Submitted="auto-replied"),
        b"From: \xff\xfe\r\nContent-Type: text/plain; charset=tidak-ada\r\nSubject: =?utf-8?q?=00?=\r\n\r\nisi\x00\xff\r\n",
    )
    assert take_in_answers() == "6 new answers to reports."
    found = taken(ledger)
    assert [(one.mark, one.jenis, one.state, one.wilayah_kode) for one in found] == [
        ("pengirim tidak dikenal", "koreksi", "baru", "13.71.09"),
        ("edisi tidak dikenal", "koreksi", "baru", "13.71.09"),
        ("pengirim tidak dikenal, edisi tidak dikenal", "koreksi", "baru", None),
        ("pengirim bukan penerima edisi ini", "koreksi", "baru", "13.71.09"),
        ("", "otomatis", "selesai", "13.71.09"),
        ("pengirim tidak dikenal, edisi tidak dikenal", "koreksi", "baru", None),
    ]
    assert found[2].message_id.endswith("@tanpa-nomor>") and found[5].body == "isi\N{REPLACEMENT CHARACTER}"


def test_of_pages_and_attachments_only_text_is_taken_and_not_too_much(
    sent: Letter, mailbox: int, ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_BYTES", 100_000)
    page = EmailMessage()
    page["From"], page["To"], page["In-Reply-To"], page["Message-ID"] = CAMAT, "k@x", sent.message_id, "<1@x>"
    page.set_content("<style>p{}</style><p>Angka<br>salah</p><script>alert(1)</script>", subtype="html")
    page.add_attachment(b"MZ\x00", maintype="application", subtype="octet-stream", filename="ba\u202ehaya.exe")
    arrive(mailbox, page.as_bytes(), answer(CAMAT, "panjang " * 5_000, Message_ID="<2@x>", In_Reply_To=sent.message_id))
    arrive(mailbox, answer(CAMAT, "besar " * 50_000, Message_ID="<3@x>", In_Reply_To=sent.message_id))
    take_in_answers()
    first, second, third = taken(ledger)
    assert (
        first.body.split() == ["Angka", "salah", "[Lampiran,", "tidak", "diambil:", "bahaya.exe]"] and not first.is_cut
    )
    assert len(second.body) == len(third.body) == 20_000 and second.is_cut and third.is_cut
    with opened(mailbox) as imap:
        assert imap.uid("SEARCH", "UNSEEN")[1] == imap.uid("SEARCH", "ALL")[1]


def test_a_bounce_is_noted_at_the_delivery(sent: Letter, mailbox: int, ledger: Connection) -> None:
    arrive(mailbox, bounce(sent.message_id, "<1@x>", action="delayed"))
    take_in_answers()
    assert [one.status for one in delivery.every(ledger)] == ["sent"]
    ledger.commit()
    arrive(mailbox, bounce(sent.message_id, "<2@x>"), bounce("<lain@x>", "<3@x>"))
    arrive(mailbox, bounce("<hilang@x>", "<4@x>", to=sent.answers_to))
    take_in_answers()
    (mail,) = delivery.every(ledger)
    assert mail.status == "bounced" and mail.last_error == (
        "Final-Recipient: rfc822; camat.kuranji@padang.invalid Action: failed Status: 5.1.1 "
        "Diagnostic-Code: smtp; 550 5.1.1 tidak ada"
    )
    assert [(one.jenis, one.mark, one.state) for one in taken(ledger)] == [
        ("pantulan", "pengiriman tertunda", "selesai"),
        ("pantulan", "", "selesai"),
        ("pantulan", "edisi tidak dikenal", "baru"),
        ("pantulan", "", "selesai"),
    ]
    assert any("dikembalikan oleh peladen surel" in one.text for one in messages(ledger, settings().now()))
    ledger.commit()
    assert deliver_edition(sent.edition.edition_id).status == "bounced"


def test_a_person_who_reads_the_mailbox_first_hides_nothing(sent: Letter, mailbox: int, ledger: Connection) -> None:
    arrive(mailbox, answer(CAMAT, "Sudah dibaca.\n", Message_ID="<1@x>", In_Reply_To=sent.message_id))
    with opened(mailbox) as imap:
        imap.store("1", "+FLAGS", "\\Seen")
    assert take_in_answers() == "1 new answers to reports."


def test_a_mail_that_could_not_be_entered_is_taken_the_next_time(
    sent: Letter, mailbox: int, ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(mailbox, answer(CAMAT, "Penting.\n", Message_ID="<1@x>", In_Reply_To=sent.message_id))
    with monkeypatch.context() as broken:
        broken.setattr(correction, "open_one", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take_in_answers()
    assert take_in_answers() == "1 new answers to reports."


def test_a_mailbox_that_refuses_is_named(mailbox: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_INBOX_PASSWORD", "salah")
    settings.cache_clear()
    with pytest.raises(SourceUnavailable, match=r"The mailbox 127\.0\.0\.1 .* CC_INBOX_USER and CC_INBOX_PASSWORD"):
        take_in_answers()
    monkeypatch.setenv("CC_INBOX_URL", "pop3://127.0.0.1")
    settings.cache_clear()
    with pytest.raises(SettingsError, match="begins with 'pop3'"):
        take_in_answers()


def test_a_password_goes_only_to_a_server_that_proves_its_name(mailbox: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere than on this machine a connection in the clear is encrypted before the login, or given up."""
    monkeypatch.setenv("CC_INBOX_URL", f"imap://localhost:{mailbox}/INBOX")
    settings.cache_clear()
    with pytest.raises(SourceUnavailable, match="localhost"):
        take_in_answers()


def test_the_demo_citys_mailbox_gives_what_is_addressed_to_us(
    sent: Letter, ledger: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A camat's mail program hands its answer to the mailbox by SMTP; reports that lie there too are none."""
    from demo_city.city import City
    from demo_city.protocols.smtp import SmtpService

    service = SmtpService("127.0.0.1", 0, City(7, tmp_path / "city"), tmp_path / "mailbox")
    service.start()
    try:
        port = int(service.addresses()["smtp"].rpartition(":")[2])
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail(
                CAMAT,
                [sent.answers_to],
                answer(CAMAT, "Salah.\n", Message_ID="<1@x>", To=sent.answers_to, In_Reply_To=sent.message_id),
            )
            client.sendmail("a@x.invalid", [CAMAT], answer("a@x.invalid", "Laporan.\n", Message_ID="<2@x>", To=CAMAT))
    finally:
        service.stop()
    monkeypatch.setenv("CC_INBOX_URL", (tmp_path / "mailbox").as_uri())
    settings.cache_clear()
    assert take_in_answers() == "1 new answers to reports."
    assert take_in_answers() == "0 new answers to reports."
    assert [one.body for one in taken(ledger)] == ["Salah."]


@pytest.mark.parametrize("is_vouched", [True, False])
def test_a_mailbox_behind_tls_is_read_only_where_it_proves_its_name(
    sent: Letter, mailbox: int, is_vouched: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(mailbox, answer(CAMAT, "Kebakaran ada 4.\n", Message_ID="<1@x>", In_Reply_To=sent.message_id))
    file = certificate(tmp_path, "127.0.0.1")
    if is_vouched:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with behind_tls(mailbox, file) as port:
        monkeypatch.setenv("CC_INBOX_URL", f"imaps://127.0.0.1:{port}/INBOX")
        settings.cache_clear()
        if is_vouched:
            assert take_in_answers() == "1 new answers to reports."
        else:
            with pytest.raises(SourceUnavailable, match="certificate verify failed"):
                take_in_answers()
