"""The command that starts Superset's server: what it is told beside its settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_center.local import superset
from command_center.local.environment import superset_environment, superset_server_environment


@pytest.mark.parametrize(("said", "told"), [("1", "1"), ("0", "0"), (None, "0")])
def test_whoever_starts_the_server_says_whether_it_warms(
    said: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(superset, "interpreter", lambda: Path("python"))
    base = {} if said is None else {"SUPERSET_WARM": said}
    monkeypatch.delenv("SUPERSET_WARM", raising=False)
    for name, value in base.items():
        monkeypatch.setenv(name, value)
    env = superset_server_environment(superset_environment(base, {"SUPERSET_SECRET_KEY": "rahasia"}))
    command = superset.server_command(env, tmp_path, 8088)
    assert command.env["SUPERSET_WARM"] == told
