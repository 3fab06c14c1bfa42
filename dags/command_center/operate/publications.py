"""The desk of walidata and PPID: what is meant for the public, how it stands with them, and their decisions."""

from __future__ import annotations

import os
import pwd
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatchcase

from command_center.database import Connection, connect, database_time
from command_center.errors import NotDecided
from command_center.idformat import format_date, plain
from command_center.ledger import clearance
from command_center.ledger.clearance import BODIES, Body, State, Submission
from command_center.settings import WIB, settings
from command_center.warehouse.definitions import definitions

YEAR = timedelta(days=365)
SOON = timedelta(days=30)
STATES: dict[State, str] = {
    "diajukan": "waits",
    "disetujui": "approved",
    "ditolak": "refused",
    "tenggat": "refused: nobody decided in time",
    "berakhir": "closed: the approval has ended",
}
NAMES: dict[Body, str] = {"walidata": "walidata", "ppid": "PPID"}


def listed(*, with_approved: bool) -> str:
    """A line for each definition that the public does not read, or soon not any more; a count of all below."""
    with connect(settings().dsn("loader")) as connection:
        stand = _settled(connection)
        soon = database_time(connection) + SOON
    shown = [one for one in stand if with_approved or one.state != "disetujui" or (one.until or soon) < soon]
    counts = Counter(one.state for one in stand)
    return "\n".join(
        [*map(_line, shown), ", ".join(f"{counts[state]} {STATES[state]}" for state in STATES if counts[state])]
    )


def decide(
    objects: Sequence[str],
    body: Body,
    *,
    approves: bool,
    jabatan: str,
    alasan: str,
    until: date | None = None,
    login: str | None = None,
) -> str:
    """Enter a decision of walidata or PPID about the definitions as they are now; the next publication goes by it.

    A name is decided on as asked. A pattern approves what waits for this body and leaves what anybody refused.
    """
    if not jabatan.strip() or not alasan.strip():
        raise NotDecided("A decision needs a job title (--jabatan) and a reason (--alasan); nothing was entered.")
    login = login or operator()
    with connect(settings().dsn("loader")) as connection:
        chosen = _chosen(_settled(connection), objects, body, approves)
        end = _end(connection, until) if approves else None
        for one in chosen:
            if approves:
                _require_another_person(one, body, jabatan, login)
            clearance.record(
                connection, one, body, approves=approves, jabatan=jabatan, alasan=alasan, login=login, until=end
            )
    verb = "approves" if approves else "refuses"
    names = ", ".join(one.objek for one in chosen) or "nothing: nothing waits"
    return f"{NAMES[body]} {verb} {names}"


def _settled(connection: Connection) -> list[Submission]:
    present = definitions()
    clearance.settle(connection, present, settings().cc_publication_days)
    return clearance.submissions(connection, present)


def _chosen(stand: Iterable[Submission], objects: Sequence[str], body: Body, approves: bool) -> list[Submission]:
    by_name = {one.objek: one for one in stand}
    chosen: dict[str, Submission] = {}
    for name in objects:
        found = [name] if name in by_name else [known for known in by_name if fnmatchcase(known, name)]
        if not found:
            raise NotDecided(f"Nothing that is meant for the public is called {name!r}; `publications --all` lists it.")
        waits = [known for known in found if known == name or not approves or _waits(by_name[known], body)]
        chosen |= {known: by_name[known] for known in waits}
    return list(chosen.values())


def _waits(one: Submission, body: Body) -> bool:
    return one.state != "ditolak" and one.approved_by(body) is None


def _end(connection: Connection, until: date | None) -> datetime:
    """The first moment after the last day. Raises NotDecided when that is over."""
    now = database_time(connection)
    last = until or (now + YEAR).astimezone(WIB).date()
    end = datetime.combine(last + timedelta(days=1), time.min, WIB)
    if end <= now:
        raise NotDecided(f"--until {last} is over; an approval must end in the future. Nothing was entered.")
    return end


def operator() -> str:
    """Who is at the command line: what CC_LOGIN says, else the account of the machine, of whoever used sudo theirs."""
    if told := settings().cc_login.strip():
        return told
    account = os.getuid()
    if account == 0 and (before := os.environ.get("SUDO_USER")):
        return before
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return f"uid {account}"


def _require_another_person(one: Submission, body: Body, jabatan: str, login: str) -> None:
    """By job title and by login: whoever types two titles is one person still."""
    for other in BODIES:
        if other == body or (title := one.approved_by(other)) is None:
            continue
        if title.strip().casefold() == jabatan.strip().casefold():
            raise NotDecided(
                f"{one.objek} was approved by {jabatan} as {NAMES[other]}; {NAMES[body]} must be somebody else. "
                "Nothing was entered."
            )
        if one.login_of(other) == login:
            raise NotDecided(
                f"{one.objek} was approved as {NAMES[other]} by the login {login!r}; {NAMES[body]} must be somebody else, with "
                "their own account (where people share one, CC_LOGIN says who it is). Nothing was entered."
            )


def _line(one: Submission) -> str:
    return plain(f"{one.objek:42} v{one.versi} {one.checksum[:12]}  {STATES[one.state]}{_details(one)}")


def _details(one: Submission) -> str:
    if one.state == "diajukan":
        missing = " and ".join(NAMES[body] for body in BODIES if one.approved_by(body) is None)
        return f" for {missing}, until {_day(one.deadline)}"
    if one.state == "disetujui" and one.until is not None:
        return f" until {_day(one.until - timedelta(days=1))}: {one.walidata_jabatan}; {one.ppid_jabatan}"
    return f" ({one.alasan})" if one.state == "ditolak" else ""


def _day(moment: datetime) -> str:
    return format_date(moment.astimezone(WIB).date())
