"""Parts that tests share: one real PostgreSQL cluster per session, and room for services of a test's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from command_center.local.cluster import template_folder, temporary_cluster, temporary_var
from command_center.settings import Purpose, Settings, settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.support.newcomer import Newcomer, newcomer_below

# The same examples in every run, so that a change is judged by what it does; HYPOTHESIS_PROFILE=new looks for new ones.
# None is judged by how long it takes, which a busy machine decides.
UNTIMED = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("same", UNTIMED, derandomize=True)
hypothesis_settings.register_profile("new", UNTIMED, derandomize=False, print_blob=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL cluster with the warehouse's roles, databases and raw tables."""

    var: Path
    values: dict[str, str]
    settings: Settings

    def connect(self, purpose: Purpose = "admin") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.settings.dsn(purpose))


# What takes longest begins first; a file stays with one worker, for its services are started once.
FIRST = (
    "integration/warehouse/test_transform",
    "integration/intake/test_faults",
    "integration/superset",
    "integration/local",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, part in enumerate(FIRST) if part in item.nodeid), len(FIRST)))


@pytest.fixture(scope="session", autouse=True)
def _templates() -> None:
    """Temporary clusters of this run are copied from one template, also those of programs that tests start."""
    os.environ.setdefault("CC_TEMPLATE_DIR", str(template_folder()))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL cluster of this session; settings() of this process point to it."""
    with temporary_cluster() as values:
        yield Cluster(Path(values["CC_VAR_DIR"]), values, settings())


@pytest.fixture
def var() -> Iterator[Path]:
    """A var folder that the database's account can reach; removed at the end."""
    with temporary_var() as folder:
        yield folder


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    """The made-up source of the guide, which lacks nothing until a file of it is changed."""
    with newcomer_below(tmp_path, monkeypatch) as newcomer:
        yield newcomer
