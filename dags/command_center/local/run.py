"""`make run`: the whole city once, through the real scheduler, from its sources to the mailed reports.

A problem of one source or stage is noted and does not hold up the rest; the first one decides the exit code.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import psycopg
from rich.markup import escape

from command_center import errors
from command_center.database import database_time
from command_center.declaration.registry import source_names
from command_center.errors import BatchHeld, CommandCenterError, DeliveryError, IntegrityError, ServiceError
from command_center.ledger import build, delivery, raw_state
from command_center.local.airflow import ENDED, AirflowApi, DagRun, task_failure
from command_center.local.charts import ChartResult, check_charts, check_public_charts, titles_of_the_public
from command_center.local.processes import Interrupted, ignore_signals
from command_center.local.progress import Progress, make_console
from command_center.local.result import Result, ask_ledger, tallies
from command_center.local.scenario import ELECTION_SOURCE, replayed
from command_center.local.services import City, open_city
from command_center.local.summary import print_summary
from command_center.local.superset import OFFICIAL
from command_center.report.periods import folder_of, last_complete_month, today
from command_center.wilayah import kecamatan_codes

ASSET_DAGS = ("transform", "publish")


LAST_DAGS = ("report", "watch", "maintain")
# Waits for a person, so nothing here waits for it; `watch` begins it for what is held, and it runs when it is switched on.
ASKING_DAG = "review"


STEPS = "From intake to reports"


RUN_TIMEOUT_S = 600.0


DAGS_TIMEOUT_S = 90.0


DUE_TIMEOUT_S = 10.0


QUIET_S = 3.0


PAUSE_S = 1.0


class Run:
    """One run of every DAG, in the order of the path of a row."""

    def __init__(self, city: City, result: Result) -> None:
        self.city = city
        self.progress = city.progress
        self.result = result
        self.api = city.airflow_api()
        self.began = datetime.min
        self.answers: list[ChartResult] = []

    def all_stages(self) -> None:
        superset = self.city.start(superset_first=False)
        self.began = ask_ledger(database_time)
        self.api.login()
        with self.all_paused():
            self.every_dag(superset)
        self.count_reports()

    @contextmanager
    def all_paused(self) -> Iterator[None]:
        """Begin with every DAG off, for what a schedule begins by itself disturbs the order; end so, however that comes."""
        self.api.pause_all()
        try:
            yield
        finally:
            ignore_signals()
            with suppress(ServiceError):  # ended by what ends everything
                self.api.pause_all()

    def every_dag(self, superset: Future[None]) -> None:
        with self.noted("DAGs"):
            self.wait_for_dags()
        with self.progress.stage(STEPS):
            self.take_in_and_build()
            last = self.city.in_background(self.run_last)
            officials = self.city.in_background(partial(self.ask_officials_charts, superset))
            with self.noted("Publication"):
                self.api.pause("publish", False)
                self.ensure("publish", after=ask_ledger(build.swapped_at))
            with self.noted("Dashboards"):
                officials.result()
                self.ask_public_charts()
                self.count_charts()
            with self.noted("Reports"):
                last.result()

    def take_in_and_build(self) -> None:
        with self.noted("Intake"):
            self.ingest_all()
        self.count_tables()
        # Not unpaused before its turn: one build of the whole city, not one after each source; nothing to publish before it.
        with self.noted("Warehouse"):
            self.api.pause("transform", False)
            self.ensure("transform", after=max(self.began, ask_ledger(raw_state.changed_at)), conf={"now": True})
        self.count_models()

    @contextmanager
    def noted(self, stage: str) -> Iterator[None]:
        """Measure a stage; a problem in it is noted and the next stage goes on."""
        with self.progress.stage(stage):
            try:
                yield
            except CommandCenterError as error:
                self.note(error)
            except (psycopg.Error, httpx.HTTPError) as error:
                self.note(ServiceError(f"{stage}: {' '.join(str(error).split())}; see {self.log_folder}."))

    def note(self, error: CommandCenterError) -> None:
        self.result.problems.append(error)
        self.progress.say(f"[red]{escape(str(error))}[/red]")

    def wait_for_dags(self) -> None:
        """Wait until every DAG is known to the scheduler. Raises ServiceError naming what is missing."""
        wanted = {f"ingest_{name}" for name in source_names()} | {*ASSET_DAGS, *LAST_DAGS, ASKING_DAG}
        deadline = time.monotonic() + DAGS_TIMEOUT_S
        while (missing := wanted - self.api.dag_ids()) and time.monotonic() < deadline and not self.api.import_error():
            self.city.must_live()
            time.sleep(PAUSE_S)
        self.progress.say(f"{len(wanted - missing)} of {len(wanted)} DAGs are known to the scheduler")
        if missing:
            reason = self.api.import_error() or f"see {self.log_folder / 'airflow-dag-processor.log'}"
            raise ServiceError(f"The scheduler does not know {', '.join(sorted(missing))}: {reason}")

    @property
    def log_folder(self) -> Path:
        return self.city.var / "log"

    def ingest_all(self) -> None:
        """Begin every source at once; the election is counted step by step beside."""
        election = self.city.in_background(self.replay_election)
        names = [name for name in source_names() if name != ELECTION_SOURCE]
        self.follow("Intake", self.begin([f"ingest_{name}" for name in names]))
        election.result()

    def begin(self, dag_ids: Sequence[str]) -> dict[str, str]:
        """Let DAGs run once: by the schedule where a run is due, else triggered. One that cannot begin is noted."""
        due, moment = self.api.due_dags() & set(dag_ids), datetime.now(UTC)
        runs: dict[str, str] = {}
        for dag_id in dag_ids:
            try:
                self.api.pause(dag_id, False)
                if dag_id not in due:
                    runs[dag_id] = self.api.trigger(dag_id)
            except ServiceError as error:
                due.discard(dag_id)
                self.note(error)
        return runs | self.begin_due(due, moment)

    def begin_due(self, dag_ids: set[str], since: datetime) -> dict[str, str]:
        """Wait for the runs that the schedule makes, of all DAGs at once; what it does not make in time is triggered."""
        runs: dict[str, str] = {}
        deadline = time.monotonic() + DUE_TIMEOUT_S
        while (left := dag_ids - runs.keys()) and time.monotonic() < deadline:
            newest = (run for run in self.api.newest_runs(left) if run.is_open or run.began_after(since))
            runs |= {run.dag_id: run.run_id for run in newest}
            time.sleep(PAUSE_S)
        return runs | {dag_id: self.api.trigger(dag_id) for dag_id in dag_ids - runs.keys()}

    def run_last(self) -> None:
        self.follow("Reports and care", self.begin(LAST_DAGS))

    def replay_election(self) -> None:
        """Take the count in at each step of the election's clock."""
        if ELECTION_SOURCE not in source_names():
            return
        for step in replayed(self.city.demo_city_url):
            self.progress.say(f"The election's clock stands at {step:%d-%m-%Y %H:%M} WIB")
            self.follow("Election", self.begin([f"ingest_{ELECTION_SOURCE}"]))

    def follow(self, stage: str, runs: Mapping[str, str]) -> None:
        """Watch runs to their end and say what became of each; a failed one is noted with its own sentence."""
        open_runs = dict(runs)
        deadline = time.monotonic() + RUN_TIMEOUT_S
        with self.progress.bar(stage, open_runs) as bar:
            while open_runs:
                for ended in self.api.ended_runs(open_runs, self.began):
                    if open_runs.get(ended.dag_id) == ended.run_id:
                        del open_runs[ended.dag_id]
                        deadline = time.monotonic() + RUN_TIMEOUT_S
                        self.api.pause(ended.dag_id, ended.dag_id not in ASSET_DAGS)
                        self.report_end(ended)
                if time.monotonic() > deadline:
                    raise ServiceError(
                        f"Of {', '.join(open_runs)} none ended within {RUN_TIMEOUT_S:.0f} s; see {self.log_folder}."
                    )
                if bar.show(open_runs):
                    self.city.must_live()
                time.sleep(PAUSE_S)

    def report_end(self, run: DagRun) -> None:
        if run.state == "success":
            self.progress.step(f"{run.dag_id} succeeded in {run.seconds:.1f} s")
        else:
            self.note(failure_of(run, self.api, self.log_folder / "airflow"))

    def ensure(self, dag_id: str, after: datetime, conf: Mapping[str, object] | None = None) -> None:
        """Trigger a run, unless one began by itself after the moment and succeeded."""
        done = self.begun_by_itself(dag_id, after)
        if done is not None:
            self.progress.say(f"{dag_id} succeeded in {done.seconds:.1f} s, begun by its schedule")
        else:
            self.follow(dag_id.capitalize(), {dag_id: self.api.trigger(dag_id, conf)})

    def begun_by_itself(self, dag_id: str, after: datetime) -> DagRun | None:
        """What the schedule or an earlier owner began. Events of assets begin nothing here: they came while the DAG was off."""
        is_due = dag_id in self.api.due_dags()
        if not is_due and not any(run.is_open for run in self.api.runs(dag_id)):
            return None
        self.wait_until_quiet(dag_id)
        newest = self.api.runs(dag_id, limit=1)
        is_done = newest and newest[0].state == "success" and newest[0].began_after(after)
        return newest[0] if is_done else None

    def wait_until_quiet(self, dag_id: str) -> None:
        """Wait until a DAG has had no active run for a while: the scheduler makes runs of assets a moment after the event."""
        deadline = time.monotonic() + RUN_TIMEOUT_S
        quiet_since = time.monotonic()
        with self.progress.bar(dag_id.capitalize(), {dag_id}) as bar:
            while time.monotonic() - quiet_since < QUIET_S:
                if any(run.state not in ENDED for run in self.api.runs(dag_id)):
                    quiet_since = time.monotonic()
                if time.monotonic() > deadline:
                    raise ServiceError(
                        f"{dag_id} did not come to rest within {RUN_TIMEOUT_S:.0f} s; see {self.log_folder}."
                    )
                bar.show({dag_id})
                time.sleep(PAUSE_S)

    def ask_officials_charts(self, superset: Future[None]) -> None:
        """Ask the charts that only officials see for their data as a browser does; the others are published meanwhile."""
        superset.result()
        public = titles_of_the_public(self.city.superset_url)
        self.ask_as_official(lambda title: title not in public)

    def ask_public_charts(self) -> None:
        """Ask what the public sees: as anybody, and as an official, who sees it too."""
        url = self.city.superset_url
        self.answers += check_public_charts(url)
        self.ask_as_official(titles_of_the_public(url).__contains__)

    def ask_as_official(self, is_asked: Callable[[str], bool]) -> None:
        password = self.city.values["SUPERSET_OFFICIALS_PASSWORD"]
        self.answers += check_charts(self.city.superset_url, OFFICIAL, password, is_asked=is_asked)

    def count_charts(self) -> None:
        answers = self.answers
        silent = [f"{answer.chart} ({answer.dashboard}): {answer.error}" for answer in answers if answer.error]
        self.result.charts_asked = len(answers)
        self.result.charts_answered = len(answers) - len(silent)
        self.progress.say(f"{self.result.charts_answered} of {len(answers)} charts answered with data")
        if silent:
            raise ServiceError(f"{len(silent)} of {len(answers)} charts gave no data: {'; '.join(silent[:3])}")

    def count_tables(self) -> None:
        """Read the ledger of this run; what was held, failed or lost without its DAG saying so is a problem too."""
        self.result.tables = tallies(self.began)
        named = " ".join(str(problem) for problem in self.result.problems)
        for row in self.result.tables:
            if (row.held or row.failed) and row.source not in named:
                self.note(BatchHeld(f"{row.name}: {row.held} batches held and {row.failed} failed: {row.reason}"))
            if row.unaccounted:
                self.note(
                    IntegrityError(
                        f"{row.name}: {row.read} rows were read, but {row.read - row.unaccounted} published, unchanged or "
                        "quarantined; see ops.batch, and count again with `python -m command_center recount`."
                    )
                )

    def count_models(self) -> None:
        last = ask_ledger(partial(build.last_build_seen_since, moment=self.began))
        if last is not None:
            self.result.models_built, self.result.tests_passed = last.models_built, last.tests_passed

    def count_reports(self) -> None:
        """Count the reports of the last complete month. Notes a DeliveryError when a kecamatan has none, or no mail."""
        periode = last_complete_month(today())
        folder = folder_of("bulanan", periode)
        self.result.reports = sorted(folder.glob("laporan_*.pdf"))
        mails = ask_ledger(partial(delivery.sent_to_camat, periode=periode, since=self.began))
        self.result.mails_sent, self.result.mails_sent_before = mails.since, mails.before
        expected, sent = len(kecamatan_codes()), mails.since + mails.before
        if len(self.result.reports) < expected or sent < expected:
            self.note(
                DeliveryError(
                    f"{folder} has {len(self.result.reports)} PDFs and {sent} mails were sent, expected {expected} of each; "
                    "see the log of report."
                )
            )


def failure_of(run: DagRun, api: AirflowApi, logs: Path) -> CommandCenterError:
    """What a failed run's tasks said, as the error class that decides the exit code."""
    tasks = ", ".join(api.failed_tasks(run)) or "no task"
    known = task_failure(logs, run)
    if known is None:
        return ServiceError(f"{run.dag_id} failed in {tasks}; see {api.url}/dags/{run.dag_id}/runs/{run.run_id}.")
    name, text = known
    return kind_of_failure(name, run.dag_id)(f"{run.dag_id} failed in {tasks}: {text}")


def kind_of_failure(name: str, dag_id: str) -> type[CommandCenterError]:
    """An error of our own keeps its class; Airflow's, and what nobody foresaw, stand for a held batch or a broken service."""
    if name in errors.CLASSES:
        return errors.class_named(name)
    return BatchHeld if dag_id.startswith("ingest_") else ServiceError


def run() -> int:
    """Start everything, run every DAG once, check every chart, print the summary; the exit code."""
    console = make_console()
    progress = Progress(console)
    result = Result(durations=progress.durations)
    os.environ.setdefault("CC_TRANSFORM_INTERVAL", "PT0S")  # an interval is for what comes by itself
    for day in ("CC_REPORT_OPENS", "CC_REPORT_DEADLINE"):  # nor does a run wait: what is late stands on the first page
        os.environ.setdefault(day, "1")
    try:
        with open_city(progress) as city, progress.stage("Everything"):
            Run(city, result).all_stages()
    except Interrupted as interruption:
        console.print(f"[red]Interrupted: {interruption}; every process has ended.[/red]")
        return interruption.exit_code
    except CommandCenterError as error:
        result.problems.append(error)
    print_summary(console, result)
    return result.exit_code
