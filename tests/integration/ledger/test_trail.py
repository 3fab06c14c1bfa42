"""The audit trail is one chain whoever writes, holds what was done, and a changed or missing entry is found."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Barrier

import psycopg
import pytest
from aiosmtpd.controller import Controller
from command_center.cli import main
from command_center.database import Connection, all_values, connect, one_value
from command_center.errors import IntegrityError
from command_center.extract.asking import Fetched, Window
from command_center.ledger import boundary, correction, decision, delivery, edition, landing, trail
from command_center.ledger.batch import Key
from command_center.operate.audit_trail import head_text, mail_head
from command_center.paths import ROOT
from command_center.settings import WIB, settings
from command_center.warehouse.bootstrap import prepare
from demo_city.mailbox import Mailbox

from tests.conftest import Cluster
from tests.support.ledger import ledger_of_its_own
from tests.support.mail_server import free_port

DAY = datetime(2026, 11, 23, 9, 0, tzinfo=WIB)
EVERY = "select jenis || '|' || objek || '|' || pelaku from ops.jejak_audit where nomor > %s order by nomor"


@pytest.fixture(scope="module")
def book(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A database with the ledger alone, to which settings() point; a connection of the loader."""
    with ledger_of_its_own(cluster, tmp_path_factory.mktemp("jejak")) as connection:
        for number in range(6):
            trail.record(connection, "ekspor", f"daftar {number}", "Staf Data", {"baris": number})
        connection.commit()
        yield connection


def last(connection: Connection) -> int:
    found = trail.head(connection)
    connection.commit()
    return found.nomor if found else 0


def test_two_writers_at_once_make_one_chain_and_a_rollback_leaves_no_gap(book: Connection) -> None:
    before, together = last(book), Barrier(2)

    def write(writer: int) -> None:
        with connect(settings().dsn("loader")) as connection:
            for number in range(30):
                together.wait()
                trail.record(connection, "ekspor", f"{writer}/{number}", None, {})
                if number % 3:
                    connection.commit()
                else:
                    connection.rollback()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))
    assert trail.verify(book) == last(book) == before + 40
    assert all_values(book, int, "select nomor from ops.jejak_audit order by nomor") == list(range(1, before + 41))


def test_a_writer_that_sees_an_older_state_is_refused(book: Connection) -> None:
    with connect(settings().dsn("loader")) as late:
        late.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert trail.head(late)
        trail.record(book, "ekspor", "lebih dulu", None, {})
        book.commit()
        with pytest.raises(psycopg.errors.UniqueViolation):
            trail.record(late, "ekspor", "terlambat", None, {})


def test_no_writer_chooses_number_moment_login_or_hash(book: Connection) -> None:
    before = last(book)
    book.execute(
        "insert into ops.jejak_audit values (9999, '2001-01-01', E'akun\\r', E'a\\nb', ' ', 'cc_admin', '{}', 'x', 'y')"
    )
    (entry,) = trail.entries(book, since=None, jenis=None, limit=1)
    assert (entry.nomor, entry.jenis, entry.objek) == (before + 1, "akun ", "a b")
    assert (entry.pelaku, entry.login) == ("cc_loader", "cc_loader")
    assert entry.created_at.year > 2001 and trail.verify(book) == before + 1
    book.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "update ops.jejak_audit set objek = 'lain'",
        "delete from ops.jejak_audit",
        "truncate ops.jejak_audit",
        "update ops.jejak_kepala set hash = ''",
        "truncate ops.jejak_kepala",
    ],
)
def test_the_loader_can_neither_change_nor_delete(book: Connection, statement: str) -> None:
    book.execute("insert into ops.jejak_kepala (tanggal, nomor, hash, dikirim_ke) values ('2001-01-01', 1, '-', '-')")
    with pytest.raises(psycopg.errors.RaiseException, match="The audit trail is never changed"):
        book.execute(statement.encode())
    book.rollback()


def test_nobody_else_reads_or_writes_it(cluster: Cluster) -> None:
    for purpose in ("transformer", "officials", "analyst", "recorder"):
        with psycopg.connect(cluster.settings.dsn(purpose)) as connection:
            for statement in ("select from ops.jejak_audit", "insert into ops.jejak_audit (jenis) values ('akun')"):
                connection.execute("set transaction read write")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.encode())
                connection.rollback()


def test_superset_only_enters_accounts_and_files(cluster: Cluster) -> None:
    enter = "select ops.record_outside('{}', 'camat.pauh', 'admin', '{{}}')"
    with psycopg.connect(cluster.settings.dsn("recorder")) as superset:
        for jenis in ("akun", "ekspor"):
            superset.execute(enter.format(jenis).encode())
        superset.commit()
        with pytest.raises(psycopg.errors.RaiseException, match="only akun and ekspor are entered"):
            superset.execute(enter.format("keputusan").encode())
    with connect(cluster.settings.dsn("loader")) as ledger:
        entered = trail.entries(ledger, since=None, jenis=None, limit=2)
        assert [(one.jenis, one.pelaku, one.login) for one in entered] == [
            (jenis, "admin", "cc_recorder") for jenis in ("akun", "ekspor")
        ]
    for purpose in ("transformer", "officials", "analyst"):
        with psycopg.connect(cluster.settings.dsn(purpose)) as other:
            other.execute("set transaction read write")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                other.execute(enter.format("akun").encode())


ANEW = """
    update ops.jejak_audit as j set previous_hash = coalesce((select hash from ops.jejak_audit where nomor = j.nomor - 1), '-')
    where nomor = {0};
    update ops.jejak_audit set hash = ops.hash_entry(nomor, created_at, jenis, objek, pelaku, login, rincian, previous_hash)
    where nomor = {0};
"""
FORGED = "update ops.jejak_audit set pelaku = 'Orang Lain' where nomor = 3;"
# The chain after entry 3 computed anew by somebody who knows how, and the head that was mailed forged too.
WHOLE = (
    FORGED + "".join(ANEW.format(number) for number in (3, 4, 5, 6)) + "delete from ops.jejak_audit where nomor > 6;"
)
MAILED = "on 2026-11-22"


@pytest.mark.parametrize(
    ("tampering", "sentence"),
    [
        (FORGED, "Entry 3 of the audit trail was changed: its hash"),
        (
            "update ops.jejak_audit set created_at = created_at - interval '1 s' where nomor = 3",
            "Entry 3 .* was changed",
        ),
        (FORGED + ANEW.format(3), "Entry 3 of the audit trail was written anew: entry 4"),
        ("delete from ops.jejak_audit where nomor in (3, 4)", "Entry 3 of the audit trail is missing: 5 follows 2"),
        ("delete from ops.jejak_audit where nomor = 1", "Entry 1 of the audit trail is missing: 2 follows nothing"),
        ("delete from ops.jejak_audit where nomor > 5", f"cut off after entry 5: entry 6 was .* mailed {MAILED}"),
        ("truncate ops.jejak_audit", f"cut off after entry 0: entry 6 was .* mailed {MAILED}"),
        (WHOLE, f"Entry 6 of the audit trail, or one before it, was written anew: .* mailed {MAILED}"),
        (WHOLE + "delete from ops.jejak_kepala;", "No entry of the audit trail has the hash [0-9a-f]{64}: if a mail"),
        ("alter table ops.delivery disable trigger noted", r"The triggers delivery\.noted of schema ops do not work"),
        ("drop trigger never_changed on ops.jejak_audit", r"The triggers jejak_audit\.never_changed of schema ops"),
    ],
)
def test_what_a_superuser_changes_is_found(book: Connection, tampering: str, sentence: str) -> None:
    with connect(settings().dsn("admin")) as owner:
        told = one_value(owner, str, "select hash from ops.jejak_audit where nomor = 6")
        owner.execute(
            "insert into ops.jejak_kepala (tanggal, nomor, hash, dikirim_ke) values ('2026-11-22', 6, %s, '-')", [told]
        )
        assert trail.verify(owner, told) >= 6
        owner.execute("set session_replication_role = replica")
        owner.execute(tampering.encode())
        with pytest.raises(IntegrityError, match=sentence):
            trail.verify(owner, told)
        owner.rollback()


def test_what_the_ledger_knows_of_is_entered_with_it(book: Connection) -> None:
    before = last(book)
    key = Key("damkar", "kejadian", "2026-10")
    decision.record_about(book, "lepas", key, "a1", jabatan="Kepala Seksi", alasan="sepi")
    book.execute("update ops.keputusan set alasan = 'lain'")
    book.execute("delete from ops.keputusan")
    made = edition.record(book, EDITION, [])
    assert made is not None
    endings: list[list[delivery.Status]] = [["failed", "sent", "bounced"], ["tak_pasti"]]
    for number, ends in enumerate(endings, 1):
        mail = f"<{number}@x>"
        delivery.enter(book, delivery.Entry(made.edition_id, f"{number}@padang.invalid", "Camat Kuranji", mail))
        delivery.begin(book, mail)
        for end in ends:
            delivery.note(book, mail, end)
    assert delivery.decide(book, "<2@x>", arrived=True)
    correction.open_one(book, ANSWER)
    number = correction.every(book)[0].correction_id
    assert correction.move(book, number, "selesai", DAY) and correction.move(book, number, "selesai", DAY)
    boundary.replace(book, [boundary.Boundary("13.71.09", "kecamatan", "{}", 100.4, -0.9, "batas.geojson", "b1")])
    boundary.replace(book, [])
    fetched = Fetched("2026-09", Path("-"), "a0", 1, "text/csv", "-", DAY)
    landed = landing.record(book, "damkar", fetched, Window(), uri="-", wrapped_key=None, expires_at=DAY)
    landing.note_erased(book, landed.landing_id, DAY)
    book.commit()
    assert all_values(book, str, EVERY, [before]) == [
        "keputusan|damkar.kejadian.2026-10|Kepala Seksi",
        "keputusan|damkar.kejadian.2026-10|cc_loader",
        "keputusan|damkar.kejadian.2026-10|cc_loader",
        "edisi|bulanan 13.71.09 2026-10-01 edisi 1|cc_loader",
        "pengiriman|<1@x>|cc_loader",
        "pengiriman|<1@x>|cc_loader",
        "pengiriman|<2@x>|cc_loader",
        f"koreksi|balasan {number}|cc_loader",
        "batas_wilayah|batas.geojson|cc_loader",
        "batas_wilayah|-|cc_loader",
        "penghapusan|damkar 2026-09|cc_loader",
    ]
    told = str([entry.rincian for entry in trail.entries(book, since=None, jenis=None, limit=11)])
    assert "@padang.invalid" not in told and "rahasia" not in told, "addresses and texts of people stay out"
    assert trail.verify(book) == before + 11


EDITION = edition.NewEdition(
    "bulanan", "13.71.09", date(2026, 10, 1), 1, True, (), "", None, "-", "-", None, "d1", None, None, None, None, DAY
)
ANSWER = correction.NewCorrection(
    "<b@x>", "koreksi", None, None, "camat@padang.invalid", None, "-", "rahasia", False, "", "baru", DAY
)


def test_a_role_is_entered_when_it_is_made_and_when_anybody_changed_it(cluster: Cluster) -> None:
    """Also what bootstrap takes back at once; a bootstrap that changes nothing enters nothing."""
    with cluster.connect("loader") as ledger:
        known = all_values(ledger, str, "select objek from ops.jejak_audit where jenis = 'peran' order by nomor")
        assert {"cc_admin", "cc_loader", "camat_137109"} <= set(known)
        prepare(cluster.settings)  # other tests of this cluster make roles too
        before = last(ledger)
        prepare(cluster.settings)
        assert last(ledger) == before
        with cluster.connect() as owner:
            owner.execute("alter role cc_analyst createdb")
            owner.execute("alter role cc_analyst set work_mem = '20GB'")
            owner.execute("alter role cc_transformer password 'lain'")
        prepare(cluster.settings)
        assert all_values(ledger, str, EVERY, [before]) == [
            f"peran|{role}|cc_admin" for role in ("cc_analyst", "cc_transformer") * 2
        ]
        seen = (
            "select concat_ws('|', rincian #>> '{sesudah,rolcreatedb}', rincian #>> '{sesudah,setelan,6}', "
            "rincian #> '{sebelum,sandi}' <> rincian #> '{sesudah,sandi}') from ops.jejak_audit where nomor > %s order by nomor"
        )
        assert all_values(ledger, str, seen, [before]) == ["true|work_mem=20GB|f", "false|t", "false|f", "false|t"]
        assert trail.verify(ledger) == before + 4


def test_the_head_is_mailed_once_a_day_and_can_be_compared(
    book: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMTP_PORT", str(port := free_port()))
    monkeypatch.setenv("CC_MAIL_AUDIT", "inspektorat@padang.invalid")
    settings.cache_clear()
    with pytest.raises(ConnectionRefusedError):
        mail_head()
    server = Controller(Mailbox(tmp_path), hostname="127.0.0.1", port=port)
    server.start()
    try:
        assert mail_head().endswith("was mailed to inspektorat@padang.invalid.")
        assert mail_head() == "The head of the audit trail was mailed today already."
        trail.record(book, "akun", "camat.pauh", "Admin", {"peran": "Camat"})
        book.commit()
        monkeypatch.setenv("DEMO_NOW", "2026-11-24T09:00")
        settings.cache_clear()
        mail_head()
    finally:
        server.stop()
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in tmp_path.glob("*.eml")]
    first, second = sorted(mails, key=lambda mail: str(mail["Date"]))
    assert (first["To"], second["Subject"]) == (
        "inspektorat@padang.invalid",
        f"[Command Center] Jejak audit 24 November 2026: {last(book)} catatan",
    )
    text = second.get_content().replace("\r\n", "\n")
    assert "rantainya utuh" in text
    assert re.search(r"Sejak kepala tanggal 23 November 2026 ditulis:\n    akun +1\n", text)
    (head,) = re.findall(r"^    ([0-9a-f]{64})$", text, re.MULTILINE)
    assert main(["verify", "--head", head]) == 0
    assert main(["verify", "--head", head[::-1]]) == IntegrityError.exit_code
    assert f"No entry of the audit trail has the hash {head[::-1]}" in capsys.readouterr().err
    days = [f"{datetime.now(WIB).date() + timedelta(days=later)}" for later in (-1, 2)]
    assert [main(["trail", "--jenis", "akun", "--limit", "1", "--since", day]) for day in days] == [0, 0]
    assert re.search(
        r"akun  camat\.pauh  Admin \(cc_loader\)\n +\{\"peran\": \"Camat\"\}\nNo entry [^\n]+\n$",
        capsys.readouterr().out,
    )


def test_the_mail_says_when_the_chain_is_broken(book: Connection) -> None:
    with connect(settings().dsn("admin")) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute(FORGED)
        head = trail.head(owner)
        assert head is not None
        assert "RANTAINYA TIDAK UTUH mulai catatan nomor 3 " in head_text(owner, head, None)
        owner.rollback()


def test_another_program_computes_the_chain_as_the_documentation_says(book: Connection, tmp_path: Path) -> None:
    trail.record(book, "ekspor", 'nama dengan \N{SNOWMAN}, "kutip" dan\nbaris', None, {"b": 1.50, "a": "x\ny\\"})
    page = (ROOT / "docs" / "security.md").read_text()
    (query,) = re.findall(r"^copy \(.*?^\) to stdout[^;\n]*", page, re.DOTALL | re.MULTILINE)
    (program,) = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    with book.cursor().copy(query.encode()) as copy:
        exported = b"".join(copy).decode()
    head = trail.head(book)
    book.rollback()

    def computed(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, text=True, check=False)

    assert head is not None and computed(exported).stdout == f"head {head.hash}\n"
    assert "entry 4 was changed" in computed(exported.replace("daftar 3", "daftar 9")).stderr
    assert (
        "entry 2 is missing"
        in computed("".join(exported.splitlines(keepends=True)[:1] + exported.splitlines(keepends=True)[2:])).stderr
    )
