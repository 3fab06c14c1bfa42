"""One problem, one alert: told when it begins, again while it lasts, and when it is over.

While it lasts, it is told again after CC_ALERT_REMIND, and after a day where there is something else to say of it. A problem that
comes and goes is told at most once a day each way.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from command_center.database import Connection, database_time
from command_center.errors import DeliveryError
from command_center.idformat import format_moment
from command_center.ledger import alert
from command_center.ledger.alert import Alert, Told
from command_center.operate.mail import send
from command_center.operate.notify import notify
from command_center.settings import settings

# Who looks after the data of all agencies: hears of what is nobody else's, and of what an agency was told and did not mend.
WALIDATA = "diskominfo"
QUIET = timedelta(days=1)


@dataclass(frozen=True)
class Message:
    """What the steward of a source must hear; `problem` stays the same while the text tells how it is today."""

    opd: str
    source: str
    problem: str
    text: str


@dataclass(frozen=True)
class Step:
    """What is done about a problem: a mail is sent, or, where `told` is None, only noted whether it is open."""

    told: Told | None
    message: Message
    before: Alert | None
    is_open: bool = True


def tell(connection: Connection, found: Sequence[Message]) -> int:
    """Mail what is to be told, each committed by itself; how many mails. Raises DeliveryError after all others were tried."""
    steps = list(steps_of(found, alert.known(connection), database_time(connection)))
    connection.commit()
    told, problems = 0, []
    for step in steps:
        try:
            if step.told is not None:
                _mail(connection, step, step.told)
        except (smtplib.SMTPException, OSError) as error:
            problems.append(" ".join(str(error).split()))
            continue
        _note(connection, step)
        connection.commit()
        told += step.told is not None
    if problems:
        raise DeliveryError(
            f"{len(problems)} alerts were not sent ({problems[0]}), {told} were; the next run tries again."
        )
    return told


def steps_of(found: Sequence[Message], known: Sequence[Alert], now: datetime) -> Iterator[Step]:
    """What is to be done about problems that are there, and about those that were told and are over."""
    before = {(one.source, one.problem): one for one in known}
    for message in found:
        if step := _step(message, before.pop((message.source, message.problem), None), now):
            yield step
    for gone in before.values():
        if gone.closed_at is None:
            message = Message(gone.opd, gone.source, gone.problem, gone.message)
            yield Step(None if gone.told == "selesai" else "selesai", message, gone, is_open=False)


def _step(message: Message, before: Alert | None, now: datetime) -> Step | None:
    if before is None:
        return Step("dibuka", message, None)
    if before.told == "selesai":  # it came back
        if now - before.told_at >= QUIET:
            return Step("dibuka", message, before)
        return Step(None, message, before) if before.closed_at is not None else None
    wait = settings().cc_alert_remind if message.text == before.message else min(QUIET, settings().cc_alert_remind)
    return Step("diingatkan", message, before) if now - before.told_at >= wait else None


def _note(connection: Connection, step: Step) -> None:
    message, before = step.message, step.before
    if before is None:
        alert.open_one(connection, message.source, message.problem, message.opd, message.text)
    elif step.told is None:
        alert.move(connection, before.alert_id, is_open=step.is_open)
    else:
        alert.note(connection, before.alert_id, step.told, message.text)


def _mail(connection: Connection, step: Step, told: Told) -> None:
    """To the agency; from the first reminder on to the walidata too."""
    message, before = step.message, step.before
    agencies = [message.opd, *([WALIDATA] if before and (told == "diingatkan" or before.reminders) else [])]
    addresses = dict.fromkeys(settings().cc_mail_steward.format(opd=opd) for opd in agencies)
    subject, text = _subject(step, told), "\n\n".join(_paragraphs(connection, step, told))
    send(", ".join(addresses), subject, text)
    alert.record(connection, message.source, f"{PREFIXES[told]}{message.text}")
    if refused := notify(agencies, subject, text):
        alert.record(
            connection, message.source, f"{refused} alamat pemberitahuan selain surel tidak menerima peringatan ini."
        )


PREFIXES: dict[Told, str] = {"dibuka": "", "diingatkan": "Pengingat: ", "selesai": "Selesai: "}


def _subject(step: Step, told: Told) -> str:
    source = step.message.source
    if told == "selesai":
        return f"{source}: masalah sudah selesai"
    if told == "diingatkan" and step.before:
        return f"{source} masih perlu perhatian (pengingat ke-{step.before.reminders + 1})"
    return f"{source} perlu perhatian"


def _paragraphs(connection: Connection, step: Step, told: Told) -> Iterator[str]:
    people = alert.people_of(connection, step.message.source)
    if people:
        yield f"Yth. {people.steward}"
    yield f"{PREFIXES[told]}{step.message.text}"
    if step.before:
        yield f"Pertama diberitahukan {format_moment(step.before.opened_at)}."
    if told == "selesai":
        yield "Tidak perlu tindakan lagi." if people else "Hal ini sudah selesai, atau tidak dipantau lagi."
    else:
        owner = f"Penanggung jawab data: {people.owner}. " if people else ""
        yield f"{owner}Pengelola Command Center dapat melihat rinciannya."
    yield ""
