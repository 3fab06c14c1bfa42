"""`make chaos`: a small city is disturbed at random over its whole path, healed, and compared with one that nobody disturbed.

A line for each fault, a table at the end; the exit code is 1 where anything differs. SEED= does the same faults again.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from command_center.declaration.registry import get_source, source_names
from command_center.local.cluster import temporary_cluster, temporary_var
from command_center.local.processes import interruptible
from command_center.settings import settings

from tests.support.chaos.agencies import Agencies, agencies
from tests.support.chaos.children import children
from tests.support.chaos.compare import built, mailed, open_problems, reported, taken_in
from tests.support.chaos.moments import OF_INTAKE, OUTSIDE
from tests.support.chaos.state import State, differences, leftovers
from tests.support.chaos.world import Asked, World

NOW = "2026-11-23T09:20:00+07:00"
PARTS = 1
BUILD, REPORT = "the build", "the report"
# What an agency's server does wrong that no good row may be lost by: it does not answer, or what it answers is refused.
WRONG = ("down", "status_500", "html", "column_renamed", "column_lost")
OF_MAIL = ("down", "status_429", "status_500")


@dataclass
class Chaos:
    """The faults, one after another, and what they did."""

    world: World
    city: Agencies
    chance: random.Random
    moments: dict[str, dict[str, int]]
    counts: Counter[str] = field(default_factory=Counter)
    held: set[str] = field(default_factory=set)

    @property
    def sources(self) -> list[str]:
        return [name for name in self.moments if name not in (BUILD, REPORT)]

    def say(self, kind: str, text: str) -> None:
        self.counts[kind] += 1
        print(f"{self.counts.total():3}  {kind:18} {text}", flush=True)

    def of_intake(self, weights: dict[str, int]) -> None:
        """One fault of one source while it is asked and loaded."""
        kind = self.chance.choices(list(weights), list(weights.values()))[0]
        source = self.chance.choice(self.sources)
        at = self._moment(source)
        asked = {"source": source, "parts": PARTS}
        self.say(kind, f"{source}: {INTAKE[kind](self, asked, at)}")

    def _moment(self, source: str) -> list[object]:
        passed = self.moments[source]
        step = self.chance.choice([step for step in [*OF_INTAKE, OUTSIDE] if step in passed])
        return [step, self.chance.randrange(passed[step])]

    def killed(self, asked: Asked, at: list[object]) -> str:
        return _told(self.world.kill_at("ingest", at, asked))

    def crashed(self, asked: Asked, at: list[object]) -> str:
        return _told(self.world.cut_off_at("ingest", at, self.world.crash, asked))

    def cut_off(self, asked: Asked, at: list[object]) -> str:
        return _told(self.world.cut_off_at("ingest", at, self.world.end_sessions, asked))

    def twice(self, asked: Asked, at: list[object]) -> str:
        return _told(self.world.twice_at_once("ingest", at, asked))

    def full_disk(self, asked: Asked, at: list[object]) -> str:
        limit = self.chance.choice([1, 200, 1000, 4000])
        done = self.world.children.begin("ingest", **asked, full_at=limit).end()
        return f"no file beyond {limit} bytes: {done.get('error') or done.get('did')}"[:150]

    def answered_wrong(self, asked: Asked, at: list[object]) -> str:
        fault = self.chance.choice(WRONG)
        self.city.break_one(get_source(asked["source"]).opd, fault)
        done = self.world.children.begin("ingest", **asked).end()
        self.city.mend()
        return f"{fault}: {done.get('error') or done.get('did')}"[:150]

    def build_killed(self, steps: Sequence[str] = ("built",)) -> None:
        self.say("build killed", _told(self.world.kill_at("build", self._moment_of_build(steps), {})))

    def _moment_of_build(self, steps: Sequence[str]) -> list[object]:
        passed = self.moments[BUILD]
        step = self.chance.choice([step for step in steps if step in passed])
        return [step, self.chance.randrange(passed[step])]

    def build_cut_off(self) -> None:
        at = self._moment_of_build(("built",))
        cut = self.chance.choice([self.world.crash, self.world.end_sessions])
        self.say("build cut off", _told(self.world.cut_off_at("build", at, cut, {})))

    def mail_refused(self) -> None:
        """The server takes no mail; what is due stays due."""
        fault = self.chance.choice(OF_MAIL)
        self.city.break_one("surat", fault)
        done = self.world.children.begin("watch").end()
        self.city.mend()
        self.say("mail refused", f"{fault}: {done.get('error') or 'nothing was due'}"[:150])

    def report_killed(self) -> None:
        """In the midst of its editions or of its mails, also between the server's answer and the note of it."""
        self.say("report killed", _told(self.world.kill_at("report", self._moment_of_report(), {})))

    def report_cut_off(self) -> None:
        cut = self.chance.choice([self.world.crash, self.world.end_sessions])
        self.say("report cut off", _told(self.world.cut_off_at("report", self._moment_of_report(), cut, {})))

    def report_refused(self) -> None:
        fault = self.chance.choice(OF_MAIL)
        self.city.break_one("surat", fault)
        done = self.world.children.begin("report").end()
        self.city.mend()
        self.say("report refused", f"{fault}: {done.get('error') or done.get('did')}"[:150])

    def _moment_of_report(self) -> list[object]:
        return ["reported", self.chance.randrange(self.moments[REPORT]["reported"])]

    def watch(self) -> None:
        """Stewards are told; from now on what is held at this moment is due."""
        self.held |= open_problems(self.world)
        self.world.settle("watch", {})


INTAKE: dict[str, Callable[[Chaos, Asked, list[object]], str]] = {
    "killed": Chaos.killed,
    "PostgreSQL crashed": Chaos.crashed,
    "sessions ended": Chaos.cut_off,
    "twice at once": Chaos.twice,
    "full disk": Chaos.full_disk,
    "wrong answer": Chaos.answered_wrong,
}
WEIGHTS = {
    "killed": 10,
    "PostgreSQL crashed": 3,
    "sessions ended": 4,
    "twice at once": 4,
    "full disk": 3,
    "wrong answer": 6,
}


def _told(moment: str | None) -> str:
    return moment or "had ended before its moment"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--faults", type=int, default=60, help="how many at least")
    parser.add_argument(
        "--sources", type=int, default=len(source_names()), help="how many, chosen by the seed; default: all"
    )
    options = parser.parse_args()
    sources = sorted(random.Random(options.seed).sample(source_names(), options.sources))
    print(f"SEED={options.seed}, DATA SIMULASI", flush=True)
    try:
        with interruptible(), temporary_var() as folder:
            return compare(folder, options.seed, options.faults, sources)
    except KeyboardInterrupt:
        print("interrupted; every process has been ended", file=sys.stderr)
        return 130


def compare(folder: Path, seed: int, faults: int, sources: list[str]) -> int:
    began = time.monotonic()
    os.environ["DEMO_NOW"] = NOW
    folder.mkdir()
    with agencies(folder, "--smtp-port=0") as city:
        with world(folder / "calm", city) as calm:
            moments, expected, due = undisturbed(calm, sources)
        reports = sent_reports(folder)
        print(
            f"undisturbed: {rows_of(expected)} rows in {len(expected)} relations, {time.monotonic() - began:.0f} s",
            flush=True,
        )
        with world(folder / "wild", city) as wild:
            chaos = Chaos(wild, city, random.Random(seed), moments)
            disturb(chaos, faults)
            heal(chaos)
            found = differences(expected, state(wild)) + left(wild) + alerts(chaos, due, reports, folder)
    return tell(chaos, expected, found, time.monotonic() - began)


@contextmanager
def world(folder: Path, city: Agencies) -> Iterator[World]:
    """A database of its own, with nothing in it, and the agencies that all worlds share."""
    folder.mkdir()
    with temporary_cluster():
        mail = urlsplit(city.addresses["smtp"])
        os.environ.update(city.environment)
        os.environ.update(SMTP_HOST=str(mail.hostname), SMTP_PORT=str(mail.port), DEMO_NOW=NOW)
        os.environ["CC_LANDING_URL"] = (folder / "landing").as_uri()
        os.environ["CC_MAILBOX_FOLDER"] = str(folder.parent / "demo" / "surat")
        os.environ.update(CC_REPORT_OPENS="1", CC_REPORT_DEADLINE="1")  # a small city is never complete
        settings.cache_clear()
        with children(folder / "jobs") as begun:
            yield World(folder, begun)


def undisturbed(calm: World, sources: list[str]) -> tuple[dict[str, dict[str, int]], State, set[str]]:
    """Moments of each source's first run, what is there in the end, and which problems are open then."""
    moments = {name: take_in(calm, name)["moments"] for name in sources}
    moments[BUILD] = calm.settle("build", {})["moments"]
    calm.settle("watch", {})
    done = calm.settle("report", {})
    print(f"reports: {done['did']}"[:300], flush=True)
    moments[REPORT] = done["moments"]
    return moments, state(calm), open_problems(calm)


def sent_reports(folder: Path) -> Counter[str]:
    """The reports that were mailed undisturbed. The mailbox is emptied: the same editions are to come into it again."""
    mailbox = folder / "demo" / "surat"
    found = Counter({subject: count for subject, count in mailed(mailbox).items() if "data bulanan" in subject})
    for file in mailbox.rglob("*.eml"):
        file.unlink()
    assert found, "no report was mailed"
    return found


def take_in(where: World, name: str) -> Asked:
    source = get_source(name)
    return where.settle("ingest", {"source": name, "parts": PARTS}, again=source.extract.since is not None)


def disturb(chaos: Chaos, faults: int) -> None:
    """From an empty city to a filled one, then a built one, then one that goes on; each fault at a random moment."""
    first, later, mails = faults * 6 // 10, faults * 2 // 10, max(2, faults // 20)
    for _ in range(first):
        chaos.of_intake({**WEIGHTS, "wrong answer": 2})
    for name in chaos.sources:
        take_in(chaos.world, name)
    for _ in range(max(2, faults // 15)):
        chaos.build_killed()
    chaos.build_cut_off()
    chaos.build_killed(("put in place", "swapped"))
    for _ in range(mails):
        chaos.mail_refused()
    chaos.watch()
    while chaos.counts.total() < max(faults, first + later) - mails:
        chaos.of_intake({**WEIGHTS, "wrong answer": 12})
        if chaos.chance.random() < 0.3:
            chaos.watch()
    for _ in range(mails):
        chaos.mail_refused()


def heal(chaos: Chaos) -> None:
    """Nothing is wrong any more, and everything runs once; the reports, whose figures stand now, are disturbed while they are made."""
    for name in chaos.sources:
        take_in(chaos.world, name)
    chaos.world.settle("build", {})
    for disturbed in (
        chaos.report_killed,
        chaos.report_refused,
        chaos.report_cut_off,
        chaos.report_killed,
        chaos.report_killed,
    ):
        disturbed()
    chaos.world.settle("report", {})
    chaos.watch()


def state(where: World) -> State:
    with where.connect() as connection:
        found: State = {}
        for name in source_names():
            found |= taken_in(connection, get_source(name))
        return found | built(connection) | reported(connection)


def left(where: World) -> list[str]:
    with where.connect() as connection:
        return leftovers(connection)


def alerts(chaos: Chaos, due: set[str], reports: Counter[str], folder: Path) -> list[str]:
    """Of each problem that was there when stewards were told: one mail that it began, and one that it ended unless it stays;
    and each report once.
    """
    sent = mailed(folder / "demo" / "surat")
    expected = Counter(reports)
    for problem in chaos.held:
        source = problem.partition(" ")[0]
        expected[f"{source} perlu perhatian"] += 1
        if problem not in due:
            expected[f"{source}: masalah sudah selesai"] += 1
    still = open_problems(chaos.world)
    lines = [f"alerts: still open: {sorted(still - due)}, missing: {sorted(due - still)}"] if still != due else []
    if sent != expected:
        lines.append(
            f"alerts: sent, though not due: {dict(sent - expected)}; due, but not sent: {dict(expected - sent)}"
        )
    return lines


def rows_of(found: State) -> int:
    return sum(len(rows) for name, rows in found.items() if name.startswith("raw."))


def tell(chaos: Chaos, expected: State, found: list[str], seconds: float) -> int:
    print(f"\n{'fault':20}times")
    for kind, times in sorted(chaos.counts.items()):
        print(f"{kind:20}{times:5}")
    print(f"{'together':20}{chaos.counts.total():5}\n")
    for line in found:
        print(f"DIFFERS  {line}")
    result = f"{len(found)} differences" if found else "equal"
    told = f"{len(chaos.held)} problems, each told once" if not any("alerts" in line for line in found) else "see above"
    print(f"raw, core, mart and ledgers ({len(expected)} relations): {result}; alerts: {told}; {seconds:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
