"""What stewards are told, and that every channel tells the same age, from rows of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_center.database import Connection, connect
from command_center.extract.asking import Fetched, Window
from command_center.ledger import batch, held, landing, server
from command_center.ledger.batch import Ending, Key, Status, close_batch, open_batch
from command_center.ledger.decision import record_about
from command_center.ledger.held import Held
from command_center.operate.watch import messages
from command_center.settings import WIB

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=WIB)
SOURCE = "uji_detak"
MINUTE = timedelta(minutes=1)
ENDED = Ending("published", None, "lolos", 1, 1, 0, 0, 0, 0, None, None)


@pytest.fixture
def ledger(cluster: Any) -> Iterator[Connection]:
    """The session's ledger; what a test writes is taken back."""
    with connect(cluster.settings.dsn("loader")) as connection:
        yield connection
        connection.rollback()


def declare(
    connection: Connection,
    hours: float,
    answer_hours: float | None = None,
    mode: str = "snapshot",
    *tables: str,
    server: str | None = None,
) -> None:
    declared = {"extract": {"since": None}, "tables": {name: {"mode": mode} for name in tables or ("baris",)}}
    declared |= {"monitored_as": server}
    connection.execute(
        "insert into ops.source_catalogue (source, title, opd, opd_name, owner, steward, freshness_hours, answer_hours, "
        "maturity, declared) values (%s, 'Detak', 'uji', 'Uji', '-', '-', %s, %s, 3, %s)",
        [SOURCE, hours, answer_hours or hours, json.dumps(declared)],
    )


class Arriving:
    """Answers of the source, one after the other."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self.connection, self.folder, self.number = connection, folder, 0

    def __call__(
        self,
        at: datetime,
        until: datetime | None = None,
        *,
        part: str = "semua",
        table: str = "baris",
        status: Status = "published",
        reason: str | None = None,
    ) -> None:
        self.number += 1
        fetched = Fetched(part, self.folder / "-", str(self.number), 1, "text/csv", "-", at)
        landed = landing.record(self.connection, SOURCE, fetched, Window(), uri="-", wrapped_key=None, expires_at=NOW)
        key = Key(SOURCE, table, part)
        number = open_batch(self.connection, key, landed, fingerprint="-", run_id="-", observed_at=at)
        start = None if until is None else until - timedelta(days=28)
        close_batch(
            self.connection, number, replace(ENDED, status=status, reason=reason, data_from=start, data_as_of=until)
        )


@pytest.fixture
def arrives(ledger: Connection, tmp_path: Path) -> Arriving:
    return Arriving(ledger, tmp_path)


def told(connection: Connection) -> list[str]:
    return [message.text for message in messages(connection, NOW) if message.source == SOURCE]


@pytest.mark.parametrize(
    ("hours", "minutes", "sentence"),
    [
        (0.5, 29, None),
        (0.5, 31, "30 menit."),
        (1.5, 89, None),
        (1.5, 91, "1 jam 30 menit."),
        (36, 36 * 60 - 1, None),
        (36, 36 * 60 + 1, "36 jam."),
        (72, 72 * 60 + 1, "3 hari."),
    ],
)
@pytest.mark.parametrize("what", ["the source is silent", "its data stand still"])
def test_a_limit_holds_to_the_minute(
    ledger: Connection, arrives: Arriving, what: str, hours: float, minutes: int, sentence: str | None
) -> None:
    declare(ledger, hours)
    age = timedelta(minutes=minutes)
    if what == "the source is silent":
        arrives(NOW - age)
    else:
        arrives(NOW, NOW - age)
    found = told(ledger)
    assert len(found) == (sentence is not None)
    assert all(text.endswith(str(sentence)) for text in found)


def test_a_whole_read_that_was_held_is_told_beside_the_changes_that_follow(
    ledger: Connection, arrives: Arriving
) -> None:
    monday = NOW - timedelta(days=3)

    def failed_at() -> datetime | None:
        return batch.whole_read_failed(ledger, SOURCE, ["semua"], monday)

    arrives(monday - timedelta(hours=1), status="held")
    arrives(monday, part="lain", status="held")
    assert failed_at() is None, "of the span before, and of a part that is never read whole"
    arrives(monday + timedelta(hours=1), status="held")
    arrives(monday + timedelta(hours=2))
    assert failed_at() == monday + timedelta(hours=1)
    arrives(monday + timedelta(hours=3), status="held")
    assert failed_at() == monday + timedelta(hours=1), "the changes of some day"


def test_a_source_that_never_came_is_told(ledger: Connection) -> None:
    declare(ledger, 24)
    assert told(ledger) == ["Data 'Detak' belum pernah diterima."]


def test_the_age_of_monthly_data_counts_from_the_month_s_end(ledger: Connection, arrives: Arriving) -> None:
    """Old months stand beside the newest for ever, and the file is asked for every day: nothing of that is old."""
    declare(ledger, 45 * 24, 36)
    for part, until in (("2024-01", datetime(2024, 2, 1, tzinfo=WIB)), ("2026-10", datetime(2026, 11, 1, tzinfo=WIB))):
        arrives(NOW - MINUTE, until, part=part)
    assert told(ledger) == []
    assert [message for message in messages(ledger, NOW + timedelta(days=23)) if "isinya" in message.text] == []
    later = NOW + timedelta(days=24)
    arrives(later, datetime(2026, 11, 1, tzinfo=WIB), part="2026-10", status="unchanged")
    assert [message.text for message in messages(ledger, later) if message.source == SOURCE] == [
        "Data 'Detak' diterima, tetapi isinya baru sampai 31 Oktober 2026; umurnya paling lama 45 hari."
    ]


def test_a_table_that_stands_still_is_not_hidden_by_another(ledger: Connection, arrives: Arriving) -> None:
    declare(ledger, 24, None, "upsert", "masalah", "pemulihan")
    arrives(NOW, NOW - MINUTE, table="masalah")
    arrives(NOW, NOW - timedelta(hours=25), table="pemulihan")
    assert told(ledger) == [
        "Data 'Detak' diterima, tetapi isinya baru sampai 22 November 2026 pukul 08.00 WIB; umurnya paling lama 24 jam."
    ]


def test_what_is_held_for_one_reason_is_one_mail_in_plain_words(ledger: Connection, arrives: Arriving) -> None:
    declare(ledger, 24)
    web_page = (
        "uji_detak.baris, part 'x': the source answered with a web page where a workbook was expected; ask the steward."
    )
    for month in range(1, 8):
        arrives(NOW, status="held", part=f"2026-{month:02}", reason=web_page)
    arrives(NOW, status="held", part="2026-08", reason="uji: 12 of 20 rows break a rule (60.0 %, at most 5.0 % may)")
    arrives(NOW, status="held", part="2026-09", reason="uji: expect_x on y failed (Bulan wajib diisi.), 3 rows; ask")
    arrives(NOW, status="held", part="2026-10", reason="uji: something that nobody has thought of")
    arrives(NOW, NOW, part="2026-11")
    closing = (
        " Data yang sudah terbit sebelumnya tetap dipakai. Mohon kirim ulang yang benar, atau beri tahu pengelola Command "
        "Center bila isinya memang demikian."
    )
    assert told(ledger) == [
        "7 kiriman data 'Detak' ditahan (2026-01, 2026-02, 2026-03, 2026-04, 2026-05, dan 2 lainnya), karena berkasnya tidak "
        "dapat dibaca." + closing,
        "1 kiriman data 'Detak' ditahan (2026-08), karena terlalu banyak baris yang salah isi." + closing,
        "1 kiriman data 'Detak' ditahan (2026-09), karena satu aturan tidak dipenuhi: Bulan wajib diisi." + closing,
        "1 kiriman data 'Detak' ditahan (2026-10), karena isinya tidak seperti yang disepakati." + closing,
    ]


def test_what_came_in_order_again_is_told_no_more(ledger: Connection, arrives: Arriving) -> None:
    declare(ledger, 24)
    arrives(NOW, status="held", reason="x: the file is empty; it is asked for again at the next run.")
    arrives(NOW, NOW)
    assert told(ledger) == []


@pytest.mark.parametrize("has_come", [True, False])
def test_what_is_held_is_no_silence_too(ledger: Connection, arrives: Arriving, has_come: bool) -> None:
    """One problem is one mail: the source answers, and why nothing of it is taken in is told."""
    declare(ledger, 24)
    if has_come:
        arrives(NOW - timedelta(days=3), NOW - timedelta(days=3))
    for hours in (48, 24, 1):
        arrives(NOW - timedelta(hours=hours), status="held", reason="x: the file is empty; it is asked for again.")
    (sentence,) = told(ledger)
    assert sentence.startswith("1 kiriman data 'Detak' ditahan (semua), karena berkasnya kosong.")
    later = [message.text for message in messages(ledger, NOW + timedelta(hours=24)) if message.source == SOURCE]
    assert later == [
        "Data 'Detak' terakhir diterima 23 November 2026 pukul 08.00 WIB; seharusnya datang paling lambat setiap 24 jam.",
        sentence,
    ], "it answers no more, which is another problem"


def test_old_data_beside_a_part_that_is_held_are_told_where_others_are_taken_in(
    ledger: Connection, arrives: Arriving
) -> None:
    declare(ledger, 24)
    arrives(
        NOW - timedelta(hours=2), status="held", part="2026-10", reason="x: the file is empty; it is asked for again."
    )
    arrives(NOW - MINUTE, NOW - timedelta(days=3), part="2026-11")
    assert next(text.split(";")[0] for text in told(ledger)) == (
        "Data 'Detak' diterima, tetapi isinya baru sampai 20 November 2026 pukul 09.00 WIB"
    )
    assert len(told(ledger)) == 2


def test_what_was_thrown_away_ends_no_silence(ledger: Connection, arrives: Arriving) -> None:
    declare(ledger, 24)
    arrives(NOW - timedelta(days=3))
    arrives(NOW - MINUTE, status="held", reason="x: the file is empty; it is asked for again at the next run.")
    record_about(ledger, "buang", Key(SOURCE, "baris", "semua"), "2", jabatan="Kepala Bidang", alasan="Salah kirim")
    assert told(ledger) == [
        "Data 'Detak' terakhir diterima 20 November 2026 pukul 09.00 WIB; seharusnya datang paling lambat setiap 24 jam."
    ]


def test_the_name_of_a_part_is_told_in_one_line_and_without_numbers_of_people(
    ledger: Connection, arrives: Arriving
) -> None:
    declare(ledger, 24)
    arrives(NOW, NOW)
    arrives(NOW, status="held", part="a\nSelesai: b \x1b[31m 1371010101010001", reason="x: the file is empty; it is.")
    assert "ditahan (a Selesai: b \N{REPLACEMENT CHARACTER}[31m [NIK/KK dihapus])" in told(ledger)[0]


MONITORING = "diskominfo_zabbix"
CALL = " Hubungi Koordinator Network Operation Center atau Kepala Bidang Infrastruktur Teknologi Dinas Komunikasi dan Informatika."
LATE = "Data 'Detak' terakhir diterima 20 November 2026 pukul 09.00 WIB; seharusnya datang paling lambat setiap 24 jam."


@pytest.fixture
def monitored(ledger: Connection, arrives: Arriving) -> Iterator[Connection]:
    """A source that is late, and its server, of which monitoring has told nothing bad."""
    declare(ledger, 24, server="svc-detak")
    arrives(NOW - timedelta(days=3))
    for table in ("host", "masalah", "pemulihan"):
        ledger.execute(f"delete from raw.diskominfo_zabbix__{table}")
    ledger.execute("delete from ops.batch where source = %s", [MONITORING])
    host(ledger, "10101", "svc-detak", "Peladen Detak")
    yield ledger
    ledger.rollback()


def host(connection: Connection, code: str, name: str, title: str, **flags: bool) -> None:
    connection.execute(
        "insert into raw.diskominfo_zabbix__host (host_kode, nama_teknis, nama, is_tidak_dipantau, is_dalam_perawatan, _batch_id, "
        "_row, _part, _is_simulasi, _observed_at) values (%s, %s, %s, %s, %s, 1, 1, 'host', true, %s)",
        [code, name, title, flags.get("unwatched", False), flags.get("maintenance", False), NOW],
    )


def problem(connection: Connection, code: str, began: datetime, ended: datetime | None, severity: int = 4) -> None:
    """Of the server above; every problem has a trigger of its own."""
    connection.execute(
        "insert into raw.diskominfo_zabbix__masalah (masalah_kode, pemicu_kode, host_kode, mulai_at, tingkat, masalah, _batch_id, "
        "_row, _part, _is_simulasi, _observed_at) values (%s, %s, '10101', %s, %s, 'Layanan tidak menjawab', 1, 1, 'x', true, %s)",
        [code, f"t{code}", began, severity, NOW],
    )
    if ended is not None:
        connection.execute(
            "insert into raw.diskominfo_zabbix__pemulihan (pemulihan_kode, pemicu_kode, pulih_at, _batch_id, _row, _part, "
            "_is_simulasi, _observed_at) values (%s, %s, %s, 1, 1, 'x', true, %s)",
            [f"p{code}", f"t{code}", ended, NOW],
        )


def monitoring_answers(connection: Connection, folder: Path, at: datetime) -> None:
    for number, table in enumerate(("host", "masalah", "pemulihan")):
        fetched = Fetched(table, folder / "-", f"zabbix{number}", 1, "application/json", "-", at)
        landed = landing.record(connection, MONITORING, fetched, Window(), uri="-", wrapped_key=None, expires_at=NOW)
        batch = open_batch(
            connection, Key(MONITORING, table, table), landed, fingerprint="-", run_id="-", observed_at=at
        )
        close_batch(connection, batch, ENDED)


def test_a_late_source_names_its_server_that_is_down_since_when_and_whom_to_call(
    monitored: Connection, tmp_path: Path
) -> None:
    """Two problems at once are one outage; one that is over, one that is mild, and another host's say nothing of it."""
    monitoring_answers(monitored, tmp_path, NOW - MINUTE)
    problem(monitored, "1", NOW - timedelta(days=9), NOW - timedelta(days=8))
    problem(monitored, "2", NOW - timedelta(hours=60), NOW - timedelta(hours=50), severity=3)
    problem(monitored, "3", NOW - timedelta(hours=52), None)
    problem(monitored, "4", NOW - timedelta(days=5), None, severity=2)
    said = f"{LATE} Menurut pemantauan, peladen 'Peladen Detak' terganggu sejak 20 November 2026 pukul 21.00 WIB.{CALL}"
    assert told(monitored) == [said]
    assert server.disturbed_since(monitored, SOURCE, NOW) == NOW - timedelta(hours=60)
    assert server.disturbed_since(monitored, SOURCE, NOW + timedelta(hours=3)) is None, "that was long ago"


@pytest.mark.parametrize(
    ("answered", "flags", "name", "sentence"),
    [
        (NOW - MINUTE, {}, "svc-detak", "Menurut pemantauan, peladen 'Peladen Detak' tidak terganggu: periksa"),
        (NOW - MINUTE, {"maintenance": True}, "svc-detak", "peladen 'Peladen Detak' sedang dalam perawatan terencana."),
        (NOW - MINUTE, {"unwatched": True}, "svc-detak", "tidak diketahui: pemantauan 'Peladen Detak' dimatikan."),
        (NOW - MINUTE, {}, "svc-lain", "tidak diketahui: pemantauan tidak mengenal 'svc-detak'."),
        (
            NOW - timedelta(hours=7),
            {},
            "svc-detak",
            "tidak diketahui: pemantauan sendiri terakhir menjawab 23 November 2026 pukul 02.00",
        ),
        (None, {}, "svc-detak", "tidak diketahui: pemantauan belum pernah menjawab."),
    ],
)
def test_what_monitoring_does_not_know_is_not_called_fine(
    monitored: Connection,
    tmp_path: Path,
    answered: datetime | None,
    flags: dict[str, bool],
    name: str,
    sentence: str,
) -> None:
    monitored.execute("delete from raw.diskominfo_zabbix__host")
    host(monitored, "10101", name, "Peladen Detak", **flags)
    if answered is not None:
        monitoring_answers(monitored, tmp_path, answered)
    (said,) = told(monitored)
    assert sentence in said and said.endswith(CALL)


def test_a_domain_that_is_held_is_told_to_the_stewards_of_what_failed(ledger: Connection) -> None:
    declare(ledger, 1000)
    at = datetime(2026, 11, 22, 18, 5, tzinfo=WIB)
    held.replace_held(ledger, [Held("pengaduan", (SOURCE,), "test unik: Got 1 result", at)])
    (sentence,) = [text for text in told(ledger) if "bidang" in text]
    assert sentence == (
        "Angka bidang 'pengaduan' tetap pada terbitan 22 November 2026 pukul 18.05 WIB: data 'Detak' tidak lolos pemeriksaan. "
        "Bidang lain sudah terbit. Betulkan datanya lalu kirim ulang."
    )
    held.replace_held(ledger, [Held("pengaduan", (SOURCE,), "test lain: Got 2 results", NOW)])
    assert held.held_domains(ledger) == [Held("pengaduan", (SOURCE,), "test lain: Got 2 results", at)], (
        "its edition stays"
    )
    held.replace_held(ledger, [])
    assert not any("bidang" in text for text in told(ledger))
