"""Eleven mails, each once: real sockets, a mail server that fails in every way, workers that are killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from command_center.cli import main
from command_center.database import Connection
from command_center.errors import DeliveryError, IntegrityError
from command_center.ledger import delivery
from command_center.ledger.edition import Edition
from command_center.operate.watch import messages
from command_center.paths import DAGS
from command_center.report import submission
from command_center.report.deliver import Outcome, deliver_all, deliver_edition
from command_center.report.letter import Letter
from command_center.settings import settings
from command_center.wilayah import kecamatan_codes
from demo_city.mailbox import keep_mail

from tests.support.mail_server import certificate, settings_for, started
from tests.support.reports import MONTH, PDF, FailingServer, Fault, enter_edition


@pytest.fixture
def editions(ledger: Connection) -> list[Edition]:
    return [enter_edition(ledger, kode) for kode in kecamatan_codes()]


@pytest.fixture
def ids(editions: list[Edition]) -> list[int]:
    return [edition.edition_id for edition in editions]


def use(monkeypatch: pytest.MonkeyPatch, server: FailingServer) -> None:
    monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", str(server.port))
    settings.cache_clear()


@pytest.fixture
def impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a server that never answers; one that does may take its time on a machine at work."""
    if "hangs" in request.node.name:
        monkeypatch.setattr(submission, "TIMEOUT_S", 1.0)
        monkeypatch.setattr(submission, "ANSWER_S", 1.0)


def statuses(connection: Connection) -> Counter[str]:
    found = Counter(one.status for one in delivery.every(connection))
    connection.commit()
    return found


def expect_each_once(server: FailingServer, count: int = 11) -> None:
    assert len(server.accepted) == len(set(server.recipients)) == count


DEFINITE: list[Fault] = [
    "greeting",
    "greeting hangs",
    "recipient",
    "recipient hangs",
    "data",
    "451",
    "554",
]


@pytest.mark.parametrize("fault", DEFINITE)
def test_a_server_that_fails_after_the_fourth_mail_gets_the_others_later_and_each_once(
    fault: Fault, ids: list[int], ledger: Connection, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    with FailingServer(fault, after=4) as server:
        use(monkeypatch, server)
        with pytest.raises(DeliveryError, match=r"^7 mails were not sent: .*4 mails sent, 0 were sent before\."):
            deliver_all(ids)
        assert statuses(ledger) == {"sent": 4, "failed": 7}
        server.fault = None
        assert deliver_all(ids) == "7 mails sent, 4 were sent before."
        assert deliver_all(ids) == "0 mails sent, 11 were sent before."
        expect_each_once(server)
    assert statuses(ledger) == {"sent": 11}
    assert {(one.status, one.attempts) for one in delivery.every(ledger)} == {("sent", 1), ("sent", 2)}


def test_a_server_that_is_away_is_tried_again(
    ids: list[int], ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FailingServer() as server:
        use(monkeypatch, server)
    with pytest.raises(
        DeliveryError, match=r"^11 mails were not sent: .* was refused by 127\.0\.0\.1:\d+ \(.*refused\)"
    ):
        deliver_all(ids)
    assert statuses(ledger) == {"failed": 11}
    with FailingServer(port=server.port) as server:
        assert deliver_all(ids).startswith("11 mails sent")
        expect_each_once(server)


def test_a_server_with_a_wrong_certificate_gets_nothing_and_the_right_one_each_mail_once(
    ids: list[int], ledger: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, is_trusted in (("127.0.0.9", True), ("127.0.0.1", False), ("127.0.0.1", True)):
        file = certificate(tmp_path, name)
        monkeypatch.setenv("SSL_CERT_FILE", str(file) if is_trusted else "/dev/null")
        server, controller = started(file)
        try:
            for setting, value in settings_for(server).items():
                monkeypatch.setenv(setting, value)
            settings.cache_clear()
            if name == "127.0.0.1" and is_trusted:
                assert deliver_all(ids) == "11 mails sent, 0 were sent before."
                assert len(server.mails) == 11
            else:
                with pytest.raises(DeliveryError, match=r"^11 mails were not sent: .*certificate verify failed"):
                    deliver_all(ids)
                assert server.mails == server.passwords == [] and statuses(ledger) == {"failed": 11}
        finally:
            controller.stop()
    assert statuses(ledger) == {"sent": 11}


@pytest.mark.parametrize("fault", ["drop", "lose", "cut", "answer hangs"])
def test_a_mail_whose_answer_did_not_come_waits_for_a_person(
    fault: Fault,
    ids: list[int],
    ledger: Connection,
    monkeypatch: pytest.MonkeyPatch,
    impatient: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with FailingServer(fault, after=4) as server:
        use(monkeypatch, server)
        said = deliver_all(ids)
        # `drop` accepts, so every further mail finds the server at the same fault; none is sent a second time.
        assert said.startswith("4 mails sent") and said.count("may have arrived: nobody knows") == 7
        assert statuses(ledger) == {"sent": 4, "tak_pasti": 7}
        server.fault = None
        for _ in range(2):
            assert deliver_all(ids).count("may have arrived: nobody knows") == 7
        expect_each_once(server, 11 if fault == "drop" else 4)
        open_ones = [one.message_id for one in delivery.every(ledger, ("tak_pasti",))]
        ledger.commit()
        assert main(["deliveries", "--open"]) == 0
        listed = capsys.readouterr().out
        assert all(message_id in listed for message_id in open_ones) and listed.count("tak_pasti") == 7
        way = "--arrived" if fault == "drop" else "--not-arrived"
        for message_id in open_ones:
            assert main(["deliveries", "decide", "--message-id", message_id, way, "--jabatan", "Kepala Seksi"]) == 0
        assert (
            deliver_all(ids)
            == f"{0 if fault == 'drop' else 7} mails sent, {11 if fault == 'drop' else 4} were sent before."
        )
        expect_each_once(server)
        assert main(["deliveries", "decide", "--message-id", open_ones[0], way, "--jabatan", "Kepala Seksi"]) == 10
        assert "is no mail that is tak_pasti" in capsys.readouterr().err


def killed(edition_id: int) -> None:
    """A worker that is killed after the server had its whole mail, before it could know."""
    script = (
        "import sys; sys.stdin.readline()\n"
        "from command_center.report.deliver import deliver_edition\n"
        f"deliver_edition({edition_id})\n"
    )
    env = {**os.environ, "PYTHONPATH": str(DAGS)}
    with FailingServer() as server:
        process = subprocess.Popen(
            [sys.executable, "-c", script], env={**env, "SMTP_PORT": str(server.port)}, stdin=subprocess.PIPE
        )
        server.on_mail = lambda: os.kill(process.pid, signal.SIGKILL)
        process.communicate(b"go\n", timeout=60)
        assert process.returncode == -signal.SIGKILL


def test_a_killed_worker_leaves_a_question_that_only_a_mailbox_or_a_person_answers(
    ids: list[int], ledger: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with FailingServer() as server:
        use(monkeypatch, server)
        killed(ids[0])
        assert statuses(ledger) == {"sending": 1}
        assert deliver_edition(ids[0]) == Outcome("held", "camat.padang_selatan@padang.invalid")
        assert statuses(ledger) == {"tak_pasti": 1} and server.accepted == []
        monkeypatch.setenv("CC_MAILBOX_FOLDER", str(tmp_path / "mailbox"))
        settings.cache_clear()
        assert deliver_edition(ids[0]).status == "sent"
        expect_each_once(server, 1)
        killed(ids[1])
        letter = delivery.of_edition(ledger, ids[1])[0]
        ledger.commit()
        (tmp_path / "mailbox").mkdir()
        keep_mail(tmp_path / "mailbox", f"Message-ID: {letter.message_id}\r\n\r\nsampai\r\n".encode())
        assert deliver_edition(ids[1]).status == "already_sent"
        assert deliver_all(ids) == "9 mails sent, 2 were sent before."
        expect_each_once(server, 10)
    assert statuses(ledger) == {"sent": 11}


def test_several_workers_at_once_send_each_mail_once(
    ids: list[int], ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with FailingServer() as server:
        use(monkeypatch, server)
        threads = [threading.Thread(target=lambda: said.append(deliver_all(ids))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expect_each_once(server)
    assert len(said) == 4 and sum(int(one.split()[0]) for one in said) == 11
    assert statuses(ledger) == {"sent": 11}


def test_the_mail_says_the_summary_and_carries_the_archived_files(
    editions: list[Edition], ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with FailingServer() as server:
        use(monkeypatch, server)
        deliver_all(ids)
    mails = {str(mail["To"]): mail for mail in server.accepted}
    mail = mails["camat.bungus_teluk_kabung@padang.invalid"]
    edition = next(one for one in editions if one.wilayah_kode == "13.71.05")
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[:8] == [
        "Nomor    : LDB/13.71.05/1/X/2026",
        "Sifat    : Terbatas",
        "Lampiran : Laporan (PDF dan HTML)",
        "Hal      : Laporan data bulanan 13.71.05, Oktober 2026",
        "",
        "Yth. Plt. Camat Bungus Teluk Kabung,",
        "",
        "MEMBURUK",
    ]
    attached = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    stem = "Laporan_Bulanan_Kecamatan_Bungus_Teluk_Kabung_2026-10_edisi_1"
    assert list(attached) == [f"{stem}.pdf", f"{stem}.html"]
    pdf = attached[f"{stem}.pdf"]
    assert isinstance(pdf, bytes) and hashlib.sha256(pdf).hexdigest() == edition.pdf_sha256
    assert pdf == PDF + b"13.71.05 edisi 1"
    letter = Letter(edition, str(mail["To"]), "Plt. Camat Bungus Teluk Kabung")
    assert mail["Message-ID"] == letter.message_id and mail["Reply-To"] == f"koreksi+{letter.ref}@padang.invalid"
    assert mail["Auto-Submitted"] == "auto-generated"
    for kode in set(kecamatan_codes()) - {"13.71.05"}:
        assert kode not in mail.as_string()


def test_a_changed_file_of_the_archive_is_not_sent(
    editions: list[Edition], ledger: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    edition = editions[3]
    (file,) = (tmp_path / "landing").rglob(f"{edition.pdf_sha256}.pdf")
    file.write_bytes(b"%PDF-1.7 lain")
    with FailingServer() as server:
        use(monkeypatch, server)
        with pytest.raises(IntegrityError, match=rf"{edition.pdf_sha256}\.pdf of an edition was changed"):
            deliver_edition(edition.edition_id)
    assert server.accepted == [] and statuses(ledger) == {}


def test_an_address_for_answers_with_another_mark_is_refused_before_anything_is_sent(
    ids: list[int], ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_MAIL_CORRECTIONS", "koreksi+{slug}@padang.invalid")
    settings.cache_clear()
    with pytest.raises(DeliveryError, match=r"it may hold \{ref\} and no other mark"):
        deliver_edition(ids[0])
    assert statuses(ledger) == {}


def test_a_mail_that_is_too_large_is_refused_before_anything_is_sent(
    ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from command_center.archive import editions as archive

    big = archive.keep(archive.base_uri(), os.urandom(4_000_000), "pdf")
    edition = enter_edition(ledger, "13.71.01", pdf_sha256=big)
    with FailingServer() as server:
        use(monkeypatch, server)
        with pytest.raises(DeliveryError, match="at most 5,000,000 are sent"):
            deliver_edition(edition.edition_id)
    assert server.accepted == [] and statuses(ledger) == {}


def test_who_holds_the_office_on_the_day_of_sending_gets_it(
    ledger: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from command_center.report.recipients import take_in_recipients

    file = tmp_path / "recipients.csv"
    file.write_text(
        "wilayah_kode,jabatan,is_plt,address,since,until\n"
        "13.71.09,camat,false,lama@padang.invalid,2024-01-01,2026-11-23\n"
        "13.71.09,camat,true,plt@padang.invalid,2026-11-24,2026-11-30\n"
        "13.71.09,sekretaris_camat,false,sekcam@padang.invalid,2024-01-01,2026-12-31\n"
    )
    monkeypatch.setenv("CC_RECIPIENTS", str(file))
    settings.cache_clear()
    take_in_recipients(ledger)
    ledger.commit()
    got = []
    with FailingServer() as server:
        use(monkeypatch, server)
        for number, day in enumerate(("2026-11-23", "2026-11-24", "2026-12-01", "2027-01-01"), 1):
            monkeypatch.setenv("DEMO_NOW", f"{day}T09:00")
            settings.cache_clear()
            edition = enter_edition(ledger, "13.71.09", number)
            try:
                got.append(deliver_edition(edition.edition_id).recipient)
            except DeliveryError as error:
                got.append(str(error))
    assert got[:3] == ["lama@padang.invalid", "plt@padang.invalid", "sekcam@padang.invalid"]
    assert got[3].startswith("Nobody holds the office camat or sekretaris_camat of 13.71.09 on 2027-01-01")
    bodies = [str(part.get_content()) for mail in server.accepted if (part := mail.get_body(("plain",)))]
    assert [body.partition("Yth. ")[2].partition(",")[0] for body in bodies] == [
        "Camat Kuranji",
        "Plt. Camat Kuranji",
        "Sekretaris Camat Kuranji",
    ]


def test_a_new_holder_does_not_get_what_the_last_one_may_have(
    ledger: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, impatient: None
) -> None:
    from command_center.report.recipients import take_in_recipients

    edition = enter_edition(ledger, "13.71.09")
    with FailingServer("drop") as server:
        use(monkeypatch, server)
        assert deliver_edition(edition.edition_id) == Outcome("held", "camat.kuranji@padang.invalid")
        file = tmp_path / "recipients.csv"
        file.write_text(
            "wilayah_kode,jabatan,is_plt,address,since,until\n13.71.09,camat,false,baru@padang.invalid,2024-01-01,\n"
        )
        monkeypatch.setenv("CC_RECIPIENTS", str(file))
        settings.cache_clear()
        take_in_recipients(ledger)
        ledger.commit()
        server.fault = None
        assert deliver_edition(edition.edition_id) == Outcome("held", "camat.kuranji@padang.invalid")
        assert server.recipients == ["camat.kuranji@padang.invalid"]


def test_a_report_that_came_back_goes_to_the_corrected_address_once(
    ledger: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from command_center.report.recipients import take_in_recipients

    def use_address(address: str) -> None:
        file = tmp_path / "recipients.csv"
        file.write_text(
            f"wilayah_kode,jabatan,is_plt,address,since,until\n13.71.09,camat,false,{address},2024-01-01,\n"
        )
        monkeypatch.setenv("CC_RECIPIENTS", str(file))
        settings.cache_clear()
        take_in_recipients(ledger)
        ledger.commit()

    edition = enter_edition(ledger, "13.71.09")
    number = edition.edition_id
    with FailingServer() as server:
        use(monkeypatch, server)
        assert deliver_edition(number).status == "sent"
        delivery.note(ledger, delivery.of_edition(ledger, number)[0].message_id, "bounced", "550 5.1.1 tidak ada")
        ledger.commit()
        assert delivery.unsettled(ledger, ("bulanan",), MONTH, MONTH) == [number]
        said = deliver_all([number])
        assert said.startswith("0 mails sent") and "correct the address in the file of recipients" in said
        use_address("Camat.Kuranji@padang.invalid")
        assert deliver_edition(number) == Outcome("bounced", "Camat.Kuranji@padang.invalid")
        assert [one.recipient for one in delivery.open_ones(ledger)] == ["camat.kuranji@padang.invalid"]
        use_address("kuranji@padang.invalid")
        assert deliver_edition(number) == Outcome("sent", "kuranji@padang.invalid")
        assert deliver_edition(number) == Outcome("already_sent", "kuranji@padang.invalid")
        assert delivery.unsettled(ledger, ("bulanan",), MONTH, MONTH) == []
        use_address("camat.kuranji@padang.invalid")
        assert deliver_edition(number).status == "already_sent"
        assert server.recipients == ["camat.kuranji@padang.invalid", "kuranji@padang.invalid"]
        assert delivery.to_be_told(ledger) == delivery.open_ones(ledger) == []


def test_the_steward_hears_of_a_mail_that_failed_until_something_took_its_place(
    ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> list[str]:
        found = [one.text for one in messages(ledger, settings().now()) if one.source == "laporan"]
        ledger.commit()
        return found

    first = enter_edition(ledger, "13.71.09")
    with FailingServer("554") as server:
        use(monkeypatch, server)
        with pytest.raises(DeliveryError):
            deliver_edition(first.edition_id)
        assert told() == [
            "Surel laporan (bulanan 13.71.09) kepada Camat Kuranji ditolak peladen surel dan akan dikirim lagi pada jadwal berikutnya."
        ]
        second = enter_edition(ledger, "13.71.09", 2)
        assert told() == []
        server.fault = "lose"
        deliver_edition(second.edition_id)
    (open_one,) = told()
    assert "mungkin sampai, mungkin tidak" in open_one
    enter_edition(ledger, "13.71.09", 3)
    assert told() == [open_one]
    ledger.execute("update ops.delivery set status = 'bounced'")
    assert told() == []


def test_only_the_newest_edition_waits_for_delivery(ledger: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    first, other = enter_edition(ledger, "13.71.01"), enter_edition(ledger, "13.71.02")
    second = enter_edition(ledger, "13.71.01", 2)
    assert delivery.unsettled(ledger, ("bulanan",), MONTH, MONTH) == [other.edition_id, second.edition_id]
    ledger.commit()
    with FailingServer() as server:
        use(monkeypatch, server)
        deliver_edition(second.edition_id)
    assert server.accepted[0]["Subject"].endswith("Oktober 2026, edisi 2")
    assert delivery.unsettled(ledger, ("bulanan",), MONTH, MONTH) == [other.edition_id]
    assert first.edition_id < other.edition_id
