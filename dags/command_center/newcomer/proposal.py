"""What a file itself shows of its layout and its columns: a starting point that a person must confirm, never more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from command_center.declaration.source import Kind, Source, Table
from command_center.extract.kinds import MODULES
from command_center.extract.reading import Answer
from command_center.intake.trial import chunks

LOOKED_AT = 500  # rows
TOTAL = re.compile(r"(?i)(jumlah|total|grand total|sub ?total)\b.*")
NULLS = ("", "-")
TEXT_FORMATS: tuple[tuple[str, dict[str, str]], ...] = (
    (r"-?(0|[1-9]\d{0,17})", {"type": "integer"}),
    (r"-?(0|[1-9]\d*|[1-9]\d{0,2}(,\d{3})+)\.\d+", {"type": "numeric"}),
    (r"\(?-?\d{1,3}(\.\d{3})*(,\d+)?\)?", {"type": "numeric", "number": "id"}),
    (r"-?\d+,\d+", {"type": "numeric", "number": "id"}),
    (r"(19|20)\d\d-\d\d-\d\d", {"type": "date"}),
    (r"(19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?.*", {"type": "timestamptz"}),
    (r"\d{1,2} [A-Za-z]{3,9} (19|20)\d\d", {"type": "date", "date": "d MMMM yyyy"}),
    (r"[A-Za-z]{3,9} (19|20)\d\d", {"type": "date", "date": "MMMM yyyy"}),
    (r"\d\d-\d\d-(19|20)\d\d", {"type": "date", "date": "dd-MM-yyyy"}),
    (r"\d\d/\d\d/(19|20)\d\d", {"type": "date", "date": "dd/MM/yyyy"}),
    (r"\d\d:\d\d:\d\d", {"type": "time", "date": "HH:mm:ss"}),
    (r"\d\d:\d\d", {"type": "time", "date": "HH:mm"}),
)
UNCLEAR = re.compile(r"\d{1,3}[.,]\d{3}")  # 1.234: a thousand, or decimals; only the agency knows
NUMBER_ID = {".": " (number: id)", ",": ""}
PERSONAL = frozenset(
    {"nik", "kk", "nama", "telepon", "telp", "hp", "email", "alamat", "pelapor", "npwp", "ktp", "petugas", "pasien"}
)


@dataclass
class Proposed:
    """One column as it stands in the file."""

    name: str
    source: str
    formats: dict[str, str] = field(default_factory=lambda: {"type": "text"})
    note: str = ""

    @property
    def looks_personal(self) -> bool:
        return self.formats["type"] == "text" and bool(PERSONAL & set(self.name.split("_")))


@dataclass
class Proposal:
    """Layout, record path and columns of one file."""

    columns: list[Proposed]
    layout: dict[str, Any] = field(default_factory=dict)
    records: list[str] = field(default_factory=list)
    rows: int = 0


def propose(kind: Kind, file: Path) -> Proposal:
    """What the file shows. Raises PayloadError when it is not of the kind."""
    if hasattr(_reader(kind), "grids"):
        return _from_grid(kind, file)
    return _from_records(kind, file)


def _reader(kind: Kind) -> Any:
    return import_module(f"command_center.extract.{MODULES[kind][1]}")


def snake(text: str) -> str:
    """A header as a name of a column: 'Sampah (ton) / Organik' is sampah_ton_organik."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60].rstrip("_")
    return name if re.match("[a-z]", name) else f"kolom_{name}".rstrip("_")


def _answer(file: Path) -> Answer:
    return Answer(file.name, lambda: chunks(file), {"part": file.stem, "file": file.name}, name=file.name, path=file)


def any_source(kind: Kind, layout: dict[str, Any]) -> Source:
    """A source that knows nothing but its kind and layout, for the kind's own reader."""
    texts = dict.fromkeys(("title", "opd_name", "description", "owner", "steward", "deputy_steward"), "")
    column = {"name": "part", "source": "@part", "description": "", "classification": "publik"}
    table = {"description": "", "mode": "snapshot", "volume": {"max": 1}, "columns": [column]}
    return Source.model_validate(
        {
            **texts,
            "source": "x",
            "opd": "x",
            "legal_basis": [],
            "maturity": 0,
            "schedule": None,
            "freshness": "P1D",
            "connection": {"id": "x", "address": "file:///x"},
            "extract": {
                "kind": "csv" if kind == "sql" else kind,
                "layout": layout,
                "requests": [{"part": "x", "path": "x", "tables": ["x"]}],
            },
            "tables": {"x": table},
        }
    )


def _stub(kind: Kind, layout: dict[str, Any]) -> tuple[Source, Table]:
    source = any_source(kind, layout)
    return source, source.tables["x"]


def _from_grid(kind: Kind, file: Path) -> Proposal:
    layout = text_layout(file) if kind in ("csv", "sql") else {}
    from command_center.extract.grid import numbers_columns

    source, table = _stub(kind, layout)
    grid = next(iter(_reader(kind).grids(source, table, _answer(file))))
    rows = dict(islice(grid.rows(), LOOKED_AT))
    layout |= _header_place(rows, grid.merges)
    first, height = layout.get("header_row", 1), layout.get("header_rows", 1)
    source, table = _stub(kind, layout)
    headers: list[str] = _reader(kind).headers(source, table, _answer(file))[0]
    body = [rows[number] for number in sorted(rows) if number >= first + height]
    if body and numbers_columns(body[0]):
        layout["column_numbers"] = True
        body = body[1:]
    totals = [text for row in body if (text := _first_text(row)) and TOTAL.fullmatch(text)]
    if totals:
        layout["ignore_rows"] = [f"^{re.escape(text)}$" for text in dict.fromkeys(totals)]
    records = [row for row in body if not TOTAL.fullmatch(_first_text(row)) and any(map(_is_filled, row))]
    columns = [
        _column(header, [row[at] for row in records if at < len(row)]) for at, header in enumerate(headers) if header
    ]
    cells = _cells_above(rows, first)
    if cells:
        layout["cells"] = {name: {"at": at} for name, (at, _) in cells.items()}
        columns = [
            Proposed(name, f"@{name}", _formats([value])[0], "from a cell") for name, (_, value) in cells.items()
        ] + columns
    return Proposal(_unique(columns), layout, rows=len(records))


def text_layout(file: Path) -> dict[str, Any]:
    """Encoding and separator, as the bytes show them."""
    head = b"".join(islice(chunks(file), 1))
    layout: dict[str, Any] = {}
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError:
        layout["encoding"], text = "cp1252", head.decode("cp1252", "replace")
    line = text.split("\n", 1)[0]
    separator = max(",;\t|", key=line.count)
    return layout if separator == "," or not line.count(separator) else layout | {"separator": separator}


def _is_filled(cell: object) -> bool:
    return cell is not None and str(cell).strip() != ""


def _first_text(row: Sequence[object]) -> str:
    return next((str(cell).strip() for cell in row if _is_filled(cell)), "")


def _header_place(rows: dict[int, list[Any]], merges: Sequence[Any]) -> dict[str, Any]:
    """The first row that reaches over as many columns as any; as high as its merged cells.

    A row with one filled cell is a title, however far it is merged, unless the whole table has one column.
    """
    filled = {number: sum(map(_is_filled, row)) for number, row in rows.items()}
    least = min(2, max(filled.values(), default=1))
    covered = {
        number: len(_covered(number, row, merges))
        for number, row in rows.items()
        if filled[number] >= least and _may_head(number, rows, merges)
    }
    widest = max(covered.values(), default=1)
    first = next((number for number in sorted(covered) if covered[number] == widest), 1)
    bottom = max([merge.bottom for merge in merges if merge.top == first and merge.bottom > merge.top], default=first)
    spreads = any(merge.top == first and merge.right > merge.left for merge in merges)
    height = max(bottom - first + 1, 2 if spreads else 1)
    return {**({"header_row": first} if first > 1 else {}), **({"header_rows": height} if height > 1 else {})}


def _may_head(number: int, rows: dict[int, list[Any]], merges: Sequence[Any]) -> bool:
    """Whether names stand below each cell that is merged sideways and below no other, as in a header; not in 'Bulan: …'."""
    own = [merge for merge in merges if merge.top == number]
    spread = {at for m in own if m.right > m.left and m.bottom == number for at in range(m.left, m.right + 1)}
    alone = {at for at, cell in enumerate(rows[number]) if _is_filled(cell)} - spread
    below = _covered(number + 1, rows.get(number + 1, []), merges)
    return not spread or (spread <= below and not alone & below)


def _covered(number: int, row: Sequence[object], merges: Sequence[Any]) -> set[int]:
    columns = {at for at, cell in enumerate(row) if _is_filled(cell)}
    for merge in merges:
        if merge.top == number:
            columns |= set(range(merge.left, merge.right + 1))
    return columns


def _cells_above(rows: dict[int, list[Any]], first: int) -> dict[str, tuple[str, object]]:
    """Pairs of a label and the value to its right, above the header."""
    from command_center.extract.grid import letters

    found = {}
    for number in sorted(number for number in rows if number < first):
        filled = [(at, cell) for at, cell in enumerate(rows[number]) if _is_filled(cell)]
        if len(filled) == 2 and isinstance(filled[0][1], str) and len(filled[0][1]) <= 30:
            at, value = filled[1]
            found[snake(filled[0][1])] = (f"{letters(at)}{number}", value)
    return found


def _column(header: str, values: list[object]) -> Proposed:
    return Proposed(snake(header), header, *_formats(values))


def _formats(values: Iterable[object]) -> tuple[dict[str, str], str]:
    """Type and format that more than half of the filled values have, else text; with what is not sure."""
    filled = [value for value in values if _is_filled(value) and str(value).strip() not in NULLS]
    if not filled:
        return {"type": "text"}, "no value seen"
    if all(isinstance(value, bool) for value in filled):
        return {"type": "boolean"}, ""
    if all(isinstance(value, (int, float, Decimal)) for value in filled):
        is_whole = all(float(str(value)).is_integer() for value in filled)
        return {"type": "integer" if is_whole else "numeric"}, ""
    if all(isinstance(value, (date, time)) for value in filled):
        return _moments(filled), ""
    texts = [str(value).strip() for value in filled if isinstance(value, str)]
    if len(texts) < len(filled):
        return {"type": "text"}, "numbers and texts mixed"
    return _text_formats(texts)


def _moments(values: list[object]) -> dict[str, str]:
    if all(isinstance(value, time) for value in values):
        return {"type": "time", "date": "HH:mm:ss"}
    has_clock = any(isinstance(value, datetime) and value.time() != time() for value in values)
    return {"type": "timestamptz" if has_clock else "date"}


def _text_formats(texts: list[str]) -> tuple[dict[str, str], str]:
    unclear = next((text for text in texts if UNCLEAR.fullmatch(text)), None)
    if unclear is not None and all(re.fullmatch(r"-?\d+([.,]\d{3})?", text) for text in texts):
        return {"type": "text"}, f"number format: is {unclear} thousands{NUMBER_ID[unclear[-4]]} or decimals"
    misfits = [sum(not re.fullmatch(pattern, text) for text in texts) for pattern, _ in TEXT_FORMATS]
    fewest = min(misfits)
    if fewest * 2 >= len(texts):
        return {"type": "text"}, ""
    note = f"{fewest} of {len(texts)} values are not so" if fewest else ""
    return dict(TEXT_FORMATS[misfits.index(fewest)][1]), note


def _unique(columns: list[Proposed]) -> list[Proposed]:
    seen: dict[str, int] = {}
    for column in columns:
        seen[column.name] = seen.get(column.name, 0) + 1
        if seen[column.name] > 1:
            column.name = f"{column.name}_{seen[column.name]}"
    return columns


def _from_records(kind: Kind, file: Path) -> Proposal:
    """Columns of the first list of objects in a JSON or XML answer."""
    parse = import_module(f"command_center.extract.{'xml' if kind == 'xml' else 'json_paths'}").parse
    path, records = _first_list(parse(_answer(file)))
    names = list(dict.fromkeys(name for record in records[:LOOKED_AT] for name in record))
    columns = [_column(name, [record.get(name) for record in records[:LOOKED_AT]]) for name in names]
    return Proposal(_unique([c for c in columns if c.source]), records=[path] if path else [], rows=len(records))


def _first_list(root: object) -> tuple[str, list[dict[str, Any]]]:
    """The path of the first list of objects, looked for level by level; a single object counts where there is no list."""
    for path, node in _nodes(root):
        if isinstance(node, list) and node and isinstance(node[0], dict):
            return f"{path}[]", [item for item in node if isinstance(item, dict)]
    for path, node in _nodes(root):
        if isinstance(node, dict) and node and not any(isinstance(value, (dict, list)) for value in node.values()):
            return path, [node]
    return "", []


def _nodes(root: object) -> Iterator[tuple[str, object]]:
    level: list[tuple[str, object]] = [("", root)]
    while level:
        yield from level
        level = [
            (f"{path}.{name}".lstrip("."), value)
            for path, node in level
            if isinstance(node, dict)
            for name, value in node.items()
        ]
