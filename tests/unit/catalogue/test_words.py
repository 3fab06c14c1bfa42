"""Schedules and ages in the words of mart.kamus."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest
from command_center.catalogue import words
from command_center.declaration.registry import all_sources
from command_center.declaration.source import ColumnType, InformationCategory, Kind, Table


@pytest.mark.parametrize(
    ("cron", "told"),
    [
        (None, "tanpa jadwal"),
        ("* * * * *", "setiap menit"),
        ("*/15 * * * *", "setiap 15 menit"),
        ("20 * * * *", "setiap jam"),
        ("0 */4 * * *", "setiap 4 jam"),
        ("15 5 * * *", "setiap hari pukul 05.15 WIB"),
        ("35 1,7,13 * * *", "setiap hari pukul 01.35, 07.35, 13.35 WIB"),
        ("30 9 * * 1", "setiap Senin pukul 09.30 WIB"),
        ("30 9 * * 0", "setiap Minggu pukul 09.30 WIB"),
        ("30 9 1 * *", "30 9 1 * *"),
    ],
)
def test_schedule(cron: str | None, told: str) -> None:
    assert words.schedule(cron) == told


def test_every_declared_schedule_has_words() -> None:
    told = [words.schedule(source.schedule) for source in all_sources()]
    assert len(told) > 30 and not [one for one in told if "*" in one]


def test_ages() -> None:
    assert words.span(timedelta(hours=36)) == "36 jam"
    assert words.span(timedelta(hours=87600)) == "3.650 hari"


def test_every_word_of_a_declaration_has_one_of_the_catalogue() -> None:
    assert set(words.KINDS) == set(get_args(Kind))
    assert set(words.KIP) == set(get_args(InformationCategory))
    assert set(get_args(ColumnType)) <= set(words.TYPES)
    assert set(words.MODES) == set(get_args(Table.model_fields["mode"].annotation))
