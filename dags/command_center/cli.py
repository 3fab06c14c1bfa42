"""`python -m command_center COMMAND`: everything a data engineer does without Airflow."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, get_args

from command_center.declaration.source import Kind, Source
from command_center.errors import (
    BatchHeld,
    CommandCenterError,
    DeclarationError,
    ServiceError,
    SettingsError,
    SourceUnavailable,
)
from command_center.idformat import plain
from command_center.settings import WIB, Settings, settings

if TYPE_CHECKING:
    from command_center.extract.asking import Window
    from command_center.intake.outcome import Outcome
    from command_center.personal_key import Key
    from command_center.personal_key import Kind as KeyKind

Handler = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code tells what went wrong (see errors.py)."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO if arguments.verbose else logging.WARNING, format="%(message)s")
    handler: Handler = arguments.handler
    try:
        return handler(arguments)
    except CommandCenterError as error:
        return _refused(str(error), error.exit_code)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("command_center."):
            raise
        return _refused(f"{arguments.command!r} needs a checkout of the project; {error.name} is not here.", 2)
    except Exception as error:
        found = _circumstance(error)
        if found is None or arguments.verbose:
            raise
        return _refused(*found)


def _refused(sentence: str, exit_code: int) -> int:
    _say(f"error: {sentence}", file=sys.stderr)
    return exit_code


def _say(*texts: object, sep: str = " ", end: str = "\n", file: TextIO | None = None) -> None:
    """Whatever is told may quote files, mails and names of others, which steer no terminal."""
    print(plain(sep.join(map(str, texts))), end=end, file=file, flush=True)


def _circumstance(error: Exception) -> tuple[str, int] | None:
    """The sentence and exit code for what is no fault of this program: a path, the database; None for any other."""
    import psycopg

    said = " ".join(str(error).split())
    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}.", CommandCenterError.exit_code
    if isinstance(error, (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName)):
        missing = said.partition(" LINE ")[0]
        advice = "`bootstrap` makes the ledger and raw, `transform` what is built of them"
        return f"The database lacks what this command reads ({missing}); {advice}.", ServiceError.exit_code
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return f"The database does not answer: {said} See that it runs, then the same again.", ServiceError.exit_code
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m command_center", description=__doc__)
    parser.add_argument("-v", "--verbose", action="store_true", help="say what is being done")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, handler, text in COMMANDS:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(handler=handler, command=name)
        if name in _OPTIONS:
            _OPTIONS[name](command)
    return parser


def _run(_: argparse.Namespace) -> int:
    from command_center.local.run import run

    return run()


def _serve(_: argparse.Namespace) -> int:
    from command_center.local.services import serve

    os.environ.setdefault("SUPERSET_WARM", "1")  # people look at dashboards
    return serve()


def _clean(_: argparse.Namespace) -> int:
    from command_center.local.services import clean

    return clean()


def _bootstrap(_: argparse.Namespace) -> int:
    from command_center.warehouse.bootstrap import bootstrap

    bootstrap(settings())
    return 0


def _ingest(arguments: argparse.Namespace) -> int:
    """Sources one after another; one that cannot be asked does not hold up the next."""
    from command_center.extract.asking import Window

    window = Window(arguments.window_start, arguments.window_end)
    return max(_ingest_one(name, window, arguments) for name in arguments.source)


def _backfill(arguments: argparse.Namespace) -> int:
    """One run for each window; what was published is built by the next `transform`."""
    from command_center.declaration.registry import get_source
    from command_center.intake.backfill import no_windows, windows

    if not arguments.replay and (sentence := no_windows(get_source(arguments.source))):
        raise DeclarationError(sentence)
    if arguments.last > (today := settings().now().date()):
        raise SettingsError(f"A backfill asks for days of the past; {arguments.last} is after today, {today}.")
    codes = []
    for window in windows(arguments.first, arguments.last, arguments.each):
        _say(f"{arguments.source}: {window.start:%d-%m-%Y %H:%M} until {window.end:%d-%m-%Y %H:%M %Z}")
        codes.append(_ingest_one(arguments.source, window, arguments))
    return max(codes)


def _ingest_one(name: str, window: Window, arguments: argparse.Namespace) -> int:
    from command_center.declaration.registry import get_source
    from command_center.intake.ingest import ingest

    try:
        outcomes = ingest(get_source(name), window, run_id=_run_id(), replay=arguments.replay, force=arguments.force)
    except CommandCenterError as error:
        return _refused(str(error), error.exit_code)
    for outcome in outcomes:
        sentence = (
            f"{outcome.source}.{outcome.table} {outcome.part}: {outcome.ending}, read {outcome.read}, published "
            f"{outcome.published}, unchanged {outcome.unchanged}, quarantined {outcome.quarantined}"
            + (f": {outcome.reason}" if outcome.reason else "")
        )
        _say(" ".join(sentence.split()))
    return _code_of(outcomes)


def _code_of(outcomes: Iterable[Outcome]) -> int:
    endings = {outcome.ending for outcome in outcomes}
    if "failed" in endings:
        return SourceUnavailable.exit_code
    return BatchHeld.exit_code if "held" in endings else 0


def _held(arguments: argparse.Namespace) -> int:
    from command_center.operate import desk

    if arguments.batch is not None:
        _say(desk.held_batch(arguments.batch))
    else:
        _say(desk.held(arguments.source, with_discarded=arguments.all))
    return 0


def _quarantine(arguments: argparse.Namespace) -> int:
    from command_center.operate import desk

    which = (arguments.source, arguments.table, arguments.batch)
    _say(desk.write_csv(arguments.csv, *which) if arguments.csv else desk.quarantine(*which, each=arguments.rows))
    return 0


def _rejections(arguments: argparse.Namespace) -> int:
    from command_center.report import by_hand
    from command_center.report.rejection_mail import mail_sheets

    if arguments.file:
        if arguments.opd is None:
            raise DeclarationError("Say whose sheet is written, e.g. rejections damkar --file sheet.xlsx.")
        _say(by_hand.write_rejections(arguments.opd, arguments.file))
    else:
        _say(mail_sheets() if arguments.send else by_hand.rejections())
    return 0


def _load_sheet(arguments: argparse.Namespace) -> int:
    from command_center.report import by_hand

    if not arguments.file.is_file():
        raise DeclarationError(f"There is no file {arguments.file}; give the workbook that the agency sent back.")
    _say(by_hand.load_sheet(arguments.file))
    return 0


def _release(arguments: argparse.Namespace) -> int:
    from command_center.declaration.registry import get_source
    from command_center.intake.release import release

    source, table, part = get_source(arguments.source), arguments.table, arguments.part
    checksum = release(source, table, part, jabatan=arguments.jabatan, alasan=arguments.alasan)
    if arguments.load:
        return _load_again(source, table, part, quarantined=False)
    _say(f"Released {checksum[:12]}; load it with: replay {shlex.join([arguments.source, table, part])} --held")
    return 0


def _discard(arguments: argparse.Namespace) -> int:
    from command_center.declaration.registry import get_source
    from command_center.intake.release import discard

    source, table, part = get_source(arguments.source), arguments.table, arguments.part
    checksum = discard(source, table, part, jabatan=arguments.jabatan, alasan=arguments.alasan)
    _say(f"Discarded {checksum[:12]}; it stays in the archive, and `release` takes it in after all.")
    return 0


def _publications(arguments: argparse.Namespace) -> int:
    from command_center.operate import publications

    _say(publications.listed(with_approved=arguments.all))
    return 0


def _approve(arguments: argparse.Namespace) -> int:
    return _decide_publication(arguments, approves=True, until=arguments.until)


def _refuse(arguments: argparse.Namespace) -> int:
    return _decide_publication(arguments, approves=False)


def _decide_publication(arguments: argparse.Namespace, *, approves: bool, until: date | None = None) -> int:
    """What was decided holds for the public at once, not with the next hourly publication."""
    from command_center.operate import publications
    from command_center.warehouse.publik_database import is_built, publish_publik

    who = {"jabatan": arguments.jabatan, "alasan": arguments.alasan}
    _say(publications.decide(arguments.object, arguments.body, approves=approves, until=until, **who))
    if is_built(settings()):
        _say(json.dumps(publish_publik(settings())))
    return 0


def _replay(arguments: argparse.Namespace) -> int:
    from command_center.declaration.registry import get_source, no_table

    is_all = arguments.held == arguments.quarantined
    source = get_source(arguments.source)
    if arguments.table not in (None, *source.tables):
        raise DeclarationError(no_table(source, arguments.table))
    return _load_again(
        source,
        arguments.table,
        arguments.part,
        held=arguments.held or is_all,
        quarantined=arguments.quarantined or is_all,
    )


def _load_again(source: Source, table: str | None, part: str | None, *, held: bool = True, quarantined: bool) -> int:
    from command_center.intake.replay import replay
    from command_center.operate import desk

    found = replay(source, table, part, run_id=_run_id(), held=held, quarantined=quarantined)
    _say(desk.replayed(found))
    return _code_of(one.outcome for one in found)


def _run_id() -> str:
    return f"cli {settings().now():%Y-%m-%dT%H:%M:%S}"


def _transform(arguments: argparse.Namespace) -> int:
    from command_center.intake.publication import verify_raw_tables
    from command_center.operate.lineage_events import tell_build
    from command_center.warehouse.publik_database import publish_publik
    from command_center.warehouse.transform import build_warehouse, require_all_domains

    verify_raw_tables()
    result = build_warehouse(full_refresh=arguments.full_refresh, unit_tests=arguments.unit_tests)
    _say(result)
    tell_build()
    _say(json.dumps(publish_publik(settings())))
    require_all_domains(result.held)
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from command_center.report import by_hand, preview

    if arguments.preview is not None:
        _say(*preview.preview(arguments.kind, arguments.preview or None, arguments.month), sep="\n")
        return 0

    if arguments.history:
        _say(by_hand.history())
        return 0
    _say(by_hand.report("mingguan" if arguments.weekly else "bulanan", arguments.edition, send=arguments.send))
    return 0


def _deliveries(arguments: argparse.Namespace) -> int:
    from command_center.report import by_hand

    if arguments.action == "decide":
        _say(by_hand.decide(arguments.message_id, arrived=arguments.arrived, jabatan=arguments.jabatan))
    else:
        _say(by_hand.deliveries(only_open=arguments.open))
    return 0


def _corrections(arguments: argparse.Namespace) -> int:
    from command_center.report import by_hand

    if arguments.state:
        _say(by_hand.move_correction(arguments.number, arguments.state))
    else:
        _say(by_hand.corrections(read_first=arguments.read))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from command_center.operate.maintain import verify_all

    _say(verify_all(arguments.head))
    return 0


def _trail(arguments: argparse.Namespace) -> int:
    from command_center.operate.audit_trail import listed

    _say(listed(since=arguments.since, jenis=arguments.jenis, limit=arguments.limit))
    return 0


def _disclose(arguments: argparse.Namespace) -> int:
    from command_center.operate.person import disclose

    _say(disclose(_keys(arguments), jabatan=arguments.jabatan, alasan=arguments.alasan, file=arguments.csv))
    return 0


def _erase(arguments: argparse.Namespace) -> int:
    from command_center.operate.person import erase

    _say(erase(_keys(arguments), jabatan=arguments.jabatan, alasan=arguments.alasan, requested=arguments.diminta))
    return 0


def _keys(arguments: argparse.Namespace) -> list[Key]:
    from command_center.personal_key import key_of

    kinds: tuple[KeyKind, ...] = ("nik", "telepon", "surel", "nama")
    keys = [key_of(kind, written) for kind in kinds for written in getattr(arguments, kind)]
    if not keys:
        raise CommandCenterError(
            "Tell by what the person is known: --nik, --telepon, --surel or --nama, each as often as needed."
        )
    return keys


def _incident(arguments: argparse.Namespace) -> int:
    from command_center.operate import incident

    if arguments.step is None:
        _say(incident.listed())
    elif arguments.step == "buka":
        said = {"jabatan": arguments.jabatan, "uraian": arguments.isi, "data": arguments.data}
        _say(incident.open_one(**said, known_at=arguments.diketahui))
    else:
        _say(incident.add(arguments.number, arguments.step, jabatan=arguments.jabatan, isi=arguments.isi))
    return 0


def _explain_figure(arguments: argparse.Namespace) -> int:
    from command_center.operate.explain import explain

    _say(explain(arguments.indicator, arguments.area, arguments.period))
    return 0


def _metrics(arguments: argparse.Namespace) -> int:
    from command_center.operate import metrics

    if arguments.serve is None:
        _say(metrics.exposition(), end="")
        return 0
    _say(f"Numbers are on http://{arguments.host}:{arguments.serve}/metrics until Ctrl-C.")
    metrics.serve(arguments.serve, arguments.host)
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    from command_center.backup import drill, nightly, programs, restore, take
    from command_center.backup.folder import backup_folder

    if arguments.step == "receive":
        programs.receive_log(backup_folder().wal)
    if arguments.step == "restore":
        if arguments.to is None:
            raise CommandCenterError("Tell where to restore to: --to FOLDER, one that is not there yet.")
        _say(restore.restore(arguments.to, arguments.at))
    elif arguments.step == "take":
        _say(take.take(is_full=arguments.full))
    else:
        _say(drill.drill() if arguments.step == "drill" else nightly.listed())
    return 0


def _recount(_: argparse.Namespace) -> int:
    from command_center.intake.recount import recount

    found = recount()
    _say(f"{found.rows} rows of {found.batches} batches counted again from the archive: the ledger is right.")
    if found.judged_otherwise:
        _say(f"{found.judged_otherwise} batches were loaded by another declaration and not counted.")
    return 0


def _docs(_: argparse.Namespace) -> int:
    from command_center.operate.maintain import build_data_docs, build_dbt_docs

    _say(build_dbt_docs())
    _say(build_data_docs())
    return 0


def _check(_: argparse.Namespace) -> int:
    """Everything that is declared, read once: sources, expectations, dashboards, compose files, generated docs."""
    from command_center.lint.problems import all_problems

    problems = all_problems()
    for problem in problems:
        _say(problem, file=sys.stderr)
    _say(f"{len(problems)} problems in declarations, expectations, dashboards, compose files and generated docs.")
    return DeclarationError.exit_code if problems else 0


def _preview(arguments: argparse.Namespace) -> int:
    from command_center.newcomer.preview import preview

    return preview(arguments.source, arguments.file, rows=arguments.rows, table=arguments.table, part=arguments.part)


def _boundaries(arguments: argparse.Namespace) -> int:
    """Load the boundaries into a running warehouse, else into the embedded one, and build what draws them."""
    from command_center.warehouse.boundaries import load_boundaries, remove_boundaries
    from command_center.warehouse.transform import build_warehouse

    def work() -> None:
        if arguments.remove:
            remove_boundaries(settings())
            _say("The official boundaries are removed; maps are schematic again.")
        else:
            _say(
                f"{load_boundaries(arguments.file, settings())} regions loaded: kelurahan, and kecamatan dissolved from them."
            )
        _say(build_warehouse())

    if "WAREHOUSE_URL" in os.environ:
        work()
    else:
        from command_center.local.services import with_warehouse

        with_warehouse(work)
    return 0


def _new_source(arguments: argparse.Namespace) -> int:
    from command_center.newcomer.scaffold import new_source

    steps = new_source(
        arguments.source, arguments.kind, address=arguments.address, file=arguments.file, table=arguments.table
    )
    _say("\n".join(steps))
    return 0


def _import_dashboards(_: argparse.Namespace) -> int:
    from command_center.local.dashboards import import_dashboards

    _say(import_dashboards())
    return 0


def _touches(arguments: argparse.Namespace) -> int:
    from command_center.lint.dbt import project_manifest
    from command_center.lint.touches import touched_by

    touched = [str(one) for one in touched_by(arguments.name, project_manifest())]
    _say(*(touched or [f"No dashboard reads what is made of {arguments.name}."]), sep="\n")
    return 0


def _lineage(arguments: argparse.Namespace) -> int:
    from command_center.declaration.registry import all_sources
    from command_center.govern.classification import classify
    from command_center.govern.telling import tell
    from command_center.lint.dbt import compiled_manifest

    _say(tell(arguments.name, classify(compiled_manifest(), all_sources())))
    return 0


def _contracts(arguments: argparse.Namespace) -> int:
    from command_center.govern.odcs import write_contracts

    sources, exit_code = _readable_sources()
    folder = arguments.folder or settings().cc_var_dir / "contracts"
    _say(f"{len(write_contracts(sources, folder))} data contracts in {folder}")
    return exit_code


def _open_data(_: argparse.Namespace) -> int:
    from command_center.operate.open_data import write_open_data

    _say(write_open_data(settings()))
    return 0


def _catalogue(arguments: argparse.Namespace) -> int:
    from command_center.catalogue.content import read_catalogue
    from command_center.catalogue.live import read_live
    from command_center.catalogue.site import write_site
    from command_center.govern.classification import classify
    from command_center.lint.dbt import compiled_manifest

    (sources, exit_code), manifest, live = _readable_sources(), compiled_manifest(), read_live()
    catalogue = read_catalogue(sources, classify(manifest, sources), manifest, live)
    page = write_site(catalogue, arguments.folder or settings().cc_var_dir / "catalogue")
    _say(f"Catalogue: {page}" + (" (declarations only: no warehouse answers)" if live.missing else ""))
    return exit_code


def _readable_sources() -> tuple[list[Source], int]:
    """What is declared right, and the exit code: of each other a sentence is told, and it holds up nobody else."""
    from command_center.declaration.registry import readable_sources

    sources, problems = readable_sources()
    for sentence in problems.values():
        _say(sentence, file=sys.stderr)
    return sources, DeclarationError.exit_code if problems else 0


def _generate(_: argparse.Namespace) -> int:
    from command_center.declaration.registry import all_sources
    from command_center.govern import roots
    from command_center.govern.classification import classify
    from command_center.lint import pages
    from command_center.lint.dbt import compiled_manifest

    manifest = compiled_manifest()
    for path in (*pages.write_generated(), roots.write(manifest, classify(manifest, all_sources()))):
        _say(path)
    return 0


def _conformance(arguments: argparse.Namespace) -> int:
    from command_center.newcomer.conformance import conformance

    _, exit_code = _readable_sources()
    return conformance(arguments.paths) or exit_code


def _bench(arguments: argparse.Namespace) -> int:
    from command_center.bench.city import bench_city
    from command_center.bench.dashboards import bench_dashboards
    from command_center.bench.formats import bench_formats
    from command_center.bench.load import bench
    from command_center.bench.peers import bench_peers
    from command_center.bench.reports import bench_reports
    from command_center.bench.warehouse import bench_warehouse
    from command_center.bench.year import bench_year

    parts: dict[str, Callable[[], int]] = {
        "load": lambda: bench(rows=arguments.rows),
        "formats": lambda: bench_formats(rows=arguments.rows, plot=arguments.plot),
        "peers": lambda: bench_peers(rows=arguments.rows),
        "year": lambda: bench_year(months=arguments.months),
        "warehouse": bench_warehouse,
        "city": bench_city,
        "dashboards": bench_dashboards,
        "reports": bench_reports,
    }
    for name, part in parts.items():
        if arguments.only in (None, name):
            part()
    return 0


def _exec(arguments: argparse.Namespace) -> int:
    from command_center.local.services import execute

    if not arguments.program:
        raise SettingsError("Name the program, e.g. exec airflow dags list.")
    return execute(arguments.program)


def _user(arguments: argparse.Namespace) -> int:
    from command_center.local.services import manage_users

    return manage_users(arguments.arguments)


def _settings(_: argparse.Namespace) -> int:
    for name, field in Settings.model_fields.items():
        _say(f"{name.upper():26} {field.description}")
    return 0


def _ingest_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="+", help="keys of declarations, e.g. damkar_kejadian dinkes_skdr")
    command.add_argument("--window-start", type=_moment, metavar="TIME", help="of the city's clock without an offset")
    command.add_argument("--window-end", type=_moment, metavar="TIME")
    command.add_argument("--replay", action="store_true", help="load archived answers instead of asking the source")
    command.add_argument("--force", action="store_true", help="load even when nothing changed")


def _moment(text: str) -> datetime:
    """Of the city's clock, where no offset is given."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.year in YEARS:
            return moment if moment.tzinfo else moment.replace(tzinfo=WIB)
    raise argparse.ArgumentTypeError(f"{text!r} is no moment; write it as 2026-10-01 or 2026-10-01T08:30")


def _day(text: str) -> date:
    with suppress(ValueError):
        day = date.fromisoformat(text)
        if day.year in YEARS:
            return day
    raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-10-01")


YEARS = range(1900, 3000)


def _number(lowest: int, highest: int = (1 << 63) - 1) -> Callable[[str], int]:
    """Reads a whole number that the database, or whoever takes it, can hold."""

    def read(text: str) -> int:
        with suppress(ValueError):
            if lowest <= (number := int(text)) <= highest:
                return number
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {lowest} to {highest}")

    return read


COUNT = _number(1)
DAYS = _number(1, 36_500)


def _said(text: str) -> str:
    """What a person says, for good: who decides, and why."""
    if text.strip():
        return text
    raise argparse.ArgumentTypeError("nothing is said; the decision is kept with it")


def _backfill_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", help="key of a declaration, e.g. diskominfo_112")
    command.add_argument("first", type=_day, help="first day, e.g. 2026-10-01")
    command.add_argument("last", type=_day, help="last day, which is asked for too")
    command.add_argument("--each", type=DAYS, metavar="DAYS", help="so many days in a run; default: all of them in one")
    command.add_argument("--replay", action="store_true", help="load what was archived in the window")
    command.add_argument("--force", action="store_true", help="load even when nothing changed")


def _preview_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", help="key of a declaration, e.g. damkar_kejadian")
    command.add_argument("--file", type=Path, help="read this file instead of asking the source")
    command.add_argument("--rows", type=_number(0), default=10, help="typed rows to show")
    command.add_argument("--table", help="only this table")
    command.add_argument("--part", help="only this part")


def _boundaries_options(command: argparse.ArgumentParser) -> None:
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=Path, nargs="?", help="GeoJSON of the city's kelurahan, in degrees (EPSG:4326)")
    what.add_argument("--remove", action="store_true", help="go back to the schematic cells")


def _new_source_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", help="key of the new source, <opd>_<system>, e.g. dlh_sampah")
    command.add_argument("--kind", required=True, choices=get_args(Kind), help="how it is asked and read")
    command.add_argument("--address", help="where it is, e.g. sftp://data.padang.go.id/dlh")
    command.add_argument(
        "--file", type=Path, help="a real file or answer; its headers become columns, and it the fixture"
    )
    command.add_argument("--table", default="", help="name of the table; default: the second half of the key")


def _held_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="?", help="only of this source")
    command.add_argument("--all", action="store_true", help="what was discarded too")
    command.add_argument(
        "--batch", type=COUNT, metavar="N", help="one batch in whole, with the rules that its rows break"
    )


def _quarantine_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="?", help="only of this source")
    command.add_argument("table", nargs="?", help="only of this table")
    command.add_argument(
        "--batch", type=COUNT, metavar="N", help="what was set aside in this batch, whatever came later"
    )
    how = command.add_mutually_exclusive_group()
    how.add_argument("--rows", action="store_true", help="one by one")
    how.add_argument("--csv", type=Path, metavar="FILE", help="write them to a file, for the agency")


def _rejections_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("opd", nargs="?", help="key of the agency, for --file")
    how = command.add_mutually_exclusive_group()
    how.add_argument("--file", type=Path, metavar="FILE", help="write the sheet of one agency, as it would be mailed")
    how.add_argument("--send", action="store_true", help="mail what was not told yet, as the DAG watch does")


def _load_sheet_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, help="the rejection sheet (.xlsx) as the agency sent it back")


def _replay_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", help="key of a declaration, e.g. damkar_kejadian")
    command.add_argument("table", nargs="?", help="only this table")
    command.add_argument("part", nargs="?", help="only this part")
    command.add_argument("--held", action="store_true", help="only what is held")
    command.add_argument("--quarantined", action="store_true", help="only what stands with rows set aside")


def _release_options(command: argparse.ArgumentParser) -> None:
    _decision_options(command)
    command.add_argument("--load", action="store_true", help="publish it at once")


def _decision_options(command: argparse.ArgumentParser) -> None:
    for name in ("source", "table", "part"):
        command.add_argument(name)
    command.add_argument("--jabatan", required=True, type=_said, help="job title of the person who decides")
    command.add_argument("--alasan", required=True, type=_said, help="why")


def _approve_options(command: argparse.ArgumentParser) -> None:
    _refuse_options(command)
    command.add_argument(
        "--until", type=_day, metavar="DATE", help="last day on which it holds; default: a year from now"
    )


def _refuse_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "object", nargs="+", help="e.g. publik.gempa, indikator.kasus_dengue, or a pattern: 'indikator.*'"
    )
    command.add_argument("--as", dest="body", choices=("walidata", "ppid"), required=True, help="who decides")
    command.add_argument("--jabatan", required=True, type=_said, help="job title of the person who decides")
    command.add_argument("--alasan", required=True, type=_said, help="why")


def _publications_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--all", action="store_true", help="also what is approved for longer than a month")


def _report_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--edition", help="month, e.g. 2026-10, or day of a week; default: the last that is over")
    command.add_argument("--preview", metavar="AREA", help="write one report to var/reports/preview, e.g. of 13.71.09")
    command.add_argument("--month", help="of the preview, e.g. 2026-07; default: the last complete month")
    command.add_argument("--kind", default="bulanan", help="of the preview: bulanan, mingguan, lurah or wali_kota")
    command.add_argument("--send", action="store_true", help="mail what was not mailed before")
    command.add_argument("--weekly", action="store_true", help="the report of a week")
    command.add_argument("--history", action="store_true", help="list the editions that were made; makes none")


def _deliveries_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", nargs="?", choices=["list", "decide"], default="list")
    command.add_argument("--open", action="store_true", help="only what was not surely sent")
    command.add_argument("--message-id", help="of a mail that is tak_pasti")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--arrived", action="store_true", default=None, help="the recipient has it")
    what.add_argument("--not-arrived", action="store_false", dest="arrived", help="it is sent with the next delivery")
    command.add_argument("--jabatan", help="job title of the person who decides")


def _verify_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--head", metavar="HASH", help="of the audit trail, as a mail told it; the trail must still have it"
    )


def _trail_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--since", type=_day, metavar="DATE", help="from this day on, e.g. 2026-11-01")
    command.add_argument("--jenis", help="only entries of this kind, e.g. keputusan, peran, akun")
    command.add_argument("--limit", type=COUNT, default=50, metavar="N", help="the newest N entries (50)")


def _person_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--nik", action="append", default=[], help="16 digits")
    command.add_argument("--telepon", action="append", default=[], help="as it is dialled, e.g. 0812-3456-7890")
    command.add_argument("--surel", action="append", default=[], help="an e-mail address")
    command.add_argument("--nama", action="append", default=[], help="the full name; of namesakes too, so look first")
    command.add_argument("--jabatan", required=True, type=_said, help="job title of the person who does it")
    command.add_argument(
        "--alasan", required=True, type=_said, help="why, without the person's data, e.g. the number of the letter"
    )


def _disclose_options(command: argparse.ArgumentParser) -> None:
    _person_options(command)
    command.add_argument("--csv", type=Path, metavar="FILE", help="write what stands there into a sheet")


def _erase_options(command: argparse.ArgumentParser) -> None:
    _person_options(command)
    command.add_argument("--diminta", type=_day, required=True, metavar="DATE", help="day of the request")


def _incident_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("step", nargs="?", choices=["buka", "catatan", "lapor", "tutup"], help="none: list them")
    command.add_argument("number", nargs="?", type=COUNT, help="of the incident, for all but buka")
    command.add_argument("--jabatan", default="", help="job title of who says so")
    command.add_argument("--isi", default="", help="what happened, or what was done; no data of persons")
    command.add_argument("--data", default="", help="buka: which data, of how many persons")
    command.add_argument("--diketahui", type=_moment, metavar="MOMENT", help="buka: when it became known; default: now")


def _explain_figure_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("indicator", help="its code, e.g. persen_tanggap_15mnt")
    command.add_argument(
        "area",
        help="its code: 13.71, 13.71.09 or 13.71.09.1001; or what else a dashboard shows the figure of: an OPD, a junction, "
        "a corridor, a service, a kegiatan, a topic, two of them with | between (13.71.09|Sampah)",
    )
    command.add_argument("period", help="the month in which it begins (2026-07), its first day, or as it is shown")


def _metrics_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--serve", type=_number(1, 65_535), metavar="PORT", help="answer Prometheus there, until Ctrl-C"
    )
    command.add_argument("--host", default="127.0.0.1", help="address to listen on; default: this machine only")


def _backup_options(command: argparse.ArgumentParser) -> None:
    steps = ["list", "take", "receive", "restore", "drill"]
    command.add_argument("step", nargs="?", choices=steps, default="list", help="default: list")
    command.add_argument("--full", action="store_true", help="take: not only what changed since the last one")
    command.add_argument("--to", type=Path, metavar="FOLDER", help="restore: a folder that is not there yet")
    command.add_argument("--at", type=_moment, metavar="MOMENT", help="restore: as it was then; default: the newest")


def _corrections_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("number", nargs="?", type=COUNT, help="of an answer")
    command.add_argument("state", nargs="?", choices=["baru", "dikerjakan", "selesai", "ditolak"])
    command.add_argument("--read", action="store_true", help="read the mailbox first")


def _transform_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--full-refresh", action="store_true", help="rebuild the incremental facts too")
    command.add_argument("--unit-tests", action="store_true", help="test the models' SQL too, as `make test` does")


def _conformance_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="*", help="files or folders")


def _bench_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rows", type=int, default=1_000_000, help="rows of the loading bench")
    command.add_argument(
        "--only",
        choices=["load", "formats", "peers", "year", "warehouse", "city", "dashboards", "reports"],
        help="a million rows, the same in other formats, a year of Dishub, a change of ten million rows, the city; dashboards or reports of a served city",
    )
    command.add_argument("--months", type=int, default=12, help="months of Dishub's year")
    command.add_argument(
        "--plot", type=Path, help="file for the picture of the formats, e.g. docs/performance/formats.png"
    )


def _touches_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", help="of a model, a seed, a raw table or a source, e.g. mart__indikator")


def _lineage_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", help="of a column or a table, e.g. mart.indikator.nilai or raw.dinkes_skdr__kasus")


def _contracts_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, nargs="?", help="default: contracts/ of the var folder")


def _catalogue_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, nargs="?", help="default: catalogue/ of the var folder")


def _exec_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("program", nargs=argparse.REMAINDER, help="e.g. airflow dags list")


def _user_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "arguments", nargs=argparse.REMAINDER, help="add --role … --name …, list, or deactivate --name …"
    )


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "ingest": _ingest_options,
    "backfill": _backfill_options,
    "preview": _preview_options,
    "boundaries": _boundaries_options,
    "new-source": _new_source_options,
    "held": _held_options,
    "quarantine": _quarantine_options,
    "rejections": _rejections_options,
    "load-sheet": _load_sheet_options,
    "release": _release_options,
    "publications": _publications_options,
    "approve": _approve_options,
    "refuse": _refuse_options,
    "discard": _decision_options,
    "replay": _replay_options,
    "report": _report_options,
    "deliveries": _deliveries_options,
    "corrections": _corrections_options,
    "verify": _verify_options,
    "trail": _trail_options,
    "disclose": _disclose_options,
    "erase": _erase_options,
    "incident": _incident_options,
    "backup": _backup_options,
    "metrics": _metrics_options,
    "explain-figure": _explain_figure_options,
    "transform": _transform_options,
    "conformance": _conformance_options,
    "bench": _bench_options,
    "touches": _touches_options,
    "lineage": _lineage_options,
    "contracts": _contracts_options,
    "catalogue": _catalogue_options,
    "exec": _exec_options,
    "user": _user_options,
}
COMMANDS: list[tuple[str, Handler, str]] = [
    ("run", _run, "run the whole city once, from an empty machine to published figures"),
    ("serve", _serve, "start all services and keep them until Ctrl-C"),
    ("clean", _clean, "remove everything that was made at run time"),
    ("bootstrap", _bootstrap, "create roles, databases, schemas and raw tables"),
    ("boundaries", _boundaries, "load the official boundaries, so that every map uses them"),
    ("new-source", _new_source, "write the five files of a new source, to be filled in"),
    ("preview", _preview, "show what would become of a source's answer or of a file; publishes nothing"),
    ("ingest", _ingest, "archive and load sources"),
    ("backfill", _backfill, "ask a source for days of the past, in one run"),
    ("held", _held, "list the parts that are held, why, since when, and the commands that help"),
    ("quarantine", _quarantine, "list rows that were set aside and did not come right since"),
    ("rejections", _rejections, "list what each agency was told of its rows, write its sheet, or mail what is new"),
    ("load-sheet", _load_sheet, "take in the cells that an agency mended in its rejection sheet"),
    ("release", _release, "record the decision to publish a held batch"),
    ("discard", _discard, "record the decision to throw a held batch away"),
    ("replay", _replay, "load again, from the archive, what is held or has rows set aside"),
    ("publications", _publications, "list what waits for walidata and PPID, is refused or ends soon"),
    ("approve", _approve, "record that walidata or PPID lets the public read something"),
    ("refuse", _refuse, "record that walidata or PPID does not, or no longer, let the public read something"),
    ("transform", _transform, "build, test and publish the warehouse"),
    ("report", _report, "make the reports to the camat and the mayor, as editions"),
    (
        "deliveries",
        _deliveries,
        "list the mails of reports, or decide about one of which nobody knows whether it arrived",
    ),
    ("corrections", _corrections, "list what recipients answered, or say how far an answer is"),
    ("verify", _verify, "compare archive and raw tables with the ledger, and compute the audit trail anew"),
    ("trail", _trail, "list entries of the audit trail: who decided, sent, erased or changed what"),
    ("disclose", _disclose, "tell where a person's data stand, in the archive and in every table"),
    ("erase", _erase, "take a person out of the archive and every table, and keep them out"),
    ("incident", _incident, "record a breach of personal data, with its clock of 72 hours"),
    ("explain-figure", _explain_figure, "tell the way of a displayed figure back to the archived bytes"),
    ("metrics", _metrics, "tell numbers of the pipeline as Prometheus reads them"),
    ("backup", _backup, "copy the cluster, its log and the archive elsewhere, restore them, or prove that they can be"),
    ("recount", _recount, "count every loaded batch again from its archived bytes"),
    ("docs", _docs, "build Data Docs and dbt docs"),
    ("check", _check, "read every declaration, expectation, dashboard and compose file"),
    ("import-dashboards", _import_dashboards, "bring the running Superset in line with superset_exports/"),
    ("touches", _touches, "list the dashboards that a change of a model, a raw table or a source touches"),
    ("lineage", _lineage, "tell the class of a column, what it is made of and what is made of it"),
    ("contracts", _contracts, "write each declaration as a data contract (ODCS 3.1.0)"),
    ("open-data", _open_data, "write what the public may read as CSV and JSON, with a DCAT catalogue"),
    ("catalogue", _catalogue, "write the catalogue of sources, indicators and data as a static site"),
    ("generate", _generate, "write the generated pages of docs/"),
    ("conformance", _conformance, "read real payloads and report what was typed and rejected"),
    ("bench", _bench, "measure, as ratios of things run side by side"),
    ("exec", _exec, "run a program, such as airflow, in the environment of the running services"),
    ("user", _user, "make, list or deactivate accounts of the running Superset"),
    ("settings", _settings, "list the environment variables"),
]
