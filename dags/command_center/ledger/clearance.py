"""What walidata and PPID let the public read: ops.pengajuan_publik, and their decisions in ops.keputusan.

An object is a relation of schema publik ('publik.gempa') or an indicator ('indikator.kasus_dengue'). Decided is on its definition,
by checksum, not on one edition of its data. Who has not decided has refused: only two approvals that stand let anything out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from command_center.database import Connection, all_rows

Body = Literal["walidata", "ppid"]
State = Literal["diajukan", "disetujui", "ditolak", "tenggat", "berakhir"]
BODIES: tuple[Body, ...] = ("walidata", "ppid")
SYSTEM = "sistem"

# SQL: the newest decision of a body; the system's, at a deadline or an expiry, count for both.
_NEWEST = """(
    select k.jenis, k.jabatan, k.login, k.alasan, k.berlaku_sampai from ops.keputusan as k
    where k.jenis in ('publik_setuju_{0}', 'publik_tolak_{0}', 'publik_tenggat', 'publik_berakhir')
        and k.objek = p.objek and k.checksum = p.checksum
    order by k.keputusan_id desc limit 1
) as {0}"""
_STATES = f"""
    select p.objek, p.versi, p.checksum, p.submitted_at, p.deadline, walidata.jenis as walidata, ppid.jenis as ppid,
        walidata.jabatan as walidata_jabatan, ppid.jabatan as ppid_jabatan,
        walidata.login as walidata_login, ppid.login as ppid_login,
        least(walidata.berlaku_sampai, ppid.berlaku_sampai) as until,
        case when ppid.jenis like 'publik_tolak%%' then ppid.alasan else coalesce(walidata.alasan, ppid.alasan) end as alasan,
        case
            when walidata.jenis = 'publik_setuju_walidata' and ppid.jenis = 'publik_setuju_ppid'
                then case
                    when least(walidata.berlaku_sampai, ppid.berlaku_sampai) > clock_timestamp() then 'disetujui' else 'berakhir'
                end
            when 'publik_tolak_walidata' = walidata.jenis or 'publik_tolak_ppid' = ppid.jenis then 'ditolak'
            when 'publik_tenggat' in (walidata.jenis, ppid.jenis) then 'tenggat'
            when 'publik_berakhir' in (walidata.jenis, ppid.jenis) then 'berakhir'
            when p.deadline <= clock_timestamp() then 'tenggat'
            else 'diajukan'
        end as state
    from ops.pengajuan_publik as p
    inner join unnest(%(objects)s::text[], %(checksums)s::text[]) as present (objek, checksum) using (objek, checksum)
    left join lateral {_NEWEST.format("walidata")} on true
    left join lateral {_NEWEST.format("ppid")} on true
"""


@dataclass(frozen=True)
class Submission:
    """A definition as it was laid before both, and how it stands with them now."""

    objek: str
    versi: int
    checksum: str
    submitted_at: datetime
    deadline: datetime
    walidata: str | None
    ppid: str | None
    walidata_jabatan: str | None
    ppid_jabatan: str | None
    walidata_login: str | None
    ppid_login: str | None
    until: datetime | None
    alasan: str | None
    state: State

    def approved_by(self, body: Body) -> str | None:
        """The job title under which a body's approval stands."""
        if body == "walidata":
            return self.walidata_jabatan if self.walidata == "publik_setuju_walidata" else None
        return self.ppid_jabatan if self.ppid == "publik_setuju_ppid" else None

    def login_of(self, body: Body) -> str | None:
        """The login by which it was entered, where that is known."""
        return self.walidata_login if body == "walidata" else self.ppid_login


def settle(connection: Connection, present: Mapping[str, str], days: int) -> None:
    """Lay before both what is new among the present definitions, and enter refusals by deadline and expiries, each once."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended('ops.pengajuan_publik', 0))")
    connection.execute(
        """
        insert into ops.pengajuan_publik (objek, versi, checksum, deadline)
        select objek, coalesce(max(lama.versi), 0) + 1, present.checksum, clock_timestamp() + make_interval(days => %(days)s)
        from unnest(%(objects)s::text[], %(checksums)s::text[]) as present (objek, checksum)
        left join ops.pengajuan_publik as lama using (objek)
        group by objek, present.checksum
        having coalesce(bool_and(lama.checksum <> present.checksum), true)
        order by objek
        """,
        _values(present) | {"days": days},
    )
    connection.execute(
        f"""
        insert into ops.keputusan (jenis, objek, checksum, jabatan, alasan)
        select 'publik_' || state, objek, checksum, %(system)s,
            case state when 'tenggat' then 'Tenggat lewat tanpa persetujuan walidata dan PPID' else 'Masa berlaku persetujuan habis' end
        from ({_STATES}) as stand
        where state in ('tenggat', 'berakhir')
            and 'publik_' || state is distinct from walidata and 'publik_' || state is distinct from ppid
        order by objek
        """.encode(),
        _values(present) | {"system": SYSTEM},
    )


def submissions(connection: Connection, present: Mapping[str, str]) -> list[Submission]:
    """How each present definition stands; what was not laid before anybody yet is not among them."""
    return all_rows(connection, Submission, f"{_STATES} order by objek", _values(present))


def permissions(connection: Connection, present: Mapping[str, str]) -> dict[str, datetime]:
    """What the public may read, and until when."""
    stand = submissions(connection, present)
    return {one.objek: one.until for one in stand if one.state == "disetujui" and one.until is not None}


def record(
    connection: Connection,
    one: Submission,
    body: Body,
    *,
    approves: bool,
    jabatan: str,
    alasan: str,
    login: str,
    until: datetime | None,
) -> None:
    """Enter what a body decided on a definition; the trail gets it with the row."""
    connection.execute(
        "insert into ops.keputusan (jenis, objek, checksum, jabatan, alasan, login, berlaku_sampai) "
        "values (%s, %s, %s, %s, %s, %s, %s)",
        [f"publik_{'setuju' if approves else 'tolak'}_{body}", one.objek, one.checksum, jabatan, alasan, login, until],
    )


def _values(present: Mapping[str, str]) -> dict[str, object]:
    return {"objects": list(present), "checksums": list(present.values())}
