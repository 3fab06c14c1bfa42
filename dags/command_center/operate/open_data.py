"""Open data: each relation of the database publik as CSV and JSON, and the catalogue that a data portal harvests.

All is read as the public's role, so that no file holds what the public could not read itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg import sql
from pydantic import BaseModel, ConfigDict

from command_center.database import Connection, all_values, connect, one_row, one_value
from command_center.drawing import palette
from command_center.idformat import format_date, format_moment, format_number
from command_center.operate import dcat
from command_center.settings import Settings

HERE = Path(__file__)
CATALOGUE = "dcat.jsonld"
PAGE = "index.html"


class Declared(BaseModel):
    """A dataset of open_data.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    description: str
    keywords: tuple[str, ...]
    periodicity: str
    key: tuple[str, ...]
    temporal: tuple[str, str] | None = None
    credit: str | None = None
    may_be_empty: bool = False


class OfCatalogue(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    description: str
    publisher: str
    contact: str
    licence: str


class OpenData(BaseModel):
    """The file open_data.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    catalogue: OfCatalogue
    datasets: dict[str, Declared]


@dataclass(frozen=True)
class Span:
    """What time a dataset covers."""

    first: date | None
    last: date | None


@dataclass(frozen=True)
class Written:
    """What was written, and what the public may not read, or not yet."""

    page: Path
    datasets: tuple[dcat.Dataset, ...]
    waiting: tuple[str, ...]

    def __str__(self) -> str:
        waiting = f"; not readable or empty: {', '.join(self.waiting)}" if self.waiting else ""
        return f"{len(self.datasets)} datasets in {self.page.parent}{waiting}"


@cache
def declared() -> OpenData:
    return OpenData.model_validate(yaml.safe_load(HERE.with_suffix(".yml").read_text(encoding="utf-8")))


def folder_of(config: Settings) -> Path:
    return config.cc_open_data_dir or config.cc_var_dir / "open_data"


def write_open_data(config: Settings) -> Written:
    """Files first, each replaced in one step, the catalogue last; what may not be read any more is removed."""
    folder = folder_of(config)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    known, now = Known(folder), config.now()
    datasets, waiting = [], []
    for name, told in declared().datasets.items():
        with connect(config.dsn("public")) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            columns = _columns(connection, name)
            dataset = _write(connection, name, told, columns, folder, known, now) if columns else None
        if dataset is None:
            waiting.append(name)
        else:
            datasets.append(dataset)
    _finish(folder, config, datasets, waiting)
    return Written(folder / PAGE, tuple(datasets), tuple(waiting))


def _columns(connection: Connection, name: str) -> list[str]:
    """Those that the public may read, in their order."""
    query = """
        select attname::text from pg_attribute
        where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped and has_column_privilege(attrelid, attnum, 'select')
        order by attnum
    """
    return all_values(connection, str, query, [f"publik.{name}"])


def _write(
    connection: Connection, name: str, told: Declared, columns: list[str], folder: Path, known: Known, now: datetime
) -> dcat.Dataset | None:
    """Both files of a dataset from one snapshot, with the times of before where their content is as before."""
    relation = sql.Identifier("publik", name)
    rows = one_value(connection, int, sql.SQL("select count(*) from {}").format(relation))
    if not rows and not told.may_be_empty:
        return None
    key = [one for one in told.key if one in columns] or columns
    query = sql.SQL("select {} from {} order by {}").format(_names(columns), relation, _names(key))
    files = (
        _store(folder / f"{name}.csv", _csv(connection, query)),
        _store(folder / f"{name}.json", _json(connection, query)),
    )
    span = _span(connection, name, told) if {*(told.temporal or ())} <= {*columns} else Span(None, None)
    label = _label(connection, name) if "label_data" in columns else ""
    return dcat.Dataset(
        name,
        told.title,
        f"{told.description} {label}".rstrip(),
        told.keywords,
        told.periodicity,
        told.credit,
        known.issued(name) or now,
        now if known.is_changed(files) else known.modified(name) or now,
        span.first,
        span.last,
        rows,
        files,
    )


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _csv(connection: Connection, query: sql.Composed) -> Iterator[bytes]:
    rows = sql.SQL("copy ({}) to stdout (format csv, header true)").format(query)
    with connection.cursor() as cursor, cursor.copy(rows) as answer:
        for block in answer:
            yield bytes(block)


def _json(connection: Connection, query: sql.Composed) -> Iterator[bytes]:
    """An array with an object per row, put together by the server: within JSON no sign is one of those that CSV would quote."""
    lines = sql.SQL(
        "copy (select case row_number() over () when 1 then '' else ',' end || row_to_json(baris) from ({}) as baris) "
        r"to stdout (format csv, quote E'\x01', delimiter E'\x02')"
    ).format(query)
    yield b"[\n"
    with connection.cursor() as cursor, cursor.copy(lines) as answer:
        for block in answer:
            yield bytes(block)
    yield b"]\n"


def _store(path: Path, blocks: Iterable[bytes]) -> dcat.File:
    digest, size = hashlib.sha256(), 0
    fresh = path.with_name(f"{path.name}.baru")
    with fresh.open("wb") as file:
        for block in blocks:
            file.write(block)
            digest.update(block)
            size += len(block)
    _put(fresh, path)
    return dcat.File(path.name, path.suffix[1:], size, digest.hexdigest())


def _put(fresh: Path, path: Path) -> None:
    """For everybody to read: the web server has an account of its own."""
    fresh.chmod(0o644)
    fresh.replace(path)


def _span(connection: Connection, name: str, told: Declared) -> Span:
    if told.temporal is None:
        return Span(None, None)
    first, last = map(sql.Identifier, told.temporal)
    query = sql.SQL("select min({})::date as first, max({})::date as last from {}").format(
        first, last, sql.Identifier("publik", name)
    )
    return one_row(connection, Span, query)


def _label(connection: Connection, name: str) -> str:
    """What a reader must know of the rows, such as DATA SIMULASI; it stands in every row too."""
    query = sql.SQL("select distinct label_data from {} where label_data <> '' order by 1").format(
        sql.Identifier("publik", name)
    )
    labels = all_values(connection, str, query)
    return f"Memuat baris berlabel: {', '.join(labels)}." if labels else ""


class Known:
    """What the catalogue of before said."""

    def __init__(self, folder: Path) -> None:
        path = folder / CATALOGUE
        graph = json.loads(path.read_text(encoding="utf-8"))["@graph"] if path.is_file() else []
        self._datasets = {node["dct:identifier"]: node for node in graph if node["@type"] == "dcat:Dataset"}
        distributions = [node for node in graph if node["@type"] == "dcat:Distribution"]
        self._sums = {
            node["@id"].rpartition("/")[2]: node["spdx:checksum"]["spdx:checksumValue"]["@value"]
            for node in distributions
        }

    def issued(self, name: str) -> datetime | None:
        return _moment(self._datasets.get(name, {}).get("dct:issued"))

    def modified(self, name: str) -> datetime | None:
        return _moment(self._datasets.get(name, {}).get("dct:modified"))

    def is_changed(self, files: Iterable[dcat.File]) -> bool:
        return any(self._sums.get(file.name) != file.sha256 for file in files)


def _moment(node: Mapping[str, str] | None) -> datetime | None:
    return datetime.fromisoformat(node["@value"]) if node else None


def _finish(folder: Path, config: Settings, datasets: list[dcat.Dataset], waiting: list[str]) -> None:
    told = declared().catalogue
    publisher = dcat.Publisher(
        told.title, told.description, told.publisher, told.contact, config.cc_open_data_contact, told.licence
    )
    base = config.cc_open_data_url.rstrip("/") + "/"
    document = json.dumps(dcat.document(base, publisher, datasets), ensure_ascii=False, indent=1)
    texts = {CATALOGUE: document + "\n", PAGE: _page(publisher, datasets, waiting)}
    for name, text in texts.items():
        fresh = folder / f"{name}.baru"
        fresh.write_text(text, encoding="utf-8")
        _put(fresh, folder / name)
    kept = {file.name for dataset in datasets for file in dataset.files} | texts.keys()
    for ending in (".csv", ".json", ".baru"):
        for path in folder.glob(f"*{ending}"):
            if path.name not in kept:
                path.unlink()


def _page(publisher: dcat.Publisher, datasets: list[dcat.Dataset], waiting: list[str]) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told: dict[str, Any] = {"publisher": publisher, "datasets": datasets, "colours": palette, "catalogue": CATALOGUE}
    words: dict[str, Any] = {"number": format_number, "day": format_date, "moment": format_moment}
    titles = [declared().datasets[name].title for name in waiting]
    return environment.get_template("open_data.html").render(**told, **words, waiting=titles)
