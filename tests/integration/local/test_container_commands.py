"""Each container's command line, started once without containers: the same words and values that the compose files hold.

Only what a container would give is replaced: host names and ports by ports of this machine, paths inside the image by the
repository, volumes by folders of the test.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import httpx
import psycopg
import pytest
from command_center.backup import pg_home
from command_center.backup.pg_home import Account
from command_center.declaration.registry import all_sources
from command_center.lint.containers import Project, Service, dockerfile_of, interpolate, load_project
from command_center.local import environment
from command_center.local.cluster import temporary_var
from command_center.local.processes import Command, Processes, last_line
from command_center.paths import ROOT

DOCKER = ROOT / "docker"
PROJECT = load_project(DOCKER, demo=True)
PROJECT.services = {
    name: one for name, one in PROJECT.services.items() if not one.profiles
}  # test_workers.py has the others
ENVIRONMENTS = {"docker/airflow/Dockerfile": ROOT / ".venv", "docker/superset/Dockerfile": ROOT / ".venv-superset"}
PORTS = ("3306", "5432", "8080", "8085", "8088", "2525", "9080", "9081", "9082", "9090")
START_S = 240
NEEDED = {"nginx": ("nginx", "wget")}


@dataclass
class Stage:
    """The services of the compose files on this machine."""

    folder: Path
    project: Project
    values: dict[str, str]
    ports: dict[str, int]
    cluster: pg_home.Cluster
    processes: Processes
    outcomes: dict[str, str] = field(default_factory=dict)

    def local(self, text: str, service: Service) -> str:
        """A text of a compose file as it must read on this machine."""
        return self.placed(interpolate(text, self.values), service)

    def placed(self, text: str, service: Service) -> str:
        """Paths, hosts and ports of the containers replaced by those of this machine."""
        moved = self.paths(service)
        inside = "|".join(map(re.escape, sorted(moved, key=len, reverse=True)))
        text = re.sub(rf"(?<![\w/.])({inside})(?![\w-])", lambda found: str(moved[found[1]]), text)
        hosts, ports = "|".join(map(re.escape, self.project.services)), "|".join(PORTS)
        text = re.sub(rf"(?<![\w.-])({hosts}):(?=({ports})(?!\w))", "127.0.0.1:", text).replace("0.0.0.0", "127.0.0.1")
        return re.sub(rf"(?<![\w.])({ports})(?!\w)", lambda found: str(self.ports[found[1]]), text)

    def paths(self, service: Service) -> dict[str, Path]:
        """Folders inside the container and what stands for them here."""
        nginx = self.folder / "nginx"
        moved = {"/app": ROOT, "/tmp": nginx / "tmp", "/var/cache/nginx": nginx / "cache", "/etc/nginx": nginx}
        for volume in service.volumes:
            source, inside, *_ = interpolate(volume, self.values).split(":")
            if not source.startswith("."):
                moved[inside] = self.folder / "volumes" / source
        return moved

    def environment(self, service: Service) -> dict[str, str]:
        env = {"HOME": str(self.folder), "LANG": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        if service.build is not None:
            binaries = ENVIRONMENTS[service.build.dockerfile] / "bin"
            env["PATH"] = f"{binaries}:{env['PATH']}"
            env |= {name: self.local(value, service) for name, value in image_environment(service).items()}
        return env | {name: self.local(value, service) for name, value in service.environment.items()}

    def command(self, name: str) -> Command:
        service = self.project.services[name]
        if name == "postgres":
            return self.postgres_command(service)
        env = self.environment(service)
        words = [self.local(word, service) for word in service.program]
        found = find_program(words[0], env["PATH"])
        assert found is not None, f"{words[0]} is not installed"
        account = self.cluster.account if name == "nginx" else None
        return Command(name, [found, *words[1:]], self.folder / f"{name}.log", env, self.folder, account=account)

    def postgres_command(self, service: Service) -> Command:
        """The image's entry script is not here: what it does (initdb, database scripts) is done by the test."""
        place = ["-D", str(self.cluster.data), "-c", f"port={self.ports['5432']}", "-c", "listen_addresses=127.0.0.1"]
        return Command(
            name="postgres",
            argv=[
                str(self.cluster.binaries / service.command[0]),
                *service.command[1:],
                *place,
                "-c",
                "unix_socket_directories=",
            ],
            log=self.folder / "postgres.log",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            cwd=Path("/"),
            account=self.cluster.account,
            ends_last=True,
        )

    def healthy(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run the healthcheck of a service once."""
        service = self.project.services[name]
        assert service.healthcheck is not None
        env = self.environment(service)
        if name == "postgres":
            env["PATH"] = f"{self.cluster.binaries}:{env['PATH']}"
        words = [self.local(word, service) for word in service.healthcheck.test[1:]]
        program = find_program(words[0], env["PATH"]) or words[0]
        return subprocess.run([program, *words[1:]], env=env, capture_output=True, text=True, timeout=30, check=False)

    def start(self, name: str) -> None:
        service, command = self.project.services[name], self.command(name)
        if service.is_once:
            self.processes.finish(command, START_S)
            return
        self.processes.start(command)
        deadline = time.monotonic() + START_S
        while (answer := self.healthy(name)).returncode != 0:
            self.processes.must_run(name)
            said = f"{answer.stdout}{answer.stderr}".strip()
            assert time.monotonic() < deadline, (
                f"{name} stays unhealthy: {said}; its log ends: {last_line(command.log)}"
            )
            time.sleep(1)


def find_program(name: str, path: str) -> str | None:
    places = (Path(folder) / name for folder in path.split(":"))
    return next((str(place) for place in places if place.exists()), None)


def image_environment(service: Service) -> dict[str, str]:
    """ENV of the stages that the image consists of, without PATH."""
    stages = dockerfile_of(service, ROOT).built(service.build.target if service.build else "")
    words = [word for stage in stages for one in stage.of("ENV") for word in shlex.split(one.text)]
    pairs = (word.partition("=") for word in words)
    return {name: value for name, _, value in pairs if name != "PATH"}


def example_values() -> dict[str, str]:
    """docker/.env as a person would fill it in for the demo."""
    names = re.findall(r"^([A-Z][A-Z0-9_]*)=(.*)$", (DOCKER / ".env.example").read_text(), re.MULTILINE)
    values = {name: value or secrets.token_hex(32) for name, value in names}
    values["AIRFLOW_FERNET_KEY"] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    values["SUPERSET_ADMIN_PASSWORD"] = secrets.token_hex(16)
    return values | {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": "2525", "SMTP_STARTTLS": "false"}


def in_order(project: Project) -> list[str]:
    """The services, each after those that it waits for."""
    order: list[str] = []
    while len(order) < len(project.services):
        ready = [n for n, s in project.services.items() if n not in order and set(s.depends_on) <= set(order)]
        assert ready, "the services wait for each other"
        order += ready
    return order


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Every service, started in order; what one of them said when it did not start is kept for its own test."""
    with temporary_var() as var:
        environment.make_folders(var)
        cluster = pg_home.place_cluster(var)
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        processes = Processes(var, var / "log")
        stage = Stage(var / "stage", PROJECT, example_values(), ports, cluster, processes)
        try:
            make_folders(stage)
            make_cluster(stage)
            for name in in_order(PROJECT):
                start_service(stage, name)
            yield stage
        finally:
            processes.end()


def start_service(stage: Stage, name: str) -> None:
    missing = [program for program in NEEDED.get(name, ()) if find_program(program, "/usr/sbin:/usr/bin:/bin") is None]
    waits_for = [other for other in PROJECT.services[name].depends_on if stage.outcomes[other] != "ok"]
    if missing:
        stage.outcomes[name] = f"missing {missing[0]}"
        return
    if waits_for:
        stage.outcomes[name] = f"{name} waits for {waits_for[0]}, which did not start"
        return
    try:
        stage.start(name)
        if name == "postgres":
            run_database_script(stage)
        stage.outcomes[name] = "ok"
    except Exception as error:  # noqa: BLE001 - told by the test of this service
        stage.outcomes[name] = f"{type(error).__name__}: {error}"


def free_ports(count: int) -> list[int]:
    import socket

    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def make_folders(stage: Stage) -> None:
    """Volumes, and nginx's files with this machine's ports and paths."""
    for volume in PROJECT.volumes:
        (stage.folder / "volumes" / volume).mkdir(parents=True)
    service = PROJECT.services["nginx"]
    for volume in service.volumes:
        source, inside, _ = interpolate(volume, {}).split(":")
        if not source.startswith("."):
            continue
        target = stage.folder / "nginx" / Path(inside).name
        shutil.copytree(DOCKER / source, target)
        for file in target.rglob("*.conf"):
            text = stage.placed(file.read_text(), service)
            file.write_text(re.sub(r"/dev/std(out|err)", str(stage.folder / "nginx" / r"\1.log"), text))
    for name in ("tmp", "cache"):
        (stage.folder / "nginx" / name).mkdir()
    give_away(stage.folder, stage.folder / "nginx", stage.cluster.account)


def give_away(home: Path, folder: Path, account: Account | None) -> None:
    """nginx must not run as root here either."""
    if account is not None:
        home.chmod(0o711)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.uid, account.gid)


def make_cluster(stage: Stage) -> None:
    """initdb with the arguments that the compose file gives the image."""
    service, cluster = PROJECT.services["postgres"], stage.cluster
    password = stage.cluster.data.parent / "password"
    password.write_text(stage.values["CC_PASSWORD_ADMIN"])
    pg_home.own_folder(cluster.data, cluster.account)
    identity = {"user": cluster.account.uid, "group": cluster.account.gid} if cluster.account else {}
    if cluster.account is not None:
        os.chown(password, cluster.account.uid, cluster.account.gid)
    subprocess.run(
        [
            str(cluster.binaries / "initdb"),
            f"--pgdata={cluster.data}",
            f"--username={service.environment['POSTGRES_USER']}",
            f"--pwfile={password}",
            *shlex.split(service.environment["POSTGRES_INITDB_ARGS"]),
        ],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        cwd="/",
        check=True,
        capture_output=True,
        **identity,  # type: ignore[call-overload]
    )
    password.unlink()


def run_database_script(stage: Stage) -> None:
    """What the image runs once after initdb."""
    service = PROJECT.services["postgres"]
    env = stage.environment(service) | {
        "PATH": f"{stage.cluster.binaries}:/usr/bin:/bin",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(stage.ports["5432"]),
        "PGPASSWORD": stage.values["CC_PASSWORD_ADMIN"],
        "PGDATA": str(stage.cluster.data),
    }
    script = DOCKER / "postgres" / "10-databases.sh"
    done = subprocess.run(["bash", str(script)], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def must_be_up(stage: Stage, name: str) -> None:
    outcome = stage.outcomes[name]
    if outcome.startswith("missing "):
        pytest.skip(f"{outcome.removeprefix('missing ')} is not installed (Debian: apt-get install nginx-light wget)")
    assert outcome == "ok", outcome


def ask(stage: Stage, port: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(
        f"http://127.0.0.1:{stage.ports[port]}{path}", data, {"Content-Type": "application/json", **headers}
    )
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=60) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except HTTPError as error:
        return error.code, error.read(), dict(error.headers)


@pytest.mark.parametrize("name", in_order(PROJECT))
def test_command_line_starts_and_its_healthcheck_passes(stage: Stage, name: str) -> None:
    must_be_up(stage, name)
    if not PROJECT.services[name].is_once:
        answer = stage.healthy(name)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        stage.processes.must_run(name)


def test_healthcheck_tells_a_service_that_does_not_answer(stage: Stage) -> None:
    must_be_up(stage, "airflow-api-server")
    env = {**os.environ, "CC_AIRFLOW_HEALTH_URL": "http://127.0.0.1:1/health"}
    script = DOCKER / "airflow" / "health.py"
    done = subprocess.run(
        [sys.executable, str(script), "scheduler"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "did not tell the state of scheduler" in done.stdout


def test_databases_of_airflow_and_superset_are_closed_to_others(stage: Stage) -> None:
    must_be_up(stage, "bootstrap")
    address = f"127.0.0.1:{stage.ports['5432']}"
    airflow = f"postgresql://airflow:{stage.values['CC_PASSWORD_AIRFLOW']}@{address}"
    psycopg.connect(f"{airflow}/airflow").close()
    for database in ("superset", "warehouse", "publik", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(f"{airflow}/{database}")


def test_the_demo_city_tells_airflow_the_connection_of_every_source(stage: Stage) -> None:
    must_be_up(stage, "demo-city")
    told = json.loads((stage.folder / "volumes" / "keys" / "connections.json").read_text())
    for source in all_sources():
        connection = told[source.connection.id]
        assert connection["host"].endswith(f"/{source.opd}"), source.source
        if connection["conn_type"] != "fs":
            assert connection["host"].partition("://")[2].startswith("demo-city:")
    backend = PROJECT.services["airflow-scheduler"].environment
    assert json.loads(backend["AIRFLOW__SECRETS__BACKEND_KWARGS"]) == {
        "connections_file_path": "/keys/connections.json"
    }
    assert (stage.folder / "volumes" / "keys" / "known_hosts").read_text().startswith("[demo-city]:")


def test_airflow_takes_its_administrator_through_nginx_and_keeps_the_tasks_interface_closed(stage: Stage) -> None:
    must_be_up(stage, "nginx")
    login = {"username": "admin", "password": stage.values["CC_AIRFLOW_ADMIN_PASSWORD"]}
    assert ask(stage, "9082", "/auth/token", login | {"password": "wrong"})[0] == 401
    status, body, _ = ask(stage, "9082", "/auth/token", login)
    assert status == 201, body
    token = json.loads(body)["access_token"]
    status, body, _ = ask(stage, "9082", "/api/v2/dags", Authorization=f"Bearer {token}")
    assert status == 200, body
    assert ask(stage, "9082", "/execution/health")[0] == 404


def test_public_door_answers_from_its_cache_without_cookies_or_login(stage: Stage) -> None:
    must_be_up(stage, "nginx")
    first = ask(stage, "9080", "/static/kota/lambang.svg")
    assert first[0] == 200
    status, _, headers = ask(stage, "9080", "/", Cookie="padang_session=anything")
    assert status < 400 and "Set-Cookie" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Permissions-Policy" in headers and "nginx/" not in headers["Server"]
    for closed in ("/login/", "/sqllab/", "/api/v1/security/login", "/users/list/"):
        assert ask(stage, "9080", closed)[0] == 404, closed
    assert ask(stage, "9080", "/api/v1/dashboard/1", {"x": 1})[0] == 403
    ask(stage, "9080", "/static/kota/lambang.svg")
    wait_for_line(stage.folder / "nginx" / "out.log", r'"GET /static/kota/lambang\.svg" 200 .* HIT')


def wait_for_line(log: Path, pattern: str) -> None:
    """nginx writes its line after the answer."""
    deadline = time.monotonic() + 10
    while not re.search(pattern, log.read_text()):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def test_public_dashboard_is_reached_without_cookies(stage: Stage) -> None:
    must_be_up(stage, "nginx")
    page = ask(stage, "9080", "/superset/dashboard/publik/?standalone=1")
    assert page[0] == 200 and b"/login" not in page[1][:2000]
    assert ask(stage, "9080", "/api/v1/dashboard/publik")[0] == 200
    assert ask(stage, "9080", "/api/v1/dashboard/ringkasan")[0] in (403, 404)
    status, body, _ = ask(
        stage, "9080", "/api/v1/chart/data", {"datasource": {"id": 1, "type": "table"}, "queries": []}
    )
    assert status >= 400 and b"CSRF" not in body  # refused for what it asks, not for a missing cookie


@pytest.mark.parametrize("path", ["/api/v1/time_range/?q='Last%20week'", "/superset/dashboard/publik/"])
def test_nobody_asks_the_public_door_without_end(stage: Stage, path: str) -> None:
    must_be_up(stage, "nginx")
    answers = [ask(stage, "9080", path)[0] for _ in range(30)]
    assert 429 not in answers, "a screen that opens is let in"
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: ask(stage, "9080", path)[0], range(600)))
    assert 429 in answers


def test_officials_door_has_the_login(stage: Stage) -> None:
    must_be_up(stage, "nginx")
    status, body, headers = ask(stage, "9081", "/login/")
    assert status == 200 and b"csrf" in body.lower()
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_officials_read_the_catalogue_after_their_login_only(stage: Stage) -> None:
    must_be_up(stage, "nginx")
    folder = stage.folder / "nginx" / "catalogue" / "sumber"
    folder.mkdir()
    (folder / "satu.html").write_text("<h1>Satu</h1>")
    address = f"http://127.0.0.1:{stage.ports['9081']}"
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as stranger:
        answer = stranger.get("/katalog/sumber/satu.html")
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/login/?next=/katalog/sumber/satu.html"
        assert stranger.get("/logged-in").status_code == 404
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as official:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', official.get("/login/").text)
        assert token is not None
        form = {"username": "admin", "password": stage.values["SUPERSET_ADMIN_PASSWORD"], "csrf_token": token[1]}
        assert official.post("/login/", data=form).status_code == 302
        answer = official.get("/katalog/sumber/satu.html")
        assert (answer.status_code, answer.text) == (200, "<h1>Satu</h1>")
        assert official.get("/katalog/../nginx.conf").status_code in (400, 403, 404)


def test_the_public_reads_open_data_and_writes_none(stage: Stage) -> None:
    must_be_up(stage, "nginx")
    folder = stage.folder / "volumes" / "open-data"
    (folder / "indikator.csv").write_text("nilai\n1\n")
    (folder / "dcat.jsonld").write_text("{}")
    status, body, headers = ask(stage, "9080", "/data-terbuka/indikator.csv")
    assert (status, body, headers["Content-Type"]) == (200, b"nilai\n1\n", "text/csv; charset=utf-8")
    assert ask(stage, "9080", "/data-terbuka/dcat.jsonld")[2]["Content-Type"].startswith("application/ld+json")
    assert ask(stage, "9080", "/data-terbuka/indikator.csv", {"x": 1})[0] == 403
    assert ask(stage, "9080", "/katalog/")[0] != 200
