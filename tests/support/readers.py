"""Addresses of the warehouse for those who read it."""

from __future__ import annotations

from typing import cast

from command_center.settings import Purpose, Settings


def dsn_of(config: Settings, reader: str) -> str:
    """For a purpose of the settings, or the code of a kecamatan for its camat."""
    return config.camat_dsn(reader) if reader[0].isdigit() else config.dsn(cast(Purpose, reader))
