"""A correction that was applied and finds its value no more has ended: the value that comes back does not bring it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from command_center.database import Connection, all_values, connect
from command_center.ledger import figure_correction
from command_center.operate.watch import messages
from command_center.settings import settings
from command_center.warehouse import corrections

from tests.conftest import Cluster

TABLE = "damkar_kejadian__kejadian"
SEED = """
    drop table if exists core.ref_koreksi;
    create table core.ref_koreksi (
        koreksi_kode text, tabel text, kunci jsonb, kolom text, expect text, nilai text, alasan text, pemberi text, tanggal date
    )
"""
RECORD = "insert into core.ref_koreksi values (%s, %s, '{\"no_kejadian\": \"K-1\"}', 'kerugian_idr', '15', '16', '-', '-', %s)"


class Warehouse:
    """The table of corrections as dbt loads it, one raw row, and builds of which only the corrections are looked at."""

    def __init__(self, connection: Connection, raw: Connection) -> None:
        self.connection, self.raw = connection, raw

    def seeded(self, **dates: str) -> list[str]:
        """Load the whole seed, with its hook; the codes that stand then."""
        self.connection.execute(SEED)
        for code, day in dates.items():
            self.connection.execute(RECORD, [code, TABLE, day])
        self.connection.execute("select ops.akhiri_koreksi('core.ref_koreksi'::regclass, true)")
        return self.standing()

    def built(self, value: str | None) -> list[str]:
        """The raw row says this, or is not there; what stands after the swap."""
        self.raw.execute(f"delete from raw.{TABLE} where no_kejadian = 'K-1'")
        if value is not None:
            self.raw.execute(
                f"insert into raw.{TABLE} (no_kejadian, kerugian_idr, _batch_id, _row, _part, _is_simulasi, _observed_at) "
                "values ('K-1', %s, 1, 1, 'uji', true, now())",
                [value],
            )
        self.raw.commit()
        corrections.enter(self.connection, corrections.find(self.connection))
        return self.standing()

    def standing(self) -> list[str]:
        found = all_values(self.connection, str, "select koreksi_kode from core.ref_koreksi order by 1")
        self.connection.commit()
        return found

    def told(self) -> list[str]:
        found = [one.problem for one in messages(self.raw, settings().now()) if one.source == "koreksi"]
        self.raw.rollback()
        return found


@pytest.fixture
def warehouse(cluster: Cluster) -> Iterator[Warehouse]:
    config: Any = cluster.settings
    with connect(config.dsn("transformer")) as connection, connect(config.dsn("loader")) as raw:
        connection.execute("create schema core")
        connection.commit()
        yield Warehouse(connection, raw)
        connection.rollback()
        raw.rollback()
        raw.execute(f"delete from raw.{TABLE} where no_kejadian = 'K-1'")
        raw.execute("delete from ops.koreksi")
        raw.commit()
        connection.execute("drop table core.ref_koreksi; drop schema core")


def test_what_ended_stays_ended_until_its_record_is_changed(warehouse: Warehouse) -> None:
    assert warehouse.seeded(a="2026-11-01", b="2026-11-01") == ["a", "b"]
    assert warehouse.built(None) == ["a", "b"] and warehouse.told() == [], "its row may be yet to come"
    assert warehouse.seeded(a="2026-11-01") == ["a"]
    assert warehouse.built("15") == ["a"], "it is applied"
    assert warehouse.built("16") == [] and warehouse.told() == ["koreksi a"], "the agency has mended it itself"
    assert warehouse.built("15") == [] and warehouse.seeded(a="2026-11-01") == [], (
        "the value came back, the correction did not"
    )
    assert warehouse.told() == ["koreksi a"]
    assert warehouse.seeded(a="2026-11-28") == ["a"] and warehouse.told() == [], "a person renewed it"
    assert warehouse.built("15") == ["a"] and warehouse.built(None) == [], "its row was taken away"
    (ended,) = figure_correction.ended(warehouse.raw)
    assert (ended.koreksi_kode, ended.tabel) == ("a", TABLE)
    warehouse.raw.rollback()
    assert warehouse.seeded() == [] and warehouse.told() == [], "removed from ref_koreksi, it is told no more"
