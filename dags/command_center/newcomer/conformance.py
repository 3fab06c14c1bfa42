"""Run the connectors over files of real payloads: what is read, typed, rejected and why. Nothing is published."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table as Grid

from command_center.database import Connection, connect
from command_center.declaration.registry import readable_sources
from command_center.declaration.source import Source
from command_center.errors import CommandCenterError, PayloadError
from command_center.extract.isolated import Parser
from command_center.intake.trial import UNKNOWN, Trial, answer_of, attempt, match_file, unpacked, without_unknown
from command_center.newcomer.recognise import Recognised, Recogniser
from command_center.newcomer.terminal import PlainConsole
from command_center.paths import ROOT
from command_center.settings import settings

NO_CONNECTOR = "no connector"
NEAREST, LACKING = 3, 5
# Words in the name of a folder, or in the key of a source, that tell which family it belongs to.
FAMILIES = {
    **dict.fromkeys(("bmkg", "gempa", "cuaca", "nowcast", "inatews"), "bmkg"),
    **dict.fromkeys(("kpu", "sirekap", "pilkada", "pemilu"), "kpu"),
    **dict.fromkeys(("health", "dinkes", "skdr", "puskesmas"), "dinkes"),
    **dict.fromkeys(("damkar", "fire", "kebakaran"), "damkar"),
    **dict.fromkeys(("budget", "apbd", "djpk", "sipd", "lra", "bpkad", "anggaran"), "budget"),
    **dict.fromkeys(("ckan", "satudata"), "ckan"),
    **dict.fromkeys(("disaster", "bnpb", "bpbd", "petabencana", "bencana"), "disaster"),
    **dict.fromkeys(("dukcapil", "disdukcapil", "penduduk", "population"), "penduduk"),
    "wilayah": "wilayah",
    **dict.fromkeys(("command", "112", "pengaduan", "lapor"), "pengaduan"),
    **dict.fromkeys(("zabbix", "prometheus", "librenms"), "zabbix"),
    **dict.fromkeys(("berita", "rss", "trends", "isu"), "berita"),
    **dict.fromkeys(("agenda", "ics", "kalender"), "agenda"),
    **dict.fromkeys(("dishub", "traffic", "waze", "lalin"), "dishub"),
}


@dataclass
class Report:
    """What became of one table of one file."""

    file: Path
    connector: str
    read: int = 0
    typed: int = 0
    duplicates: int = 0
    ignored: int = 0
    rejected_rows: int = 0
    outside: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    refused: str | None = None


@dataclass
class Bench:
    """What files are examined with."""

    connection: Connection
    parser: Parser
    recogniser: Recogniser


@contextmanager
def bench() -> Iterator[Bench]:
    """A connection to the cluster of settings(), and the two processes that files are opened in."""
    with connect(settings().dsn("loader")) as connection, Parser() as parser, Recogniser() as recogniser:
        yield Bench(connection, parser, recogniser)


def conformance(paths: Iterable[str] = ()) -> int:
    """Report on files and folders; without any, on ../shared/samples and CONFORMANCE_SAMPLES where present.

    Returns 0, or PayloadError's exit code when a file that a connector knows was refused as a whole.
    """
    from command_center.local.cluster import temporary_cluster

    files = list(_files([Path(path) for path in paths] or _default_folders()))
    reports: list[Report] = []
    with temporary_cluster(), bench() as tools:
        for file in files:
            reports += examine(tools, file)
    _print(reports)
    return PayloadError.exit_code if any(report.refused for report in reports) else 0


def _default_folders() -> list[Path]:
    given = [Path(folder) for folder in os.environ.get("CONFORMANCE_SAMPLES", "").split(os.pathsep) if folder]
    return [*(folder for folder in [ROOT.parent / "shared" / "samples"] if folder.is_dir()), *given] or [
        ROOT / "tests" / "fixtures"
    ]


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        elif path.exists():
            yield path
        else:
            raise PayloadError(f"{path} does not exist; name files or folders of payloads.")


def examine(tools: Bench, file: Path, shown: Path | None = None) -> list[Report]:
    """Read one file with the first connector that knows it, by its folder's name or family, then by its content.

    `shown` is where people see it, when it was unpacked elsewhere.
    """
    seen = shown or file
    family, folder = _family(seen), seen.parent.name
    candidates = sorted(readable_sources()[0], key=lambda one: (one.source != folder, family not in families_of(one)))
    by_key = {source.source: source for source in candidates}
    try:
        found = tools.recogniser.recognise(file, candidates, {"part": file.stem, "file": file.name})
    except PayloadError as error:
        return [Report(file, NO_CONNECTOR, refused=str(error))]
    if found and found[0].tables:
        source = by_key[found[0].source]
        try:
            with unpacked(source, file) as files:
                if files != [file]:
                    return [report for one in files for report in examine(tools, one, seen.parent / one.name)]
        except PayloadError as error:
            return [Report(file, source.source, refused=str(error))]
        return [_try_table(tools, source, name, file) for name in found[0].tables]
    meant = next((one for one in found if one.is_meant), None)
    if meant is not None:
        return [Report(file, meant.source, refused=meant.refusal)]
    return [Report(file, NO_CONNECTOR, notes=[_unknown(found)])]


def _unknown(found: Sequence[Recognised]) -> str:
    """Why no connector read a file: which come nearest, and what it lacks for the first of them."""
    near = [one for one in found if one.shared][:NEAREST]
    if not near:
        return "no connector declares a name that is in it."
    listed = ", ".join(f"{one.source}.{one.table} ({one.shared} of {one.wanted})" for one in near)
    lacking = ", ".join(map(repr, near[0].missing[:LACKING]))
    return f"no connector finds most of its names in it; nearest: {listed}; for the first it lacks {lacking}."


def families_of(source: Source) -> set[str]:
    words = {*source.source.split("_"), source.opd}
    return {FAMILIES[word] for word in words if word in FAMILIES}


def _family(file: Path) -> str | None:
    """The family whose folder the file lies in, if a folder's name tells."""
    for folder in [file.parent, *file.parents]:
        name = folder.name.lower()
        parts = re.findall(r"[a-z]+|\d+", name)
        for word, family in FAMILIES.items():
            if word in parts or (len(word) > 3 and word in name):
                return family
    return None


def _try_table(tools: Bench, source: Source, name: str, file: Path) -> Report:
    report = Report(file, f"{source.source}.{name}")
    known = _known(source, file)
    relaxed = without_unknown(source, name, known)
    try:
        trial = attempt(
            tools.connection, tools.parser, relaxed, name, answer_of(relaxed, name, file, known), is_judged=False
        )
    except CommandCenterError as error:
        report.refused = str(error)
        return report
    report.refused = trial.refused
    report.read, report.typed, report.duplicates = trial.read, trial.typed, trial.duplicates
    report.rejected_rows, report.outside, report.ignored = trial.quarantined, trial.outside, trial.ignored.total()
    report.notes = trial.warnings
    _explain(trial, report)
    return report


def _known(source: Source, file: Path) -> dict[str, str]:
    """What rows know as @name: from the file's name where a request matches, else '?', for texts the file's stem."""
    match = match_file(source, file.name)
    names = {name for request in source.requests for name in (*request.params, *request.told_by_file)}
    known = dict(match.known) if match.is_certain else {"part": file.stem, "file": file.name}
    told = {"pemilihan": _election(file), "kode_wilayah": _area(file, file.read_bytes())}
    return {**dict.fromkeys(names, UNKNOWN), **told, **known}


def _election(file: Path) -> str:
    found = re.search(r"pkwkp|pkwkk|ppwp|pdpr|pdprdp|pdprdk|pdpd", str(file).lower())
    return found.group(0) if found else UNKNOWN


def _area(file: Path, content: bytes) -> str:
    """Code of the area that a count is about: from the file's name, else what its rows have in common, else the country."""
    groups = [g for g in re.findall(r"\d+", file.stem) if len(g) in (2, 4, 6, 10, 13)]
    if groups:
        return str(groups[-1])
    codes: list[bytes] = re.findall(rb'"(\d{4}|\d{6}|\d{10}|\d{13})"\s*:\s*[{]', content)
    longest = next((size for size in (10, 6, 4, 2) if len({code[:size] for code in codes if len(code) > size}) == 1), 0)
    return codes[0][:longest].decode() if longest else "0"


def _explain(trial: Trial, report: Report) -> None:
    for rejection in trial.rejections:
        value = "" if rejection.value is None else f": {rejection.value}"
        report.rejected[rejection.reason] += 1
        report.examples.setdefault(rejection.reason, f"{rejection.place}{value}")


def _print(reports: list[Report]) -> None:
    grid = Grid(title="Conformance")
    for heading in ("file", "connector", "read", "typed", "identical", "rejected", "ignored", "luar wilayah"):
        grid.add_column(heading, justify="left" if heading in ("file", "connector") else "right", overflow="fold")
    for report in reports:
        counts = (report.read, report.typed, report.duplicates, report.rejected_rows, report.ignored, report.outside)
        known = report.connector != NO_CONNECTOR and report.refused is None
        grid.add_row(_short(report.file), report.connector, *(str(count) if known else "" for count in counts))
    console = PlainConsole(width=160)
    console.print(grid)
    for report in reports:
        for sentence in [*report.notes, *([f"refused: {report.refused}"] if report.refused else [])]:
            console.print(f"{_short(report.file)}: {sentence}", highlight=False, markup=False)
        for reason, count in report.rejected.items():
            text = f"{_short(report.file)}: {count} rejected: {reason} First: {report.examples[reason]}"
            console.print(text, highlight=False, markup=False)


def _short(file: Path) -> str:
    return "/".join(file.parts[-2:])
