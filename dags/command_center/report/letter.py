"""The mail of an edition: the summary in words and figures, the report attached as PDF and as a page for telephones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from textwrap import wrap

from command_center.archive import editions as archive
from command_center.errors import DeliveryError
from command_center.ledger.edition import Edition
from command_center.report.document import Document, Finding
from command_center.report.periods import period_name
from command_center.settings import settings
from command_center.wilayah import wilayah

SENDER = "Dinas Komunikasi dan Informatika Kota Padang"
MOST_BYTES = 5_000_000
WIDTH = 78
GLUE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Letter:
    """One edition on its way to one recipient."""

    edition: Edition
    recipient: str
    yth: str

    @property
    def ref(self) -> str:
        """Names the mail in addresses and in its Message-ID; the digest keeps others from guessing it."""
        edition = self.edition
        told = f"{edition.subject}/{edition.number}/{edition.pdf_sha256}/{self.recipient}"
        return f"{edition.edition_id}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"

    @property
    def message_id(self) -> str:
        edition = self.edition
        period = period_name(edition.kind, edition.periode)
        domain = address_of(settings().cc_mail_from).rpartition("@")[2] or "padang.invalid"
        return f"<{edition.kind}.{period}.{edition.wilayah_kode}.{self.ref}@{domain}>"

    @property
    def answers_to(self) -> str:
        """Where answers to this mail, and failures to deliver it, go."""
        return answers_address(self.ref)


def answers_address(ref: str) -> str:
    """The address for answers to one mail, from the setting."""
    try:
        return settings().cc_mail_corrections.format(ref=ref)
    except (KeyError, IndexError, ValueError):
        raise DeliveryError(
            f"The setting CC_MAIL_CORRECTIONS is {settings().cc_mail_corrections!r}; it may hold {{ref}} and no other mark."
        ) from None


def address_of(told: str) -> str:
    return parseaddr(told)[1]


def letter_text(document: Document) -> str:
    """What the mail says below its greeting; it is archived with the edition."""
    return "\n".join(_wrapped(line) for line in _lines(document)) + "\n"


def _wrapped(line: str) -> str:
    """A number stays beside its unit."""
    indent = "   " if re.match(r"\d\. |   ", line) else ""
    glued = re.sub(r"(?<=\d) (?=%|[a-z])", GLUE, line)
    lines = wrap(glued, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
    return "\n".join(lines).replace(GLUE, " ")


def _lines(document: Document) -> Iterator[str]:
    if document.label:
        yield from (f"*** {document.label} ***", "")
    yield f"{document.title}, {document.period_text}"
    context = document.context
    for text in dict.fromkeys((context.reason, *document.notices)):
        if text and text not in context.late:
            yield from ("", text)
    if context.late:
        yield from ("", "Belum masuk saat edisi ini dibuat:", *(f"   - {text}" for text in context.late))
    summary = document.summary
    yield from _findings("MEMBURUK", summary.worse)
    yield from _findings("MEMBAIK", summary.better)
    yield from _findings("PERLU TINDAKAN", summary.act)
    if summary.others:
        yield from ("", summary.others)
    yield from ("", *CLOSING)


def _findings(title: str, findings: tuple[Finding, ...]) -> Iterator[str]:
    yield from ("", title)
    if not findings:
        yield "   Tidak ada."
    for number, finding in enumerate(findings, 1):
        yield f"{number}. {finding.sentence}"
        if finding.action:
            who = f" ({finding.responsible})" if finding.responsible else ""
            rule = f" [aturan: {finding.rule}]" if finding.rule else ""
            yield f"   Usulan otomatis: {finding.action}{who}{rule}"


CLOSING = (
    "Laporan lengkap terlampir: PDF, dan halaman yang sama untuk telepon. Data angkanya ada di dalam PDF sebagai lampiran xlsx.",
    "",
    "Ada angka yang tidak sesuai dengan keadaan di lapangan? Balas surel ini: balasan dicatat sebagai koreksi untuk edisi ini.",
    "",
    "Sifat TERBATAS: hanya untuk penerima dan dinas yang berkepentingan. Mohon tidak meneruskan atau menyebarluaskannya.",
    "",
    f"{SENDER}. Surel ini dihasilkan oleh sistem Padang Command Center, tanpa tanda tangan.",
)


def compose(letter: Letter) -> EmailMessage:
    """The mail. Raises IntegrityError when a file of the archive was changed, DeliveryError when it is too large."""
    edition = letter.edition
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings().cc_mail_from
    mail["To"] = letter.recipient
    mail["Reply-To"] = letter.answers_to
    mail["Subject"] = f"[Terbatas] {edition.hal}{f', edisi {edition.number}' if edition.number > 1 else ''}"
    mail["Date"] = format_datetime(settings().now())
    mail["Message-ID"] = letter.message_id
    mail["Sensitivity"] = "Company-Confidential"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(opening(letter) + read_file(edition, "txt").decode())
    for ending, maintype, subtype in (("pdf", "application", "pdf"), ("html", "text", "html")):
        mail.add_attachment(
            read_file(edition, ending), maintype=maintype, subtype=subtype, filename=f"{file_name(edition)}.{ending}"
        )
    mail["Content-Language"] = "id"
    size = len(mail.as_bytes())
    if size >= MOST_BYTES:
        raise DeliveryError(
            f"The mail of {edition.name} has {size:,} bytes, at most {MOST_BYTES:,} are sent; make its report smaller."
        )
    return mail


def opening(letter: Letter) -> str:
    edition = letter.edition
    return (
        f"Nomor    : {edition.nomor}\nSifat    : Terbatas\nLampiran : Laporan (PDF dan HTML)\nHal      : {edition.hal}\n\n"
        f"Yth. {letter.yth},\n\n"
    )


def read_file(edition: Edition, ending: str) -> bytes:
    """A file of an edition as it was archived."""
    sha256 = edition.files.get(ending)
    if edition.archive is None or sha256 is None:
        raise DeliveryError(f"The {ending} of {edition.name} was not archived: it is of before editions.")
    return archive.read(edition.archive, sha256, ending)


def file_name(edition: Edition) -> str:
    """What an attached file is called, without its ending."""
    area = wilayah()[edition.wilayah_kode]
    level = "" if area.tingkat == "kota" else f"{area.tingkat.capitalize()}_"
    period = period_name(edition.kind, edition.periode)
    words = {"bulanan": "Laporan_Bulanan", "mingguan": "Laporan_Mingguan", "lurah": "Laporan_Bulanan"}
    title = words.get(edition.kind, "Ringkasan_Wali_Kota")
    name = re.sub(r"[^A-Za-z0-9]+", "_", area.nama)
    return f"{title}_{level}{name}_{period}_edisi_{edition.number}"
