"""Who reads from the replica where there is one: the logins that only read, in compose and on one machine alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from command_center.lint.containers import interpolate, load_project
from command_center.local import environment
from command_center.paths import ROOT
from sqlalchemy.engine import make_url

ADDRESS = "replika.padang.invalid:5439"
AT_REPLICA = {"SUPERSET_OFFICIALS_URI", "SUPERSET_PUBLIC_URI", "SUPERSET_ANALYST_URI"}


def read_at(told: Mapping[str, str], address: str) -> set[str]:
    """Which of Superset's addresses name this server."""
    uris = {name: make_url(uri) for name, uri in told.items() if name.startswith("SUPERSET_") and name.endswith("_URI")}
    assert uris.keys() == AT_REPLICA | {"SUPERSET_DATABASE_URI", "SUPERSET_TRAIL_URI"}
    return {name for name, uri in uris.items() if f"{uri.host}:{uri.port}" == address}


def test_in_compose_superset_reads_there_and_tasks_watch_it() -> None:
    services = load_project(ROOT / "docker").services
    told = services["superset"].environment
    for values, found in (({}, set()), ({"CC_REPLICA_ADDRESS": ADDRESS}, AT_REPLICA)):
        assert read_at({name: interpolate(text, values) for name, text in told.items()}, ADDRESS) == found
    watched = services["airflow-scheduler"].environment["CC_REPLICA_ADDRESS"]
    assert (interpolate(watched, {}), interpolate(watched, {"CC_REPLICA_ADDRESS": ADDRESS})) == ("", ADDRESS)


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_on_one_machine_too(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_REPLICA_ADDRESS", address)
    told = environment.make_environment(tmp_path, {}, environment.Ports(*range(4001, 4009)))
    assert read_at(told, ADDRESS) == (AT_REPLICA if address else set())
    assert len(read_at(told, "127.0.0.1:4001")) == (2 if address else 5)
