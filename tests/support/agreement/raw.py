"""Figures of raw as it stands, each query asked once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg
from command_center.settings import CITY_CODE

from tests.support.agreement.raw_sql import PLANS, QUERIES, REGISTERS, WEEKLY, of_places, until

Figures = dict[tuple[str, date], Decimal | None]


class Raw:
    """Until raw changes; then it is forgotten and another one asks anew."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self._asked: dict[tuple[str, bool], Figures] = {}

    def figures(self, kode: str, *, city: bool = False) -> Figures:
        """By kecamatan, or the city's."""
        if (kode, city) not in self._asked:
            self._asked[kode, city] = self._ask(of_places((QUERIES | WEEKLY)[kode], city=city))
        return self._asked[kode, city]

    def until(self, kode: str, moment: datetime, *, city: bool = False) -> Figures:
        """Of what was before a moment, for an indicator of SAME_DAYS."""
        return self._ask(of_places(until(kode, moment), city=city))

    def plans(self, kode: str) -> Figures:
        """What was planned for the whole city until each month."""
        return self._ask(of_places(PLANS[kode], city=True))

    def _ask(self, query: str) -> Figures:
        rows = self.connection.execute(query.encode()).fetchall()
        return {(place, period): None if value is None else Decimal(value) for place, period, value in rows}

    def value(self, kode: str, place: str, period: date) -> Decimal | None:
        """An absent row of a register means zero."""
        absent = Decimal(0) if kode in REGISTERS else None
        return self.figures(kode, city=place == CITY_CODE).get((place, period), absent)
