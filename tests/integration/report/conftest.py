"""A ledger of its own for what is mailed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_center.database import Connection
from command_center.report.recipients import take_in_recipients

from tests.conftest import Cluster
from tests.support.ledger import ledger_of_its_own


@pytest.fixture
def ledger(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A database with the ledger alone, and its recipients; a connection of the loader."""
    with ledger_of_its_own(cluster, tmp_path) as connection:
        take_in_recipients(connection)
        connection.commit()
        yield connection
        monkeypatch.undo()  # what a test set, before the settings are read anew
