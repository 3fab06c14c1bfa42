"""The whole city behind one door: which source answers a path, what stands in for it, and what is wrong with it."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from command_center.errors import CommandCenterError

from demo_city import drop
from demo_city.agencies import (
    adpem_rfk,
    bmkg,
    bmkg_inatews,
    bmkg_nowcast,
    bmkg_prakiraan,
    bpbd,
    bpbd_buku,
    bpkad,
    damkar,
    dinkes,
    dinkes_lb1,
    dinkes_spm,
    dishub,
    dishub_waze,
    diskominfo,
    diskominfo_cadangan,
    diskominfo_lapor,
    diskominfo_sertifikat,
    diskominfo_zabbix,
    dukcapil,
    dukcapil_berkas,
    kelurahan,
    kpu,
    kpu_arsip,
    latihan,
    media,
    organisasi_iku,
    practice,
    satudata,
    setda_agenda,
    trans_padang,
    tren,
)
from demo_city.answer import Answer, html_page
from demo_city.ask import Question
from demo_city.causes.regions import all_kelurahan
from demo_city.clock import CityClock, ElectionClock
from demo_city.faults.record_faults import ROLES, spoiled_records
from demo_city.faults.spoil import Fault, spoiled
from demo_city.office import Office
from demo_city.secret import password_of
from demo_city.table import Table

PRACTICE = "latihan"
MAILBOX = "surat"
SOURCES = ("bmkg", "kpu", "damkar", "dinkes", "bpkad", "diskominfo", "satudata", "dukcapil", "bpbd", PRACTICE)
PLAIN = {"damkar": damkar.answer, "dinkes": dinkes.answer}  # a path is all that they are asked for
LATE = {name: timedelta(days=3) for name in ("bmkg", "kpu", "damkar", "diskominfo", "satudata", "bpbd")}
LATE |= {"dinkes": timedelta(weeks=3), "bpkad": timedelta(weeks=6), "dukcapil": timedelta(weeks=27)}
LATE_OTHERS = timedelta(days=3)
ASKED_PLAINLY = Question()
# Further systems, by agency: one line each
OFFICES: dict[str, tuple[Office, ...]] = {
    "adpem": (adpem_rfk.OFFICE,),
    "bpbd": (bpbd_buku.OFFICE,),
    "dinkes": (dinkes_lb1.OFFICE, dinkes_spm.OFFICE),
    "dishub": (
        Office(dishub.answer, dishub.files),
        Office(dishub_waze.answer, dishub_waze.files, (dishub_waze.FEED,)),
        trans_padang.OFFICE,
    ),
    "diskominfo": (
        diskominfo_zabbix.OFFICE,
        diskominfo_sertifikat.OFFICE,
        diskominfo_cadangan.OFFICE,
        diskominfo_lapor.OFFICE,
    ),
    "dukcapil": (dukcapil_berkas.OFFICE,),
    "kelurahan": (kelurahan.OFFICE,),
    "setda": (setda_agenda.OFFICE,),
    "media": (media.OFFICE,),
    "kpu": (kpu_arsip.OFFICE,),
    "tren": (tren.OFFICE,),
    "organisasi": (organisasi_iku.OFFICE,),
}


class UnknownSource(CommandCenterError):
    """A source was named that the demo city does not have."""


class City:
    """Sources, clocks, faults, overrides and dropped files of one demo city; safe to use from many threads."""

    def __init__(self, seed: int, state_dir: Path) -> None:
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
        own: list[str] = []
        if source == "damkar":
            own = ["kejadian.csv"]
        elif source == "dinkes":
            own = [f"skdr_{name}.xlsx" for name in dinkes.PUSKESMAS]
        elif source == "bmkg":
            own = [*bmkg.FEEDS, *bmkg_inatews.FEEDS]
        elif source == "bpkad":
            own = bpkad.file_paths(self.clock.now())
        elif source == PRACTICE:
            own = latihan.file_paths(self.practice_table())
        for office in OFFICES.get(source, ()):
            own = [*own, *office.files(self.seed, self.clock.now())]
        with self._lock:
            put = [path.partition("/")[2] for path in self._overrides if path.partition("/")[0] == source]
        return sorted({*own, *put, *self.dropped.paths(source)})

    def sources(self) -> tuple[str, ...]:
        """Every agency, with those that only have a drop folder."""
        return tuple(dict.fromkeys([*SOURCES, *OFFICES, *self.dropped.agencies()]))

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
            table = diskominfo.table(self.seed, self._moment(agency, fault))
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
        now = self.election.now() if source == "kpu" else self.clock.now()
        if fault and fault.kind == "frozen":
            return fault.election if source == "kpu" else fault.since
        return now - LATE.get(source, LATE_OTHERS) if fault and fault.kind == "late" and source != PRACTICE else now

    def _good_answer(self, source: str, rest: str, asked: Question, fault: Fault | None) -> Answer:
        now = self._moment(source, fault)
        if source == "":
            return front_page()
        if source in PLAIN:
            return PLAIN[source](rest, self.seed, now) or self._office_answer(source, rest, asked, now, fault)
        asking: dict[str, Callable[[], Answer | None]] = {
            "bmkg": lambda: _bmkg_answer(rest, asked, self.seed, now),
            "bpbd": lambda: bpbd.answer(rest, asked, self.seed, now),
            "bpkad": lambda: bpkad.answer(rest, asked, self.seed, now),
            "dukcapil": lambda: dukcapil.answer(rest, asked, self.seed, now, fault),
            "kpu": lambda: kpu.answer(rest, self.seed, now) or kpu.missing(rest),
            "satudata": lambda: satudata.answer(rest, asked, self.seed, now, fault),
            PRACTICE: lambda: self._practice_answer(rest, asked, fault),
        }
        known = asking[source]() if source in asking else None
        if known and known.status != 404:
            return known
        further = self._office_answer(source, rest, asked, now, fault)
        return known if known and further.status == 404 else further

    def _office_answer(self, source: str, rest: str, asked: Question, now: datetime, fault: Fault | None) -> Answer:
        answers = (office.answer(rest, asked, self.seed, now, fault) for office in OFFICES.get(source, ()))
        return next((found for found in answers if found), None) or not_found()

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


def _bmkg_answer(rest: str, asked: Question, seed: int, now: datetime) -> Answer | None:
    """Every service of BMKG behind the one name."""
    quakes = bmkg.answer(rest, seed, now) or bmkg_inatews.answer(rest, seed, now)
    return quakes or bmkg_prakiraan.answer(rest, asked, seed, now) or bmkg_nowcast.answer(rest, asked, seed, now)


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
    hhcw = [
        f"/kpu/pilkada/hhcw/{election}/{place}.json" for election in ("pkwkp", "pkwkk") for place in ("13", "13/1371")
    ]
    return [
        *(f"/bmkg/{name}" for name in (*bmkg.FEEDS, *bmkg_inatews.FEEDS, bmkg_nowcast.FEED)),
        f"/bmkg/{bmkg_prakiraan.PATH}?adm4={all_kelurahan()[0].kode}",
        *(f"/dukcapil/{layer}/query?where=1%3D1&f=json" for layer in dukcapil.LAYERS),
        f"/bpbd/{bpbd.PATH}?timeperiod=604800&geoformat=geojson",
        *(f"/kpu/{name}" for name in kpu.FILES),
        *hhcw,
        "/damkar/kejadian.csv",
        *(f"/dinkes/skdr_{name}.xlsx" for name in dinkes.PUSKESMAS),
        f"/bpkad/{bpkad.EXPORT}",
        f"/satudata/{satudata.ACTIONS}package_search",
        *(f"/{source}/{path}" for source, offices in OFFICES.items() for office in offices for path in office.seen),
        *(f"/{PRACTICE}/{path}" for path in latihan.feed_paths()),
    ]
