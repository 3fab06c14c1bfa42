"""The declaration of a source: one strict model, from which DAG, raw table, grants and catalogue follow."""

from __future__ import annotations

import difflib
import re
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from command_center.errors import DeclarationError
from command_center.settings import settings

Classification = Literal["publik", "terbatas", "rahasia"]
ColumnType = Literal["text", "integer", "numeric", "boolean", "date", "time", "timestamptz"]
NumberFormat = Literal["plain", "id"]  # 1234.56 | 1.234,56
DateFormat = Literal["iso", "d MMMM yyyy", "d MMMM yyyy HH:mm", "dd-MM-yyyy", "dd/MM/yyyy", "HH:mm:ss", "HH:mm"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Strict):
    """One column of a raw table: where its text comes from, how it is typed, who may see it."""

    name: Identifier
    source: str = Field(
        description="Header in the file; '$.a.b' = path from the root of a JSON answer; '@part' and other '@names' = "
        "what the request knows; '{name}' = key bound by the record path"
    )
    type: ColumnType = "text"
    description: str
    classification: Classification = "rahasia"
    treatment: Literal["drop", "hmac"] | None = None
    required: bool = False
    optional: bool = Field(False, description="The column itself may be absent")
    unit: str | None = None
    number: NumberFormat = "plain"
    date: DateFormat = "iso"
    timezone: str = "Asia/Jakarta"
    capture: str | None = Field(None, description="Regular expression; its one group is the value")
    nulls: list[str] = ["", "-"]
    references: Literal["kelurahan", "kecamatan"] | None = None
    aliases: list[str] = []

    @model_validator(mode="after")
    def secret_columns_have_a_treatment(self) -> Column:
        if self.classification == "rahasia" and self.treatment is None:
            raise ValueError(f"column {self.name!r} is rahasia and needs 'treatment: drop' or 'treatment: hmac'")
        if self.capture is not None and re.compile(self.capture).groups != 1:
            raise ValueError(f"'capture' of column {self.name!r} needs exactly one group")
        return self


class Volume(Strict):
    """Bounds on the rows of one batch; outside them the batch is held."""

    min: int = 1
    max: int


class Drift(Strict):
    """What a changed set of columns means."""

    new: Literal["warn", "hold"] = "warn"
    lost: Literal["warn", "hold"] = "hold"


class Table(Strict):
    """One raw table of a source."""

    description: str
    mode: Literal["snapshot", "window", "upsert", "observation"]
    key: list[str] = []
    window_column: str | None = None
    records: list[str] = Field([], description="http_json: record paths; see extract/http_json.py")
    ignore: list[str] = Field([], description="Names in the answer that are left out on purpose")
    volume: Volume
    max_quarantined_pct: float = 5.0
    drift: Drift = Drift()
    columns: list[Column]

    @model_validator(mode="after")
    def names_agree(self) -> Table:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("two columns have the same name")
        stored = {column.name for column in self.stored}
        for name in [*self.key, *([self.window_column] if self.window_column else [])]:
            if name not in stored:
                raise ValueError(f"{name!r} is used as key or window_column but is not a stored column")
        if self.mode in ("upsert", "observation") and not self.key:
            raise ValueError(f"mode {self.mode} needs a key")
        if self.mode == "window" and self.window_column is None:
            raise ValueError("mode window needs a window_column")
        return self

    @property
    def stored(self) -> list[Column]:
        """The columns that reach the warehouse."""
        return [column for column in self.columns if column.treatment != "drop"]


class Request(Strict):
    """One thing to ask for; its answer is one landing object."""

    part: str
    path: str
    tables: list[Identifier]
    params: dict[str, str] = {}


class Connection(Strict):
    """An Airflow connection id and the address used when no such connection exists."""

    id: Identifier
    address: str


class Extract(Strict):
    """How to ask and how to read."""

    kind: Literal["http_json", "csv", "xlsx"]
    requests: list[Request]
    for_each: dict[str, list[str]] = Field(
        {}, description="Requests are repeated for each value; '{name}' in part, path and params"
    )
    encoding: str = "utf-8-sig"
    separator: str = ","
    sheets: str = Field(".*", description="xlsx: regular expression of the sheets to read")
    header_row: int = Field(1, ge=1)
    stop_at: str | None = Field(
        None, description="xlsx: first cell matching this ends the table (total row, signature)"
    )


class Retention(Strict):
    landing_days: int = 90
    curated_years: int = 5


class Source(Strict):
    """A declared source. The file's stem is its key everywhere."""

    source: Identifier
    title: str
    opd: Identifier
    opd_name: str
    description: str
    owner: str
    steward: str
    deputy_steward: str
    legal_basis: list[str]
    attribution: str | None = None
    maturity: int = Field(ge=0, le=5)
    schedule: str | None
    freshness: timedelta
    retention: Retention = Retention()
    connection: Connection
    extract: Extract
    tables: dict[Identifier, Table]

    @model_validator(mode="after")
    def requests_feed_declared_tables(self) -> Source:
        for request in self.extract.requests:
            for name in request.tables:
                if name not in self.tables:
                    raise ValueError(f"request {request.part!r} feeds table {name!r}, which is not declared")
        return self

    @cached_property
    def has_secrets(self) -> bool:
        """Whether an answer holds rahasia values, so that its archive object is encrypted."""
        return any(c.classification == "rahasia" for t in self.tables.values() for c in t.columns)

    @cached_property
    def requests(self) -> list[Request]:
        """The declared requests, repeated for each declared value."""
        expanded = self.extract.requests
        for name, values in self.extract.for_each.items():
            expanded = [_fill(request, name, value) for request in expanded for value in values]
        return list({request.part: request for request in expanded}.values())


def _fill(request: Request, name: str, value: str) -> Request:
    mark = "{" + name + "}"
    return Request(
        part=request.part.replace(mark, value),
        path=request.path.replace(mark, value),
        tables=request.tables,
        params={key: text.replace(mark, value) for key, text in request.params.items()},
    )


def raw_table(source: str, table: str) -> str:
    return f"{source}__{table}"


def load_source(path: Path) -> Source:
    """Read one declaration. Raises DeclarationError with file, place and the nearest right key."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path.name}: not readable as YAML: {' '.join(str(error).split())}") from None
    try:
        source = Source.model_validate(content)
    except ValidationError as error:
        raise DeclarationError("; ".join(_explain(path, item) for item in error.errors())) from None
    if source.source != path.stem:
        raise DeclarationError(
            f"{path.name}: 'source' is {source.source!r} but the file's stem is {path.stem!r}; make them equal."
        )
    return source


def _explain(path: Path, item: object) -> str:
    detail = dict(item)  # type: ignore[call-overload]
    place = ".".join(str(step) for step in detail["loc"]) or "top level"
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        near = difflib.get_close_matches(key, KEYS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{path.name}: {place}: the key {key!r} does not exist{hint}"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{path.name}: {place}: {message}"


KEYS = sorted(
    {
        field
        for model in (Source, Extract, Request, Connection, Retention, Table, Column, Volume, Drift)
        for field in model.model_fields
    }
)


def source_names() -> list[str]:
    return sorted(path.stem for path in settings().cc_sources_dir.glob("*.yml"))


def get_source(name: str) -> Source:
    """The declaration of a source by its key. Raises DeclarationError when there is none."""
    path = settings().cc_sources_dir / f"{name}.yml"
    if not path.exists():
        near = difflib.get_close_matches(name, source_names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(source_names())}."
        raise DeclarationError(f"There is no source {name!r}{hint}")
    return load_source(path)


def all_sources() -> list[Source]:
    return [get_source(name) for name in source_names()]
