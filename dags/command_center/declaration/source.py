"""The declaration of a source: one strict model, from which DAG, raw table, grants and catalogue follow."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from command_center.personal import Personal
from command_center.settings import TIME_ZONE

Classification = Literal["publik", "terbatas", "rahasia"]


ColumnType = Literal["text", "integer", "numeric", "boolean", "date", "time", "timestamptz"]


NumberFormat = Literal["plain", "id", "id_short"]  # 1234.56 | 1.234,56 | 2.160,38 M (rb, jt, M, T)


DateFormat = Literal[
    "iso",
    "d MMMM yyyy",
    "d MMMM yyyy HH:mm",
    "MMMM yyyy",
    "dd-MM-yyyy",
    "dd/MM/yyyy",
    "dd-MM-yy",
    "dd/MM/yy",
    "dd-MM-yyyy HH:mm",
    "dd/MM/yyyy HH:mm",
    "dd-MM-yy HH:mm",
    "yyyyMMdd",
    "yyyy/MM/dd HH:mm",
    "rfc822",
    "epoch_s",
    "epoch_ms",
    "HH:mm:ss",
    "HH:mm",
]


Kind = Literal[
    "http_json",
    "ckan",
    "arcgis_rest",
    "json_rpc",
    "prometheus",
    "xml",
    "rss",
    "cap",
    "icalendar",
    "csv",
    "xlsx",
    "spreadsheetml",
    "html_table",
    "sql",
]


FILE_KINDS: tuple[Kind, ...] = ("csv", "xlsx", "spreadsheetml", "html_table", "icalendar")


SCHEMES: dict[str, tuple[str, ...]] = {
    "sql": ("postgresql", "mysql"),
    **dict.fromkeys(FILE_KINDS, ("https", "http", "sftp", "file")),
}


# What a value of as_of stands for; month_to_date: from the first of its month to its day
Period = Literal["week", "month", "month_to_date", "quarter", "semester", "year"]


Reference = Literal["kelurahan", "kecamatan", "kelurahan_name", "kecamatan_name"]


# How the city comes by the data: a file that a person lays down, one that is fetched, a service, a database
Access = Literal["unggah", "berkas", "antarmuka", "basis_data"]


# Of public information, UU 14/2008: Pasal 9, 10, 11 and 17
InformationCategory = Literal["berkala", "serta_merta", "setiap_saat", "dikecualikan"]


LONGEST_IDENTIFIER = 63  # PostgreSQL cuts off what is longer, so that two names may become one
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=LONGEST_IDENTIFIER)]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


def _is_written_out(given: Any) -> Any:
    """A bare number would be so many seconds."""
    if isinstance(given, timedelta) or (isinstance(given, str) and DURATION.fullmatch(given)):
        return given
    raise ValueError(f"expected a duration like PT36H or P10D, not {given!r}")


DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
Duration = Annotated[timedelta, BeforeValidator(_is_written_out)]
Limit = Annotated[Duration, Field(gt=timedelta())]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Strict):
    """One column of a raw table: where its text comes from, how it is typed, who may see it."""

    name: Identifier = Field(description="Name in the warehouse")
    source: str = Field(
        description="Header in the file; '$.a.b' = path from the root of a JSON answer; '@part' and other '@names' = "
        "what the request, the file's name or a cell tells; '@row' = number of the row in the sheet; '[A]' = column "
        "without a header; '{name}' = key bound by the record path"
    )
    type: ColumnType = Field("text", description="Type in the warehouse")
    description: str = Field(description="Meaning, in Indonesian")
    classification: Classification = Field("rahasia", description="Who may see it; rahasia needs a treatment")
    treatment: Literal["drop", "hmac"] | None = Field(
        None, description="drop: never leaves the reader; hmac: keyed digest, so that equal values can be joined"
    )
    required: bool = Field(False, description="A row without a value is set aside")
    optional: bool = Field(False, description="The column itself may be absent")
    unit: str | None = Field(
        None, description="Of a number, e.g. jiwa, kg, Rp; persen: 47.25, also where a sheet shows 0.4725 in percent"
    )
    number: NumberFormat = Field(
        "plain",
        description="plain 1234.56, id 1.234,56, Rp 1.234,- (of each the marks of the other too, where they can be nothing else), id_short 2.160,38 M",
    )
    date: DateFormat = Field("iso", description="How dates and times are written")
    timezone: str = Field(TIME_ZONE, description="Of times without a zone")
    capture: Pattern | None = Field(None, description="Regular expression; its one group is the value")
    nulls: list[str] = Field(["", "-"], description="Texts that mean: no value")
    references: Reference | None = Field(None, description="The value must be an area of the city, by code or by name")
    loose: bool = Field(
        False,
        description="A name in the key that is written by hand: case, blanks and marks tell no two apart; a name that `references` "
        "an area is so by itself",
    )
    aliases: list[str] = Field([], description="Other headers of the same column")
    join: str | None = Field(
        None, description="The header stands over several columns; their values are joined by this text"
    )
    on_bad: Annotated[
        Literal["auto", "row", "null"], BeforeValidator(lambda given: "null" if given is None else given)
    ] = Field(
        "auto",
        description="What a value takes along that is not of the declared format, or breaks a rule that sets aside: row = its row "
        "is set aside, null = only the value is left out, with a warning, auto = null for numbers that are not required, else row",
    )
    longest: int = Field(
        20_000, ge=1, description="Most bytes of a value's text; a longer one is not of the declared format"
    )
    kept: list[Personal] = Field(
        [],
        description="What looks like e-mail, NIK, telephone or a person's name in its text and is nobody's: codes of the source, "
        "mailboxes of offices, names of streets, of candidates, of officials in the press; it stays, everything else is hidden",
    )
    future: Literal["allowed", "refused"] = Field(
        "allowed",
        description="Whether a date or time, or the period that a year and its number name, may lie ahead of now; 'make check' asks "
        "for 'refused' or 'ahead'",
    )
    ahead: str | None = Field(None, description="Why it may lie ahead of now, e.g. it is planned, forecast")
    within: Identifier | None = Field(
        None,
        description="Group of 'files' whose text names a period: 2026, 2026-10, Oktober 2026, or 1 2026 for a semester; a row "
        "with a day outside it is set aside",
    )

    @property
    def is_in_file(self) -> bool:
        """Whether the answer itself must have the column, rather than what surrounds it."""
        return not self.source.startswith(("@", "{", "$."))

    @property
    def is_percentage(self) -> bool:
        """Whether its numbers are percentages: 47.25 for 47.25 %."""
        return self.type in ("integer", "numeric") and (self.unit in ("persen", "%") or self.name.endswith("_pct"))

    @model_validator(mode="after")
    def secret_columns_have_a_treatment(self) -> Column:
        if self.classification == "rahasia" and self.treatment is None:
            raise ValueError(f"column {self.name!r} is rahasia and needs 'treatment: drop' or 'treatment: hmac'")
        if self.capture is not None and re.compile(self.capture).groups != 1:
            raise ValueError(f"'capture' of column {self.name!r} needs exactly one group")
        if self.within is not None and self.type not in ("date", "timestamptz"):
            raise ValueError(f"column {self.name!r} is {self.type}, which lies within no period; take 'within' away")
        if self.ahead is not None and self.future == "refused":
            raise ValueError(
                f"column {self.name!r} says why it lies ahead, and refuses it; take 'ahead' or 'future' away"
            )
        if self.on_bad == "null" and self.required:
            raise ValueError(f"column {self.name!r} is required, so that 'on_bad: null' can leave out no value of it")
        return self

    @property
    def stored_class(self) -> Classification:
        """In the warehouse: what is rahasia is stored as a keyed digest only, a pseudonym, for people of the city."""
        return "terbatas" if self.treatment == "hmac" else self.classification

    @property
    def is_emptied_when_bad(self) -> bool:
        """Whether a broken value is left out and its row goes on."""
        if self.on_bad == "auto":
            return not self.required and self.type in ("integer", "numeric")
        return self.on_bad == "null"


class Volume(Strict):
    """Bounds on the rows of one batch; outside them the batch is held."""

    min: int = Field(1, description="Fewer rows hold the batch")
    max: int = Field(description="More rows hold the batch")
    min_pct_of_last: float = Field(
        50.0,
        ge=0,
        le=100,
        description="Least rows, in percent of the part's last batch; not where 'since' brings changes",
    )


class Drift(Strict):
    """What a changed set of columns means."""

    new: Literal["warn", "hold"] = Field("warn", description="A column that is not declared")
    lost: Literal["warn", "hold"] = Field("hold", description="A declared column that is missing")
    retyped: Literal["warn", "hold"] = Field(
        "hold", description="A column of which most values no longer have the declared format"
    )


class Cell(Strict):
    """A value that stands once in a sheet, known to every row of it by a name."""

    at: str = Field(pattern=r"^[A-Z]{1,3}[1-9][0-9]*$", description="Place of the cell, e.g. B2")
    capture: Pattern | None = Field(None, description="Regular expression; its one group is the value")
    otherwise: Identifier | None = Field(
        None, description="Group of 'files' that tells the value where the cell does not; without it the batch is held"
    )

    @property
    def place(self) -> tuple[int, int]:
        """Row from 1 and column from 0."""
        letters, column = self.at.rstrip("0123456789"), 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        return int(self.at[len(letters) :]), column - 1


class Unpivot(Strict):
    """Columns that are really values: one row for each of them."""

    headers: Pattern = Field(
        description="Regular expression of their headers; its named groups become fields of the row"
    )
    value: Identifier = Field(description="Field that takes the cell")
    blank: Literal["keep", "skip"] = Field("skip", description="What an empty cell means; it is never zero")


class Layout(Strict):
    """Where the records stand in a file. Rows and columns are counted from 1, as a spreadsheet shows them."""

    encoding: str = Field("utf-8-sig", description="Of text files, e.g. utf-8-sig, cp1252")
    separator: str = Field(",", description="Of delimited text")
    sheets: Pattern = Field(
        ".*", description="Regular expression of the sheets (HTML: of the numbers of the tables) to read"
    )
    header_row: int = Field(1, ge=1, description="First row of the header")
    header_find: Pattern | None = Field(
        None,
        description="Instead of header_row: regular expression; the header begins in the first row with such a cell",
    )
    header_rows: int = Field(
        1, ge=1, le=10, description="Rows of the header; names of merged cells are joined: 'Jumlah / L'"
    )
    skip_below: int = Field(0, ge=0, description="Rows between the header and the first record")
    column_numbers: bool = Field(
        False, description="A row that only numbers the columns may stand below the header; it is left out and counted"
    )
    ignore_rows: list[Pattern] = Field(
        [], description="Regular expressions; a row whose first filled cell matches is left out and counted (totals)"
    )
    stop_at: Pattern | None = Field(
        None,
        description="Regular expression; the first row whose first filled cell matches ends the records (signature)",
    )
    fill_down: list[str] = Field([], description="Headers whose empty cells repeat the value above")
    cells: dict[Identifier, Cell] = Field(
        {}, description="Values that stand once in a sheet, by the name under which rows know them"
    )
    unpivot: Unpivot | None = Field(None, description="Columns that are really values")

    @property
    def is_plain(self) -> bool:
        """Whether the file is nothing but one header line and records below it."""
        reshaped = (self.header_find, self.stop_at, self.unpivot, *self.ignore_rows, *self.fill_down, *self.cells)
        below = self.skip_below or self.column_numbers
        return self.header_row == self.header_rows == 1 and not below and not any(reshaped)


PERIODS_OF_A_YEAR = ("week", "month", "quarter", "semester")


class Table(Strict):
    """One raw table of a source."""

    description: str = Field(description="The grain: 'One row per …'")
    mode: Literal["snapshot", "window", "register", "upsert", "observation"] = Field(
        description="What a missing key means; see adding-a-source.md"
    )
    key: list[str] = Field([], description="Columns that tell one row from another")
    across_parts: Literal["aside", "newest"] = Field(
        "aside",
        description="snapshot: what becomes of a row whose key another part has too: aside = it is set aside, newest = it takes "
        "the other's place; a batch that a person released takes it too",
    )
    window_column: str | None = Field(None, description="modes window and register: column with the time")
    withdrawn_from: Literal["row", "month", "year", "part"] = Field(
        "row",
        description="register: from where on a row was withdrawn that the answer has no more: from its oldest row on, from the begin "
        "of the month or year of that row, or part = all of its part, and of other parts' rows those of the period in its name",
    )
    records: list[str] = Field([], description="JSON and XML kinds: record paths; see extract/http_json.py")
    proof: str | None = Field(
        None,
        description="JSON kinds: path of what every whole answer has, where the source leaves the list of records out when there are "
        "none; without it an answer without its list is held",
    )
    ignore: list[str] = Field(
        [],
        description="Names in the answer that are left out on purpose: of a record, or beside the records by their path",
    )
    volume: Volume = Field(description="Bounds on the rows of a batch")
    max_quarantined_pct: float = Field(5.0, description="More broken rows than this hold the batch")
    max_deleted_pct: float = Field(
        25.0,
        ge=0,
        le=100,
        description="snapshot, window, register: most rows that one batch may take away, in percent of its scope",
    )
    gaps: bool = Field(
        False,
        description="snapshot with a key: what can be read of the keys of rows that were set aside is kept in ops.gap, where a row "
        "that is not there would count as none, so that the warehouse takes it for unknown",
    )
    partitioned: bool = Field(
        False,
        description="snapshot with a key: each part is a table of its own below the raw table, so that a new one is written once; for "
        "large parts, of which there are some hundreds at most. A raw table that is there already stays as it is",
    )
    drift: Drift = Field(Drift(), description="What a changed set of columns means")
    as_of: str | list[str] | None = Field(
        None,
        description="Column whose values tell what time the data cover, whenever they arrive; [year, week] where two do",
    )
    period: Period | None = Field(
        None,
        description="What a value of as_of stands for, counted to its end; without it a moment, a day, or a month where "
        "dates are written as MMMM yyyy",
    )
    layout: Layout | None = Field(None, description="Instead of the layout of extract")
    columns: list[Column] = Field(description="Columns, also those that are dropped")

    @model_validator(mode="after")
    def names_agree(self) -> Table:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("two columns have the same name")
        stored = {column.name for column in self.stored}
        for name in [*self.key, *self.as_of_names, *filter(None, (self.window_column,))]:
            if name not in stored:
                raise ValueError(f"{name!r} is used as key, window_column or as_of but is not a stored column")
        for column in self.stored:
            if column.name in self.key and not column.required:
                raise ValueError(f"the key column {column.name!r} must be 'required': nothing equals a missing key")
        if self.mode in ("register", "upsert", "observation") and not self.key:
            raise ValueError(f"mode {self.mode} needs a key")
        if self.across_parts == "newest" and not (self.mode == "snapshot" and self.key):
            raise ValueError("across_parts: newest is for a snapshot with a key; in other modes the newest always wins")
        if self.gaps and not (self.mode == "snapshot" and self.key):
            raise ValueError("gaps is for a snapshot with a key: only there a later answer tells the whole anew")
        if self.partitioned and not (self.mode == "snapshot" and self.key):
            raise ValueError("partitioned is for a snapshot with a key: only there a row belongs to one part")
        if self.withdrawn_from != "row" and self.mode != "register":
            raise ValueError("withdrawn_from is for mode register; take it away")
        if self.mode in ("window", "register") and self.window_column is None:
            raise ValueError(f"mode {self.mode} needs a window_column")
        return self

    @model_validator(mode="after")
    def only_times_lie_ahead(self) -> Table:
        for column in self.columns:
            is_time = column.type in ("date", "timestamptz") or column.name in self.as_of_names
            if column.future == "refused" and not is_time:
                raise ValueError(
                    f"column {column.name!r} is {column.type} and names no period (as_of), so that it cannot lie ahead; take "
                    "'future' away"
                )
        return self

    @model_validator(mode="after")
    def as_of_is_a_time(self) -> Table:
        columns = [column for column in self.columns if column.name in self.as_of_names]
        types = {column.type for column in columns}
        whole = types == {"integer"} and self.period in (PERIODS_OF_A_YEAR if len(columns) == 2 else ("year",))
        moments = types <= {"date", "timestamptz"} and len(columns) <= 1 and self.period != "week"
        if not whole and not moments:
            raise ValueError(
                "as_of must be one column of type date or timestamptz, a year with 'period: year', or [year, number] with "
                "'period: week', month, quarter or semester"
            )
        if self.period is not None and not columns:
            raise ValueError("'period' says what a value of as_of stands for, and as_of is missing")
        return self

    @property
    def as_of_names(self) -> list[str]:
        names = [self.as_of] if isinstance(self.as_of, str) else self.as_of
        return names or []

    @property
    def as_of_columns(self) -> list[Column]:
        by_name = {column.name: column for column in self.columns}
        return [by_name[name] for name in self.as_of_names]

    @property
    def stored(self) -> list[Column]:
        """The columns that reach the warehouse."""
        return [column for column in self.columns if column.treatment != "drop"]

    @property
    def loose_key(self) -> list[str]:
        """Columns of the key in which the same name may be written in several ways."""
        loose = {c.name for c in self.stored if c.loose or (c.references or "").endswith("_name")}
        return [name for name in self.key if name in loose]

    @property
    def free_texts(self) -> list[Column]:
        """Stored columns in which people, or programs of others, may have written whatever they liked."""
        return [
            column
            for column in self.stored
            if column.type == "text" and column.treatment is None and column.references is None
        ]

    def leaves_out(self, name: str) -> bool:
        """Whether a bad value of this column is left out and its row goes on; never of a key, which is required."""
        return any(column.name == name and column.is_emptied_when_bad for column in self.stored)


class Request(Strict):
    """One thing to ask for; its answer is one landing object. With `files`, one object per file that matches."""

    part: str = Field(description="Name of the batch; may use {names} of for_each and of the groups of files")
    path: str = Field(description="Path below the address; a folder with files; schema.table for sql")
    tables: list[Identifier] = Field(description="Tables that its answer feeds")
    params: dict[str, str] = Field({}, description="What rows know as @name")
    query: dict[str, str] = Field(
        {},
        description="Sent with the address. {since}, {window_start}, {window_end}, {now}, as {now:date|epoch_s|epoch_ms|iso}",
    )
    body: dict[str, Any] = Field({}, description="json_rpc: method and params; texts may use the same {names} as query")
    files: Pattern | None = Field(
        None, description="Regular expression of the names of files in the folder; its named groups are known as @name"
    )
    period: Identifier | None = Field(
        None,
        description="Which @name tells the month or year that an answer is about (2026-10, 2026): events of it stand here only",
    )

    @property
    def told_by_file(self) -> frozenset[str]:
        """What rows know as @name from the name of their file."""
        return frozenset(re.compile(self.files).groupindex if self.files else ())


class Paging(Strict):
    """How an answer goes on. See docs/adding-a-source.md for what each style can and cannot notice."""

    style: Literal["page", "offset", "next", "after"] = Field(description="See paging.md")
    records: str = Field(description="Record path of the records of a page")
    param: str = Field("", description="page, offset, after: name of the query parameter")
    size: int = Field(100, ge=1, description="Records of a page")
    size_param: str | None = Field(None, description="Name of the query parameter that asks for the size")
    first: int = Field(1, description="page: number of the first page")
    next: str = Field("", description="next: record path of the address of the next page; empty = the header Link")
    key: str = Field("", description="after: member of a record by which the server sorts; offset, page: its identity")
    total: str | None = Field(None, description="Record path of the number of all records")
    confirm: bool = Field(False, description="Read everything again until two readings in a row agree")
    max_pages: int = Field(10_000, description="More pages than this are an error")

    @model_validator(mode="after")
    def style_has_its_parameter(self) -> Paging:
        if self.style != "next" and not self.param:
            raise ValueError(f"paging by {self.style} needs 'param'")
        if self.style == "after" and not self.key:
            raise ValueError("paging by after needs 'key'")
        return self


class Since(Strict):
    """Ask only for what changed: the newest published value of a column is the lower bound of the next question."""

    table: Identifier = Field(description="Table whose newest value counts")
    column: Identifier = Field(description="Its column")
    overlap: Duration = Field(timedelta(), description="How far before the newest value to ask again")
    first: str = Field(description="Lower bound of the first question, as the source writes it")
    format: Literal["iso", "date", "epoch_s", "epoch_ms", "number"] = Field(
        "iso", description="How the source writes the bound"
    )
    full_every: Duration | None = Field(
        None,
        ge=timedelta(days=1),
        description="The first run of each such span, counted from a Monday, asks for everything from `first` on, so that late "
        "edits below the bound arrive too; what does not come so is asked for changes in the same run, and whole in the next span",
    )


class Connection(Strict):
    """An Airflow connection, and what is used when it does not exist. Secrets come from the connection only."""

    id: Identifier = Field(description="Id of the Airflow connection; see connections.md")
    address: str = Field(
        description="https://host/path, sftp://host/folder, file:///folder, postgresql://host/database, mysql://host/database"
    )
    auth: Literal["none", "basic", "bearer", "api_key", "body"] = Field(
        "none", description="How login and password of the connection are used; body: json_rpc before Zabbix 6.4"
    )
    api_key: str = Field("X-API-Key", description="Header that takes the password; '?name' = query parameter")
    requests_per_minute: int | None = Field(None, ge=1, description="Of all sources at the same host together")
    tls: Literal["verified", "none"] = Field(
        "verified", description="none: the host speaks no TLS; only within the city's own network"
    )

    @property
    def scheme(self) -> str:
        return self.address.partition("://")[0]


class Extract(Strict):
    """How to ask and how to read."""

    kind: Kind = Field(description="Which connector")
    requests: list[Request] = Field(description="What is asked for")
    for_each: dict[str, list[str]] = Field(
        {}, description="Requests are repeated for each value; '{name}' in part, path, params, query and files"
    )
    paging: Paging | None = Field(None, description="How an answer goes on; see paging.md")
    since: Since | None = Field(None, description="Ask only for what changed")
    conditional: bool = Field(True, description="Ask only whether the answer changed, where the source can tell")
    follow: Pattern | None = Field(
        None, description="rss, cap: regular expression of the links whose documents are read too"
    )
    members: Pattern | None = Field(
        None, description="The answer is a zip archive; regular expression of the files to read"
    )
    resource_format: str = Field("CSV", description="ckan: format of the resource file when the DataStore is off")
    days_back: int = Field(366, ge=0, description="icalendar: how far back repeated events are written out")
    days_ahead: int = Field(366, ge=0, description="icalendar: how far ahead repeated events are written out")
    deadline: Limit = Field(timedelta(minutes=15), description="For all requests of one run together")
    layout: Layout = Field(Layout(), description="Where the records stand in a file")


class Retention(Strict):
    landing_days: int = Field(90, description="Days that the archive keeps an answer; at most 30 with rahasia columns")
    curated_years: int = Field(
        5,
        description="Calendar years before the current one whose rows the warehouse keeps; `maintain` removes older ones",
    )


class Source(Strict):
    """A declared source. The file's stem is its key everywhere."""

    source: Identifier = Field(description="Key of the source, `<opd>_<system>`; the stem of each of its files")
    title: str = Field(description="Name that people use")
    opd: Identifier = Field(description="Key of the agency; the first part of the source's key")
    opd_name: str = Field(description="Name of the agency")
    description: str = Field(description="What the data are, of whom, how often they change")
    owner: str = Field(description="Job title of who answers for the data")
    steward: str = Field(description="Job title of who is asked when a batch is held")
    deputy_steward: str = Field(description="Job title of the deputy")
    legal_basis: list[str] = Field(description="Rules that let the city use the data")
    kip: InformationCategory | None = Field(
        None, description="Category of public information (UU 14/2008) that is proposed to the PPID, who decides"
    )
    attribution: str | None = Field(None, description="Credit to be shown with the data")
    maturity: int = Field(
        ge=0,
        le=5,
        description="How the agency says that it serves the data, 0 (by hand, on request) to 5 (by an interface, with service "
        "levels); the step that the source stands on is computed, see quality.md",
    )
    schedule: str | None = Field(description="Five fields of cron in WIB; null = by hand")
    priority: int = Field(
        1,
        ge=1,
        le=10,
        description="Among tasks that wait for a worker, those of the source with the largest number begin first: for warnings, "
        "and for what takes longest",
    )
    freshness: Limit = Field(
        description="Age at which the data count as stale, from the end of what they cover, ISO 8601, e.g. PT36H or P10D"
    )
    answers_within: Limit | None = Field(
        None, description="How long the source may give no answer, where that is not the age its data may have"
    )
    retention: Retention = Field(Retention(), description="How long things are kept")
    monitored_as: str | None = Field(
        None,
        pattern=r"^[^\s]+$",
        description="Technical name, in the city's monitoring, of the server without which no data come; told when the source is late",
    )
    connection: Connection = Field(description="Where the source is")
    extract: Extract = Field(description="How it is asked and read")
    tables: dict[Identifier, Table] = Field(description="Raw tables by name")

    @model_validator(mode="after")
    def names_of_tables_are_kept_whole(self) -> Source:
        for name in self.tables:
            if len(view := f"stg_{raw_table(self.source, name)}") > LONGEST_IDENTIFIER:
                raise ValueError(
                    f"{view!r} would have {len(view)} letters, a name in the database at most {LONGEST_IDENTIFIER}; shorten "
                    f"the source's or the table's"
                )
        return self

    @model_validator(mode="after")
    def requests_feed_declared_tables(self) -> Source:
        for request in self.extract.requests:
            for name in request.tables:
                if name not in self.tables:
                    raise ValueError(f"request {request.part!r} feeds table {name!r}, which is not declared")
        return self

    @model_validator(mode="after")
    def periods_are_told_by_files(self) -> Source:
        told = {name for request in self.extract.requests for name in re.findall(r"\(\?P<(\w+)>", request.files or "")}
        for table in self.tables.values():
            for name, cell in self.layout(table).cells.items():
                if cell.otherwise is not None and cell.otherwise not in told:
                    raise ValueError(
                        f"the cell {name!r} is otherwise {cell.otherwise!r}, which is no group of any 'files'"
                    )
            for column in table.columns:
                if column.within is not None and column.within not in told:
                    raise ValueError(
                        f"column {column.name!r} lies within {column.within!r}, which is no group of any 'files'; "
                        f"there are {', '.join(sorted(told)) or 'none'}"
                    )
        return self

    @model_validator(mode="after")
    def kind_and_address_agree(self) -> Source:
        kind, scheme = self.extract.kind, self.connection.scheme
        allowed = SCHEMES.get(kind, ("https", "http"))
        if scheme not in allowed:
            raise ValueError(f"kind {kind} reads from {', '.join(allowed)}, not from {self.connection.address!r}")
        if any(request.files for request in self.extract.requests) and scheme not in ("sftp", "file"):
            raise ValueError("'files' lists a folder, which only sftp and file addresses have")
        return self

    @model_validator(mode="after")
    def what_is_monitored_is_asked(self) -> Source:
        if self.monitored_as is not None and self.connection.scheme == "file":
            raise ValueError(
                f"'monitored_as: {self.monitored_as}' names a server, but {self.connection.address!r} is a folder that is asked "
                "over no network; take 'monitored_as' away"
            )
        return self

    @model_validator(mode="after")
    def since_reads_a_growing_table(self) -> Source:
        since = self.extract.since
        if since is None:
            return self
        table = self.tables.get(since.table)
        if table is None or since.column not in {column.name for column in table.stored}:
            raise ValueError(f"'since' names {since.table}.{since.column}, which is not a stored column")
        if table.mode not in ("upsert", "observation"):
            raise ValueError(f"'since' brings a part of {since.table} only; its mode must be upsert or observation")
        return self

    @property
    def access(self) -> Access:
        """What a folder of ours holds was laid there by hand; a calendar that is asked over the web is a service."""
        kind, scheme = self.extract.kind, self.connection.scheme
        if kind == "sql":
            return "basis_data"
        if scheme == "file":
            return "unggah"
        return "berkas" if scheme == "sftp" or (kind in FILE_KINDS and kind != "icalendar") else "antarmuka"

    @property
    def silence(self) -> timedelta:
        """How long the source may give no answer."""
        return self.answers_within or self.freshness

    @cached_property
    def has_secrets(self) -> bool:
        """Whether an answer holds rahasia values, so that its archive object is encrypted."""
        return any(c.classification == "rahasia" for t in self.tables.values() for c in t.columns)

    @property
    def takes_windows(self) -> bool:
        """Whether a part of the past can be asked for: by a moment to begin at, or by the query itself."""
        since = self.extract.since
        asked = [value for request in self.extract.requests for value in (*request.query.values(), str(request.body))]
        return (
            (since is not None and since.format != "number")
            or any("{window_start" in value for value in asked)
            or (self.extract.kind == "sql" and any(table.mode == "window" for table in self.tables.values()))
        )

    @cached_property
    def requests(self) -> list[Request]:
        """The declared requests, repeated for each declared value."""
        expanded = self.extract.requests
        for name, values in self.extract.for_each.items():
            expanded = [_fill(request, name, value) for request in expanded for value in values]
        return list({request.part: request for request in expanded}.values())

    def layout(self, table: Table) -> Layout:
        return table.layout or self.extract.layout


def _fill(request: Request, name: str, value: str) -> Request:
    mark = "{" + name + "}"
    return request.model_copy(
        update={
            "part": request.part.replace(mark, value),
            "path": request.path.replace(mark, value),
            "params": {key: text.replace(mark, value) for key, text in request.params.items()},
            "query": {key: text.replace(mark, value) for key, text in request.query.items()},
            "body": _fill_body(request.body, mark, value),
            "files": request.files and request.files.replace(mark, re.escape(value)),
        }
    )


def _fill_body(content: Any, mark: str, value: str) -> Any:
    if isinstance(content, str):
        return content.replace(mark, value)
    if isinstance(content, dict):
        return {key: _fill_body(inner, mark, value) for key, inner in content.items()}
    return [_fill_body(inner, mark, value) for inner in content] if isinstance(content, list) else content


def raw_table(source: str, table: str) -> str:
    return f"{source}__{table}"


MODELS = (
    *(Source, Extract, Request, Paging, Since, Connection, Retention),
    *(Table, Column, Volume, Drift, Layout, Cell, Unpivot),
)
