"""The way of one displayed figure back to the bytes that it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from command_center.archive.store import stream
from command_center.database import Connection, all_values, connect, first_row, has_row
from command_center.errors import CommandCenterError, IntegrityError
from command_center.ledger import batch, build, landing, restatement
from command_center.ledger.batch import Counting
from command_center.operate import displayed
from command_center.operate.figure import Figure
from command_center.settings import settings
from command_center.warehouse.dbt import read_manifest

SHOWN = 12  # batches that are told one by one


def explain(kode: str, wilayah: str, period: str) -> str:
    """The figure, its formula, the models, the batches and the archived answers, each read again and compared with its hash.

    Raises CommandCenterError for a figure that is not there, naming what there is.
    """
    with connect(settings().dsn("analyst")) as mart, connect(settings().dsn("loader")) as ledger:
        figure = _find(mart, *displayed.as_reports_say(kode, wilayah), period)
        way = _way(figure)
        return "\n".join(
            [
                *_told(figure),
                *_edition(ledger),
                *_models(way),
                *_batches(ledger, figure),
                *_beside(ledger, figure, way),
                *_changes(ledger, figure),
            ]
        )


def _find(mart: Connection, kode: str, wilayah: str, period: str) -> Figure:
    columns = ", ".join(
        f"d.{name}" if name in ("rumus", "definisi", "source") else f"a.{name}"
        for name in Figure.__dataclass_fields__
        if name != "table"
    )
    query = (
        f"select {columns}, 'indikator' as \"table\" from mart.indikator as a join mart.dim_indikator as d on d.kode = a.indikator_kode "
        "where a.indikator_kode = %s and a.wilayah_kode = %s and (to_char(a.periode_mulai, 'YYYY-MM') = %s "
        "or a.periode_mulai::text = %s or a.periode_label = %s) order by a.periode_mulai limit 1"
    )
    figure = first_row(mart, Figure, query, [kode, wilayah, period, period, period])
    figure = figure or displayed.find(mart, kode, wilayah, period)
    if figure is None:
        raise CommandCenterError(_missing(mart, kode, wilayah, period))
    return figure


def _missing(mart: Connection, kode: str, wilayah: str, period: str) -> str:
    """What of the three is wrong, and what there is in its place."""
    known = "select from mart.indikator where indikator_kode = %s"
    others = displayed.told_of(mart, kode)
    if not others and not has_row(mart, known, [kode]):
        like = all_values(mart, str, "select kode from mart.dim_indikator where kode ~ %s order by kode", [_stem(kode)])
        return f"No indicator {kode!r} has figures{': perhaps ' + ', '.join(like[:5]) if like else ''}; mart.kamus lists all."
    areas = all_values(
        mart, str, "select distinct wilayah_tingkat from mart.indikator where indikator_kode = %s order by 1", [kode]
    )
    periods = all_values(
        mart,
        str,
        "select distinct periode_mulai::text from mart.indikator where indikator_kode = %s and wilayah_kode = %s order by 1 desc limit 5",
        [kode, wilayah],
    )
    periods = periods or displayed.periods_of(mart, kode, wilayah)
    if not periods:
        return (
            f"{kode} has no figure of {wilayah!r}; it is told for: {', '.join([*areas, *others])}. "
            "Codes of areas are in mart.wilayah."
        )
    return f"{kode} of {wilayah} has no figure for {period!r}; the newest are of {', '.join(periods)}."


def _stem(kode: str) -> str:
    return "".join(sign for sign in max(kode.split("_"), key=len) if sign.isalnum())


def _told(figure: Figure) -> Iterator[str]:
    simulated = " · DATA SIMULASI" if figure.is_simulasi else ""
    yield f"{figure.indikator_nama} ({figure.indikator_kode}) · {figure.wilayah_nama} ({figure.wilayah_kode}) · {figure.periode_label}{simulated}"
    yield f"  shown as   {figure.nilai_teks}  (exactly {figure.nilai}; {figure.pembilang} / {figure.penyebut}; {figure.satuan})"
    until = f"{figure.data_per:%Y-%m-%d %H:%M}" if figure.data_per else "unknown"
    yield f"  status     {figure.status}, quality {figure.mutu or 'unknown'}, content until {until}"
    if figure.is_sementara:
        yield f"  provisional: {figure.sementara_karena or 'the period is not over'}"
    yield f"  formula    {figure.rumus}"
    yield f"  definition {figure.definisi}"


def _edition(ledger: Connection) -> Iterator[str]:
    last = build.last_build(ledger, only_success=True)
    yield ""
    yield f"Edition: built by dbt run {last.invocation_id}" if last else "Edition: no build is known."


@dataclass(frozen=True)
class Way:
    """Models by which a figure comes from raw; own are those that compute its indicator, or the table that shows it."""

    shown: str
    own: tuple[str, ...]
    others: tuple[str, ...]
    raw: tuple[str, ...]


def _models(way: Way | None) -> Iterator[str]:
    """From the indicator's own models back to raw, as the last build on this machine had them."""
    if way is None:
        yield "Models: not known here; dbt was not run on this machine."
        return
    yield "Models, from the mart back to raw:"
    yield f"  {way.shown} ← {', '.join(way.own)}"
    yield from (f"  ← {', '.join(names)}" for names in (way.others, way.raw) if names)


def _way(figure: Figure) -> Way | None:
    try:
        manifest = read_manifest()
    except FileNotFoundError:
        return None
    nodes, sources = manifest["nodes"], manifest["sources"]
    is_indicator = figure.table == "indikator"
    own = _models_of(nodes, figure.indikator_kode) if is_indicator else _models_named(nodes, f"mart__{figure.table}")
    above = _ancestors(manifest, own)
    return Way(
        shown=f"mart.{figure.table}{' ← int_indikator__nilai' if is_indicator else ''}",
        own=tuple(sorted(nodes[key]["name"] for key in own)),
        others=tuple(sorted(nodes[key]["name"] for key in above if key in nodes)),
        raw=tuple(sorted(f"{sources[key]['schema']}.{sources[key]['identifier']}" for key in above if key in sources)),
    )


def _models_of(nodes: Mapping[str, Any], kode: str) -> list[str]:
    """Those that compute an indicator."""
    named = re.compile(rf"""['"]{re.escape(kode)}['"]""")
    return [
        key
        for key, one in nodes.items()
        if key.startswith("model.") and one["name"].startswith("int_indikator__") and named.search(one["raw_code"])
    ]


def _models_named(nodes: Mapping[str, Any], name: str) -> list[str]:
    return [key for key, one in nodes.items() if key.startswith("model.") and one["name"] == name]


def _ancestors(manifest: Mapping[str, Any], starts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        node = manifest["nodes"].get(waiting.pop())
        new = set((node or {}).get("depends_on", {}).get("nodes", [])) - found
        found |= new
        waiting += new
    return found


def _batches(ledger: Connection, figure: Figure) -> Iterator[str]:
    """Of the indicator's own source, each with its answer."""
    found = batch.counting(ledger, figure.source, figure.periode_mulai, figure.periode_selesai)
    yield ""
    yield f"Batches of {figure.source} that speak of {figure.periode_mulai} to {figure.periode_selesai}: {len(found)}"
    if len(found) > SHOWN:
        yield f"  the newest {SHOWN} of them:"
    for one in found[-SHOWN:]:
        yield from (f"  {line}" for line in _batch(ledger, one))


def _beside(ledger: Connection, figure: Figure, way: Way | None) -> Iterator[str]:
    """Of other sources that its models read, in short."""
    tables = [name.removeprefix("raw.") for name in way.raw if name.startswith("raw.")] if way else []
    others = sorted({name.partition("__")[0] for name in tables} - {figure.source})
    for source in others:
        found = batch.counting(ledger, source, figure.periode_mulai, figure.periode_selesai)
        newest = f", the newest {found[-1].batch_id} of {found[-1].finished_at:%Y-%m-%d %H:%M}" if found else ""
        yield f"Beside them the same models read {source}: {len(found)} batches of that time{newest}"


def _batch(ledger: Connection, one: Counting) -> Iterator[str]:
    yield (
        f"batch {one.batch_id}  raw {one.table_name}, part {one.part!r}, published {one.finished_at:%Y-%m-%d %H:%M}: "
        f"{one.rows_read} rows read, {one.rows_published} written, {one.rows_quarantined} set aside; {one.quality or 'quality unknown'}"
    )
    try:
        landed = landing.get(ledger, one.landing_id)
    except IntegrityError as error:
        yield f"  {error}"
        return
    yield f"  answer of {landed.fetched_at:%Y-%m-%d %H:%M} from {landed.url}"
    yield f"  {landed.uri}"
    yield f"  SHA-256 {landed.sha256}: {_read_again(landed)}"


def _read_again(landed: landing.Landed) -> str:
    try:
        size = sum(len(chunk) for chunk in stream(landed))
    except IntegrityError as error:
        return str(error)
    return f"read again, {size} bytes, unchanged"


def _changes(ledger: Connection, figure: Figure) -> Iterator[str]:
    if figure.table != "indikator":
        return  # what was told otherwise is noted of areas only
    changes = restatement.of_figure(ledger, figure.indikator_kode, figure.wilayah_kode, figure.periode_mulai)
    yield ""
    yield (
        f"Told otherwise since it was final: {len(changes)} times"
        if changes
        else "It was never told otherwise after it was final."
    )
    for one in changes:
        yield f"  {one.created_at:%Y-%m-%d %H:%M}  {one.lama_teks} → {one.baru_teks or 'no longer published'} ({one.sebab})"
