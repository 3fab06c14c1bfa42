"""From the gate to the archive with documents made by hand: what is made, when, and that it stays."""

from __future__ import annotations

import hashlib
import runpy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG
from command_center.cli import main
from command_center.database import Connection
from command_center.declaration.registry import get_source
from command_center.errors import DeliveryError, IntegrityError
from command_center.ledger import catalogue, delivery
from command_center.ledger import edition as ledger_of
from command_center.ledger.edition import Edition, Subject
from command_center.operate.maintain import changed_files
from command_center.paths import DAGS
from command_center.report import editions
from command_center.report.deliver import deliver_all
from command_center.report.document import (
    Context,
    Document,
    Fact,
    Finding,
    Kind,
    Letterhead,
    Rendered,
    Summary,
)
from command_center.report.editions import judge, make_editions, make_now
from command_center.report.letter import read_file
from command_center.settings import WIB, settings
from command_center.wilayah import wilayah

from tests.support.reports import MONTH, FailingServer

DAG_OF_REPORTS: DAG = runpy.run_path(str(DAGS / "report.py"))["report"]
KURANJI = Subject("bulanan", "13.71.09", MONTH)
LATE = ("LB1 (Dinas Kesehatan): data baru sampai 30 September 2026.",)


def fact(kode: str, nilai: int | None, **changes: Any) -> Fact:
    values: dict[str, Any] = {
        "indikator_kode": "jumlah_kebakaran",
        "indikator_nama": "Kebakaran",
        "wilayah_kode": kode,
        "wilayah_nama": wilayah()[kode].nama,
        "periode_mulai": MONTH,
        "periode_selesai": date(2026, 10, 31),
        "periode_label": "Oktober 2026",
        "nilai": None if nilai is None else Decimal(nilai),
        "teks": "n.a." if nilai is None else str(nilai),
        "satuan": "kejadian",
        "status": "tanpa_ambang",
        "is_sementara": False,
        "source": "damkar_kejadian",
        "data_per": datetime(2026, 10, 31, 23, 59, 59, tzinfo=WIB),
        "label_data": "DATA SIMULASI",
    }
    return Fact(**values | changes)


class City:
    """What the mart would say: figures of each area, and what is late."""

    def __init__(self) -> None:
        self.late: tuple[str, ...] = ()
        self.figures: dict[str, tuple[Fact, ...]] = {}
        self.broken: set[str] = set()

    def build(self, kind: Kind, kode: str, periode: date, context: Context, letterhead: Letterhead) -> Document:
        told = self.told(kind, kode, periode)
        worse = Finding("Kebakaran naik 2 menjadi 3 kejadian.", "buruk", section="III")
        act = Finding("Waktu tanggap 18,5 menit.", "buruk", "", "Tambah pos", "Dinas Pemadam Kebakaran", "W2", "III")
        return Document(
            kind=kind,
            wilayah_kode=kode,
            wilayah_nama=wilayah()[kode].nama,
            kode_kecamatan=None if kode == "13.71" else kode,
            periode=periode,
            title="LAPORAN DATA BULANAN",
            period_text="BULAN OKTOBER 2026",
            letterhead=letterhead,
            context=context,
            label="DATA SIMULASI",
            data_per=None,
            notices=(),
            summary=Summary((worse,), (), (act,), "2 masalah lain di Bagian IV."),
            sections=(),
            facts=told,
        )

    def told(self, kind: Kind, kode: str, periode: date) -> tuple[Fact, ...]:
        if kode in self.broken:
            raise DeliveryError(f"{kode} cannot be read.")
        return self.figures.get(kode, (fact(kode, 3),))


@pytest.fixture
def city(ledger: Connection, monkeypatch: pytest.MonkeyPatch) -> City:
    made = City()
    monkeypatch.setattr(editions, "build_document", made.build)
    monkeypatch.setattr(editions, "told_now", made.told)
    monkeypatch.setattr(editions, "late_inputs", lambda *_: made.late)
    monkeypatch.setattr(editions, "render", as_bytes)
    return made


def as_bytes(document: Document) -> Rendered:
    text = f"{document.letterhead.nomor} {document.letterhead.yth} {document.context.reason} {document.facts[0].teks}"
    return Rendered(document, b"%PDF " + text.encode(), f"<p>{text}</p>", text.encode())


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], dict[str, tuple[str, int]]]]:
    """A run of the DAG's first two tasks on a day: what came of each area."""

    def run(day: str) -> dict[str, tuple[str, int]]:
        monkeypatch.setenv("DEMO_NOW", f"{day}T07:00")
        settings.cache_clear()
        verdicts = judge("bulanan")
        made = make_editions("bulanan", None, [one.plan for one in verdicts if one.decision.action == "make"])
        assert made.problems == []
        return {one.subject.wilayah_kode: (one.decision.action, one.decision.number) for one in verdicts}

    yield run
    settings.cache_clear()


def all_of(connection: Connection, subject: Subject = KURANJI) -> list[Edition]:
    found = ledger_of.of_subject(connection, subject)
    connection.commit()
    return found


def test_a_month_waits_for_what_is_late_and_a_full_edition_follows(
    city: City, on: Callable[[str], dict[str, tuple[str, int]]], ledger: Connection
) -> None:
    city.late = LATE
    assert set(on("2026-11-02").values()) == set(on("2026-11-09").values()) == {("wait", 0)}
    assert all_of(ledger) == []
    first = on("2026-11-10")
    assert set(first.values()) == {("make", 1)} and len(first) == 12
    assert set(on("2026-11-11").values()) == {("done", 0)}
    city.late = ()
    assert set(on("2026-11-12").values()) == {("make", 2)}
    assert set(on("2026-11-13").values()) == {("done", 0)}
    one, two = all_of(ledger)
    assert (one.is_complete, tuple(one.late), one.reason, one.corrects) == (False, LATE, "", None)
    assert (two.is_complete, two.corrects) == (True, one.edition_id)
    assert two.reason == "Edisi lengkap: data yang terlambat pada edisi 1 sudah masuk."
    assert (one.nomor, two.nomor) == ("LDB/13.71.09/1/X/2026", "LDB/13.71.09/2/X/2026")
    mayor = all_of(ledger, Subject("wali_kota", "13.71", MONTH))
    assert [edition.hal for edition in mayor] == ["Ringkasan data bulanan Kota Padang, Oktober 2026"] * 2
    assert f"Belum masuk saat edisi ini dibuat:\n   - {LATE[0]}\n" in read_file(one, "txt").decode()


def test_a_correction_makes_a_new_edition_of_its_area_alone_and_names_what_changed(
    city: City, on: Callable[[str], dict[str, tuple[str, int]]], ledger: Connection
) -> None:
    september = replace(fact(KURANJI.wilayah_kode, 5), periode_mulai=date(2026, 9, 1))
    provisional = fact(KURANJI.wilayah_kode, 50, indikator_kode="persen_selesai", is_sementara=True)
    unknown = fact(KURANJI.wilayah_kode, None, indikator_kode="kunjungan_sakit")
    city.figures["13.71.09"] = (fact("13.71.09", 3), september, provisional, unknown)
    on("2026-11-03")
    city.figures["13.71.09"] = (
        fact("13.71.09", 3),
        replace(september, nilai=Decimal(6)),
        replace(provisional, nilai=Decimal(60)),
        replace(unknown, nilai=Decimal(9)),
    )
    assert set(on("2026-11-04").values()) == {("done", 0)}
    city.figures["13.71.09"] = (replace(fact("13.71.09", 4)), september, provisional, unknown)
    decided = on("2026-11-05")
    assert decided.pop("13.71.09") == ("make", 2) and set(decided.values()) == {("done", 0)}
    one, two = all_of(ledger)
    assert two.reason == "Koreksi atas edisi 1. Angka yang berubah: Kebakaran Kuranji dari 3 menjadi 4."
    assert ledger_of.figures(ledger, one.edition_id)[1].nilai == 3
    assert ledger_of.figures(ledger, two.edition_id)[1].nilai == 4
    ledger.commit()
    assert two.reason in read_file(two, "txt").decode().replace("\n", " ")


def test_an_edition_knows_what_earlier_ones_said(
    city: City, ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Context] = []

    def build(kind: Kind, kode: str, periode: date, context: Context, letterhead: Letterhead) -> Document:
        if kode == "13.71.09":
            seen.append(context)
        return city.build(kind, kode, periode, context, letterhead)

    monkeypatch.setattr(editions, "build_document", build)
    city.figures["13.71.09"] = (fact("13.71.09", 2, periode_mulai=date(2026, 9, 1)),)
    make_now("bulanan", "2026-09")
    city.figures["13.71.09"] = (fact("13.71.09", 3),)
    make_now("bulanan", "2026-10")
    city.figures["13.71.09"] = (fact("13.71.09", 4),)
    make_now("bulanan", "2026-10")
    contexts = [context for context in seen if context.earlier]
    key = ("jumlah_kebakaran", "13.71.09")
    assert [one.values for one in contexts[0].earlier] == [{(*key, date(2026, 9, 1)): 2}]
    assert [one.values for one in contexts[1].earlier] == [{(*key, date(2026, 9, 1)): 2}, {(*key, MONTH): 3}]
    assert [one.number for one in contexts[1].earlier] == [1, 1] and contexts[1].number == 2


def test_each_figure_names_the_batches_of_its_own_period_as_the_build_had_them(city: City, ledger: Connection) -> None:
    with batches_of_months(ledger, "dinkes_spm", {1: "2025-11", 2: "2026-10", 3: "2026-10", 4: "2026-11"}):
        old = fact("13.71.09", 2, indikator_kode="spm_ibu", source="dinkes_spm", periode_mulai=date(2025, 11, 1))
        old = replace(old, periode_selesai=date(2025, 11, 30))
        new = fact("13.71.09", 3, indikator_kode="spm_ibu", source="dinkes_spm")
        city.figures["13.71.09"] = (old, new, fact("13.71.09", 4))
        make_now("bulanan")
    (edition,) = all_of(ledger)
    said = {(one.indikator_kode, one.periode_mulai): one for one in ledger_of.figures(ledger, edition.edition_id)}
    assert {key: (one.batch_id, one.batch_ids) for key, one in said.items()} == {
        ("spm_ibu", date(2025, 11, 1)): (1, [1]),
        ("spm_ibu", MONTH): (2, [2]),
        ("jumlah_kebakaran", MONTH): (None, []),
    }, "batch 3 came after the build that people see, and batch 4 is of another month"


@contextmanager
def batches_of_months(connection: Connection, source: str, months: dict[int, str]) -> Iterator[None]:
    """Published batches, one file for each month; a build is published after the second of them."""
    catalogue.replace(connection, [get_source(source)])
    table = next(iter(get_source(source).tables))
    connection.execute(
        "insert into ops.landing (landing_id, source, part, request, sha256, uri, byte_size, content_type, fetched_from, fetched_at, "
        "simulated_paths, expires_at) overriding system value values (1, %s, 'x', '-', '-', '-', 1, '-', '-', now(), '', now())",
        [source],
    )
    connection.commit()
    for number, month in months.items():
        if number == 3:
            connection.execute(
                "insert into ops.dbt_build (invocation_id, command, raw_state, success, models_built, tests_passed, swapped_at, started_at, "
                "finished_at, snapshot) values ('a', 'build', '-', true, 1, 1, now(), now(), now(), pg_current_snapshot())"
            )
        connection.execute(
            "insert into ops.batch (batch_id, source, table_name, part, landing_id, sha256, fingerprint, run_id, status, is_simulasi, "
            "observed_at, finished_at, data_from, data_as_of, published_xid) overriding system value values (%(number)s, %(source)s, "
            "%(table)s, %(month)s, 1, '-', '-', '-', 'published', false, now(), now(), %(first)s::timestamptz, "
            "%(first)s::timestamptz + interval '20 days', pg_current_xact_id())",
            {"number": number, "source": source, "table": table, "month": month, "first": f"{month}-02 00:00+07"},
        )
        connection.commit()
    yield


def test_files_are_archived_once_read_back_verified_and_put_out_for_people(
    city: City, ledger: Connection, tmp_path: Path
) -> None:
    made = make_now("bulanan")
    assert len(made.to_deliver) == 12 and made.problems == []
    (edition,) = all_of(ledger)
    pdf = tmp_path / "reports" / "2026-10" / "laporan_kuranji.pdf"
    assert hashlib.sha256(pdf.read_bytes()).hexdigest() == edition.pdf_sha256
    assert {path.name for path in pdf.parent.glob("*.pdf")} >= {"ringkasan_kota_padang.pdf", "laporan_nanggalo.pdf"}
    assert read_file(edition, "pdf") == pdf.read_bytes() and changed_files(edition) == []
    (kept,) = (tmp_path / "landing" / "laporan").rglob(f"{edition.html_sha256}.html")
    kept.write_text("<p>lain</p>")
    (gone,) = (tmp_path / "landing" / "laporan").rglob(f"{edition.xlsx_sha256}.xlsx")
    gone.unlink()
    assert [problem.partition(" of an edition ")[2].partition(";")[0] for problem in changed_files(edition)] == [
        "was changed after it was archived: it no longer has the sha256 of its name",
        "is gone",
    ]
    with pytest.raises(IntegrityError, match="was changed"):
        read_file(edition, "html")


def test_one_area_that_cannot_be_made_does_not_hold_up_the_others(city: City, ledger: Connection) -> None:
    city.broken.add("13.71.09")
    made = make_now("bulanan")
    assert made.problems == ["13.71.09 cannot be read."] and len(made.to_deliver) == 11
    city.broken.clear()
    assert len(make_now("bulanan").to_deliver) == 12
    assert len(all_of(ledger)) == 1


def test_a_report_that_contradicts_itself_is_not_made(city: City, ledger: Connection) -> None:
    city.figures["13.71.09"] = (fact("13.71.09", 3), fact("13.71.09", 4))
    assert make_now("bulanan").problems == [
        "The report of Kuranji says 3 and 4 of jumlah_kebakaran in Kuranji; it is not sent."
    ]
    assert all_of(ledger) == []


def test_the_commands_make_send_once_and_list(
    city: City, ledger: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with FailingServer() as server:
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(server.port))
        settings.cache_clear()
        assert main(["report"]) == 0 and server.accepted == []
        assert capsys.readouterr().out.count(".pdf") == 12
        for said in ("12 mails sent, 0 were sent before.", "0 mails sent, 0 were sent before."):
            assert main(["report", "--send"]) == 0
            assert capsys.readouterr().out.splitlines()[-1] == said
        city.figures["13.71.09"] = (fact("13.71.09", 4),)
        assert main(["report", "--edition", "2026-10", "--send"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "1 mails sent, 0 were sent before."
        assert len(server.accepted) == 13 and len(set(server.recipients)) == 12
        subjects = [
            str(mail["Subject"]).strip() for mail in server.accepted if mail["To"] == "camat.kuranji@padang.invalid"
        ]
        assert subjects == [
            "[Terbatas] Laporan data bulanan Kecamatan Kuranji, Oktober 2026",
            "[Terbatas] Laporan data bulanan Kecamatan Kuranji, Oktober 2026, edisi 2",
        ]
        monkeypatch.setenv("DEMO_NOW", "2026-12-05T08:00")
        settings.cache_clear()
        assert main(["report", "--send"]) == 0
        assert len(server.accepted) == 25
    assert main(["report", "--history"]) == 0
    lines = capsys.readouterr().out.splitlines()
    kuranji = [line.split() for line in lines if "13.71.09" in line]
    assert [row[:4] for row in kuranji] == [
        ["2026-11", "bulanan", "13.71.09", "1"],
        ["2026-10", "bulanan", "13.71.09", "2"],
        ["2026-10", "bulanan", "13.71.09", "1"],
    ]
    assert {one.status for one in delivery.every(ledger)} == {"sent"}


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Kind, FailingServer], str]:
    """A whole run of a DAG on a day: what came of its mails."""
    tasks: dict[str, Any] = {name: DAG_OF_REPORTS.get_task(name) for name in ("gate", "render")}

    def run(day: str, kind: Kind, server: FailingServer) -> str:
        monkeypatch.setenv("DEMO_NOW", f"{day}T10:30")
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(server.port))
        settings.cache_clear()
        pushed = SimpleNamespace(xcom_push=lambda **_: None)
        plans = tasks["gate"].python_callable(kind)
        ids = tasks["render"].python_callable(kind, plans, ti=pushed)
        try:
            return deliver_all(ids)
        except DeliveryError as error:
            return str(error)

    return run


def test_a_weeks_report_that_failed_on_monday_goes_out_the_next_morning_or_week_and_once(
    city: City, ledger: Connection, morning: Callable[[str, Kind, FailingServer], str]
) -> None:
    with FailingServer("554") as server:
        assert morning("2026-11-22", "mingguan", server) == "0 mails sent, 0 were sent before.", "a Sunday"
        assert morning("2026-11-23", "mingguan", server).startswith("11 mails were not sent")
        assert morning("2026-11-28", "mingguan", server).startswith("11 mails were not sent")
        assert morning("2026-11-30", "mingguan", server).startswith("22 mails were not sent")
        server.fault = None
        assert morning("2026-12-01", "mingguan", server) == "22 mails sent, 0 were sent before."
        for day in ("2026-12-01", "2026-12-02", "2026-12-06"):
            assert morning(day, "mingguan", server) == "0 mails sent, 0 were sent before."
        assert morning("2026-12-07", "mingguan", server) == "11 mails sent, 0 were sent before."
    sent = [(mail["To"], str(mail["Subject"])) for mail in server.accepted]
    assert len(sent) == len(set(sent)) == 33
    assert [one.number for one in all_of(ledger, Subject("mingguan", "13.71.09", date(2026, 11, 15)))] == [1]


def test_a_weeks_report_that_could_not_be_made_on_monday_is_made_the_next_morning_and_not_corrected_by_itself(
    city: City, ledger: Connection, morning: Callable[[str, Kind, FailingServer], str]
) -> None:
    city.broken.add("13.71.09")
    with FailingServer() as server:
        assert morning("2026-11-23", "mingguan", server).startswith("10 mails sent")
        city.broken.clear()
        city.figures["13.71.08"] = (fact("13.71.08", 4, periode_mulai=date(2026, 11, 15)),)
        assert morning("2026-11-24", "mingguan", server) == "1 mails sent, 0 were sent before."
        city.figures["13.71.08"] = (fact("13.71.08", 5, periode_mulai=date(2026, 11, 15)),)
        assert morning("2026-11-25", "mingguan", server) == "0 mails sent, 0 were sent before."


def test_a_months_report_that_failed_goes_out_after_the_turn_of_the_month_and_only_so_long(
    city: City, ledger: Connection, morning: Callable[[str, Kind, FailingServer], str]
) -> None:
    with FailingServer("554") as server:
        assert morning("2026-11-30", "bulanan", server).startswith("12 mails were not sent")
        assert morning("2026-12-01", "bulanan", server).startswith("12 mails were not sent")
        server.fault, server.after = "554", 3
        assert morning("2026-12-02", "bulanan", server).startswith("9 mails were not sent")
        server.fault = None
        assert morning("2026-12-03", "bulanan", server) == "21 mails sent, 0 were sent before."
        assert morning("2026-12-04", "bulanan", server) == "0 mails sent, 0 were sent before."
    sent = [(mail["To"], str(mail["Subject"])) for mail in server.accepted]
    assert len(sent) == len(set(sent)) == 24
    with FailingServer("554") as server:
        city.figures["13.71.09"] = (fact("13.71.09", 4, periode_mulai=date(2026, 11, 1)),)
        ledger.execute("update ops.delivery set status = 'failed'")
        ledger.commit()
        assert morning("2026-12-31", "bulanan", server).startswith("24 mails were not sent")
        assert morning("2027-01-01", "bulanan", server).startswith("12 mails were not sent"), "October is past"


def test_the_mails_text_is_the_summary_in_words_and_figures(city: City, ledger: Connection) -> None:
    make_now("bulanan")
    (edition,) = all_of(ledger)
    text = read_file(edition, "txt").decode()
    assert text.startswith("*** DATA SIMULASI ***\n\nLAPORAN DATA BULANAN, BULAN OKTOBER 2026\n")
    assert "MEMBURUK\n1. Kebakaran naik 2 menjadi 3 kejadian.\n\nMEMBAIK\n   Tidak ada.\n" in text
    assert (
        "PERLU TINDAKAN\n1. Waktu tanggap 18,5 menit.\n"
        "   Usulan otomatis: Tambah pos (Dinas Pemadam Kebakaran) [aturan: W2]\n\n2 masalah lain di Bagian IV.\n"
    ) in text
    assert "Balas surel ini" in text and max(map(len, text.splitlines())) <= 78


@pytest.mark.parametrize(("edition", "said"), [("2026-13", "is not a month"), ("Oktober", "is not a month")])
def test_what_is_no_month_is_refused(edition: str, said: str, city: City, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--edition", edition]) == DeliveryError.exit_code
    assert said in capsys.readouterr().err
