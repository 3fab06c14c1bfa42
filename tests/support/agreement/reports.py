"""What reports tell, beside SQL on raw alone: facts that a seed chooses among those of every kecamatan and of the city."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from command_center.report.build import Order, build_documents
from command_center.report.document import Context, Document, Fact, Letterhead
from command_center.settings import CITY_CODE
from command_center.wilayah import kecamatan_codes

from tests.support.agreement.compare import TOLERANCE
from tests.support.agreement.raw import Raw
from tests.support.agreement.raw_sql import QUERIES, WEEKLY

LETTERHEAD = Letterhead("", "", "", "", "")


def documents_of(month: date) -> list[Document]:
    monthly = [Order("bulanan", kode, month, Context(), LETTERHEAD) for kode in kecamatan_codes()]
    return list(build_documents([*monthly, Order("wali_kota", CITY_CODE, month, Context(), LETTERHEAD)]))


def chosen(documents: Sequence[Document], seed: int, count: int) -> list[tuple[Document, Fact]]:
    """Among figures of kecamatan and city for which there is a query on raw: their months and weeks, newest and older."""
    known = [
        (document, fact)
        for document in documents
        for fact in document.facts
        if fact.indikator_kode in QUERIES | WEEKLY and len(fact.wilayah_kode) < 13
    ]
    return random.Random(seed).sample(known, count)


def differences(raw: Raw, facts: Sequence[tuple[Document, Fact]]) -> list[str]:
    """One sentence for each fact that raw gives otherwise, or that its report does not show."""
    found = []
    for document, fact in facts:
        there = raw.value(fact.indikator_kode, fact.wilayah_kode, fact.periode_mulai)
        if (fact.nilai is None) != (there is None) or abs(
            (fact.nilai or Decimal(0)) - (there or Decimal(0))
        ) > TOLERANCE:
            found.append(
                f"{fact.indikator_kode} of {fact.wilayah_kode} from {fact.periode_mulai}: {fact.nilai}, raw {there}"
            )
        if not any(fact.teks.split(" ")[0] in text for text in texts(asdict(document)["sections"])):
            found.append(f"{document.title} does not show {fact.indikator_nama} {fact.teks}")
    return found


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from texts(one)
