"""A held batch is asked about in Airflow, and an answer there releases it. The city is left as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from command_center.local.airflow import ENDED, AirflowApi

from tests.e2e.conftest import City

FILE = "damkar/kejadian.csv"


@pytest.fixture
def held(city: City) -> Iterator[int]:
    """The number of a batch of too few rows."""
    override = f"{city.demo_city_url}/_demo/override/{FILE}"
    lines = httpx.get(f"{city.demo_city_url}/{FILE}", trust_env=False).content.splitlines(keepends=True)
    httpx.put(override, content=b"".join(lines[:40]), headers={"X-Data-Simulasi": "*"}, trust_env=False)
    assert city.command("ingest", "damkar_kejadian").returncode == 5
    with city.connect("loader") as connection:
        yield int(connection.execute("select max(batch_id) from ops.batch where status = 'held'").fetchall()[0][0])
    httpx.delete(override, trust_env=False)
    assert city.command("ingest", "damkar_kejadian").returncode == 0


def until(what: Callable[[], Any]) -> Any:
    """Something true, which comes within two minutes."""
    deadline = time.monotonic() + 120
    while not (found := what()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def waiting(details: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Questions whose task waits: Airflow loses an answer that comes in the second before."""
    return [
        one for one in details if one["task_instance"]["state"] == "awaiting_input" and not one["response_received"]
    ]


def test_an_answer_in_airflow_releases_what_is_held(city: City, held: int) -> None:
    api = AirflowApi(city.airflow_url, city.env["CC_AIRFLOW_ADMIN_PASSWORD"])
    api.login()
    api.pause("review", False)
    run = f"/dags/review/dagRuns/{api.trigger('review', {'batch_id': held})}"
    asked = until(lambda: waiting(api.call("GET", f"{run}/hitlDetails")["hitl_details"]))
    assert f"kiriman {held}" in asked[0]["body"] and asked[0]["options"] == ["Lepas", "Buang", "Biarkan"]
    answer = {"jabatan": "Kepala Bidang Statistik", "alasan": "memang hanya itu"}
    sent = {"chosen_options": ["Lepas"], "params_input": answer}

    def answered() -> Any:
        """Airflow asks again where the answer was quicker than the end of the process that asked."""
        if waiting(api.call("GET", f"{run}/hitlDetails")["hitl_details"]):
            api.call("PATCH", f"{run}/taskInstances/ask/-1/hitlDetails", json=sent)
        return (state := api.call("GET", run)["state"]) in ENDED and state

    assert until(answered) == "success"
    api.pause("review", True)
    with city.connect("loader") as connection:
        decided = connection.execute("select jabatan, alasan from ops.keputusan where jenis = 'lepas'").fetchall()
        newest = connection.execute("select status from ops.batch where batch_id = %s", [held + 1]).fetchall()
    assert decided == [("Kepala Bidang Statistik (Airflow: admin)", "memang hanya itu")]
    assert newest == [("published",)]
