"""Which edition of the marts stands, as part of every answer's key in the cache: an answer holds until the next edition.

A publication puts a whole new schema in the place of the old one, so the schema's number is the edition's. Views tell ages,
which go on between editions; what is read from them holds for some minutes.
"""

from __future__ import annotations

import logging
import os
import re
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

log = logging.getLogger(__name__)

ADDRESSES = {"mart": "SUPERSET_OFFICIALS_URI", "publik": "SUPERSET_PUBLIC_URI"}
MEMO_SECONDS = 2.0
VIEW_SECONDS = 300
UNKNOWN_SECONDS = 60
STANDING = """
    select home.oid::text, array(
        select relname::text from pg_class where relnamespace = home.oid and relkind = 'v' order by relname
    )
    from pg_namespace as home where home.nspname = :name
"""


@dataclass(frozen=True)
class Edition:
    """A schema as it stands, and which of its relations are views."""

    number: str
    views: tuple[str, ...]


_known: dict[str, tuple[float, Edition]] = {}


def standing_edition(schema: str) -> Edition | None:
    """Read anew every other second. While the database does not answer, the last one stands; None when none is known."""
    read_at, edition = _known.get(schema, (float("-inf"), None))
    if time.monotonic() - read_at < MEMO_SECONDS:
        return edition
    try:
        edition = read_edition(schema) or edition
    except SQLAlchemyError as error:
        log.warning("The edition of %s cannot be read: %s", schema, str(error).strip())
    if edition is not None:
        _known[schema] = time.monotonic(), edition
    return edition


def read_edition(schema: str) -> Edition | None:
    with _engine(os.environ[ADDRESSES[schema]]).connect() as connection:
        found = connection.execute(text(STANDING), {"name": schema}).fetchone()
    return Edition(found[0], tuple(found[1])) if found else None


@cache
def _engine(address: str) -> Engine:
    """Made once, for an engine asks the server with its first connection what it is; it keeps no connection."""
    return create_engine(address, poolclass=NullPool, use_native_hstore=False)


def edition_key(schema: str | None, read: str, now: float) -> str:
    """What an answer from these tables depends on beside its question; `read` is a table's name or a dataset's SQL."""
    if schema not in ADDRESSES:
        return f"minute {now // UNKNOWN_SECONDS:.0f}"
    edition = standing_edition(schema)
    if edition is None:
        return f"minute {now // UNKNOWN_SECONDS:.0f}"
    reads_a_view = not set(re.findall(r"\w+", read)).isdisjoint(edition.views)
    return f"edition {edition.number}" + (f" {now // VIEW_SECONDS:.0f}" if reads_a_view else "")


class EditionKeys:
    """A security manager whose cache keys hold the edition. Superset makes a key before it asks the database, so that no
    answer of an older edition can come under a newer one's key."""

    def get_rls_cache_key(self, datasource: Any) -> list[str]:
        keys: list[str] = super().get_rls_cache_key(datasource)  # type: ignore[misc]
        read = datasource.sql or getattr(datasource, "table_name", "")
        return [*keys, edition_key(datasource.schema, read, time.time())]
