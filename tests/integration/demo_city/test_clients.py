"""What the demo city writes for clients on other machines, read by Airflow's own backend."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from command_center.declaration.registry import all_sources
from command_center.paths import DAGS
from cryptography.fernet import Fernet

ASK = """
import json
from command_center.declaration.registry import all_sources
from command_center.extract.endpoint import endpoint
found = {source.source: endpoint(source.connection) for source in all_sources()}
print(json.dumps({key: [one.address, one.login, one.password, dict(one.extra)] for key, one in found.items()}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a city of every protocol but PostgreSQL and SMTP wrote before it said its addresses."""
    root = tmp_path_factory.mktemp("clients")
    (root / "keys").mkdir()
    arguments = [
        "--sftp-port=0",
        "--mysql-port=0",
        "--upload-folder=upload",  # relative, as in the documented command
        "--state-dir=demo",
    ]
    env = {**os.environ, "PYTHONPATH": str(DAGS), "CC_DEMO_CITY_PASSWORD": "kata-sandi"}
    argv = [sys.executable, "-m", "demo_city", *arguments, "--clients", "kota-peragaan", str(root / "keys")]
    with subprocess.Popen(
        argv, env=env, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as city:
        assert city.stdout is not None
        city.stdout.readline()
        (root / "addresses.json").write_text(city.stdout.readline())
        city.terminate()
        city.wait(20)
    return root


def test_every_declared_source_has_its_connection(folder: Path) -> None:
    told = json.loads((folder / "keys" / "connections.json").read_text())
    addresses = json.loads((folder / "addresses.json").read_text())
    assert told.keys() == {source.connection.id for source in all_sources()}
    port = addresses["sftp"].rpartition(":")[2]
    assert told["damkar"] == {
        "conn_type": "sftp",
        "host": f"sftp://kota-peragaan:{port}/damkar",
        "login": "damkar",
        "password": "kata-sandi",
        "extra": {"known_hosts": str(folder / "keys" / "known_hosts"), "data_simulasi": "*"},
    }
    assert (folder / "keys" / "known_hosts").read_text() == f"[kota-peragaan]:{port} {addresses['sftp_host_key']}\n"


def test_only_the_account_reads_them(folder: Path) -> None:
    for name in ("connections.json", "known_hosts"):
        assert stat.S_IMODE((folder / "keys" / name).stat().st_mode) == 0o600


def test_folders_of_agencies_that_upload_are_made(folder: Path) -> None:
    uploading = {source.opd for source in all_sources() if source.connection.scheme == "file"}
    assert uploading and uploading <= {path.name for path in (folder / "upload").iterdir()}


def test_airflow_reads_them(folder: Path) -> None:
    """As the compose files say it: the endpoint of every source, with nothing of it in the environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "CC_"))} | {
        "PYTHONPATH": str(DAGS),
        "CC_VAR_DIR": str(folder / "var"),
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
        "AIRFLOW__SECRETS__BACKEND": "airflow.secrets.local_filesystem.LocalFilesystemBackend",
        "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps(
            {"connections_file_path": str(folder / "keys/connections.json")}
        ),
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=env, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    for source in all_sources():
        address, login, password, _ = found[source.source]
        assert address.endswith(f"/{source.opd}"), source.source
        assert (login, password) in (("", ""), (source.opd, "kata-sandi")), source.source
    assert found["damkar_kejadian"][3]["known_hosts"] == str(folder / "keys" / "known_hosts")
    assert found["bmkg_gempa"][3] == {"tls": "none"}
