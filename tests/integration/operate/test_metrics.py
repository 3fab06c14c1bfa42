"""What Prometheus reads is what the ledger holds at that moment."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from command_center.database import Connection
from command_center.declaration.registry import get_source
from command_center.ledger import alert, catalogue, delivery
from command_center.ledger.delivery import Entry
from command_center.operate import metrics
from command_center.paths import ROOT
from command_center.settings import settings
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import Cluster
from tests.support.ledger import ledger_of_its_own
from tests.support.reports import enter_edition

OF_REPLICA = {"cc_replica_up", "cc_replica_lag_seconds", "cc_replica_lag_bytes"}  # where there is one: test_replica.py
RULES = ROOT / "docker" / "prometheus" / "rules.yml"


@pytest.fixture(scope="module")
def ledger(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with ledger_of_its_own(cluster, tmp_path_factory.mktemp("angka")) as connection:
        catalogue.replace(connection, [get_source("damkar_kejadian"), get_source("dinkes_skdr")])
        fill(connection)
        connection.commit()
        yield connection


def fill(connection: Connection) -> None:
    now = settings().now()
    connection.execute(
        "insert into ops.landing (landing_id, source, part, request, sha256, uri, byte_size, content_type, fetched_from, fetched_at, "
        "simulated_paths, expires_at) overriding system value values (1, 'damkar_kejadian', 'kejadian', '-', '-', '-', 1, '-', '-', %s, '', %s)",
        [now, now],
    )
    for status, published, quarantined in (
        ("published", 90, 10),
        ("published", 5, 0),
        ("held", 0, 3),
        ("failed", 0, 0),
    ):
        connection.execute(
            "insert into ops.batch (source, table_name, part, landing_id, sha256, fingerprint, run_id, status, is_simulasi, rows_published, "
            "rows_unchanged, rows_quarantined, observed_at, data_from, data_as_of) values "
            "('damkar_kejadian', 'kejadian', 'kejadian', 1, '-', '-', '-', %s, false, %s, 0, %s, %s, %s, %s)",
            [status, published, quarantined, now, now - timedelta(days=9), now - timedelta(hours=2)],
        )
    alert.open_one(connection, "damkar_kejadian", "kesegaran", "damkar", "lama")


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Each number by its name, its source, and the value of its other label."""
    found = [one for family in text_string_to_metric_families(text) for one in family.samples]
    return {
        (one.name, *(one.labels[name] for name in sorted(one.labels, key="source".__ne__))): one.value for one in found
    }


def test_each_number_is_what_the_ledger_holds(ledger: Connection) -> None:
    told = samples(metrics.exposition())
    assert told["cc_up",] == 1
    assert told["cc_batches_total", "damkar_kejadian", "published"] == 2
    assert told["cc_batches_total", "damkar_kejadian", "held"] == 1
    assert told["cc_rows_total", "damkar_kejadian", "published"] == 95
    assert told["cc_rows_total", "damkar_kejadian", "quarantined"] == 13
    assert told["cc_content_age_seconds", "damkar_kejadian"] == pytest.approx(7200, abs=600)
    assert ("cc_content_age_seconds", "dinkes_skdr") not in told, "what never came has no age"
    assert told["cc_content_age_limit_seconds", "dinkes_skdr"] > 86400
    assert told["cc_open_problems", "damkar_kejadian"] == 1
    assert ("cc_last_timestamp_seconds", "backup") not in told


def test_builds_tell_their_time_and_schemas_their_size(ledger: Connection) -> None:
    for number, (success, seconds) in enumerate(((True, 60), (False, 30), (True, 90))):
        ledger.execute(
            "insert into ops.dbt_build (invocation_id, command, raw_state, success, models_built, tests_passed, started_at, finished_at) "
            "values (%s, 'build', '-', %s, 1, 1, now(), now() + %s * interval '1 second')",
            [f"build {number}", success, seconds],
        )
    ledger.commit()
    told = samples(metrics.exposition())
    assert (
        told["cc_build_seconds_total", "dbt", "success"] == 150
        and told["cc_build_seconds_total", "dbt", "refused"] == 30
    )
    assert told["cc_builds_total", "dbt", "success"] == 2 and told["cc_last_build_seconds",] == 90
    assert told["cc_schema_bytes", "ops"] > 100_000 and ("cc_schema_bytes", "pg_catalog") not in told


def test_a_mail_that_something_took_the_place_of_is_no_longer_to_settle(ledger: Connection) -> None:
    def to_settle() -> dict[str, float]:
        ledger.commit()
        told = samples(metrics.exposition())
        return {name[1]: count for name, count in told.items() if name[0] == "cc_deliveries_to_settle"}

    edition = enter_edition(ledger, "13.71.09").edition_id
    assert to_settle() == {"failed": 0, "tak_pasti": 0, "bounced": 0}
    for address in ("lama@padang.invalid", "baru@padang.invalid"):
        delivery.enter(ledger, Entry(edition, address, "Camat Kuranji", f"<{address}>"))
    delivery.note(ledger, "<lama@padang.invalid>", "bounced")
    assert to_settle() == {"failed": 0, "tak_pasti": 0, "bounced": 1}
    delivery.note(ledger, "<baru@padang.invalid>", "tak_pasti")
    assert to_settle() == {"failed": 0, "tak_pasti": 1, "bounced": 1}
    delivery.note(ledger, "<baru@padang.invalid>", "sent")
    assert to_settle() == {"failed": 0, "tak_pasti": 0, "bounced": 0}
    told = samples(metrics.exposition())
    assert told["cc_deliveries", "bounced"] == 1, "all there ever were"


def test_it_is_served_and_says_when_the_ledger_is_away(ledger: Connection, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    argv = [sys.executable, "-m", "command_center", "metrics", "--serve", str(port)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None and f":{port}/metrics" in server.stdout.readline()
            assert samples(scraped(port))["cc_batches_total", "damkar_kejadian", "failed"] == 1
        finally:
            server.terminate()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_URL", "postgresql://127.0.0.1:1/warehouse")
        settings.cache_clear()
        assert samples(metrics.exposition()) == {("cc_up",): 0}
    settings.cache_clear()


def scraped(port: int) -> str:
    deadline = time.monotonic() + 30
    while True:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        except httpx.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_rules_and_page_name_only_metrics_that_there_are(ledger: Connection) -> None:
    told = {name for name, *_ in samples(metrics.exposition())} | {
        "cc_deliveries",
        "cc_builds_total",
        "cc_last_timestamp_seconds",
        *OF_REPLICA,
    }
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    expressions = [rule["expr"] for group in groups for rule in group["rules"]]
    named = {name for one in expressions for name in re.findall(r"\bcc_\w+", one)}
    assert named and named <= told
    measured = (ROOT / "docker" / "superset" / "measured.py").read_text(encoding="utf-8")
    page_and_rules = f"{(ROOT / 'docs' / 'observability.md').read_text(encoding='utf-8')} {' '.join(expressions)}"
    of_superset = {name.removesuffix("_bucket") for name in re.findall(r"\bsuperset_\w+(?=[`{\[])", page_and_rules)}
    of_superset.discard("superset_token")  # a file
    assert len(of_superset) == 4 and all(f'"{name}"' in measured for name in of_superset)
    page = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(cc_\w+)`", page)) == {
        *("cc_up", "cc_content_age_seconds", "cc_content_age_limit_seconds", "cc_batches_total", "cc_rows_total"),
        *(
            "cc_builds_total",
            "cc_build_seconds_total",
            "cc_last_build_seconds",
            "cc_schema_bytes",
            "cc_deliveries",
            "cc_deliveries_to_settle",
            "cc_open_problems",
            "cc_last_timestamp_seconds",
        ),
        *OF_REPLICA,
    }
