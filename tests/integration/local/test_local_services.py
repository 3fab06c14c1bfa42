"""The embedded services: where the database lives, who may log in, and that nothing outlives its owner."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from command_center.backup import pg_home
from command_center.declaration.registry import all_sources, get_source
from command_center.declaration.source import Source
from command_center.errors import ServiceError, SettingsError
from command_center.local import airflow, demo, environment, postgres
from command_center.local.cluster import copy_template, temporary_var
from command_center.local.processes import Command, Processes, end_leftovers, marked
from command_center.local.progress import Progress, make_console
from command_center.local.services import REVIVALS, City, all_ready, unready
from command_center.paths import DAGS
from command_center.settings import read_environment

from tests.conftest import Cluster

OWNER = """
import os, sys, time
from pathlib import Path
from command_center.local.cluster import copy_template, temporary_var
from command_center.local.processes import Command, Processes

var = Path(sys.argv[1])
processes = Processes(var, var)
stubborn = "trap '' TERM; (trap '' TERM; setsid sleep 500) & sleep 501"
processes.start(Command("stubborn", ["bash", "-c", stubborn], var / "a.log", dict(os.environ), var))
print(processes.keeper_pid, flush=True)
time.sleep(500)
"""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path, tmp_path)
    yield started
    started.end()


def wait_until(condition: Callable[[], object], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def shell(folder: Path, name: str, script: str) -> Command:
    return Command(name, ["bash", "-c", script], folder / f"{name}.log", dict(os.environ), folder)


def test_passwords_are_scram_and_wrong_ones_are_refused(cluster: Cluster) -> None:
    with cluster.connect() as connection:
        stored = connection.execute(
            "select rolname, rolpassword from pg_authid where rolpassword is not null"
        ).fetchall()
        rules = connection.execute("select distinct auth_method from pg_hba_file_rules").fetchall()
    assert len(stored) >= 17
    assert all(str(password).startswith("SCRAM-SHA-256$") for _, password in stored)
    assert rules == [("scram-sha-256",)]
    wrong = cluster.settings.dsn("loader").replace(cluster.values["CC_PASSWORD_LOADER"], "salah")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_the_database_listens_on_loopback_only(cluster: Cluster) -> None:
    port = psycopg.conninfo.conninfo_to_dict(cluster.settings.dsn("loader"))["port"]
    listening = {
        c.laddr.ip for c in psutil.net_connections("tcp") if c.status == "LISTEN" and c.laddr.port == int(str(port))
    }
    with cluster.connect() as connection:
        sockets = connection.execute("show unix_socket_directories").fetchone()
    assert listening == {"127.0.0.1"}
    assert sockets == ("",)


def test_a_service_role_reaches_its_own_database_only(cluster: Cluster) -> None:
    admin = cluster.settings.dsn("admin")
    postgres.create_owned_database(admin, "airflow", "rahasia-airflow")
    postgres.create_owned_database(admin, "airflow", "rahasia-airflow")
    postgres.close_maintenance_databases(admin)
    own = admin.replace(f"cc_admin:{cluster.values['CC_PASSWORD_ADMIN']}", "airflow:rahasia-airflow")
    psycopg.connect(own.replace("/warehouse", "/airflow")).close()
    for database in ("warehouse", "publik", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(own.replace("/warehouse", f"/{database}"))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(cluster.settings.dsn("officials").replace("/warehouse", "/airflow"))


def test_data_are_unreadable_for_other_accounts(cluster: Cluster) -> None:
    place = pg_home.place_cluster(cluster.var)
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.var.stat().st_mode) & 0o066 == 0
    assert (place.account is None) == (os.geteuid() != 0)


def test_below_a_closed_folder_the_cluster_is_placed_where_its_account_reaches_it(tmp_path: Path) -> None:
    """pytest's folders are closed to others; only root needs another account and therefore another place."""
    var = tmp_path / "home" / "checkout" / "var"
    (tmp_path / "home").mkdir(mode=0o700)
    environment.make_folders(var)
    try:
        place = pg_home.place_cluster(var)
        assert place.relocated == (os.geteuid() == 0)
        assert place.data.is_relative_to(pg_home.REACHABLE_FOLDER) == place.relocated
        serves_a_login(place, var)
        assert pg_home.has_cluster(var)
    finally:
        assert pg_home.remove_relocated(var) == (os.geteuid() == 0)
    assert not pg_home.reachable_home(var).exists()


def serves_a_login(place: pg_home.Cluster, var: Path) -> None:
    port = environment.choose_ports(var).postgres
    pg_home.initialise(place, "kata-sandi")
    processes = Processes(var, var / "log")
    try:
        processes.start(postgres.server_command(place, port, var / "log" / "postgresql.log"))
        pg_home.wait_for_login(f"postgresql://cc_admin:kata-sandi@127.0.0.1:{port}/postgres", 30)
    finally:
        processes.end()


def test_a_killed_initialisation_is_made_anew(var: Path) -> None:
    environment.make_folders(var)
    place = pg_home.place_cluster(var)
    pg_home.own_folder(place.data, place.account)
    (place.data / "fresh").mkdir()
    (place.data / "fresh" / "PG_VERSION").write_text("18")
    (place.data / "base").mkdir()
    serves_a_login(place, var)


def test_a_server_left_behind_is_ended_before_the_next_start(var: Path) -> None:
    environment.make_folders(var)
    place = pg_home.place_cluster(var)
    pg_home.initialise(place, "kata-sandi")
    port = environment.choose_ports(var).postgres
    command = postgres.server_command(place, port, var / "log" / "postgresql.log")
    rights: dict[str, Any] = (
        {"user": place.account.uid, "group": place.account.gid, "extra_groups": []} if place.account else {}
    )
    orphan = subprocess.Popen(list(command.argv), stderr=subprocess.DEVNULL, cwd="/", **rights)
    pg_home.wait_for_login(f"postgresql://cc_admin:kata-sandi@127.0.0.1:{port}/postgres", 30)
    postgres.stop_leftover(place)
    assert orphan.wait(10) == 0
    assert not (place.data / "postmaster.pid").exists()
    serves_a_login(place, var)


def test_a_process_file_whose_number_is_another_process_does_not_stop_the_start(var: Path) -> None:
    environment.make_folders(var)
    place = pg_home.place_cluster(var)
    pg_home.initialise(place, "kata-sandi")
    (place.data / "postmaster.pid").write_text(f"{os.getpid()}\n{place.data}\n1\n5432\n\n127.0.0.1\n\nready\n")
    postgres.stop_leftover(place)
    serves_a_login(place, var)


def test_secrets_are_made_once_and_only_their_owner_reads_them(var: Path) -> None:
    environment.make_folders(var)
    ports = environment.choose_ports(var)
    first = environment.make_environment(var, {}, ports)
    environment.write_environment(var, first)
    second = environment.make_environment(var, read_environment(var), ports)
    assert first == second
    assert stat.S_IMODE((var / "local.env").stat().st_mode) == 0o600
    secrets = [first[name] for name in (*environment.TOKENS, *environment.KEYS)]
    assert len(set(secrets)) == len(secrets)
    assert min(len(secret) for secret in secrets) >= 32


def test_ports_stay_from_start_to_start_unless_they_are_taken(var: Path) -> None:
    environment.make_folders(var)
    first = environment.choose_ports(var)
    assert environment.choose_ports(var) == first
    with socket.create_server(("127.0.0.1", first.airflow)):
        second = environment.choose_ports(var)
    assert second.airflow != first.airflow
    assert second.postgres == first.postgres


def test_a_port_asked_for_is_taken_or_refused_with_a_sentence(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.make_folders(var)
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        monkeypatch.setenv("CC_AIRFLOW_PORT", str(port))
        with pytest.raises(ServiceError, match=rf"Port {port} \(CC_AIRFLOW_PORT\) is used by another process"):
            environment.choose_ports(var)
    assert environment.choose_ports(var).airflow == port
    monkeypatch.setenv("CC_AIRFLOW_PORT", "delapan")
    with pytest.raises(SettingsError, match="CC_AIRFLOW_PORT is 'delapan', expected a port number"):
        environment.choose_ports(var)


def test_a_second_start_names_the_first(var: Path) -> None:
    environment.make_folders(var)
    with environment.locked(var) as lock:
        with pytest.raises(ServiceError, match="just being started or ended"), environment.locked(var):
            pass
        environment.note_owner(lock, {"Airflow": "http://127.0.0.1:8080"})
        with pytest.raises(ServiceError, match=rf"process {os.getpid()} \(Airflow http://127.0.0.1:8080\)"):
            environment.locked(var).__enter__()
    with environment.locked(var):
        pass


# Every service knows these secrets and no other; a name that comes new is nobody's until it is written here.
KNOWN = {
    "mailbox": set(),
    "demo city": {"CC_DEMO_CITY_PASSWORD"},
    "log receiver": {"CC_PASSWORD_BACKUP"},
    "airflow": {"AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY"},
    "scheduler": {
        *("AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY"),
        *("CC_PASSWORD_LOADER", "CC_PASSWORD_TRANSFORMER", "CC_PASSWORD_PUBLISHER", "CC_PASSWORD_OFFICIALS"),
        *("CC_PASSWORD_PUBLIC", "CC_PASSWORD_BACKUP", "CC_CAMAT_SECRET", "CC_ARCHIVE_KEY", "CC_HMAC_KEY"),
    },
    "superset preparation": {
        *("SUPERSET_SECRET_KEY", "SUPERSET_ADMIN_PASSWORD", "SUPERSET_OFFICIALS_PASSWORD", "SUPERSET_OPD_PASSWORD"),
        *("SUPERSET_CAMAT_PASSWORD", "SUPERSET_ENGINEER_PASSWORD", "SUPERSET_WALIDATA_PASSWORD", "CC_CAMAT_SECRET"),
        "SUPERSET_METRICS_TOKEN",
    },
    "superset": {"SUPERSET_SECRET_KEY", "SUPERSET_METRICS_TOKEN", "CC_CAMAT_SECRET"},
}
IN_ADDRESSES = {
    "airflow": {"CC_PASSWORD_AIRFLOW"},
    "scheduler": {"CC_PASSWORD_AIRFLOW", "CC_DEMO_CITY_PASSWORD"},
    "superset preparation": {
        *("CC_PASSWORD_SUPERSET", "CC_PASSWORD_OFFICIALS", "CC_PASSWORD_PUBLIC", "CC_PASSWORD_ANALYST"),
        "CC_PASSWORD_RECORDER",
    },
    "superset": {
        *("CC_PASSWORD_SUPERSET", "CC_PASSWORD_OFFICIALS", "CC_PASSWORD_PUBLIC", "CC_PASSWORD_ANALYST"),
        "CC_PASSWORD_RECORDER",
    },
}


@pytest.mark.parametrize("is_inherited", [False, True])
def test_every_service_knows_its_own_secrets_only(var: Path, is_inherited: bool) -> None:
    """Also when whoever starts them has all of them in the environment."""
    environment.make_folders(var)
    ports = environment.choose_ports(var)
    values = environment.make_environment(var, {}, ports)
    secrets = {name: values[name] for name in (*environment.TOKENS, *environment.KEYS, environment.FERNET_KEY)}
    values |= airflow.connections(demo.connections(demo.on_this_machine(var, ports, values["CC_DEMO_CITY_PASSWORD"])))
    base = dict(values) if is_inherited else {}
    prepared = environment.superset_environment(base, values)
    told = {
        "mailbox": environment.own_environment(base, values),
        "demo city": environment.own_environment(base, values, environment.OF_DEMO_CITY),
        "log receiver": environment.own_environment(base, values, environment.OF_RECEIVER),
        "airflow": environment.own_environment(base, values, environment.OF_AIRFLOW),
        "scheduler": environment.service_environment(base, values),
        "superset preparation": prepared,
        "superset": environment.superset_server_environment(prepared),
    }
    for service, env in told.items():
        everything = "\n".join(env.values())
        known = {name for name, secret in secrets.items() if secret in everything}
        assert known == KNOWN[service] | IN_ADDRESSES.get(service, set()), service
    environment.write_environment(var, values)
    show = "import os; from command_center.settings import settings; settings(); print(*os.environ.values())"
    ran = subprocess.run([sys.executable, "-c", show], env=told["mailbox"], capture_output=True, text=True, check=True)
    assert [name for name, secret in secrets.items() if secret in ran.stdout] == [], (
        "nor does it read them from local.env"
    )
    assert "AIRFLOW_CONN_BMKG_TEWS" in told["scheduler"] and "CC_VAR_DIR" in told["mailbox"]


def test_other_accounts_read_nothing_below_var(var: Path) -> None:
    (var / "upload").mkdir(parents=True)
    (var / "upload").chmod(0o755)  # of an older version
    environment.make_folders(var)
    modes = {folder.name: folder.stat().st_mode & 0o777 for folder in var.iterdir()}
    assert modes.pop("upload") == 0o750
    assert {"landing", "reports", "log", "data_docs", "dbt"} <= modes.keys() and set(modes.values()) == {0o700}
    processes = Processes(var, var / "log")
    try:
        command = ["/bin/sh", "-c", f"mkdir {var}/upload/opd && echo isi > {var}/upload/opd/berkas"]
        processes.finish(Command("Uji", command, var / "log" / "uji.log", dict(os.environ), var), 60)
    finally:
        processes.end()
    assert (var / "upload" / "opd").stat().st_mode & 0o777 == 0o750
    assert (var / "upload" / "opd" / "berkas").stat().st_mode & 0o777 == 0o640


def test_connections_point_to_the_demo_city(var: Path) -> None:
    city = demo.on_this_machine(var, environment.Ports(1, 2, 3, 9, 5, 6, 7, 8), "kata-sandi")
    connections = demo.connections(city)
    assert connections["bmkg_tews"] == {"conn_type": "http", "host": "http://127.0.0.1:9/bmkg"}
    assert connections["kpu_sirekap"]["host"] == "http://127.0.0.1:9/kpu"
    assert connections.keys() == {source.connection.id for source in all_sources()}


def test_connections_over_a_closed_network_need_no_tls(var: Path) -> None:
    elsewhere = demo.DemoCity(
        {"http": "http://demo-city:8085", "sftp": "sftp://demo-city:22"}, "x", Path("/keys/known_hosts")
    )
    connections = demo.connections(elsewhere)
    assert connections["bmkg_tews"] == {
        "conn_type": "http",
        "host": "http://demo-city:8085/bmkg",
        "extra": {"tls": "none"},
    }
    assert connections["damkar"]["extra"] == {"known_hosts": "/keys/known_hosts", "data_simulasi": "*"}
    assert "call_center_112" not in connections, "the city serves no MySQL there"


def test_local_environment_reads_back_what_was_written(var: Path) -> None:
    environment.make_folders(var)
    values = {"A": '{"x": "a # b"}', "B": "it's \\ $HOME ${B}", "C": "", "D": "postgresql://a:b%2F@127.0.0.1:1/x"}
    environment.write_environment(var, values)
    assert read_environment(var) == values


@pytest.mark.parametrize(
    ("address", "kind", "expected"),
    [
        ("https://latihan.example/api", "http_json", {"conn_type": "http", "host": "http://127.0.0.1:9/latihan"}),
        (
            "sftp://latihan.example/",
            "csv",
            {"conn_type": "sftp", "host": "sftp://127.0.0.1:6/latihan", "login": "latihan"},
        ),
        ("mysql://latihan.example/x", "sql", {"conn_type": "mysql", "host": "mysql://127.0.0.1:7/latihan"}),
        (
            "postgresql://latihan.example/x",
            "sql",
            {"conn_type": "postgres", "host": "postgresql://127.0.0.1:8/latihan"},
        ),
    ],
)
def test_a_connection_follows_the_declared_scheme(var: Path, address: str, kind: str, expected: dict[str, str]) -> None:
    declared = get_source("damkar_kejadian").model_dump()
    declared["connection"]["address"], declared["extract"]["kind"], declared["opd"] = address, kind, "latihan"
    city = demo.on_this_machine(var, environment.Ports(1, 2, 3, 9, 5, 6, 7, 8), "kata-sandi")
    connection = demo.connection(city, Source.model_validate(declared))
    assert connection.items() >= expected.items()
    assert connection.get("password") == (None if kind == "http_json" else "kata-sandi")
    extra = connection.get("extra", {})
    assert isinstance(extra, dict)
    assert ("known_hosts" in extra) == (connection["conn_type"] == "sftp")
    assert extra.get("data_simulasi") == (None if kind == "http_json" else "*"), "only HTTP answers say it themselves"


def test_a_failing_command_is_told_by_its_last_line(processes: Processes, tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match=r"made failed with exit code 3: tidak bisa \(see .*made.log\)"):
        processes.finish(shell(tmp_path, "made", "echo tidak bisa; exit 3"), 10)
    with pytest.raises(ServiceError, match=r"absent could not be started: .*No such file"):
        processes.start(Command("absent", ["/tidak/ada"], tmp_path / "absent.log", {}, tmp_path))


def test_waiting_for_a_service_that_ended_does_not_wait(processes: Processes, tmp_path: Path) -> None:
    processes.start(shell(tmp_path, "brief", "echo rusak; exit 1"))
    with pytest.raises(ServiceError, match="brief ended with exit code 1: rusak"):
        processes.wait_ready("brief", lambda: False, 30)


def test_what_is_not_ready_yet_is_told(processes: Processes, tmp_path: Path) -> None:
    processes.start(shell(tmp_path, "Demo city", "exec sleep 500"))
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        url = f"http://127.0.0.1:{server.server_port}/_demo/health"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with pytest.raises(
                ServiceError, match=r"Demo city did not answer within 1 s: not ready: upload, mysql; see .*log"
            ):
                processes.wait_ready("Demo city", lambda: all_ready(url), 1, lambda: unready(url))
        finally:
            server.shutdown()
    assert unready(url) == ": it does not answer over HTTP either"


class Health(BaseHTTPRequestHandler):
    """A demo city of which two protocols are not ready."""

    def do_GET(self) -> None:
        body = json.dumps({"siap": {"http": True, "upload": False, "sftp": True, "mysql": False}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Not on the terminal."""


def test_the_cause_is_told_and_not_where_to_read_on(processes: Processes, tmp_path: Path) -> None:
    script = "echo 'FATAL:  the database system is in recovery mode'; echo '(Background on this error at: https://x)'; exit 1"
    processes.start(shell(tmp_path, "sakit", script))
    with pytest.raises(ServiceError, match="exit code 1: FATAL:  the database system is in recovery mode"):
        processes.wait_ready("sakit", lambda: False, 60)


def is_asleep(process: psutil.Process) -> bool:
    """A process may end while it is looked at."""
    try:
        return bool(process.cmdline() == ["sleep", "500"])
    except psutil.Error:
        return False


def sleeper(var: str) -> psutil.Process:
    """The one that sleeps, once the shell that was started has become it."""
    assert wait_until(lambda: any(is_asleep(one) for one in marked(var)))
    (sleeping,) = [one for one in marked(var) if is_asleep(one)]
    return sleeping


def test_a_service_that_ended_is_started_again_but_not_for_ever(
    processes: Processes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ports = environment.choose_ports(tmp_path)
    city = City(tmp_path, ports, {}, processes, Progress(make_console()))
    seen = {processes.start(shell(tmp_path, "Mailbox", "exec sleep 500"))}
    city.revive()
    for _ in range(REVIVALS):
        sleeper(str(tmp_path)).kill()
        assert wait_until(lambda: processes.exit_code("Mailbox") is not None)
        city.revive()
        assert processes.exit_code("Mailbox") is None
        seen.add(sleeper(str(tmp_path)).pid)
    assert len(seen) == REVIVALS + 1
    assert capsys.readouterr().out.count("Mailbox ended with exit code -9") == REVIVALS
    sleeper(str(tmp_path)).kill()
    assert wait_until(lambda: processes.exit_code("Mailbox") is not None)
    with pytest.raises(ServiceError, match="Mailbox ended with exit code -9"):
        city.revive()


CLIENT = """
import os, time, psycopg
with psycopg.connect(os.environ["DSN"], autocommit=True) as connection:
    print(connection.execute("select pg_backend_pid()").fetchone()[0], flush=True)
    while True:
        connection.execute("select 1")
        time.sleep(0.05)
"""


def test_a_killed_backend_of_the_database_takes_its_clients_along_and_they_come_back(
    processes: Processes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server ends every connection and recovers; who had one ends, and may find the server still recovering."""
    with temporary_var() as var:
        copy_template(var)
        environment.make_folders(var)
        ports = environment.choose_ports(var)
        values = environment.make_environment(var, read_environment(var), ports)
        city = City(var, ports, values, processes, Progress(make_console()))
        server = postgres.server_command(pg_home.place_cluster(var), ports.postgres, var / "log" / "postgresql.log")
        processes.start(server)
        pg_home.wait_for_login(city.admin_dsn, 60)
        loader = environment.database_url("cc_loader", values["CC_PASSWORD_LOADER"], ports.postgres, "warehouse")
        log, env = tmp_path / "mailbox.log", {**os.environ, "DSN": f"postgresql://{loader}"}
        processes.start(Command("Mailbox", [sys.executable, "-c", CLIENT], log, env, tmp_path))
        for times in (1, 2):
            assert wait_until(partial(has_backends, log, times))
            os.kill(backends(log)[-1], signal.SIGKILL)
            assert wait_until(lambda: processes.exit_code("Mailbox") is not None)
            city.revive()
        assert wait_until(partial(has_backends, log, 3))
        assert processes.exit_code("PostgreSQL") is None
        processes.end()
    said = capsys.readouterr().out
    assert said.count("Mailbox ended with exit code 1") == 2, "it found the server ready each time"


def backends(log: Path) -> list[int]:
    """The server processes that the client has had, as it told them."""
    return [int(line) for line in log.read_text().splitlines() if line.isdigit()] if log.exists() else []


def has_backends(log: Path, count: int) -> bool:
    return len(backends(log)) == count


def test_a_shell_that_is_gone_leaves_no_orphan(processes: Processes, tmp_path: Path) -> None:
    processes.finish(shell(tmp_path, "parent", "setsid bash -c 'trap \"\" TERM HUP; sleep 500; true' & exit 0"), 10)
    assert wait_until(lambda: any(is_asleep(one) for one in marked(str(tmp_path))))
    processes.end()
    assert marked(str(tmp_path)) == []


@pytest.mark.parametrize("victim", ["owner", "keeper", "both"])
def test_a_kill_of_owner_or_keeper_leaves_nothing(tmp_path: Path, victim: str) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=package_environment()
    )
    assert owner.stdout is not None
    keeper = int(owner.stdout.readline())
    assert wait_until(lambda: len(marked(str(tmp_path))) >= 3)
    if victim in ("keeper", "both"):
        os.kill(keeper, signal.SIGKILL)
    if victim in ("owner", "both"):
        owner.kill()
    if victim == "keeper":
        owner.terminate()
    owner.wait(30)
    if victim != "owner":
        end_leftovers(str(tmp_path))  # as the next start does
    assert wait_until(lambda: not marked(str(tmp_path)))


def package_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(DAGS)}
