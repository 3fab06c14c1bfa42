"""The whole city behind one door: which source answers a path, what stands in for it, and what is wrong with it."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from command_center.declaration.registry import get_source, source_names
from command_center.errors import CommandCenterError, DeclarationError

from demo_city import drop
from demo_city.agencies import latihan, practice
from demo_city.answer import Answer, html_page
from demo_city.ask import Question
from demo_city.causes.regions import all_kelurahan
from demo_city.clock import CityClock, ElectionClock
from demo_city.faults.record_faults import ROLES, spoiled_records
from demo_city.faults.spoil import Fault, spoiled
from demo_city.fixtures import FIXTURES, stand_in
from demo_city.office import Office, answered, offices
from demo_city.secret import password_of
from demo_city.table import Table

PRACTICE = "latihan"  # serves every kind of source, and is no declared one
PRACTICE_TABLE = "pengangkutan"
MAILBOX = "surat"
ELECTION = "kpu"  # lives by the election's clock
ASKED_PLAINLY = Question()


class UnknownSource(CommandCenterError):
    """A source was named that the demo city does not have."""


class City:
    """Sources, clocks, faults, overrides and dropped files of one demo city; safe to use from many threads."""

    def __init__(self, seed: int, state_dir: Path, fixtures: Path = FIXTURES) -> None:
        all_kelurahan()  # a missing seed file shall stop the start, not the first request
        self.seed = seed
        self.state_dir = state_dir
        self.clock = CityClock(state_dir)
        self.election = ElectionClock(state_dir)
        self.dropped = drop.DropFolder(state_dir / "files")
        self.password = password_of(state_dir)
        self._faults: dict[str, Fault] = {}
        self._overrides: dict[str, tuple[Answer, datetime]] = {}
        self._churn: int | None = None
        self._lock = threading.Lock()
        self._changed = threading.Condition()
        self.version = 0
        self.unanswered: list[str] = []  # a sentence for each declared source that nothing in the city answers
        self._offices = dict(offices())
        self._take_in(fixtures)

    def answer(self, path: str, asked: Question = ASKED_PLAINLY) -> tuple[Answer, Fault | None]:
        """What is answered over HTTP to a path such as 'damkar/kejadian.csv', and the fault that its source has."""
        source, _, rest = path.partition("/")
        override, fault = self._state(path, source)
        if override:
            return override[0], None
        return self._answer(source, rest, asked, fault, over_http=True), fault

    def file(self, path: str) -> Answer | None:
        """A file as SFTP or a folder gives it, None when there is none. The fault's connection is the caller's matter."""
        source, _, rest = path.partition("/")
        override, fault = self._state(path, source)
        if override:
            return replace(override[0], modified=override[1])
        if rest not in self.files(source):
            return None
        found = self._answer(source, rest, ASKED_PLAINLY, fault, over_http=False)
        return found if found.status == 200 else None

    def files(self, source: str) -> list[str]:
        """Paths of an agency's files, the overridden and the dropped ones too."""
        own = latihan.file_paths(self.practice_table()) if source == PRACTICE else []
        for office in self._offices.get(source, ()):
            own = [*own, *office.files(self.seed, self.clock.now())]
        with self._lock:
            put = [path.partition("/")[2] for path in self._overrides if path.partition("/")[0] == source]
        return sorted({*own, *put, *self.dropped.paths(source)})

    def sources(self) -> tuple[str, ...]:
        """Every agency, with those that only have a drop folder."""
        return tuple(dict.fromkeys([*self._offices, PRACTICE, *self.dropped.agencies()]))

    def databases(self) -> dict[str, str]:
        """The name of the table by the database that holds it, which is also its agency and the login."""
        kept = [office for group in self._offices.values() for office in group if office.database]
        return {PRACTICE: PRACTICE_TABLE} | {office.agency: office.database.name for office in kept if office.database}

    def practice_table(self) -> Table:
        """The practice agency's table as its source has it now, with the faults of its rows."""
        fault = self.fault(PRACTICE)
        with self._lock:
            steps = self._churn or 0
        return practice.table(self.seed, practice.last_hour(self.seed, self._moment(PRACTICE, fault)), fault, steps)

    def database_table(self, agency: str = PRACTICE) -> Table:
        """An agency's table as its database holds it, where an empty answer is a table without rows."""
        fault = self.fault(agency)
        if agency == PRACTICE:
            table = self.practice_table()
        else:
            kept = next(office.database for office in self._offices[agency] if office.database)
            table = kept.table(self.seed, self._moment(agency, fault))
        return replace(table, rows=()) if fault and fault.kind == "empty" else table

    def break_source(self, source: str, fault: Fault) -> None:
        """Give a source a fault, in place of the one it has."""
        self._must_exist(source)
        with self._lock:
            self._faults[source] = replace(fault, since=self.clock.now(), election=self.election.now())
        self.touch()

    def mend(self, source: str | None) -> None:
        """Take the fault from one source, or from all."""
        if source:
            self._must_exist(source)
        with self._lock:
            for name in [source] if source else list(self._faults):
                self._faults.pop(name, None)
        self.touch()

    def fault(self, source: str) -> Fault | None:
        with self._lock:
            return self._faults.get(source)

    @property
    def faults(self) -> Mapping[str, Fault]:
        with self._lock:
            return dict(self._faults)

    def override(self, path: str, answer: Answer | None) -> None:
        """Answer a path with exactly these bytes; None restores what the city itself answers."""
        with self._lock:
            if answer is None:
                self._overrides.pop(path, None)
            else:
                self._overrides[path] = (answer, self.clock.now())
        self.touch()

    def churn(self, source: str, every_request: bool) -> None:
        """Let rows come and go between the requests of a paged source, or end that and have the table as it was."""
        if source != PRACTICE:
            raise UnknownSource(f"Only {PRACTICE!r} can churn, not {source!r}.")
        with self._lock:
            self._churn = 0 if every_request else None
        self.touch()

    def churned(self) -> dict[str, object]:
        """How many requests have changed the table, and which numbers came and went."""
        hour = practice.last_hour(self.seed, self.clock.now())
        with self._lock:
            steps = self._churn
        inserted, deleted = practice.numbers_of_churn(self.seed, hour, steps or 0)
        return {"every_request": steps is not None, "steps": steps or 0, "inserted": inserted, "deleted": deleted}

    def touch(self) -> None:
        """Tell whoever keeps a copy of the city's tables or files that something changed."""
        with self._changed:
            self.version += 1
            self._changed.notify_all()

    def wait_for_change(self, seen: int, ending: threading.Event, timeout_s: float) -> None:
        """Wait until there is another version than the one seen, or the end, or for so long."""
        with self._changed:
            self._changed.wait_for(lambda: ending.is_set() or self.version != seen, timeout_s)

    def _state(self, path: str, source: str) -> tuple[tuple[Answer, datetime] | None, Fault | None]:
        with self._lock:
            return self._overrides.get(path), self._faults.get(source)

    def _answer(self, source: str, rest: str, asked: Question, fault: Fault | None, *, over_http: bool) -> Answer:
        dropped = self.dropped.answer(source, rest)
        good = dropped or self._good_answer(source, rest, asked, fault)
        if fault is None:
            return good
        if fault.level == "table" and fault.kind != "frozen" and good.modified and not dropped:
            good = replace(good, modified=max(good.modified, fault.since))  # a file that was made anew says so
        if fault.level == "table" and source in ROLES and good.family and not dropped:
            return spoiled_records(source, good, fault)
        return spoiled(good, fault, over_http=over_http)

    def _moment(self, source: str, fault: Fault | None) -> datetime:
        """The source's now: behind the city's when its feed is late or frozen."""
        now = self.election.now() if source == ELECTION else self.clock.now()
        if fault and fault.kind == "frozen":
            return fault.election if source == ELECTION else fault.since
        if fault and fault.kind == "late" and source != PRACTICE:
            return now - max((office.late for office in self._offices.get(source, ())), default=Office.late)
        return now

    def _good_answer(self, source: str, rest: str, asked: Question, fault: Fault | None) -> Answer:
        """What the first of an agency's systems says that knows the path; else how one of them refuses it."""
        if source == "":
            return front_page()
        if source == PRACTICE:
            return self._practice_answer(rest, asked, fault)
        now = self._moment(source, fault)
        refusal: Answer | None = None
        for office in self._offices.get(source, ()):
            found = office.answer(rest, asked, self.seed, now, fault)
            if found and found.status != 404:
                return found
            refusal = refusal or found
        return refusal or not_found()

    def _take_in(self, fixtures: Path) -> None:
        """Let fixtures answer for the declared sources that no agency's module stands for."""
        for key in sorted(set(source_names()) - answered()):
            try:
                office = stand_in(get_source(key), fixtures)
            except DeclarationError as error:
                office = str(error)
            if isinstance(office, str):
                self.unanswered.append(office)
            else:
                self._offices[office.agency] = (*self._offices.get(office.agency, ()), office)

    def _practice_answer(self, rest: str, asked: Question, fault: Fault | None) -> Answer:
        if rest in latihan.PAGED:
            with self._lock:
                self._churn = None if self._churn is None else self._churn + 1
        own = latihan.Practice(self.practice_table(), fault, self.password)
        return latihan.answer(rest, own, asked) or not_found()

    def _must_exist(self, source: str) -> None:
        known = (*self.sources(), MAILBOX)
        if source not in known:
            near = difflib.get_close_matches(source, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
            raise UnknownSource(f"The demo city has no source {source!r}; {hint}")


def not_found() -> Answer:
    return html_page("404 Not Found", "<p>Berkas tidak ditemukan.</p>", status=404)


def front_page() -> Answer:
    """The page for people who open the address in a browser."""
    links = "".join(f'<li><a href="{path}">{path}</a></li>' for path in listed_paths())
    text = (
        "<p><strong>DATA SIMULASI.</strong> Layanan ini menirukan sistem sumber data untuk peragaan dan pengujian. "
        "Isinya buatan, kecuali angka Pilkada 2024 yang memang sudah dipublikasikan; "
        "kepala jawaban X-Data-Simulasi menyebutkan bagian mana yang simulasi.</p>"
        f"<ul>{links}</ul><p>Kendali: /_demo/health, /_demo/addresses, /_demo/clock, /_demo/fault, /_demo/churn, "
        "/_demo/override/…</p>"
    )
    return html_page("Kota peragaan Command Center Padang", text)


def listed_paths() -> list[str]:
    """Every path that the city answers without a login."""
    return [
        *(f"/{agency}/{path}" for agency, group in offices().items() for office in group for path in office.seen),
        *(f"/{PRACTICE}/{path}" for path in latihan.feed_paths()),
    ]
