"""What a person does with reports at the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from command_center.database import connect
from command_center.declaration.registry import readable_sources
from command_center.errors import DeclarationError, DeliveryError
from command_center.idformat import format_moment
from command_center.ledger import correction, decision, delivery, edition, rejection, trail
from command_center.ledger.delivery import Delivery
from command_center.paths import private_file
from command_center.report.answers import take_in_answers
from command_center.report.deliver import deliver_all
from command_center.report.document import Kind
from command_center.report.editions import make_now
from command_center.report.periods import folder_of, period_name, period_of
from command_center.report.rejection_mail import fitting
from command_center.report.returned import take_in_sheet
from command_center.settings import settings


def report(kind: Kind, text: str | None, *, send: bool) -> str:
    """Make the editions that are due, late data told, and mail what was not mailed. Raises DeliveryError for what was not."""
    made = make_now(kind, text)
    folder = folder_of(kind, period_of(kind, text))
    lines = [str(path) for path in sorted(folder.glob("*.pdf"))]
    if send:
        lines.append(deliver_all(made.to_deliver))
    if made.problems:
        raise DeliveryError(" ".join(made.problems))
    return "\n".join(lines)


def load_sheet(file: Path) -> str:
    """Take in a sheet that an agency sent back otherwise than by its answer; what its steward would be told."""
    with connect(settings().dsn("loader"), autocommit=True) as connection:
        return take_in_sheet(connection, file.read_bytes(), sheet_id=None, run_id=f"load-sheet {file.name}").text


def history() -> str:
    """Every edition, the newest one first."""
    with connect(settings().dsn("loader")) as connection:
        found = edition.history(connection)
    rows = [
        (
            period_name(one.kind, one.periode),
            one.kind,
            one.wilayah_kode,
            str(one.number),
            format_moment(one.made_at),
            one.pdf_sha256[:12],
            one.reason or "; ".join(one.late) or "lengkap",
        )
        for one in found
    ]
    return _table(("period", "kind", "area", "edition", "made", "sha256 of PDF", "why, or what was late"), rows)


def deliveries(*, only_open: bool) -> str:
    """Every mail, the newest one first."""
    with connect(settings().dsn("loader")) as connection:
        found = delivery.open_ones(connection) if only_open else delivery.every(connection)
    rows = [
        (
            one.status,
            one.recipient,
            _carried(one),
            one.message_id,
            one.last_error or "",
        )
        for one in found
    ]
    return _table(("status", "recipient", "what", "Message-ID", "error"), rows)


def decide(message_id: str | None, *, arrived: bool | None, jabatan: str | None) -> str:
    """Record what a person found out about a mail. Raises DeliveryError when there is nothing to decide."""
    if not message_id or arrived is None or not jabatan:
        raise DeliveryError("Say --message-id, --jabatan, and one of --arrived and --not-arrived.")
    with connect(settings().dsn("loader")) as connection:
        if not delivery.decide(connection, message_id, arrived=arrived):
            raise DeliveryError(f"{message_id} is no mail that is tak_pasti; `deliveries --open` lists those.")
        said = "arrived" if arrived else "did not arrive"
        decision.record(connection, "surel", message_id, checksum="", jabatan=jabatan, alasan=said)
    return f"{message_id} {said}." if arrived else f"{message_id} {said}; the next delivery sends it."


def corrections(*, read_first: bool) -> str:
    """Every answer that waits for a person, the oldest one first."""
    if read_first:
        take_in_answers()
    with connect(settings().dsn("loader")) as connection:
        found = correction.every(connection, only_open=True)
    return "\n\n".join(_answer(one) for one in found) or "No answer waits."


def _answer(one: correction.Correction) -> str:
    about = f"lembar perbaikan {one.sheet_id}" if one.sheet_id else _edition(one.kind, one.wilayah_kode, one.number)
    mark = f" [{one.mark}]" if one.mark else ""
    head = f"{one.correction_id}  {one.state}  {format_moment(one.received_at)}  {one.jabatan or one.sender}  {about}{mark}"
    body = "\n".join(f"    {line}" for line in one.body.splitlines())
    return f"{head}\n    {one.subject}\n{body}"


def move_correction(number: int, state: str) -> str:
    with connect(settings().dsn("loader")) as connection:
        if not correction.move(connection, number, state, settings().now()):
            raise DeliveryError(f"There is no answer {number}; `corrections` lists them.")
    return f"Answer {number} is {state}."


def rejections() -> str:
    """Every agency of which rows are set aside, with what its sheets told."""
    with connect(settings().dsn("loader")) as connection:
        rejection.gather(connection)
        found = rejection.waiting(connection, settings().cc_mail_steward)
    rows = [
        (
            one.opd,
            str(one.rows),
            str(one.new_rows),
            format_moment(one.last_made_at) if one.last_made_at else "-",
            one.last_status or "-",
        )
        for one in found
    ]
    return _table(("agency", "rows set aside", "not told yet", "last sheet", "status"), rows) if rows else NONE_ASIDE


def write_rejections(opd: str, file: Path) -> str:
    """The sheet of an agency as it would be mailed, readable by who wrote it only; the trail says that it was taken."""
    with connect(settings().dsn("loader")) as connection:
        rejection.gather(connection)
        sheet, workbook = fitting(connection, opd)
        if sheet is None and opd not in (agencies := sorted({one.opd for one in readable_sources()[0]})):
            raise DeclarationError(f"There is no agency {opd!r}; there are: {', '.join(agencies)}.")
        if sheet is None:
            return f"No row of {opd} is set aside."
        private_file(file)
        trail.record(connection, "ekspor", "ops.quarantine", None, {"opd": opd, "rows": sheet.rows, "as": "xlsx"})
    file.write_bytes(workbook)
    return f"{sheet.rows} rows written to {file}; they do not count as told."


NONE_ASIDE = "No row is set aside."


def _carried(one: Delivery) -> str:
    return f"lembar perbaikan {one.opd}" if one.sheet_id else _edition(one.kind, one.wilayah_kode, one.number)


def _edition(kind: str | None, wilayah_kode: str | None, number: int | None) -> str:
    return f"{kind} {wilayah_kode} edisi {number}" if kind else "-"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as their longest text."""
    lines = [head, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
