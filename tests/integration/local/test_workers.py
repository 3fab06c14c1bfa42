"""Airflow with CeleryExecutor as docker/compose.yml configures it: a real queue and two workers, one of which is killed in a load."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from command_center.local import environment
from command_center.local.cluster import copy_template, temporary_var
from command_center.settings import settings

from tests.support.workers import ROWS, Hosts, Site, centre, feeds, prepare, until

FEEDS = feeds(2)
SOON = {  # else the test would wait for most of a minute
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "12",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "30",
}


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosts]:
    prepare(tmp_path, FEEDS)
    for name in ("sources", "expectations"):
        monkeypatch.setenv(f"CC_{name.upper()}_DIR", str(tmp_path / name))
    with temporary_var() as var:
        environment.make_folders(var)
        copy_template(var)
        with centre(var, tmp_path, FEEDS, Site(changed=SOON)) as hosts:
            yield hosts


def worker_of(hosts: Hosts, pid: int) -> str:
    above = {one.pid for one in psutil.Process(pid).parents()}
    (name,) = [name for name, worker in hosts.pids.items() if worker in above]
    return name


def kill(hosts: Hosts, name: str) -> None:
    """All of a worker at once, as when its host is gone."""
    top = psutil.Process(hosts.pids.pop(name))
    for one in [top, *top.children(recursive=True)]:
        one.kill()


def test_a_worker_killed_in_a_load_is_replaced_and_every_batch_is_there_once(hosts: Hosts) -> None:
    dags = [f"ingest_{feed.key}" for feed in FEEDS]
    with psycopg.connect(settings().dsn("admin")) as gate:
        gate.execute(f"lock table raw.{FEEDS[0].key}__pengangkutan in share mode")
        for dag in dags:
            hosts.api.pause(dag, False)
            hosts.api.trigger(dag)
        until(lambda: waiting() is not None)
        pid = waiting()
        assert pid is not None
        killed = worker_of(hosts, pid)
        kill(hosts, killed)
    until(lambda: all(not run.is_open for run in hosts.api.newest_runs(dags)))
    assert {run.state for run in hosts.api.newest_runs(dags)} == {"success"}, hosts.api.newest_runs(dags)
    (other,) = hosts.pids
    assert (hosts.healthy(killed), hosts.healthy(other)) == (False, True)
    with psycopg.connect(settings().dsn("admin")) as connection:
        batches = connection.execute("select source, count(*) from ops.batch where status = 'published' group by 1")
        assert dict(batches.fetchall()) == {feed.key: 1 for feed in FEEDS}
        left = connection.execute(
            "select count(*) from ops.batch where status not in ('published', 'failed')"
        ).fetchall()
        assert left == [(0,)]
        for feed in FEEDS:
            counts = (
                f"select count(*), count(distinct nomor), count(distinct _batch_id) from raw.{feed.key}__pengangkutan"
            )
            assert connection.execute(counts).fetchall() == [(ROWS, ROWS, 1)]


def waiting() -> int | None:
    """The process whose load waits at the gate, by the port of its connection."""
    query = """
        select client_port from pg_stat_activity where wait_event_type = 'Lock' and usename = 'cc_loader' and query !~ 'advisory'
    """
    with psycopg.connect(settings().dsn("admin")) as connection:
        ports = {port for (port,) in connection.execute(query).fetchall()}
    return next(
        (one.pid for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port in ports and one.pid), None
    )
