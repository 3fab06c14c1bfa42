"""A warm process that does each job in a child of its own: `python -m tests.support.chaos.nursery`.

What takes seconds to import is imported once. Jobs come as lines of JSON, and lines say what becomes of them: that a child waits
at a moment, and how it ended. Children end with this process, and it ends with its owner.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from command_center.declaration.registry import get_source
from command_center.declaration.source import Source
from command_center.errors import SourceBusy
from command_center.extract import http, isolated, sftp, sql_question
from command_center.extract.asking import Window
from command_center.extract.isolated import Parser
from command_center.intake import ingest, lock, quality
from command_center.operate.watch import alert_stewards
from command_center.report.deliver import deliver_all
from command_center.report.editions import make_now
from command_center.settings import settings
from command_center.warehouse import transform
from command_center.warehouse.plan import Plan

from tests.support.chaos.moments import Moments, watch
from tests.support.chaos.owned import end_with_owner

Job = dict[str, Any]
free_parsers: list[Parser] = []


def main() -> None:
    end_with_owner()
    quality.warm_up()
    for module in (http, sftp, sql_question):
        vars(module)["PAUSE_S"] = 0.01
    lock.LOCK_WAIT_S = 0.2
    quality._datasource(settings().dsn("loader")).get_engine().dispose()  # a child must not share its connection
    tell(ready=True)
    for line in sys.stdin:
        begin(json.loads(line))
    for parser in free_parsers:
        parser.end()


def begin(job: Job) -> None:
    parser = free_parsers.pop() if free_parsers else warm_parser()
    child = os.fork()
    if child == 0:
        os._exit(do(job, parser))
    tell(job=job["job"], pid=child)
    threading.Thread(target=follow, args=(job, child, parser), daemon=True).start()


def warm_parser() -> Parser:
    """Its child reads for one job after another; here it is begun, in a forked process it would be each time anew."""
    parser = Parser()
    parser._child = isolated._start()
    return parser


def follow(job: Job, child: int, parser: Parser) -> None:
    _, status = os.waitpid(child, 0)
    is_idle = status == 0 or "staged" not in (job.get("at") or [])  # else it may be in the midst of an answer
    child_of = parser._child
    if is_idle and child_of is not None and child_of.poll() is None:
        free_parsers.append(parser)
    else:
        parser.end()
    tell(job=job["job"], ended=os.waitstatus_to_exitcode(status))


def tell(**told: object) -> None:
    """One write, so that lines of several processes do not mix; no lock that a fork could copy locked."""
    os.write(1, json.dumps(told).encode() + b"\n")


def do(job: Job, parser: Parser) -> int:
    """The job in its own process; what came of it is written before its exit code is known."""
    end_with_owner()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner decides
    moments = Moments(tuple(job["at"]) if job.get("at") else None, act_of(job))
    watch(moments)
    job["moments"] = moments
    if limit := job.get("full_at"):
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)
        )  # a write beyond it fails, as on a full disk
    told: dict[str, object] = {}
    try:
        told["did"] = JOBS[job["do"]](job, parser)
    except Exception as error:  # noqa: BLE001 - whatever it is, the owner reads it
        told |= {
            "error": f"{type(error).__name__}: {' '.join(str(error).split())}",
            "is_busy": isinstance(error, SourceBusy),
        }
    told["moments"] = moments.passed
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with contextlib.suppress(OSError):
        Path(job["told"]).write_text(json.dumps(told), encoding="utf-8")
    return 0 if "error" not in told or told["is_busy"] else 1


def act_of(job: Job) -> Callable[[str], None]:
    def stop(moment: str) -> None:
        """Wait until somebody has done what he wants to do at this moment."""
        tell(job=job["job"], at=moment)
        os.kill(os.getpid(), signal.SIGSTOP)

    def kill(moment: str) -> None:
        tell(job=job["job"], at=moment)
        os.kill(os.getpid(), signal.SIGKILL)

    return kill if job.get("act") == "kill" else stop


def take_in(job: Job, parser: Parser) -> list[str]:
    """One run of one source, of its first parts only where the job says so."""
    parser._child.poll = lambda: None  # type: ignore[union-attr,method-assign]  # it is its parent's to wait for
    source = get_source(job["source"])
    if parts := job.get("parts"):
        first_parts(source, parts)
    window = Window(*(datetime.fromisoformat(moment) for moment in job["window"])) if job.get("window") else Window()
    done = ingest.ingest(source, window, run_id=job["run_id"], parser=parser)
    return [f"{one.table} {one.part}: {one.status}" for one in done]


def first_parts(source: Source, count: int) -> None:
    """Ask for the first parts of a source only, and of each for the first files."""
    answers = ingest._answers
    vars(source)["requests"] = source.requests[:count]
    ingest._answers = lambda *asked: islice(answers(*asked), count)


def build(job: Job, parser: Parser) -> str:
    """One build of the warehouse; each node that dbt has done is a moment of it."""
    moments, arguments = job["moments"], Plan.arguments
    Plan.arguments = lambda plan: without_tests(arguments(plan))  # type: ignore[method-assign,assignment]  # in this process

    def told(text: str) -> None:
        with moments.within("built"):
            moments.reached(text)

    return str(transform.build_warehouse(on_event=told))


def without_tests(arguments: list[str]) -> list[str]:
    """A small city is not complete, and three nodes of four are tests, which write nothing."""
    if arguments[0] != "build":
        return arguments
    kept = arguments[: arguments.index("--exclude")] if "--exclude" in arguments else arguments
    return [*kept, "--exclude", "resource_type:test", "resource_type:unit_test"]


def alert(job: Job, parser: Parser) -> int:
    """What the DAG `watch` does every half hour; how many mails."""
    return alert_stewards()


def report(job: Job, parser: Parser) -> str:
    """What the DAG `report` does: an edition for each kecamatan, and its mail."""
    with job["moments"].within("reported"):
        made = make_now("bulanan")
        return " ".join([deliver_all(made.to_deliver), *made.problems])


JOBS: dict[str, Callable[[Job, Parser], object]] = {
    "ingest": take_in,
    "build": build,
    "watch": alert,
    "report": report,
}

if __name__ == "__main__":
    main()
