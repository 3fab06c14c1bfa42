"""docker/helm says what docker/compose.yml says: the same image, account, volumes and environment, and no secret written down."""

from __future__ import annotations

from typing import Any

import pytest
from command_center.lint.compose import SECRET_NAME
from command_center.lint.containers import VARIABLE, UniqueKeys, interpolate, load_project
from command_center.paths import ROOT
from yaml import load

DOCKER = ROOT / "docker"
WORKER = load_project(DOCKER).services["airflow-worker"]
AIRFLOW: dict[str, Any] = load((DOCKER / "helm" / "airflow.yaml").read_text(), UniqueKeys)
POD: dict[str, Any] = load((DOCKER / "helm" / "pod-template.yaml").read_text(), UniqueKeys)
SUPERSET: dict[str, Any] = load((DOCKER / "helm" / "superset.yaml").read_text(), UniqueKeys)
DASHBOARDS, PREPARATION = (load_project(DOCKER).services[name] for name in ("superset", "superset-prepare"))
(BASE,) = POD["spec"]["containers"]
Variables = list[dict[str, Any]]
# Told by the chart itself, from its own values and secrets
OF_CHART = {
    *("AIRFLOW__CORE__EXECUTOR", "AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"),
    *("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET"),
    *("AIRFLOW__API__HOST", "AIRFLOW__API__PORT", "AIRFLOW__LOGGING__BASE_LOG_FOLDER", "CC_AIRFLOW_HEALTH_URL"),
    *("AIRFLOW__CELERY__BROKER_URL", "AIRFLOW__CELERY__RESULT_BACKEND"),
}
# No matter of a task's pod
OF_OTHER_PARTS = {
    *("AIRFLOW__API__BASE_URL", "AIRFLOW__CORE__PARALLELISM"),
    *(name for name in WORKER.environment if name.startswith(("AIRFLOW__SCHEDULER__", "AIRFLOW__CELERY__"))),
    "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY",
}
LARGER = {"AIRFLOW__CORE__PARALLELISM"}  # for several workers
WHERE: dict[str, tuple[Variables, set[str]]] = {
    "airflow.yaml": ([*AIRFLOW["env"], *AIRFLOW["workers"]["env"]], OF_CHART),
    "pod-template.yaml": (BASE["env"], (OF_CHART - {"AIRFLOW__CORE__EXECUTOR"}) | OF_OTHER_PARTS),
}


@pytest.mark.parametrize("file", WHERE)
def test_a_task_is_told_what_compose_tells_it(file: str) -> None:
    told, left_out = WHERE[file]
    names = [one["name"] for one in told]
    assert len(names) == len(set(names))
    assert set(names) == WORKER.environment.keys() - left_out
    for one in told:
        if "value" in one and one["name"] not in LARGER | {"AIRFLOW__CORE__EXECUTOR"}:
            assert one["value"] == interpolate(WORKER.environment[one["name"]], {}), one["name"]


@pytest.mark.parametrize("file", WHERE)
def test_what_is_secret_or_of_the_site_comes_from_the_cluster(file: str) -> None:
    for one in WHERE[file][0]:
        given = VARIABLE.fullmatch(WORKER.environment[one["name"]])
        if SECRET_NAME.search(one["name"]):
            assert "value" not in one, one["name"]
        if "valueFrom" in one:
            assert given is not None
            key = one["valueFrom"]["secretKeyRef"]
            assert (key["name"], key["key"]) == ("padang", given["name"])
            assert key.get("optional", False) == (given["how"] == ":-"), one["name"]


def test_secrets_of_tasks_are_the_workers_alone() -> None:
    assert not any("valueFrom" in one for one in AIRFLOW["env"])


def test_image_account_and_volumes_are_those_of_compose() -> None:
    image = AIRFLOW["images"]["airflow"]
    assert f"{image['repository']}:{image['tag']}" == BASE["image"] == WORKER.image
    assert f"{AIRFLOW['uid']}:{AIRFLOW['gid']}" == WORKER.user
    assert (POD["spec"]["securityContext"]["runAsUser"], POD["spec"]["securityContext"]["runAsGroup"]) == (10001, 10001)
    places = {interpolate(volume, {}).split(":")[1] for volume in WORKER.volumes} - {AIRFLOW["airflowHome"]}
    assert {one["mountPath"] for one in AIRFLOW["workers"]["extraVolumeMounts"]} == places
    assert {one["mountPath"] for one in BASE["volumeMounts"]} == places | {"/tmp", AIRFLOW["airflowHome"]}
    for mounts, volumes in (
        (BASE["volumeMounts"], POD["spec"]["volumes"]),
        (AIRFLOW["workers"]["extraVolumeMounts"], AIRFLOW["workers"]["extraVolumes"]),
    ):
        assert [one["name"] for one in mounts] == [one["name"] for one in volumes]


def test_the_pod_is_what_the_executor_expects_and_may_do_little() -> None:
    assert (POD["apiVersion"], POD["kind"], POD["spec"]["restartPolicy"], BASE["name"]) == (
        "v1",
        "Pod",
        "Never",
        "base",
    )
    assert BASE["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert AIRFLOW["executor"] == "CeleryExecutor"
    assert not AIRFLOW["webserver"]["defaultUser"]["enabled"] and not AIRFLOW["createUserJob"]["defaultUser"]["enabled"]


def test_superset_is_told_what_compose_tells_it_and_addresses_take_their_passwords_from_the_cluster() -> None:
    told = SUPERSET["extraEnvRaw"]
    given = {one["name"]: place for place, one in enumerate(told)}
    assert len(given) == len(told)
    used = set()
    for place, one in enumerate(told):
        if one["name"] not in DASHBOARDS.environment:
            used.add(one["name"])  # a password that stands in addresses
            assert one["valueFrom"]["secretKeyRef"] == {"name": "padang", "key": one["name"]}
            continue
        text = DASHBOARDS.environment[one["name"]]
        found = VARIABLE.fullmatch(text)
        if found and "valueFrom" in one:
            key = one["valueFrom"]["secretKeyRef"]
            assert (key["name"], key["key"]) == ("padang", found["name"])
            assert key.get("optional", False) == (found["how"] == ":-"), one["name"]
            continue
        assert not SECRET_NAME.search(one["name"]), one["name"]
        required = [known["name"] for known in VARIABLE.finditer(text) if known["how"] == ":?"]
        assert one["value"] == interpolate(text, {name: f"$({name})" for name in required})
        assert all(given[name] < place for name in required), f"{one['name']} stands above what it is made of"
        used -= set(required)
    assert used == set(), "passwords that nothing uses"
    assert {*given, *SUPERSET["supersetNode"]["env"]} >= DASHBOARDS.environment.keys()
    assert SUPERSET["supersetNode"]["env"].items() <= DASHBOARDS.environment.items()


def test_superset_has_image_account_volumes_and_commands_of_compose() -> None:
    image = SUPERSET["image"]
    assert f"{image['repository']}:{image['tag']}" == DASHBOARDS.image
    assert DASHBOARDS.user == f"{SUPERSET['runAsUser']}:{SUPERSET['supersetNode']['podSecurityContext']['fsGroup']}"
    assert SUPERSET["supersetNode"]["command"] == DASHBOARDS.program
    assert SUPERSET["init"]["command"] == PREPARATION.program
    assert not SUPERSET["init"]["createAdmin"] and not SUPERSET["init"]["loadExamples"]
    places = {volume.split(":")[1] for volume in DASHBOARDS.volumes} | {"/tmp"}
    assert {one["mountPath"] for one in SUPERSET["extraVolumeMounts"]} == places
    assert [one["name"] for one in SUPERSET["extraVolumeMounts"]] == [one["name"] for one in SUPERSET["extraVolumes"]]
    for part in ("supersetNode", "init"):
        assert SUPERSET[part]["containerSecurityContext"] == BASE["securityContext"]
        assert SUPERSET[part]["podSecurityContext"]["runAsNonRoot"]
