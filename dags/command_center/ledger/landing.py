"""Answers that are archived: one row of ops.landing for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from command_center.database import Connection, all_rows, all_values, first_row, first_value, one_row
from command_center.errors import IntegrityError
from command_center.extract.asking import Fetched, Window

COLUMNS = """landing_id, source, part, sha256, uri, content_type, fetched_from as url, simulated_paths, wrapped_key,
    fetched_at, window_start, window_end, request, known, validator"""


@dataclass(frozen=True)
class Landed:
    """An archived answer."""

    landing_id: int
    source: str
    part: str
    sha256: str
    uri: str
    content_type: str
    url: str
    simulated_paths: str  # '' = nothing, '*' = all, else the record paths that the demo city names as simulated
    wrapped_key: str | None
    window_start: datetime | None
    window_end: datetime | None
    request: str
    known: Mapping[str, str]
    fetched_at: datetime  # when these bytes came first
    validator: str | None = None

    @property
    def window(self) -> Window:
        return Window(self.window_start, self.window_end)


def find(connection: Connection, source: str, fetched: Fetched) -> Landed | None:
    """The row of these bytes, where they came before."""
    return _first(
        connection,
        "source = %s and part = %s and sha256 = %s and simulated_paths = %s and erased_at is null",
        [source, fetched.part, fetched.sha256, fetched.simulated_paths],
    )


def get(connection: Connection, landing_id: int) -> Landed:
    """Raises IntegrityError when there is no such row."""
    found = _first(connection, "landing_id = %s", [landing_id])
    if found is None:
        raise IntegrityError(f"Landing object {landing_id} is not in ops.landing; it cannot be replayed.")
    return found


def key_of_object(connection: Connection, uri: str) -> str | None:
    """The wrapped key of an object that an answer has already."""
    where = "select wrapped_key from ops.landing where uri = %s and wrapped_key is not null limit 1"
    return first_value(connection, str, where, [uri])


def last_seen(connection: Connection, source: str, part: str) -> Landed | None:
    """The answer that a part gave last."""
    where = "source = %s and part = %s and erased_at is null order by seen_at desc, landing_id desc limit 1"
    return _first(connection, where, [source, part])


def latest(connection: Connection, source: str, window: Window) -> list[Landed]:
    """The newest archived answer of each part, by last use, whose fetch lies in the window."""
    where = """
        landing_id in (
            select distinct on (l.part) l.landing_id
            from ops.landing as l left join ops.batch as b using (landing_id)
            where l.source = %(source)s and l.erased_at is null
              and (%(start)s::timestamptz is null or coalesce(b.observed_at, l.fetched_at) >= %(start)s)
              and (%(end)s::timestamptz is null or coalesce(b.observed_at, l.fetched_at) < %(end)s)
            order by l.part, coalesce(b.batch_id, 0) desc, l.landing_id desc
        )
        order by part
    """
    return _all(connection, where, {"source": source, "start": window.start, "end": window.end})


def every(connection: Connection, source: str, window: Window) -> list[Landed]:
    """Every archived answer whose fetch lies in the window, oldest first: what a source gives bit by bit."""
    where = """
        source = %(source)s and erased_at is null and (%(start)s::timestamptz is null or fetched_at >= %(start)s)
        and (%(end)s::timestamptz is null or fetched_at < %(end)s) order by landing_id
    """
    return _all(connection, where, {"source": source, "start": window.start, "end": window.end})


def every_kept(connection: Connection) -> list[Landed]:
    """Every answer that the archive has, of all sources."""
    return _all(connection, "erased_at is null order by source, landing_id", {})


def record(
    connection: Connection,
    source: str,
    fetched: Fetched,
    window: Window,
    *,
    uri: str,
    wrapped_key: str | None,
    expires_at: datetime,
) -> Landed:
    """Write the row of an object, or write its new place into the row that the same bytes have."""
    statement = f"""
        insert into ops.landing (source, part, sha256, uri, byte_size, content_type, fetched_from, fetched_at,
                                 simulated_paths, wrapped_key, window_start, window_end, expires_at, request, known, validator)
        values (%(source)s, %(part)s, %(sha256)s, %(uri)s, %(byte_size)s, %(content_type)s, %(url)s, %(fetched_at)s,
                %(simulated_paths)s, %(wrapped_key)s, %(start)s, %(end)s, %(expires_at)s, %(request)s, %(known)s, %(validator)s)
        on conflict (source, part, sha256, simulated_paths) do update set uri = excluded.uri,
            wrapped_key = excluded.wrapped_key, validator = excluded.validator, seen_at = clock_timestamp(),
            erased_at = null, expires_at = excluded.expires_at, request = excluded.request, known = excluded.known
        returning {COLUMNS}
    """
    values = {
        **{name: getattr(fetched, name) for name in FETCHED},
        "source": source,
        "uri": uri,
        "wrapped_key": wrapped_key,
        "start": window.start,
        "end": window.end,
        "expires_at": expires_at,
        "request": request_of(fetched),
        "known": Jsonb(dict(fetched.known)),
    }
    landed = one_row(connection, Landed, statement, values)
    same = "update ops.landing set wrapped_key = %s where uri = %s and erased_at is null and wrapped_key is distinct from %s"
    connection.execute(
        same, [wrapped_key, uri, wrapped_key]
    )  # other parts that gave the same bytes: one object, one key
    return landed


FETCHED = ("part", "sha256", "byte_size", "content_type", "url", "fetched_at", "simulated_paths", "validator")


def note_seen(connection: Connection, landed: Landed) -> None:
    """Record that the source says that this answer still stands."""
    connection.execute("update ops.landing set seen_at = clock_timestamp() where landing_id = %s", [landed.landing_id])


def note_seen_again(connection: Connection, landed: Landed, fetched: Fetched) -> Landed:
    """Record that the source gave this answer again: by which request, whose declaration may have changed since, and by
    what it would be known as unchanged."""
    statement = f"""
        update ops.landing set seen_at = clock_timestamp(), validator = %s, request = %s, known = %s
        where landing_id = %s returning {COLUMNS}
    """
    values = [fetched.validator, request_of(fetched), Jsonb(dict(fetched.known)), landed.landing_id]
    return one_row(connection, Landed, statement, values)


def request_of(fetched: Fetched) -> str:
    return fetched.request or fetched.part


def kept_ids(connection: Connection, now: datetime) -> list[int]:
    """Every answer within its retention."""
    return all_values(
        connection,
        int,
        "select landing_id from ops.landing where erased_at is null and expires_at > %s order by landing_id",
        [now],
    )


def expired(connection: Connection, now: datetime) -> list[Landed]:
    """Answers past their retention, but for the newest of each part and those whose object a kept answer shares."""
    where = """
        expires_at < %(now)s and erased_at is null
        and landing_id not in (select max(landing_id) from ops.landing group by source, part)
        and not exists (
            select from ops.landing as o where o.uri = landing.uri and o.erased_at is null and o.expires_at >= %(now)s
        )
    """
    return _all(connection, where, {"now": now})


def note_erased(connection: Connection, landing_id: int, now: datetime) -> None:
    """Record that the object is gone; without its key no copy of it can be read either."""
    connection.execute(
        "update ops.landing set erased_at = %s, wrapped_key = null where landing_id = %s", [now, landing_id]
    )
    connection.execute("delete from ops.perbaikan where landing_id = %s", [landing_id])


def _first(connection: Connection, where: str, values: list[object]) -> Landed | None:
    return first_row(connection, Landed, f"select {COLUMNS} from ops.landing where {where}", values)


def _all(connection: Connection, where: str, values: Mapping[str, object]) -> list[Landed]:
    return all_rows(connection, Landed, f"select {COLUMNS} from ops.landing where {where}", values)
