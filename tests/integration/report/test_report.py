"""The camat's mail for real: PostgreSQL with row-level security, an SMTP server, PDFs read back."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from command_center.database import connect
from command_center.errors import DeliveryError, IntegrityError
from command_center.ledger.migrate import migrate
from command_center.paths import DAGS, DBT_PROJECT
from command_center.report.deliver import DeliveryResult, Letter, deliver_edition
from command_center.report.monthly import Report, render_edition
from command_center.settings import settings
from command_center.warehouse.bootstrap import on_database
from command_center.wilayah import kecamatan_codes
from demo_city.mailbox import keep_mail
from pypdf import PdfReader

DATABASE = "laporan_uji"
EDITION = "2026-10"
SENTINEL_MEAN = "4711.25"


@pytest.fixture(scope="module")
def warehouse(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A database of its own in the test cluster, with the ledgers and the mart tables that reports read."""
    patch = pytest.MonkeyPatch()
    patch.setenv("WAREHOUSE_URL", on_database(settings().warehouse_url, DATABASE))
    patch.setenv("CC_VAR_DIR", str(tmp_path_factory.mktemp("report")))
    patch.setenv("DEMO_NOW", "2026-11-23T09:00")
    admin = settings().dsn("admin")
    settings.cache_clear()
    with psycopg.connect(on_database(admin, "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database if exists {DATABASE}")
        connection.execute(f"create database {DATABASE}")
    with psycopg.connect(on_database(admin, DATABASE)) as connection:
        connection.execute("create schema ops authorization cc_loader")
        connection.execute(f"grant create on database {DATABASE} to cc_transformer")
    with connect(settings().dsn("loader")) as connection:
        migrate(connection)
    with psycopg.connect(settings().dsn("transformer")) as connection:
        fill_mart(connection)
    yield SimpleNamespace(admin=on_database(admin, DATABASE), transformer=settings().dsn("transformer"))
    patch.undo()
    settings.cache_clear()
    with psycopg.connect(on_database(admin, "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {DATABASE} with (force)")


def fill_mart(connection: psycopg.Connection[Any]) -> None:
    connection.execute("create schema mart")
    connection.execute(
        "create table mart.wilayah (kode_wilayah text, nama text, tingkat text, kode_kecamatan text, kode_bps text, "
        "kode_kpu text, luas_km2 numeric, lintang numeric, bujur numeric, jumlah_kelurahan int)"
    )
    seed = (DBT_PROJECT / "seeds" / "ref_wilayah.csv").read_bytes()
    columns = seed.splitlines()[0].decode()
    with connection.cursor().copy(f"copy mart.wilayah ({columns}) from stdin (format csv, header)".encode()) as copy:
        copy.write(seed)
    connection.execute(
        "update mart.wilayah as k set jumlah_kelurahan = (select count(*) from mart.wilayah as l "
        "where l.tingkat = 'kelurahan' and l.kode_kecamatan = k.kode_kecamatan) where tingkat = 'kecamatan'"
    )
    connection.execute(Path(__file__).with_name("report_mart.sql").read_bytes())


@pytest.fixture
def reports(warehouse: SimpleNamespace, tmp_path: Path) -> list[Report]:
    return render_edition(folder=tmp_path / "reports")


@pytest.fixture
def outbox(warehouse: SimpleNamespace) -> Iterator[Callable[[], list[tuple[str, int, str | None]]]]:
    """An empty outbox; calling it reads status, attempts and last error of its rows."""
    loader = settings().dsn("loader")
    with psycopg.connect(loader, autocommit=True) as connection:
        connection.execute("truncate ops.outbox")
        yield lambda: connection.execute(
            "select status, attempts, last_error from ops.outbox order by outbox_id"
        ).fetchall()


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A running mailbox that the settings point to; its folder."""
    folder, port = tmp_path / "mailbox", free_port()
    process = start_mailbox(folder, port)
    use_mail_server(monkeypatch, port)
    yield folder
    process.terminate()
    assert process.wait(timeout=5) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_mailbox(folder: Path, port: int) -> subprocess.Popen[bytes]:
    arguments = ["--host", "127.0.0.1", "--port", str(port), "--folder", str(folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "demo_city.mailbox", *arguments],
        env={**os.environ, "PYTHONPATH": str(DAGS)},
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
            continue
        return process
    process.kill()
    raise AssertionError("the mailbox did not start within 10 s")


def use_mail_server(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", str(port))
    monkeypatch.delenv("CC_MAILBOX_FOLDER", raising=False)
    settings.cache_clear()


def mails(folder: Path) -> list[EmailMessage]:
    return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted(folder.glob("*.eml"))]


def text_of(report: Report) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(report.path).pages)


# The pages


def test_eleven_kecamatan_get_one_page_each(warehouse: SimpleNamespace, tmp_path: Path) -> None:
    reports = render_edition(folder=tmp_path)
    assert [report.kode_kecamatan for report in reports] == list(kecamatan_codes())
    assert {report.edition for report in reports} == {EDITION}
    for report in reports:
        assert len(PdfReader(report.path).pages) == 1
        text = text_of(report)
        assert f"KECAMATAN {report.kecamatan.upper()}" in text and "BULAN OKTOBER 2026" in text
        assert "DATA SIMULASI" in text
        assert report.sha256 == hashlib.sha256(report.path.read_bytes()).hexdigest()


def test_default_folder_is_named_by_the_edition(warehouse: SimpleNamespace) -> None:
    paths = {report.path.relative_to(settings().cc_var_dir) for report in render_edition("2026-09")}
    assert Path("reports/2026-09/laporan_bungus_teluk_kabung.pdf") in paths


def test_same_data_give_the_same_bytes(reports: list[Report], tmp_path: Path) -> None:
    again = render_edition(folder=tmp_path / "again")
    assert [report.sha256 for report in again] == [report.sha256 for report in reports]


def test_no_page_holds_another_kecamatans_figures(warehouse: SimpleNamespace, tmp_path: Path) -> None:
    """Every kecamatan gets a disease of its own with a number of its own; each page shows its own only."""
    with psycopg.connect(warehouse.transformer) as connection:
        connection.execute(
            "insert into mart.skdr_mingguan select kode_kecamatan, nama, 2026, 42, '2026-10-18', '2026-10-24', "
            "'Tanda ' || right(kode_kecamatan, 2), 990000 + right(kode_kecamatan, 2)::int, null "
            "from mart.wilayah where tingkat = 'kecamatan'"
        )
    try:
        pages = {report.kode_kecamatan: text_of(report) for report in render_edition(folder=tmp_path)}
    finally:
        with psycopg.connect(warehouse.transformer) as connection:
            connection.execute("delete from mart.skdr_mingguan where penyakit like 'Tanda %'")
    for kode, text in pages.items():
        shown = {other for other in kecamatan_codes() if f"990.0{other[-2:]}" in text or f"Tanda {other[-2:]}" in text}
        assert shown == {kode}


def test_a_camats_role_cannot_read_its_neighbours(warehouse: SimpleNamespace) -> None:
    with psycopg.connect(settings().camat_dsn("13.71.09")) as connection:
        seen = connection.execute("select distinct kode_kecamatan from mart.skdr_mingguan").fetchall()
    assert seen == [("13.71.09",)]


def test_a_lost_policy_stops_the_reports(warehouse: SimpleNamespace, tmp_path: Path) -> None:
    with psycopg.connect(warehouse.transformer) as connection:
        connection.execute("alter table mart.damkar_bulanan disable row level security")
    try:
        with pytest.raises(IntegrityError, match=r"another kecamatan's rows of mart\.damkar_bulanan"):
            render_edition(folder=tmp_path / "none")
    finally:
        with psycopg.connect(warehouse.transformer) as connection:
            connection.execute("alter table mart.damkar_bulanan enable row level security")
    assert not (tmp_path / "none").exists()


def test_rank_and_means_are_the_stored_ones(warehouse: SimpleNamespace, tmp_path: Path) -> None:
    change = "update mart.indikator set {} where wilayah_kode = '13.71.09' and periode_mulai = '2026-10-01' and indikator_kode = 'waktu_tanggap'"
    with psycopg.connect(warehouse.admin) as connection:
        connection.execute(
            change.format(f"rerata_kecamatan = {SENTINEL_MEAN}, nilai_kota = 815.5, peringkat = 7").encode()
        )
    try:
        text = text_of(next(r for r in render_edition(folder=tmp_path) if r.kode_kecamatan == "13.71.09"))
    finally:
        with psycopg.connect(warehouse.admin) as connection:
            connection.execute(change.format("rerata_kecamatan = 14.5, nilai_kota = 14, peringkat = 9").encode())
    assert "4.711,3" in text and "815,5" in text and "7 dari 11" in text


def test_a_month_without_data_is_refused_in_one_sentence(warehouse: SimpleNamespace) -> None:
    with pytest.raises(DeliveryError, match="neither incidents nor cases of 2020-01"):
        render_edition("2020-01")


def test_a_warehouse_without_mart_is_named(warehouse: SimpleNamespace, tmp_path: Path) -> None:
    with psycopg.connect(warehouse.transformer) as connection:
        connection.execute("alter table mart.kesegaran_sumber rename to away")
    try:
        with pytest.raises(DeliveryError, match=r"13\.71\.01 for 2026-10 could not be read.*kesegaran_sumber"):
            render_edition(folder=tmp_path)
    finally:
        with psycopg.connect(warehouse.transformer) as connection:
            connection.execute("alter table mart.away rename to kesegaran_sumber")


# The mails


def test_each_camat_gets_one_mail_with_the_page(reports: list[Report], outbox: Any, mailbox: Path) -> None:
    result = deliver_edition(reports)
    assert len(result.sent) == 11 and str(result) == "11 mails sent, 0 were sent before."
    arrived = {str(mail["To"]): mail for mail in mails(mailbox)}
    assert len(arrived) == 11
    for report in reports:
        mail = arrived[f"camat.{report.slug}@padang.invalid"]
        attachment = next(iter(mail.iter_attachments()))
        content = attachment.get_content()
        assert hashlib.sha256(content).hexdigest() == report.sha256
        assert attachment.get_filename() == (
            f"Laporan_Data_Bulanan_Kecamatan_{report.kecamatan.replace(' ', '_')}_{EDITION}.pdf"
        )
        assert len(PdfReader(io.BytesIO(content)).pages) == 1
        assert (
            str(mail["Subject"]).strip()
            == f"[Terbatas] Laporan data bulanan Kecamatan {report.kecamatan}, Oktober 2026"
        )
        body = mail.get_body()
        assert body is not None and "Sifat: TERBATAS" in body.get_content()
    assert {row[:2] for row in outbox()} == {("sent", 1)}


def test_running_again_sends_nothing_and_the_next_month_sends_its_own(
    reports: list[Report], outbox: Any, mailbox: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deliver_edition(reports)
    again = deliver_edition(render_edition(folder=tmp_path / "again"))
    assert (again.sent, len(again.already_sent), len(mails(mailbox))) == ([], 11, 11)
    monkeypatch.setenv("DEMO_NOW", "2026-12-05T08:00")
    settings.cache_clear()
    november = deliver_edition(render_edition(folder=tmp_path / "november"))
    assert len(november.sent) == 11
    subjects = [str(mail["Subject"]) for mail in mails(mailbox)]
    assert sum(subject.endswith("November 2026") for subject in subjects) == 11 and len(subjects) == 22


def test_several_deliverers_send_each_mail_once(reports: list[Report], outbox: Any, mailbox: Path) -> None:
    results: list[DeliveryResult] = []
    threads = [threading.Thread(target=lambda: results.append(deliver_edition(reports))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert sorted(name for result in results for name in result.sent) == sorted(
        f"camat.{report.slug}@padang.invalid" for report in reports
    )
    assert not any(result.held or result.failed for result in results)
    assert len(mails(mailbox)) == 11


def test_a_mail_server_that_is_down_is_tried_again_by_the_next_call(
    reports: list[Report], outbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    use_mail_server(monkeypatch, port)
    with pytest.raises(DeliveryError, match=r"11 of 11 mails were refused by 127\.0\.0\.1:\d+ \(.*refused\)"):
        deliver_edition(reports)
    assert {(status, attempts) for status, attempts, _ in outbox()} == {("failed", 1)}
    assert all("refused" in error for _, _, error in outbox())
    process = start_mailbox(tmp_path / "later", port)
    try:
        assert len(deliver_edition(reports).sent) == 11
    finally:
        process.terminate()
        process.wait()
    assert set(outbox()) == {("sent", 2, None)}


class DeadlyServer:
    """An SMTP server at the edge: it has the whole mail, but kills the sender before it could know."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.victim = 0
        self.received = b""
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as stream:
            self.say(stream, b"220 ready")
            for line in stream:
                self.say(stream, b"354 go on" if line.upper().startswith(b"DATA") else b"250 fine")
                if line.upper().startswith(b"DATA"):
                    self.received = b"".join(iter(stream.readline, b".\r\n"))
                    os.kill(self.victim, signal.SIGKILL)
                    return

    def say(self, stream: Any, words: bytes) -> None:
        stream.write(words + b"\r\n")
        stream.flush()


@pytest.fixture
def killed(reports: list[Report], outbox: Any, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A delivery that was killed after the server had taken the first mail; that mail."""
    server = DeadlyServer()
    use_mail_server(monkeypatch, server.port)
    script = (
        "import sys; sys.stdin.readline()\n"
        "from pathlib import Path\n"
        "from command_center.report.deliver import deliver_edition\n"
        "from command_center.report.monthly import render_edition\n"
        f"deliver_edition(render_edition(folder=Path({str(reports[0].path.parent)!r})))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(DAGS)}, stdin=subprocess.PIPE
    )
    server.victim = process.pid
    process.communicate(b"go\n", timeout=30)
    assert process.returncode == -signal.SIGKILL
    assert [row[0] for row in outbox()] == ["sending"]
    return server.received


def test_killed_between_sending_and_sent_is_held_where_nobody_can_be_asked(
    killed: bytes, reports: list[Report], outbox: Any, mailbox: Path
) -> None:
    for _ in range(2):
        result = deliver_edition(reports)
        assert result.held == ["camat.padang_selatan@padang.invalid"]
        assert "held for a person" in str(result) and "camat.padang_selatan@padang.invalid" in str(result)
    assert len(mails(mailbox)) == 10
    assert sorted({row[0] for row in outbox()}) == ["sending", "sent"]


def test_killed_after_the_mail_arrived_sends_no_second_one(
    killed: bytes, reports: list[Report], outbox: Any, mailbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_mail(mailbox, killed)
    monkeypatch.setenv("CC_MAILBOX_FOLDER", str(mailbox))
    result = deliver_edition(reports)
    assert (len(result.sent), result.already_sent) == (10, ["camat.padang_selatan@padang.invalid"])
    assert len(mails(mailbox)) == 11 and {row[0] for row in outbox()} == {"sent"}


def test_killed_before_the_mail_arrived_sends_it(
    killed: bytes, reports: list[Report], outbox: Any, mailbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_MAILBOX_FOLDER", str(mailbox))
    assert len(deliver_edition(reports).sent) == 11
    assert len(mails(mailbox)) == 11 and {row[0] for row in outbox()} == {"sent"}


def test_one_address_for_all_camat_is_refused(
    reports: list[Report], outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_MAIL_CAMAT", "camat@padang.invalid")
    settings.cache_clear()
    with pytest.raises(DeliveryError, match="11 camat only 1 addresses"):
        deliver_edition(reports)
    assert outbox() == []


def test_a_changed_pdf_is_not_sent(reports: list[Report], outbox: Any, mailbox: Path) -> None:
    reports[3].path.write_bytes(reports[4].path.read_bytes())
    with pytest.raises(DeliveryError, match="no longer the file that was rendered"):
        deliver_edition(reports)
    assert outbox() == [] and mails(mailbox) == []


def test_message_id_follows_from_edition_and_recipient(reports: list[Report]) -> None:
    first, again = (Letter(reports[0], recipient).message_id for recipient in ("a@padang.invalid", "a@padang.invalid"))
    assert first == again != Letter(reports[0], "b@padang.invalid").message_id


# The mailbox


def test_mailbox_keeps_doubles_and_ends_on_sigterm(tmp_path: Path) -> None:
    port = free_port()
    process = start_mailbox(tmp_path, port)
    mail = EmailMessage()
    mail["Message-ID"], mail["To"], mail["From"] = "<a/../b@x>", "b@x.invalid", "a@x.invalid"
    mail.set_content(".titik di awal baris\n")
    for _ in range(2):
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(mail)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a_.._b@x.2.eml", "a_.._b@x.eml"]
    assert mails(tmp_path)[0].get_content().splitlines() == [".titik di awal baris"]


def test_mailbox_says_when_its_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        arguments = ["--port", str(taken.getsockname()[1]), "--folder", str(tmp_path)]
        done = subprocess.run(
            [sys.executable, "-m", "demo_city.mailbox", *arguments],
            env={**os.environ, "PYTHONPATH": str(DAGS)},
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert done.returncode == 8 and "cannot listen on 127.0.0.1" in done.stderr
