"""How each source stands at this moment, where a warehouse answers; without one the catalogue tells declarations only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from command_center.database import all_rows, connect
from command_center.errors import SettingsError
from command_center.settings import settings


@dataclass(frozen=True)
class State:
    """A row of mart.kesegaran_isi: age and quality of what a source gave."""

    source: str
    data_sampai_teks: str
    umur_teks: str
    batas_teks: str
    status: str
    status_teks: str
    dijawab_teks: str
    mutu_teks: str
    ditahan: int
    baris_terbit: int
    baris_karantina: int
    peladen_teks: str | None = None


@dataclass(frozen=True)
class Standing:
    """A row of mart.kematangan_sumber: the step of a source, why it stands there, and what the next one asks for."""

    source: str
    tingkat: int
    tingkat_teks: str
    alasan: str
    berikutnya: str
    manual_teks: str
    terjadwal_teks: str
    api_teks: str
    bersih_teks: str
    publik_teks: str

    @property
    def answers(self) -> tuple[str, ...]:
        """Whether each step from 1 on is reached by itself."""
        return (self.manual_teks, self.terjadwal_teks, self.api_teks, self.bersih_teks, self.publik_teks)


@dataclass(frozen=True)
class Score:
    """The newest row of mart.mutu_harian of a table: how good its content is, as a whole and in five parts."""

    source: str
    tabel: str
    skor_teks: str
    kelengkapan_teks: str
    keabsahan_teks: str
    ketepatan_waktu_teks: str
    keunikan_teks: str
    keselarasan_teks: str
    dinilai_dari: str
    dihitung_teks: str


@dataclass(frozen=True)
class Live:
    """What the warehouse told when it was asked; `missing` says why it told nothing."""

    read_at: datetime
    states: Mapping[str, State] = field(default_factory=dict)
    scores: Mapping[tuple[str, str], Score] = field(default_factory=dict)  # by source and table
    standings: Mapping[str, Standing] = field(default_factory=dict)  # the lowest first
    missing: str = ""


def read_live() -> Live:
    """As the officials' role, which sees ages and counts and no row of a source."""
    now = settings().now()
    try:
        with connect(settings().dsn("officials")) as connection:
            states = all_rows(
                connection,
                State,
                """
                select
                    source, data_sampai_teks, umur_teks, batas_teks, status, status_teks, dijawab_teks, peladen_teks,
                    mutu_teks, ditahan, baris_terbit, baris_karantina
                from mart.kesegaran_isi
                """,
            )
            scores = all_rows(
                connection,
                Score,
                """
                select
                    source, tabel, skor_teks, kelengkapan_teks, keabsahan_teks, ketepatan_waktu_teks, keunikan_teks,
                    keselarasan_teks, dinilai_dari, dihitung_teks
                from mart.mutu_harian where is_terbaru
                """,
            )
            standings = all_rows(
                connection,
                Standing,
                """
                select
                    source, tingkat, tingkat_teks, alasan, berikutnya, manual_teks, terjadwal_teks, api_teks, bersih_teks,
                    publik_teks
                from mart.kematangan_sumber order by urutan
                """,
            )
    except (SettingsError, psycopg.OperationalError):
        return Live(now, missing="gudang data tidak dapat dihubungi ketika halaman ini dibuat")
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return Live(now, missing="gudang data belum dibangun dengan versi ini")
    return Live(
        now,
        {one.source: one for one in states},
        {(one.source, one.tabel): one for one in scores},
        {one.source: one for one in standings},
    )
