"""The audit trail: ops.jejak_audit, a chain of hashes that the database computes, and its ends that were mailed out.

Decisions, editions, deliveries, answers and erasures are entered by triggers of their tables; all else calls `record` in the
transaction of what it records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from psycopg.types.json import Jsonb

from command_center.database import Connection, all_rows, all_values, first_row, has_row, one_row
from command_center.errors import IntegrityError

Jenis = Literal[
    "keputusan",
    "edisi",
    "pengiriman",
    "koreksi",
    "penghapusan",
    "batas_wilayah",
    "peran",
    "akun",
    "ekspor",
    "pengungkapan",
    "insiden",
    "perbaikan",
]
TRIGGERS = (
    *(f"jejak_audit.{name}" for name in ("chained", "never_changed", "never_emptied")),
    *(f"jejak_kepala.{name}" for name in ("never_changed", "never_emptied")),
    *(f"{table}.noted" for table in ("keputusan", "edition", "delivery", "correction", "landing")),
)


@dataclass(frozen=True)
class Entry:
    """What somebody did; `pelaku` is a job title, or the login."""

    nomor: int
    created_at: datetime
    jenis: str
    objek: str
    pelaku: str
    login: str
    rincian: Mapping[str, object]


@dataclass(frozen=True)
class Head:
    """The last entry of the chain, which stands for all before it."""

    nomor: int
    hash: str
    created_at: datetime


@dataclass(frozen=True)
class Mailed:
    """A head that was mailed out."""

    tanggal: date
    nomor: int
    hash: str


@dataclass(frozen=True)
class Break:
    """The first entry that is not as it was written."""

    nomor: int
    sentence: str


@dataclass(frozen=True)
class Count:
    """How many entries there are of a kind."""

    jenis: str
    entries: int


@dataclass(frozen=True)
class _Contents:
    entries: int
    changed: int | None


@dataclass(frozen=True)
class _Link:
    nomor: int
    before: int


def record(connection: Connection, jenis: Jenis, objek: str, pelaku: str | None, rincian: Mapping[str, object]) -> None:
    """Enter what is done in this transaction, by a job title, or without `pelaku` by the login. No personal data: nothing is
    ever taken out again.
    """
    connection.execute(
        "insert into ops.jejak_audit (jenis, objek, pelaku, rincian) values (%s, %s, %s, %s)",
        [jenis, objek, pelaku, Jsonb(dict(rincian))],
    )


def record_roles(connection: Connection) -> list[str]:
    """Enter each database role that is not as it was last entered, by whomever it was changed; their names. Needs a superuser."""
    if not has_row(connection, "select from pg_tables where schemaname = 'ops' and tablename = 'jejak_audit'"):
        return []
    return all_values(
        connection,
        str,
        """
        with now as (
            select rolname::text as objek, to_jsonb(r) - array['oid', 'rolname', 'rolpassword'] || jsonb_build_object(
                'sandi', left(encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'), 16),
                'anggota_dari', array(
                    select roleid::regrole::text from pg_auth_members as m where m.member = r.oid order by 1
                ),
                'setelan', array(
                    select setting || coalesce(' in ' || datname, '') from pg_db_role_setting as s
                    left join pg_database as d on d.oid = setdatabase cross join unnest(setconfig) as setting
                    where setrole = r.oid order by 1
                )
            ) as keadaan
            from pg_authid as r where rolname !~ '^pg_'
        ),
        entered as (
            select distinct on (objek) objek, nullif(rincian -> 'sesudah', 'null') as keadaan
            from ops.jejak_audit where jenis = 'peran' order by objek, nomor desc
        )
        insert into ops.jejak_audit (jenis, objek, rincian)
        select 'peran', objek, jsonb_build_object('sebelum', entered.keadaan, 'sesudah', now.keadaan)
        from now full join entered using (objek) where now.keadaan is distinct from entered.keadaan order by objek
        returning objek
        """,
    )


def entries(connection: Connection, *, since: date | None, jenis: str | None, limit: int) -> list[Entry]:
    """The newest entries, the oldest of them first."""
    return all_rows(
        connection,
        Entry,
        """
        select * from (
            select nomor, created_at, jenis, objek, pelaku, login, rincian from ops.jejak_audit
            where (%(since)s::date is null or created_at >= %(since)s::date) and jenis = coalesce(%(jenis)s, jenis)
            order by nomor desc limit %(limit)s
        ) as newest order by nomor
        """,
        {"since": since, "jenis": jenis, "limit": limit},
    )


def head(connection: Connection) -> Head | None:
    return first_row(
        connection, Head, "select nomor, hash, created_at from ops.jejak_audit order by nomor desc limit 1"
    )


def counts(connection: Connection, *, after: int) -> list[Count]:
    """How many entries of each kind came after a number."""
    return all_rows(
        connection,
        Count,
        "select jenis, count(*)::int as entries from ops.jejak_audit where nomor > %s group by jenis order by jenis",
        [after],
    )


def last_mailed(connection: Connection) -> Mailed | None:
    return first_row(
        connection, Mailed, "select tanggal, nomor, hash from ops.jejak_kepala order by tanggal desc limit 1"
    )


def note_mailed(connection: Connection, tanggal: date, mailed: Head, dikirim_ke: str) -> bool:
    """Keep the head that is mailed on a day; False when one was. Another process that does the same waits for this transaction."""
    return has_row(
        connection,
        "insert into ops.jejak_kepala (tanggal, nomor, hash, dikirim_ke) values (%s, %s, %s, %s) "
        "on conflict (tanggal) do nothing returning nomor",
        [tanggal, mailed.nomor, mailed.hash, dikirim_ke],
    )


def verify(connection: Connection, told: str | None = None) -> int:
    """Compute the chain anew; the number of entries. `told`: a head from a mail, which the chain must have.

    Raises IntegrityError naming the first entry that was changed, is missing or was written anew.
    """
    contents = _contents(connection)
    if found := _first_break(connection, contents):
        raise IntegrityError(found.sentence)
    if told and not has_row(connection, "select from ops.jejak_audit where hash = %s", [told]):
        raise IntegrityError(
            f"No entry of the audit trail has the hash {told}: if a mail told it, entries were cut off or written anew since; "
            "compare with a backup of that day."
        )
    if lost := _lost_triggers(connection):
        raise IntegrityError(
            f"The triggers {', '.join(lost)} of schema ops do not work, so the audit trail may lack entries; run "
            "`python -m command_center bootstrap`, and find out who ended them."
        )
    return contents.entries


def first_break(connection: Connection) -> Break | None:
    """The first entry that is not what was written, by the chain itself and then by the heads that were mailed."""
    return _first_break(connection, _contents(connection))


def _contents(connection: Connection) -> _Contents:
    """Every hash computed anew, by as many processes as the server has for it; the links between entries are looked at apart."""
    return one_row(
        connection,
        _Contents,
        """
        select count(*)::int as entries, min(nomor) filter (
            where hash <> ops.hash_entry(nomor, created_at, jenis, objek, pelaku, login, rincian, previous_hash)
        ) as changed from ops.jejak_audit
        """,
    )


def _first_break(connection: Connection, contents: _Contents) -> Break | None:
    found = [*_changed(contents), *_unlinked(connection)]
    return min(found, key=lambda one: one.nomor) if found else _by_heads(connection)


def _changed(contents: _Contents) -> list[Break]:
    number = contents.changed
    said = f"Entry {number} of the audit trail was changed: its hash is not that of its content; {SEARCH}"
    return [] if number is None else [Break(number, said)]


def _unlinked(connection: Connection) -> list[Break]:
    link = first_row(
        connection,
        _Link,
        """
        select nomor, before from (
            select nomor, previous_hash, lag(nomor, 1, 0::bigint) over chain as before,
                lag(hash, 1, repeat('0', 64)) over chain as hash_before
            from ops.jejak_audit window chain as (order by nomor)
        ) as entry where nomor <> before + 1 or previous_hash <> hash_before order by nomor limit 1
        """,
    )
    if link is None:
        return []
    if link.nomor != link.before + 1:
        said = f"Entry {link.before + 1} of the audit trail is missing: {link.nomor} follows {link.before or 'nothing'}"
        return [Break(link.before + 1, f"{said}; {SEARCH}")]
    said = f"Entry {link.before} of the audit trail was written anew: entry {link.nomor} holds another hash of it"
    if link.before == 0:
        said = "Entry 1 of the audit trail is not the first that was written: it holds the hash of another one"
    return [Break(max(link.before, 1), f"{said}; {SEARCH}")]


def _by_heads(connection: Connection) -> Break | None:
    lost = first_row(
        connection,
        Mailed,
        "select k.tanggal, k.nomor, k.hash from ops.jejak_kepala as k left join ops.jejak_audit as j using (nomor) "
        "where j.hash is distinct from k.hash order by k.nomor limit 1",
    )
    if lost is None:
        return None
    last = head(connection)
    number = last.nomor if last else 0
    if number < lost.nomor:
        said = f"The audit trail was cut off after entry {number}: entry {lost.nomor} was the head"
        return Break(number + 1, f"{said} that was mailed on {lost.tanggal}; {SEARCH}")
    said = f"Entry {lost.nomor} of the audit trail, or one before it, was written anew: its hash is not the one"
    return Break(lost.nomor, f"{said} that was mailed on {lost.tanggal}; {SEARCH}")


SEARCH = "compare with a backup, and find out who may change ops.jejak_audit"


def _lost_triggers(connection: Connection) -> list[str]:
    """Triggers that keep the trail and are not there, or are switched off."""
    return all_values(
        connection,
        str,
        """
        select name from unnest(%s::text[]) as name where not exists (
            select from pg_trigger join pg_class as c on c.oid = tgrelid
            where relnamespace = 'ops'::regnamespace and name = relname || '.' || tgname and tgenabled in ('O', 'A')
        )
        """,
        [list(TRIGGERS)],
    )
