"""A person is found wherever anything of them is kept, and after the erasure nowhere; neither replay nor source brings them back."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from command_center.declaration.registry import get_source
from command_center.errors import CommandCenterError, IntegrityError
from command_center.extract.reading import conceal
from command_center.ledger import trail
from command_center.operate.maintain import verify_all
from command_center.operate.person import counts, disclose, erase, look
from command_center.personal_key import Key, Redactor, key_of, tombstone

from tests.conftest import Cluster
from tests.integration.conftest import Intake

NIK, TELEPHONE, EMAIL, NAME = (
    "1371014508900017",
    "0812-3456-7819",
    "fulan.bin@contoh.id",
    "Fulana Putri Polan",
)  # which no rule finds at the door
OTHER = "Fulana Binti Anu, NIK 1371014508900025, hp 0812-3456-7820"
BOOK, STAGES = "damkar/kejadian.csv", "kpu/tahapan/pilkada2024.csv"


@pytest.fixture
def keys() -> list[Key]:
    return [key_of("nik", NIK), key_of("telepon", "+62 812 3456 7819"), key_of("surel", EMAIL), key_of("nama", NAME)]


def _plant(intake: Intake, path: str, separator: str, planted: dict[int, dict[str, str]]) -> None:
    head, *lines = list(csv.reader(io.StringIO(intake.get(path).decode("utf-8-sig")), delimiter=separator))[:300]
    for number, values in planted.items():
        for column, value in values.items():
            lines[number][head.index(column)] = value
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows([head, *lines])
    intake.serve(path, written.getvalue().encode())


def test_a_person_is_told_what_is_kept_and_after_the_erasure_nothing_is(
    intake: Intake, cluster: Cluster, keys: list[Key], tmp_path: Path
) -> None:
    reporter = {
        "Nama Pelapor": NAME.upper(),
        "Telepon Pelapor": "6281234567819",
        "Kronologi": f"{NAME} ({NIK}); {OTHER}",
    }
    _plant(intake, BOOK, ";", {1: {**reporter, "Objek": f"Rumah {NAME}"}, 2: {"Objek": "", "Jenis": f"Milik {NAME}"}})
    _plant(intake, STAGES, ",", {1: {"catatan": f"Rumah {NAME} dipakai; {EMAIL}, NIK 1371 0145 0890 0017. {OTHER}"}})
    intake.load("damkar_kejadian")
    intake.load("kpu_tahapan")
    with cluster.connect("transformer") as mart:
        mart.execute("create schema uji_mart")
        mart.execute("create table uji_mart.orang as select %s::text as nama", [f"a.n. {NAME}"])

    sheet = tmp_path / "orang.csv"
    told = disclose(keys, jabatan="Pejabat Pelindungan Data", alasan="Surat 1/2026", file=sheet)
    places = counts(list(look(keys)))
    assert {name.split(",")[0] for name in places} == {
        *("table raw.damkar_kejadian__kejadian", "table raw.kpu_tahapan__tahapan", "table ops.quarantine"),
        *("table uji_mart.orang", "archive damkar_kejadian", "archive kpu_tahapan"),
    }
    assert all(f"{place}: {number}" in told for place, number in places.items())
    assert oct(sheet.stat().st_mode)[-3:] == "600"
    assert f"Rumah {NAME}" in sheet.read_text()

    with pytest.raises(CommandCenterError, match="names the person"):
        erase(keys, jabatan="Pejabat Pelindungan Data", alasan=f"Permintaan {NAME}", requested=date(2026, 11, 20))
    done = erase(keys, jabatan="Pejabat Pelindungan Data", alasan="Surat 2/2026", requested=date(2026, 11, 20))
    assert "archive kpu_tahapan: 1" in done
    _is_nowhere(intake, keys)
    assert counts(list(look([key_of("nik", "1371014508900025")])))  # another one of the same row stays

    assert {one.status for one in intake.load("damkar_kejadian")} == {"unchanged"}  # the source sends the same still
    assert {one.status for one in intake.load("kpu_tahapan")} == {"unchanged"}
    _is_nowhere(intake, keys)
    intake.load("damkar_kejadian", replay=True, force=True)
    intake.load("kpu_tahapan", replay=True, force=True)
    _is_nowhere(intake, keys)
    _plant(intake, STAGES, ",", {4: {"catatan": f"Baru: {NAME} lagi; hp {TELEPHONE}"}})
    assert {one.status for one in intake.load("kpu_tahapan")} == {"unchanged", "published"}
    _is_nowhere(intake, keys)

    kinds = [one.jenis for one in trail.entries(intake.connection, since=None, jenis=None, limit=100)]
    assert kinds.count("pengungkapan") == 1
    assert kinds.count("penghapusan") >= 2
    with cluster.connect("transformer") as mart:
        mart.execute("drop schema uji_mart cascade")


def _is_nowhere(intake: Intake, keys: list[Key]) -> None:
    assert counts(list(look(keys))) == {}
    assert "as they were published" in verify_all()
    for file in (intake.folder / "landing").rglob("*"):
        assert not file.name.endswith(".part")


def test_a_digest_of_a_column_gives_way_to_the_one_that_a_replay_makes(intake: Intake, cluster: Cluster) -> None:
    file = intake.folder / "sources" / "damkar_kejadian.yml"
    declared = "source: Telepon Pelapor, classification: rahasia, treatment: drop"
    assert declared in file.read_text()
    file.write_text(file.read_text().replace(declared, declared.replace("drop", "hmac")))
    book = get_source("damkar_kejadian")
    (column,) = [one for one in book.tables["kejadian"].columns if one.name == "telepon_pelapor"]
    key = key_of("telepon", TELEPHONE)
    with cluster.connect("transformer") as mart:
        mart.execute("create schema uji_mart")
        mart.execute(
            "create table uji_mart.orang as select %s::text as sandi", [conceal(book.source, column, "081234567819")]
        )
    assert "table uji_mart.orang: 1" in disclose([key], jabatan="Penguji", alasan="Surat 4/2026")
    erase([key], jabatan="Penguji", alasan="Surat 4/2026", requested=date(2026, 11, 20))
    with cluster.connect("transformer") as mart:
        told = mart.execute("select sandi from uji_mart.orang").fetchall()
        mart.execute("drop schema uji_mart cascade")
    assert told == [(conceal(book.source, column, Redactor([tombstone(key)]).redact("081234567819")),)]


def test_what_may_not_be_changed_is_named(intake: Intake) -> None:
    trail.record(intake.connection, "ekspor", "catatan Nama Yang Terlanjur", "Penguji", {})
    intake.connection.commit()
    keys = [key_of("nama", "Nama Yang Terlanjur")]
    with pytest.raises(IntegrityError, match=r"still stands in table ops.jejak_audit: 1"):
        erase(keys, jabatan="Penguji", alasan="Surat 3/2026", requested=date(2026, 11, 20))
    assert intake.value("select count(*)::int from ops.penghapusan where selesai_at is null") == 1


def test_an_archive_that_nobody_can_open_stops_neither_intake_nor_erasure(intake: Intake, keys: list[Key]) -> None:
    intake.load("kpu_tahapan")
    erase(keys, jabatan="Penguji", alasan="Surat 5/2026", requested=date(2026, 11, 20))
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("isi.csv", NAME * 100)
    damaged = bytearray(kept.getvalue())
    damaged[40:60] = bytes(20)
    intake.serve(STAGES, bytes(damaged))
    assert "published" not in {one.status for one in intake.load("kpu_tahapan")}
    entered = trail.entries(intake.connection, since=None, jenis="penghapusan", limit=1)
    assert "cannot be unpacked" in str(entered[0].rincian["tidak_diperiksa"])
    assert "Not looked through: archive kpu_tahapan" in disclose(keys, jabatan="Penguji", alasan="Surat 5/2026")
    done = erase(keys, jabatan="Penguji", alasan="Surat 5/2026", requested=date(2026, 11, 20))
    assert "Not looked through: archive kpu_tahapan" in done
