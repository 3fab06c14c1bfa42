"""A source costs its five files, in the demo too: the city answers for it with its fixtures, and the intake publishes them."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from command_center.database import connect
from command_center.declaration.registry import all_sources, get_source
from command_center.declaration.source import Kind
from command_center.extract import http, sftp
from command_center.intake.ingest import ingest
from command_center.local.demo import DemoCity, connections
from command_center.newcomer.scaffold import new_source
from command_center.paths import EXPECTATIONS, SOURCES
from command_center.settings import settings
from command_center.warehouse.bootstrap import declare_sources
from demo_city import city as city_module
from demo_city.city import City
from demo_city.fixtures import FIXTURES
from demo_city.protocols.server import make_server
from demo_city.protocols.sftp import SftpService
from demo_city.protocols.upload import UploadService
from demo_city.secret import host_key

from tests.conftest import Cluster

CSV = "nomor,kelurahan,berat_kg\n1,Pauh,12\n2,Kuranji,7\n3,Nanggalo,9\n"
RECORDS = json.dumps({"data": [{"nomor": 1, "berat_kg": 12}, {"nomor": 2, "berat_kg": 7}]})
NEW: list[tuple[Kind, str, str, str, int]] = [
    ("csv", "sftp://berkas.example/dlh", "armada.csv", CSV, 3),
    ("csv", "file:///srv/upload/dlh", "armada.csv", CSV, 3),
    ("csv", "https://data.example/dlh", "armada.csv", CSV, 3),
    ("http_json", "https://api.example/dlh", "armada.json", RECORDS, 2),
]


@pytest.fixture
def tree(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout's declarations, expectations and fixtures, without any source."""
    for name in ("sources", "expectations", "upload"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("CC_SOURCES_DIR", str(tmp_path / "sources"))
    monkeypatch.setenv("CC_EXPECTATIONS_DIR", str(tmp_path / "expectations"))
    monkeypatch.setenv("CC_LANDING_URL", (tmp_path / "landing").as_uri())
    monkeypatch.setenv("DEMO_NOW", "2026-11-25T08:00:00+07:00")
    monkeypatch.setattr(http, "PAUSE_S", 0.01)
    monkeypatch.setattr(sftp, "PAUSE_S", 0.01)
    settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()
    with cluster.connect() as owner:
        made = owner.execute(
            "select format('raw.%I', tablename) from pg_tables where schemaname = 'raw' and tablename like 'dlh\\_%'"
        ).fetchall()
        for name in (str(row[0]) for row in made):
            owner.execute(f"drop table {name} cascade")  # type: ignore[arg-type]
        raw = owner.execute("select format('raw.%I', tablename) from pg_tables where schemaname = 'raw'").fetchall()
        names = ", ".join(["ops.landing", "ops.batch", "ops.raw_state", *(str(row[0]) for row in raw)])
        owner.execute(f"truncate {names} restart identity cascade")  # type: ignore[arg-type]
    declare_sources(settings())


@contextmanager
def demo_city(tree: Path, fixtures: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    """A city of what the tree declares, and the connections to it."""
    server = make_server("127.0.0.1", 0, tree / "demo", 1371, fixtures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for source in all_sources():
        (tree / "upload" / source.opd).mkdir(exist_ok=True)
    server.start_services([SftpService("127.0.0.1", 0, server.city), UploadService(server.city, tree / "upload")])
    server.refresh_services()
    addresses = {name: str(address) for name, address in server.addresses().items()}
    known_hosts = tree / "known_hosts"
    known_hosts.write_text(f"[127.0.0.1]:{urlsplit(addresses['sftp']).port} {host_key(server.city.state_dir)}\n")
    for name, content in connections(DemoCity(addresses, server.city.password, known_hosts)).items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(content))
    try:
        yield server.city
    finally:
        server.stop_services()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("kind", "address", "name", "text", "rows"), NEW, ids=[f"{c[0]} {c[1][:5]}" for c in NEW])
def test_a_scaffolded_source_is_answered_and_published(
    tree: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind, address: str, name: str, text: str, rows: int
) -> None:
    (tree / name).write_text(text)
    new_source("dlh_armada", kind, address=address, file=tree / name, root=tree)
    declare_sources(settings())
    with demo_city(tree, tree / "tests" / "fixtures", monkeypatch) as city:
        assert city.unanswered == []
        outcomes = ingest(get_source("dlh_armada"), run_id="uji")
    assert [(one.status, one.published + one.quarantined) for one in outcomes] == [("published", rows)], outcomes
    with connect(settings().dsn("loader")) as connection:
        simulated = connection.execute("select bool_and(_is_simulasi), count(*) from raw.dlh_armada__armada").fetchone()
    assert simulated is not None and simulated[0] is True and int(str(simulated[1])) > 0


DECLARED = [
    *(
        "kpu_tahapan",
        "bpkad_djpk",
        "dinkes_skdr",
        "dishub_trans_padang",
        "bmkg_gempa",
        "bmkg_inatews",
        "tren_pencarian",
    ),
    *("setda_agenda", "diskominfo_sertifikat", "diskominfo_zabbix", "dukcapil_gis", "satudata_katalog"),
    *("bpbd_kejadian", "dinkes_spm", "dinkes_lb1", "kelurahan_bulanan"),
]


@pytest.mark.parametrize("key", DECLARED)
def test_every_kind_is_answered_from_its_fixtures(tree: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    for name, folder in (("sources", SOURCES), ("expectations", EXPECTATIONS)):
        shutil.copy(folder / f"{key}.yml", tree / name)
    declare_sources(settings())
    monkeypatch.setattr(city_module, "answered", frozenset)
    monkeypatch.setattr(city_module, "offices", dict)
    with demo_city(tree, FIXTURES, monkeypatch) as city:
        assert city.unanswered == []
        outcomes = ingest(get_source(key), run_id="uji")
    assert any(one.read for one in outcomes), outcomes
    assert any(one.published or one.status == "held" for one in outcomes), outcomes
