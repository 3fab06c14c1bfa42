"""What `make run` asks of Airflow: that DAGs begin once, and that all are off when it ends."""

from __future__ import annotations

import io
import signal
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from command_center.errors import ServiceError
from command_center.local import progress as progress_module
from command_center.local import run as module
from command_center.local import services
from command_center.local.airflow import DagRun
from command_center.local.processes import ENDING, Interrupted
from command_center.local.progress import Progress
from command_center.local.result import Result
from command_center.local.run import Run
from rich.console import Console


class Airflow:
    """An Airflow of which some DAGs are due; the schedule makes the run of each but the forgotten one."""

    def __init__(self, due: set[str], forgotten: str = "") -> None:
        self.due, self.forgotten = due, forgotten
        self.on: set[str] = {"ingest_a"}
        self.triggered: list[str] = []
        self.asked = 0
        self.is_gone = False

    def due_dags(self) -> set[str]:
        return self.due

    def pause(self, dag_id: str, paused: bool) -> None:
        if dag_id == "ingest_lost":
            raise ServiceError("Airflow refused PATCH /dags/ingest_lost with 404")
        (self.on.discard if paused else self.on.add)(dag_id)

    def pause_all(self) -> None:
        if self.is_gone:
            raise ServiceError("Airflow did not answer")
        self.on.clear()

    def trigger(self, dag_id: str, conf: object = None) -> str:
        self.triggered.append(dag_id)
        return f"manual {dag_id}"

    def newest_runs(self, dag_ids: set[str]) -> list[DagRun]:
        """Each made a moment later; one has ended when it is seen first, and an old one has nothing to do with it."""
        self.asked += 1
        now = datetime.now(UTC)
        old = [DagRun(one, "old", "scheduled", "success", now - timedelta(hours=1), now) for one in dag_ids]
        made = [
            DagRun(one, f"scheduled {one}", "scheduled", "success" if one == "ingest_b" else "queued", now, None)
            for one in dag_ids
            if self.asked > 1 and one != self.forgotten
        ]
        return [*made[:1], *old, *made[1:]]


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """What ends is not interrupted; the tests that follow may be."""
    before = {number: signal.getsignal(number) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def running(api: Airflow, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(module, "PAUSE_S", 0.0)
    monkeypatch.setattr(module, "DUE_TIMEOUT_S", 0.3)
    made: Any = Run.__new__(Run)
    made.api, made.result, made.began = api, Result(durations={}), datetime.now(UTC)
    made.progress = Progress(Console(file=io.StringIO()))
    monkeypatch.setattr(Run, "note", lambda self, error: self.result.problems.append(error))
    checked: Run = made
    return checked


def test_what_is_due_is_left_to_the_schedule_and_all_else_is_triggered(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Airflow({"ingest_b", "ingest_c", "ingest_d", "maintain"}, forgotten="ingest_d")
    run = running(api, monkeypatch)
    begun = run.begin(["ingest_a", "ingest_b", "ingest_c", "ingest_d", "ingest_lost"])
    assert begun == {
        "ingest_a": "manual ingest_a",
        "ingest_b": "scheduled ingest_b",
        "ingest_c": "scheduled ingest_c",
        "ingest_d": "manual ingest_d",
    }
    assert api.triggered == ["ingest_a", "ingest_d"]
    assert [str(problem) for problem in run.result.problems] == ["Airflow refused PATCH /dags/ingest_lost with 404"]


BEGAN = datetime(2026, 11, 27, 8, tzinfo=UTC)


def ran(state: str, minutes: float) -> DagRun:
    moment = BEGAN + timedelta(minutes=minutes)
    return DagRun("publish", state, "scheduled", state, moment, moment)


@pytest.mark.parametrize(
    ("due", "seen", "waits", "triggered"),
    [
        (set(), [[ran("success", -60)]], False, True),  # nothing begins by itself: no time is lost
        ({"transform"}, [[ran("success", -60)]], False, True),
        ({"publish"}, [[ran("success", -60)], [ran("success", 1)]], True, False),
        (set(), [[ran("running", 1)], [ran("success", 1)]], True, False),
        (set(), [[ran("running", -1)], [ran("success", -1)]], True, True),  # which may have missed what is new
        (set(), [[ran("running", 1)], [ran("failed", 1)]], True, True),
    ],
)
def test_a_build_is_waited_for_only_where_one_begins_by_itself(
    monkeypatch: pytest.MonkeyPatch, due: set[str], seen: list[list[DagRun]], waits: bool, triggered: bool
) -> None:
    api: Any = Airflow(due)
    api.runs = lambda dag_id, limit=50: seen[0] if len(seen) == 1 or not waited else seen[1]
    waited: list[str] = []
    followed: list[Mapping[str, str]] = []
    run = running(api, monkeypatch)
    monkeypatch.setattr(Run, "progress", SimpleNamespace(say=lambda text: None), raising=False)
    monkeypatch.setattr(Run, "wait_until_quiet", lambda self, dag_id: waited.append(dag_id))
    monkeypatch.setattr(Run, "follow", lambda self, stage, runs: followed.append(runs))
    run.ensure("publish", after=BEGAN)
    assert (waited, followed) == (["publish"] * waits, [{"publish": "manual publish"}] * triggered)


def test_asking_a_service_whether_it_is_ready_reads_certificates_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    create = ssl.create_default_context

    def counted(*given: Any, **named: Any) -> ssl.SSLContext:
        made.append(given)
        return create(*given, **named)

    monkeypatch.setattr(ssl, "create_default_context", counted)
    services.client.cache_clear()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert not any(services.responds(f"http://127.0.0.1:{port}/health") for _ in range(5))
    assert not services.all_ready(f"http://127.0.0.1:{port}/_demo/health")
    assert len(made) == 1


@pytest.mark.parametrize("error", [None, Interrupted(signal.SIGINT), ServiceError("x"), ValueError("x")])
def test_every_dag_is_off_before_and_however_it_ends(
    monkeypatch: pytest.MonkeyPatch, error: BaseException | None
) -> None:
    api = Airflow(set())
    run = running(api, monkeypatch)
    with pytest.raises(type(error)) if error else nullcontext(), run.all_paused():
        assert api.on == set()
        run.begin(["ingest_a", "ingest_b"])
        assert api.on == {"ingest_a", "ingest_b"}
        if error:
            raise error
    assert api.on == set()


def test_an_airflow_that_is_gone_does_not_hide_why_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Airflow(set())
    with pytest.raises(Interrupted), running(api, monkeypatch).all_paused():
        api.is_gone = True
        raise Interrupted(signal.SIGTERM)


class Slow(Airflow):
    """Every DAG's run ends some moments after the one before, but for the one that never does."""

    def __init__(self, every_s: float, endless: str = "") -> None:
        super().__init__(set())
        self.every_s, self.endless, self.last = every_s, endless, time.monotonic()

    def ended_runs(self, dag_ids: Mapping[str, str], since: datetime) -> list[DagRun]:
        left = sorted(set(dag_ids) - {self.endless})
        if not left or time.monotonic() - self.last < self.every_s:
            return []
        self.last = time.monotonic()
        return [DagRun(left[0], dag_ids[left[0]], "manual", "success", None, None)]


def followed(api: Slow, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    run = running(api, monkeypatch)
    monkeypatch.setattr(module, "RUN_TIMEOUT_S", 0.4)
    monkeypatch.setattr(Run, "log_folder", Path("log"))
    ended: list[str] = []
    monkeypatch.setattr(Run, "report_end", lambda self, one: ended.append(one.dag_id))
    run.follow("Intake", {name: f"manual {name}" for name in ("ingest_a", "ingest_b", "ingest_c")})
    return ended


def test_a_busy_machine_has_time_as_long_as_one_run_after_the_other_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    assert followed(Slow(0.2), monkeypatch) == ["ingest_a", "ingest_b", "ingest_c"]


def test_a_run_that_never_ends_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ServiceError, match="Of ingest_b none ended within 0 s"):
        followed(Slow(0.0, endless="ingest_b"), monkeypatch)


def test_a_terminal_shows_a_bar_for_each_stage_and_a_log_a_short_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_module, "REMIND_S", 0.0)
    shown, logged = io.StringIO(), io.StringIO()
    left = [f"ingest_{letter}" for letter in "abcde"]
    for file, is_terminal in ((shown, True), (logged, False)):
        progress = Progress(Console(file=file, force_terminal=is_terminal, width=128))
        with progress.bar("Intake", left) as intake, progress.bar("Election", ["ingest_kpu"]) as election:
            progress.step("ingest_e succeeded in 1.0 s")
            assert intake.show(left[:4]) and election.show(["ingest_kpu"]) and not intake.show([])
            progress.bars.refresh()
    assert "Intake" in shown.getvalue() and "5/5" in shown.getvalue() and "0/1" in shown.getvalue()
    assert "succeeded" not in shown.getvalue() and "succeeded in 1.0 s" in logged.getvalue()
    assert "Intake: 1 of 5, at work: ingest_a, ingest_b, ingest_c and 1 more" in logged.getvalue()
    assert "5/5" not in logged.getvalue()
