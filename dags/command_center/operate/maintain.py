"""Nightly care: verify, document, clean."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from command_center.archive import editions
from command_center.archive.store import remove, stream
from command_center.database import Connection, connect
from command_center.declaration.registry import readable_sources
from command_center.errors import IntegrityError
from command_center.intake import retention
from command_center.intake.publication import verify_raw
from command_center.intake.retention import Removed
from command_center.intake.stage import drop_ended
from command_center.ledger import audit, build, edition, landing, quarantine, trail
from command_center.ledger.edition import Edition
from command_center.operate import lineage_events
from command_center.paths import DBT_PROJECT
from command_center.settings import settings
from command_center.warehouse import bootstrap
from command_center.warehouse.bootstrap import lifted_limits
from command_center.warehouse.parsed import project_digest


def verify_all(head: str | None = None) -> str:
    """Read every archived answer and edition back, compare the raw tables with their ledger, readers with their limits, and
    compute the audit trail anew; `head` is one that a mail told.

    Raises IntegrityError naming everything that changed since it was archived, published or set.
    """
    problems: list[str] = []
    entries = 0
    with connect(settings().dsn("loader")) as connection:
        try:
            entries = trail.verify(connection, head)
        except IntegrityError as error:
            problems.append(str(error))
        problems += lifted_limits(connection)
        ids = landing.kept_ids(connection, settings().now())
        for landing_id in ids:
            try:
                for _ in stream(landing.get(connection, landing_id)):
                    pass
            except IntegrityError as error:
                problems.append(str(error))
        try:
            verify_raw(connection)
        except IntegrityError as error:
            problems.append(str(error))
        archived = edition.archived(connection)
        problems += [problem for one in archived for problem in changed_files(one)]
    if problems:
        raise IntegrityError(" ".join(problems))
    return (
        f"{len(ids)} archived answers, {len(archived)} editions of reports and all raw tables are as they were published, "
        f"and the {entries} entries of the audit trail as they were written."
    )


def restore_passwords() -> str:
    """Raises IntegrityError naming the roles whose password was another one than was set for them; they have theirs again."""
    with connect(settings().dsn("loader")) as connection:
        roles = bootstrap.restore_passwords(connection)
    if roles:
        raise IntegrityError(
            f"{', '.join(roles)} had another password than bootstrap set, so nobody else got in; it was set back. Whoever changed it "
            "has that password: give the role a new one (docs/runbook.md) and find out who did it."
        )
    return "Every role has the password that bootstrap set."


def changed_files(one: Edition) -> list[str]:
    """A sentence for each file of an edition that is not what was archived."""
    problems = []
    for ending, sha256 in one.files.items():
        try:
            editions.read(one.archive or "", sha256, ending)
        except IntegrityError as error:
            problems.append(str(error))
    return problems


def clean_up() -> str:
    """Drop stage tables of ended batches, and remove archived answers and rows of raw past their retention."""
    with connect(settings().dsn("loader")) as connection:
        tables = drop_ended(connection)
        objects = _erase_expired(connection)
        gone = retention.remove_expired(connection, readable_sources()[0], settings().now())
    days = lineage_events.remove_old(settings().now().date())
    return (
        f"{tables} stage tables dropped, {objects} archived answers past retention removed, lineage events of {days} days; "
        f"{_told(gone)}."
    )


def _told(gone: list[Removed]) -> str:
    rows = ", ".join(f"{one.rows} of raw.{one.table}" for one in gone if one.rows) or "none"
    busy = ", ".join(f"raw.{one.table}" for one in gone if one.is_busy)
    return f"rows of years that are over removed: {rows}" + (
        f"; busy, so left to another night: {busy}" if busy else ""
    )


def _erase_expired(connection: Connection) -> int:
    """The newest answer of each part stays, so that its table can always be rebuilt; what rejected rows of the others said goes too."""
    now = settings().now()
    expired = landing.expired(connection, now)
    for landed in expired:
        remove(landed.uri)
        landing.note_erased(connection, landed.landing_id, now)
        connection.commit()
    quarantine.clear_expired(connection)
    connection.commit()
    return len(expired)


def build_dbt_docs() -> str:
    """dbt's docs of the project from which the standing edition was built, when they would differ."""
    from command_center.warehouse import transform

    is_new = _renew(transform.docs_page(), _project(), transform.build_docs)
    return f"dbt's docs: {transform.docs_page()}" if is_new else "dbt's docs are as before."


def build_data_docs() -> str:
    """Great Expectations' Data Docs from the audits in the ledger, when they would differ."""
    from command_center.operate import data_docs

    page = data_docs.first_page()
    with connect(settings().dsn("loader")) as connection:
        audited = audit.newest_batch(connection)
    made_by = f"{data_docs.made_by()}, {_project()}"
    anew = _noted(page).partition(" ")[2] != made_by
    if _renew(page, f"{audited} {made_by}", partial(data_docs.build_data_docs, anew=anew)):
        return f"Data Docs: {page}"
    return f"Data Docs are as before: {data_docs.write_index()}"


def _project() -> str:
    """By what the docs are made of: the project's files, and the build that stands."""
    with connect(settings().dsn("transformer")) as connection:
        return f"{project_digest(DBT_PROJECT)}, built from {build.standing_project(connection)}"


def _renew(page: Path, made_of: str, make: Callable[[], object]) -> bool:
    """Make pages anew where they are made of something else by now; the note of what goes with their folder."""
    if page.is_file() and _noted(page) == made_of:
        return False
    _note(page).unlink(missing_ok=True)  # what is left half made is made anew
    make()
    _note(page).write_text(made_of)
    return True


def _noted(page: Path) -> str:
    return _note(page).read_text() if _note(page).is_file() else ""


def _note(page: Path) -> Path:
    return page.with_name("made_of.txt")
