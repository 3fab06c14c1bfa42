"""Who gets a report: the file of recipients, checked and taken into the ledger, and who holds the office on a day."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from command_center.database import Connection
from command_center.errors import DeclarationError, DeliveryError
from command_center.ledger import recipient
from command_center.ledger.recipient import Term
from command_center.settings import CITY_NAME, settings
from command_center.wilayah import wilayah

Office = Literal["wali_kota", "camat", "sekretaris_camat", "lurah"]
LEVEL: dict[str, str] = {
    "wali_kota": "kota",
    "camat": "kecamatan",
    "sekretaris_camat": "kecamatan",
    "lurah": "kelurahan",
}
TITLE = {"camat": "Camat", "sekretaris_camat": "Sekretaris Camat", "lurah": "Lurah"}
# Where nobody holds the first office, not even as acting holder, its deputy gets the report.
OFFICES: dict[str, tuple[Office, ...]] = {
    "bulanan": ("camat", "sekretaris_camat"),
    "mingguan": ("camat", "sekretaris_camat"),
    "lurah": ("lurah",),
    "wali_kota": ("wali_kota",),
}


class Row(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wilayah_kode: str
    jabatan: Office
    is_plt: bool
    address: Annotated[str, Field(pattern=r"^[^\s@,;<>\"]+@[^\s@,;<>\"]+$")]
    since: date
    until: date | None


@dataclass(frozen=True)
class Recipient:
    """Where a report goes, and how its holder is addressed."""

    address: str
    yth: str


def take_in_recipients(connection: Connection) -> None:
    """Bring the ledger in line with the file. Raises DeclarationError and changes nothing when the file is wrong."""
    terms = read_recipients(settings().cc_recipients)
    with connection.transaction():
        recipient.replace(connection, terms)


def read_recipients(path: Path) -> list[Term]:
    """Every line of the file, checked. Raises DeclarationError naming the first line that is wrong."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            terms = [_term(path, number, row) for number, row in enumerate(csv.DictReader(file), 2)]
    except OSError as error:
        raise DeclarationError(f"The file of recipients {path} cannot be read: {error.strerror}.") from None
    _refuse_shared(path, terms)
    return terms


def _term(path: Path, number: int, row: Mapping[str, str]) -> Term:
    where = f"{path.name}, line {number}"
    try:
        told = Row.model_validate({**row, "until": row.get("until") or None})
    except ValidationError as error:
        first = error.errors()[0]
        place = first["loc"][0] if first["loc"] else "line"
        raise DeclarationError(f"{where}: {place} is {first['input']!r}: {first['msg']}.") from None
    area = wilayah().get(told.wilayah_kode)
    if area is None or area.tingkat != LEVEL[told.jabatan]:
        raise DeclarationError(f"{where}: {told.wilayah_kode!r} is no {LEVEL[told.jabatan]} with a {told.jabatan}.")
    if told.until is not None and told.until < told.since:
        raise DeclarationError(f"{where}: the term ends on {told.until}, before it begins.")
    return Term(**told.model_dump())


def _refuse_shared(path: Path, terms: list[Term]) -> None:
    """Nobody gets another area's report."""
    for one, other in _overlapping(terms):
        if one.address.lower() == other.address.lower() and one.wilayah_kode != other.wilayah_kode:
            raise DeclarationError(
                f"{path.name}: {one.address} would get the reports of {one.wilayah_kode} and of {other.wilayah_kode}; "
                "give each office its own address."
            )
        if (one.wilayah_kode, one.jabatan) == (other.wilayah_kode, other.jabatan):
            raise DeclarationError(
                f"{path.name}: two people hold the office {one.jabatan} of {one.wilayah_kode} on "
                f"{max(one.since, other.since)}; end the earlier term on the day before."
            )


def _overlapping(terms: list[Term]) -> Iterator[tuple[Term, Term]]:
    return (
        (one, other)
        for one, other in combinations(terms, 2)
        if one.since <= (other.until or date.max) and other.since <= (one.until or date.max)
    )


def recipient_of(connection: Connection, kind: str, wilayah_kode: str, day: date) -> Recipient:
    """Who gets a report on a day. Raises DeliveryError when nobody holds the office, nor its deputy's."""
    term = recipient.holder(connection, wilayah_kode, OFFICES[kind], day)
    if term is None:
        raise DeliveryError(
            f"Nobody holds the office {' or '.join(OFFICES[kind])} of {wilayah_kode} on {day}; enter who does into "
            f"{settings().cc_recipients}, then deliver again."
        )
    return Recipient(term.address, title_of(term))


def yth_of(connection: Connection, kind: str, wilayah_kode: str, day: date) -> str:
    """How the report addresses its reader; an office that nobody holds is addressed as such."""
    term = recipient.holder(connection, wilayah_kode, OFFICES[kind], day)
    return title_of(term or Term(wilayah_kode, OFFICES[kind][0], False, "", day, None))


def title_of(term: Term) -> str:
    """`Plt. Camat Kuranji`."""
    title = f"Wali {CITY_NAME}" if term.jabatan == "wali_kota" else TITLE[term.jabatan]
    name = "" if term.jabatan == "wali_kota" else f" {wilayah()[term.wilayah_kode].nama}"
    return f"{'Plt. ' if term.is_plt else ''}{title}{name}"
