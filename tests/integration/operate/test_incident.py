"""A breach has a clock of 72 hours; the steward hears of it while it runs, and every step is in the trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from command_center.database import Connection, connect
from command_center.errors import CommandCenterError
from command_center.ledger import incident, trail
from command_center.operate.incident import add, listed, open_one
from command_center.operate.watch import messages
from command_center.settings import WIB, settings

from tests.conftest import Cluster

KNOWN = datetime(2026, 11, 20, 8, tzinfo=WIB)
DPO = "Pejabat Pelindungan Data"


@pytest.fixture
def ledger(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    monkeypatch.setenv("DEMO_NOW", "2026-11-20T10:00:00+07:00")
    settings.cache_clear()
    with connect(cluster.settings.dsn("loader")) as connection:
        yield connection
        connection.rollback()
        connection.execute("truncate ops.insiden restart identity cascade")
        connection.commit()
    monkeypatch.undo()
    settings.cache_clear()


def _told(ledger: Connection, hours: float) -> list[str]:
    return [one.text for one in messages(ledger, KNOWN + timedelta(hours=hours)) if one.source == "data_pribadi"]


def test_the_clock_runs_from_when_it_became_known_until_it_is_reported(ledger: Connection) -> None:
    said = open_one(jabatan=DPO, uraian="Berkas terkirim, hp 081234567890", data="telepon 12 pelapor", known_at=KNOWN)
    assert "due 23 November 2026" in said
    (one,) = incident.every(ledger)
    assert (one.batas_at, one.uraian) == (KNOWN + timedelta(hours=72), "Berkas terkirim, hp [telepon dihapus]")
    assert [text for hours in (1, 49, 73) for text in _told(ledger, hours)] == [
        "Insiden data pribadi 1 belum dilaporkan tertulis; batasnya 23 November 2026 pukul 08.00 WIB (UU 27/2022 Pasal 46).",
        "Insiden data pribadi 1 belum dilaporkan tertulis; batasnya 23 November 2026 pukul 08.00 WIB, kurang dari 24 jam lagi.",
        "Insiden data pribadi 1 belum dilaporkan tertulis; batas 3 x 24 jam lewat pada 23 November 2026 pukul 08.00 WIB. Laporkan segera dan jelaskan keterlambatannya.",
    ]
    assert "70 h left" in listed()
    add(1, "catatan", jabatan=DPO, isi="sandi diganti")
    with pytest.raises(CommandCenterError, match="was not reported yet"):
        add(1, "tutup", jabatan=DPO, isi="selesai")
    add(1, "lapor", jabatan=DPO, isi="surat kepada 12 orang")
    assert _told(ledger, 73) == []
    add(1, "tutup", jabatan=DPO, isi="selesai")
    assert "reported 20 November 2026 pukul 10.00 WIB, closed" in listed()
    steps = [one.rincian["langkah"] for one in trail.entries(ledger, since=None, jenis="insiden", limit=4)]
    assert steps == ["buka", "catatan", "lapor", "tutup"]


@pytest.mark.parametrize(("jabatan", "isi"), [("", "selesai"), (DPO, " ")])
def test_a_step_is_signed_and_of_an_open_incident(ledger: Connection, jabatan: str, isi: str) -> None:
    with pytest.raises(CommandCenterError, match="Tell who says so"):
        add(1, "catatan", jabatan=jabatan, isi=isi)
    with pytest.raises(CommandCenterError, match="no open incident 7"):
        add(7, "catatan", jabatan=DPO, isi="ada")
    with pytest.raises(CommandCenterError, match="ahead of now"):
        open_one(jabatan=DPO, uraian="apa", data="", known_at=KNOWN + timedelta(days=1))
