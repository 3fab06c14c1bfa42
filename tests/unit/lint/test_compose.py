"""The compose files as they are pass the lint; each way of breaking them is named in one sentence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command_center.lint.compose import lint_compose
from command_center.lint.containers import Dockerfile, interpolate, load_project, merge
from command_center.paths import ROOT

DOCKER = ROOT / "docker"
Break = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of docker/ beside links to what its files name."""
    for name in (
        "dags",
        "dbt_project",
        "expectations",
        "superset_exports",
        "requirements.lock",
        "requirements-demo.lock",
        "tests",
        "requirements-superset.lock",
        "requirements-superset-ldap.lock",
    ):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(DOCKER, tmp_path / "docker", ignore=shutil.ignore_patterns("__pycache__", ".env"))
    return tmp_path / "docker"


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text, f"{name} has no {old!r} to break"
    (folder / name).write_text(text.replace(old, new, 1))


def test_the_files_of_this_repository_have_no_problem() -> None:
    assert lint_compose(DOCKER) == []


def test_the_copy_has_no_problem_either(folder: Path) -> None:
    assert lint_compose(folder) == []


BREAKAGES = [
    ("compose.yml", '    user: "999:999"\n', "", "service postgres runs as root"),
    ("compose.yml", "    user: \"101:101\"\n", "    user: root\n", "service nginx runs as root"),
    ("compose.yml", "postgres:18.6-bookworm", "postgres:latest", "'postgres:latest', whose version is not pinned"),
    ("compose.yml", "    command: [airflow, triggerer, --skip-serve-logs]\n", "    command: [airflw, triggerer]\n", "calls 'airflw', which no package"),
    ("compose.yml", "[python, -m, command_center, bootstrap]", "[python, -m, comand_center, bootstrap]", "service bootstrap calls the module 'comand_center', which the image of airflow/Dockerfile does not hold"),
    ("compose.yml", "docker/superset/prepare.py]", "docker/superset/prepar.py]", "calls '/app/docker/superset/prepar.py', which the image of superset/Dockerfile does not hold"),
    ("compose.yml", "[CMD, pg_isready,", "[CMD, pg_ready,", "calls 'pg_ready', which is not known"),
    ("compose.yml", "  read_only: true\n", "", "may write to its image"),
    ("compose.yml", "  cap_drop: [ALL]\n", "", "keeps capabilities"),
    ("compose.yml", "  restart: unless-stopped\n", "", "has no restart policy"),
    ("compose.yml", "restart: unless-stopped", "restart: unless-stoped", "has the restart policy 'unless-stoped'; there are no, always"),
    ("compose.yml", "    healthcheck: &airflow-health\n", "    helthcheck: &airflow-health\n", "compose.yml: services.airflow-api-server: the key 'helthcheck' does not exist; did you mean 'healthcheck'?"),
    ("compose.yml", "condition: service_healthy}", "condition: service_helthy}", "services.bootstrap.depends_on.postgres.condition: 'service_helthy' is not one of"),
    ("compose.yml", "networks: [database]\n", "networks: 7\n", "compose.yml: services.postgres.networks: 7 is not valid"),
    ("compose.yml", "    healthcheck: {disable: true}\n\n  backup-receiver", "\n  backup-receiver", "service bootstrap ends by itself"),
    ("compose.yml", "      POSTGRES_PASSWORD: ${CC_PASSWORD_ADMIN:?set it in docker/.env}", "      POSTGRES_PASSWORD: rahasia123", "secret written into POSTGRES_PASSWORD"),
    ("compose.yml", "cc_public:${CC_PASSWORD_PUBLIC:?set it in docker/.env}@", "cc_public:letmein@", "password written into the address in SUPERSET_PUBLIC_URI"),
    ("compose.yml", "${SUPERSET_SECRET_KEY:?set it in docker/.env}", "${SUPERSET_SECRET_KEY:-changeme}", "gives the secret SUPERSET_SECRET_KEY a default"),
    ("compose.yml", "${SMTP_HOST:?set it in docker/.env}", "${SMTP_HOST}", "uses $SMTP_HOST in a way that is silently empty"),
    ("compose.yml", "${CC_AIRFLOW_BIND:-127.0.0.1}", "${CC_AIRFLOW_BIND:-0.0.0.0}", "beyond this machine by default"),
    ("compose.yml", "    stop_signal: SIGINT\n", "    stop_signal: SIGINT\n    ports: [\"127.0.0.1:5432:5432\"]\n", "service postgres publishes a port; only nginx may"),
    ("compose.yml", "./postgres/10-databases.sh:", "./postgres/11-databases.sh:", "mounts './postgres/11-databases.sh', which does not exist"),
    ("compose.yml", "./nginx:/etc/nginx/padang:ro", "./nginx:/etc/nginx/padang", "may write to './nginx' of the server"),
    ("compose.yml", '["airflow:/airflow", "data:/data", ', '["airflow:/airflow", "dat:/data", ', "the volume 'dat', which is not declared"),
    ("compose.yml", "    networks: [database, web, outside]\n    stop", "    networks: [database, wep]\n    stop", "the network 'wep', which is not declared"),
    ("compose.yml", "      bootstrap: {condition: service_completed_successfully}", "      bootstrap: {condition: service_healthy}", "waits for bootstrap to be 'service_healthy', which never comes"),
    ("compose.yml", "      superset: {condition: service_healthy}", "      supperset: {condition: service_healthy}", "depends on 'supperset', which does not exist"),
    ("compose.yml", "dockerfile: docker/airflow/Dockerfile}", "dockerfile: docker/airflow/Dockerfil}", "is built from 'docker/airflow/Dockerfil', which does not exist"),
    ("compose.yml", "  database: {internal: true}\n", "  database: {internal: true}\n  database: {}\n", "the key 'database' is there twice"),
    ("compose.yml", "networks:\n  database", "networks\n  database", "not readable as YAML"),
    ("compose.yml", "    profiles: [workers]\n    command: [airflow, celery", "    command: [airflow, celery", "service airflow-worker depends on 'valkey', which is only there with the profile 'workers'"),
    ("compose.yml", "${CC_PASSWORD_VALKEY:-}@", "${CC_PASSWORD_VALKEY:-antrean}@", "gives the secret CC_PASSWORD_VALKEY a default"),
    ("compose.yml", "entrypoint: [sh, /etc/valkey", "entrypoint: [bash, /etc/valkey", "calls 'bash', which is not known to be in the image 'valkey/valkey'"),
    ("compose.demo.yml", "demo_city.mailbox", "command_center.report.mailbx", "compose.yml with compose.demo.yml: service mailbox calls the module"),
    ("compose.demo.yml", "target: demo}", "target: dmeo}", "service demo-city calls the module 'demo_city', which the image of airflow/Dockerfile, target dmeo does not hold"),
    ("compose.demo.yml", "dockerfile: docker/airflow/Dockerfile, target: demo}", "dockerfile: docker/airflow/Dockerfile}", "calls the module 'demo_city.mailbox', which the image of airflow/Dockerfile does not hold"),
    (".env.example", "SMTP_HOST=\n", "", "SMTP_HOST is used by the compose files but not documented"),
    (".env.example", "SMTP_HOST=\n", "SMTP_HOST=\nSMTP_HOTS=\n", "SMTP_HOTS is documented but no compose file uses it"),
    (".env.example", "CC_HMAC_KEY=\n", "CC_HMAC_KEY=abc\n", "CC_HMAC_KEY must have no value here"),
    ("airflow/Dockerfile", 'USER 10001:10001\nCMD ["airflow"', 'CMD ["airflow"', "airflow/Dockerfile: ends as root"),
    ("airflow/Dockerfile", 'USER 10001:10001\nCMD ["python"', 'CMD ["python"', "airflow/Dockerfile: ends as root"),
    ("airflow/Dockerfile", " --require-hashes", "", "pip installs without --require-hashes"),
    ("airflow/Dockerfile", "WORKDIR /data", "WORKDIRR /data", "'WORKDIRR' is not an instruction"),
    ("airflow/Dockerfile", "python:3.11.14-slim-bookworm AS", "python:latest AS", "'python:latest' is not pinned"),
    ("airflow/Dockerfile", "COPY --from=locked /", "COPY --from=lokced /", "there is no stage 'lokced'"),
    ("airflow/Dockerfile", "COPY dags /app/dags", "COPY dag /app/dags", "copies 'dag', which is not in the repository"),
    ("airflow/Dockerfile", "COPY dags/*.py", "COPY dag/*.py", "copies 'dag/*.py', which is not in the repository"),
    ("airflow/Dockerfile", "COPY dags", "ADD dags", "ADD may fetch"),
    ("airflow/Dockerfile", "AIRFLOW_HOME=/airflow", "AIRFLOW__CORE__FERNET_KEY=abc", "would be kept in the image"),
    ("airflow/Dockerfile", "docker/airflow/prepare.py /app", "/app", "calls '/app/docker/airflow/prepare.py', which the image of airflow/Dockerfile does not hold"),
    ("airflow/Dockerfile.dockerignore", "!expectations\n", "!expectations\ndags/command_center\n", "the module 'command_center', which the image"),
    ("airflow/Dockerfile", "COPY requirements.lock", "COPY requirement.lock", "installs from no lock file"),
    ("superset/Dockerfile", "COPY requirements-superset.lock", "COPY requirements-supersets.lock", "copies 'requirements-supersets.lock', which is not in the repository"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), BREAKAGES, ids=[case[3][:50] for case in BREAKAGES])
def test_each_breakage_is_named(folder: Path, name: str, old: str, new: str, said: str) -> None:
    change(folder, name, old, new)
    problems = lint_compose(folder)
    assert any(said in problem for problem in problems), problems


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "compose.demo.yml").unlink()
    assert any(problem.startswith("compose.demo.yml: not readable") for problem in lint_compose(folder))


def test_nginx_files_include_only_what_exists() -> None:
    """Paths in nginx's files are relative to its main file's folder; both kinds of doors are complete."""
    for file in (DOCKER / "nginx").rglob("*.conf"):
        for included in re.findall(r"include\s+\.\./padang/([\w./]+);", file.read_text()):
            assert (DOCKER / "nginx" / included).is_file(), f"{file.name} includes {included}"
    doors = [
        set(re.findall(r"listen (\d+)", (DOCKER / "nginx" / kind / "servers.conf").read_text()))
        for kind in ("http", "https")
    ]
    published = {port.rpartition(":")[2] for port in load_project(DOCKER).services["nginx"].ports}
    assert doors == [published, published]


def test_production_has_neither_demo_city_nor_mailbox() -> None:
    assert not {"demo-city", "mailbox"} & set(load_project(DOCKER).services)
    assert {"demo-city", "mailbox"} <= set(load_project(DOCKER, demo=True).services)


def test_airflow_in_production_uses_the_fab_auth_manager() -> None:
    for name, service in load_project(DOCKER).services.items():
        if name.startswith("airflow-"):
            assert service.environment["AIRFLOW__CORE__AUTH_MANAGER"].endswith("FabAuthManager")


def test_only_bootstrap_and_the_server_know_the_superusers_password() -> None:
    services = load_project(DOCKER, demo=True).services
    knowing = {
        name
        for name, one in services.items()
        if any("CC_PASSWORD_ADMIN" in value for value in one.environment.values())
    }
    assert knowing == {"postgres", "bootstrap"}


def test_merging_follows_compose() -> None:
    base = {"a": {"list": [1], "command": ["x"], "only": 1}}
    assert merge(base, {"a": {"list": [2], "command": ["y"]}}) == {"a": {"list": [1, 2], "command": ["y"], "only": 1}}


def test_interpolation() -> None:
    assert interpolate("${A:-x}-${B:?m}-$$-$C", {"B": "b", "C": "c"}) == "x-b-$-c"


def test_a_dockerfile_is_read_by_stage(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(
        "FROM a:1.0 AS one\n# note\nRUN one \\\n    && two\nFROM one\nCOPY --from=one /x /x\nCOPY a b /c/\n"
    )
    parsed = Dockerfile(file)
    assert [(one.line, one.name, one.text) for one in parsed.instructions[:2]] == [
        (1, "FROM", "a:1.0 AS one"),
        (3, "RUN", "one && two"),
    ]
    assert [stage.name for stage in parsed.built()] == ["one", "1"]
    assert [stage.name for stage in parsed.built("one")] == ["one"]
    assert parsed.stages[1].copies == [(["a", "b"], "/c/")]
    assert parsed.stages[1].copied_stages == ["one"]


def test_an_image_holds_what_is_copied_and_not_ignored(tmp_path: Path) -> None:
    for name in ("dags/a.py", "dags/sub/b.py", "dags/sub/__pycache__/c.pyc", "dags/out/d.py", "other/e.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    file = tmp_path / "Dockerfile"
    file.write_text("FROM a:1.0 AS all\nCOPY dags /app\nFROM a:1.0\nCOPY dags/*.py /app/\nCOPY other/e.py /app/f.py\n")
    file.with_name("Dockerfile.dockerignore").write_text("*\n!dags\ndags/out\n**/__pycache__\n")
    assert Dockerfile(file).files(tmp_path, "all").keys() == {"/app/a.py", "/app/sub/b.py"}
    assert Dockerfile(file).files(tmp_path).keys() == {"/app/a.py"}, "other/ is not sent to the engine"
