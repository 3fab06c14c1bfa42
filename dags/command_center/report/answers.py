"""Answers to reports: what a recipient says is wrong opens a correction, what could not be delivered is noted.

Nothing that arrives is believed more than its text, and nothing is dropped: what cannot be placed is kept with a mark.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses, parseaddr

from lxml import html

from command_center.database import Connection, connect
from command_center.errors import CommandCenterError, DeliveryError
from command_center.ledger import correction, delivery, recipient
from command_center.ledger.correction import NewCorrection
from command_center.ledger.delivery import Delivery
from command_center.report.inbox import HEAD_BYTES, Received, message_id, read_inbox
from command_center.report.recipients import take_in_recipients, title_of
from command_center.report.returned_mail import Answered, Loaded, answer_sheet
from command_center.settings import WIB, settings

MOST_SIGNS = 20_000
MOST_IN_A_LINE = 300
UNKNOWN_SENDER = "pengirim tidak dikenal"
UNKNOWN_EDITION = "edisi tidak dikenal"
OTHER_AREA = "pengirim bukan penerima edisi ini"
UNREADABLE = "surel tidak terbaca"
DELAYED = "pengiriman tertunda"


@dataclass(frozen=True)
class Bounce:
    """What a mail server says of a mail that it could not deliver (RFC 3464)."""

    is_final: bool
    reason: str
    message_ids: tuple[str, ...]


def take_in_answers(loaded: Loaded = lambda source, table: None) -> str:
    """Read the mailbox; says how many answers are new. `loaded` is told source and table of rows that came by a sheet.

    Raises DeliveryError after all others were tried: a sheet whose source is busy, or that could not be answered, comes again.
    """
    taken, problems = [], []
    with connect(settings().dsn("loader"), autocommit=True) as connection:
        take_in_recipients(connection)

        def take(received: Received) -> None:
            try:
                answered = _sheet_of(connection, received, loaded)
            except CommandCenterError as error:
                problems.append(str(error))
                return
            with connection.transaction():
                taken.append(take_in(connection, received, answered))

        read_inbox(take, lambda message_id: correction.is_known(connection, message_id))
    if problems:
        raise DeliveryError(f"{len(problems)} answers with a sheet were not taken in: {' '.join(problems)}")
    return f"{sum(taken)} new answers to reports."


def _sheet_of(connection: Connection, received: Received, loaded: Loaded) -> Answered | None:
    """What became of the sheet that is attached to an answer of a person, if there is one."""
    try:
        mail = message_from_bytes(received.content, policy=default)
        known_as = id_of(mail, received.content)
        about = None if bounce_of(mail) or _is_automatic(mail) else _about(connection, mail, None)
        sender = address_from(mail)
    except Exception:  # noqa: BLE001 - of what strangers can write into a mail there is no list; it is kept as unreadable
        return None
    if about is None or about.sheet_id is None or correction.is_known(connection, known_as):
        return None
    return answer_sheet(connection, mail, about, sender, known_as=known_as, is_cut=received.is_cut, loaded=loaded)


def _is_automatic(mail: EmailMessage) -> bool:
    return str(mail.get("Auto-Submitted", "no")).strip().lower() != "no"


def take_in(connection: Connection, received: Received, sheet: Answered | None = None) -> bool:
    """Enter one answer, unless it was; whether it was entered. `sheet`: what its sender was told of what was attached."""
    try:
        new, bounced = _read(connection, received)
        if sheet is not None:
            new = replace(
                new,
                body=shortened(f"{new.body}\n\n[Jawaban otomatis: {sheet.text}]")[0],
                state="selesai" if sheet.is_done else new.state,
            )
    except Exception as error:  # noqa: BLE001 - of what strangers can write into a mail there is no list
        new, bounced = _unreadable(received, error), None
    is_new = correction.open_one(connection, new)
    if is_new and bounced is not None and bounced.status in ("sending", "sent", "tak_pasti"):
        delivery.note(connection, bounced.message_id, "bounced", new.body)
    return is_new


def _read(connection: Connection, received: Received) -> tuple[NewCorrection, Delivery | None]:
    """The answer, and the delivery that it says has failed."""
    mail = message_from_bytes(received.content, policy=default)
    bounce = bounce_of(mail)
    about = _about(connection, mail, bounce)
    if bounce is not None:
        return _of_bounce(mail, received, bounce, about), about if bounce.is_final else None
    return _of_answer(connection, mail, received, about), None


def _of_bounce(mail: EmailMessage, received: Received, bounce: Bounce, about: Delivery | None) -> NewCorrection:
    marks = [*([] if bounce.is_final else [DELAYED]), *([] if about else [UNKNOWN_EDITION])]
    return NewCorrection(
        message_id=id_of(mail, received.content),
        jenis="pantulan",
        edition_id=about.edition_id if about else None,
        wilayah_kode=about.wilayah_kode if about else None,
        sender=address_from(mail),
        jabatan=None,
        subject=one_line(str(mail.get("Subject", ""))),
        body=bounce.reason,
        is_cut=received.is_cut,
        mark=", ".join(marks),
        state="selesai" if about else "baru",
        received_at=settings().now(),
        sheet_id=about.sheet_id if about else None,
    )


def _of_answer(connection: Connection, mail: EmailMessage, received: Received, about: Delivery | None) -> NewCorrection:
    sender, now = address_from(mail), settings().now()
    terms = recipient.of_address(connection, sender, now.astimezone(WIB).date())
    areas = {term.wilayah_kode for term in terms}
    is_steward = about is not None and about.sheet_id is not None and sender == about.recipient.lower()
    marks = [*([] if terms or is_steward else [UNKNOWN_SENDER]), *([] if about else [UNKNOWN_EDITION])]
    if about and about.edition_id and terms and about.wilayah_kode not in areas:
        marks.append(OTHER_AREA)
    is_automatic = _is_automatic(mail)
    body, is_cut = text_of(mail)
    return NewCorrection(
        message_id=id_of(mail, received.content),
        jenis="otomatis" if is_automatic else "koreksi",
        edition_id=about.edition_id if about else None,
        wilayah_kode=about.wilayah_kode if about else next(iter(areas), None) if len(areas) == 1 else None,
        sender=sender,
        jabatan=about.yth if about and is_steward else ", ".join(title_of(term) for term in terms) or None,
        subject=one_line(str(mail.get("Subject", ""))),
        body=body,
        is_cut=is_cut or received.is_cut,
        mark=", ".join(marks),
        state="selesai" if is_automatic else "baru",
        received_at=now,
        sheet_id=about.sheet_id if about else None,
    )


def _unreadable(received: Received, error: Exception) -> NewCorrection:
    """Kept as it came, as far as it is text; the mail itself stays in the mailbox."""
    text, is_cut = shortened(received.content.decode(errors="replace"))
    return NewCorrection(
        message_id=f"<{hashlib.sha256(received.content).hexdigest()}@tanpa-nomor>",
        jenis="koreksi",
        edition_id=None,
        wilayah_kode=None,
        sender="",
        jabatan=None,
        subject="",
        body=text,
        is_cut=is_cut or received.is_cut,
        mark=f"{UNREADABLE}: {type(error).__name__}",
        state="baru",
        received_at=settings().now(),
    )


def _about(connection: Connection, mail: EmailMessage, bounce: Bounce | None) -> Delivery | None:
    """The mail that is answered: by the Message-IDs that the answer names, else by the address that it was sent to."""
    named = bounce.message_ids if bounce else _ids(str(mail.get("In-Reply-To", "")), str(mail.get("References", "")))
    for one in named:
        if found := delivery.by_message_id(connection, one):
            return found
    addresses = getaddresses([str(value) for name in ("To", "Cc", "Delivered-To") for value in mail.get_all(name, [])])
    for _, address in addresses:
        ref = re.search(r"\+(\d+-[0-9a-f]{16})@", address)
        if ref and (found := delivery.by_ref(connection, ref[1])):
            return found
    return None


def _ids(*headers: str) -> tuple[str, ...]:
    """The nearest one first."""
    return tuple(dict.fromkeys(one for header in headers for one in reversed(re.findall(r"<[^<>\s]+>", header))))


def id_of(mail: Message, content: bytes) -> str:
    found = message_id(content[:HEAD_BYTES])
    return clean(found) if found else f"<{hashlib.sha256(content).hexdigest()}@tanpa-nomor>"


def address_from(mail: Message) -> str:
    return one_line(parseaddr(str(mail.get("From", "")))[1].lower())


def bounce_of(mail: EmailMessage) -> Bounce | None:
    """What a delivery status notification says; None when the mail is none."""
    parts = list(mail.walk())
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if not statuses:
        return None
    blocks = [block for part in statuses for block in _blocks(part)]
    failed = [block for block in blocks if str(block.get("Action", "")).strip().lower() == "failed"]
    told = failed or [block for block in blocks if block.get("Action")] or blocks
    reason = "; ".join(one_line(_reason(block)) for block in told)
    return Bounce(bool(failed), clean(reason) or "tanpa keterangan", tuple(_returned_ids(parts)))


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _reason(block: Message) -> str:
    return " ".join(
        f"{name}: {block[name]}" for name in ("Final-Recipient", "Action", "Status", "Diagnostic-Code") if block[name]
    )


def _returned_ids(parts: Sequence[Message]) -> list[str]:
    """Message-IDs of the mails, or their headers, that were sent back."""
    ids: list[str] = []
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            ids += [found for block in _blocks(part) for found in _ids(str(block.get("Message-ID", "")))]
        elif part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            headers = message_from_bytes(content if isinstance(content, bytes) else b"", policy=default)
            ids += _ids(str(headers.get("Message-ID", "")))
    return ids


def text_of(mail: EmailMessage) -> tuple[str, bool]:
    """What the answer says as plain text, and whether it was cut; of what is attached only the names."""
    body = mail.get_body(preferencelist=("plain", "html"))
    text = _decoded(body) if body is not None else ""
    if body is not None and body.get_content_type() == "text/html":
        text = _text_of_page(text)
    names = [one_line(part.get_filename() or part.get_content_type()) for part in mail.iter_attachments()]
    if names:
        text += f"\n[Lampiran, tidak diambil: {', '.join(names[:20])}]"
    return shortened(text.strip())


def _decoded(part: Message) -> str:
    """A part's text, whatever its character set is called."""
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        return raw.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        return raw.decode("utf-8", errors="replace")


def _text_of_page(page: str) -> str:
    if not page.strip():
        return ""
    tree = html.fromstring(clean(page).encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    for element in tree.xpath("//script | //style | //head | //comment()"):
        element.drop_tree()
    for element in tree.xpath("//br | //p | //div | //tr | //li"):
        element.tail = f"\n{element.tail or ''}"
    return re.sub(r"\n\s*\n+", "\n\n", tree.text_content())


def shortened(text: str) -> tuple[str, bool]:
    text = clean(text)
    return text[:MOST_SIGNS], len(text) > MOST_SIGNS


def one_line(text: str) -> str:
    return " ".join(clean(text).split())[:MOST_IN_A_LINE]


def clean(text: str) -> str:
    """Without what no database stores and no screen shows, and without what turns the direction of writing."""
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)
