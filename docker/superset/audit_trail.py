"""Entries of the warehouse's audit trail: accounts, and files that officials take away.

Written before what they tell is done, for Superset's own database is another one: an entry of what then failed does no harm.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

ENTER = text("select ops.record_outside(:jenis, :objek, :pelaku, cast(:rincian as jsonb))")
PATIENCE = "-c statement_timeout=20s"


def record(jenis: str, objek: str, rincian: Mapping[str, object], pelaku: str | None = None) -> None:
    """Raises what SQLAlchemy raises when the entry is not made; then nothing may be done that it tells."""
    engine = create_engine(os.environ["SUPERSET_TRAIL_URI"], poolclass=NullPool, connect_args={"options": PATIENCE})
    values = {"jenis": jenis, "objek": objek, "pelaku": pelaku, "rincian": json.dumps(rincian)}
    with engine.begin() as connection:
        connection.execute(ENTER, values)
