"""Pages of docs/ that would drift if people wrote them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from command_center.declaration.registry import all_sources
from command_center.declaration.source import MODELS, raw_table
from command_center.paths import ROOT
from command_center.settings import Settings


def pages() -> dict[Path, str]:
    """Every generated page and what it should say."""
    return {
        ROOT / "docs" / "settings.md": settings_page(),
        ROOT / "docs" / "sources.md": sources_page(),
        ROOT / "docs" / "declaration.md": declaration_page(),
    }


# Keys whose name says nearly all; the others are described where they are declared, in source.py.
MEANINGS = {
    "Source.source": "Key of the source, `<opd>_<system>`; the stem of each of its files",
    "Source.title": "Name that people use",
    "Source.opd": "Key of the agency; the first part of the source's key",
    "Source.opd_name": "Name of the agency",
    "Source.description": "What the data are, of whom, how often they change",
    "Source.owner": "Job title of who answers for the data",
    "Source.steward": "Job title of who is asked when a batch is held",
    "Source.deputy_steward": "Job title of the deputy",
    "Source.legal_basis": "Rules that let the city use the data",
    "Source.attribution": "Credit to be shown with the data",
    "Source.maturity": "0 (by hand, on request) to 5 (served by an interface, with service levels)",
    "Source.schedule": "Five fields of cron in WIB; null = by hand",
    "Source.freshness": "Age at which the data count as stale, ISO 8601, e.g. PT36H or P10D",
    "Source.retention": "How long things are kept",
    "Source.connection": "Where the source is",
    "Source.extract": "How it is asked and read",
    "Source.tables": "Raw tables by name",
    "Extract.kind": "Which connector",
    "Extract.requests": "What is asked for",
    "Extract.paging": "How an answer goes on; see paging.md",
    "Extract.since": "Ask only for what changed",
    "Extract.layout": "Where the records stand in a file",
    "Request.tables": "Tables that its answer feeds",
    "Paging.style": "See paging.md",
    "Paging.size": "Records of a page",
    "Paging.max_pages": "More pages than this are an error",
    "Since.table": "Table whose newest value counts",
    "Since.column": "Its column",
    "Since.format": "How the source writes the bound",
    "Connection.id": "Id of the Airflow connection; see connections.md",
    "Retention.landing_days": "Days that the archive keeps an answer; at most 30 with rahasia columns",
    "Retention.curated_years": "Years that the warehouse keeps rows",
    "Table.description": "The grain: 'One row per …'",
    "Table.mode": "What a missing key means; see adding-a-source.md",
    "Table.key": "Columns that tell one row from another",
    "Table.window_column": "mode window: column with the time",
    "Table.volume": "Bounds on the rows of a batch",
    "Table.max_quarantined_pct": "More broken rows than this hold the batch",
    "Table.drift": "What a changed set of columns means",
    "Table.columns": "Columns, also those that are dropped",
    "Column.name": "Name in the warehouse",
    "Column.type": "Type in the warehouse",
    "Column.description": "Meaning, in Indonesian",
    "Column.classification": "Who may see it; rahasia needs a treatment",
    "Column.treatment": "drop: never leaves the reader; hmac: keyed digest, so that equal values can be joined",
    "Column.required": "A row without a value is set aside",
    "Column.unit": "Of a number, e.g. jiwa, kg, Rp",
    "Column.number": "plain 1234.56, id 1.234,56, id_short 2.160,38 M",
    "Column.date": "How dates and times are written",
    "Column.timezone": "Of times without a zone",
    "Column.nulls": "Texts that mean: no value",
    "Column.references": "The value must be an area of the city, by code or by name",
    "Column.aliases": "Other headers of the same column",
    "Volume.min": "Fewer rows hold the batch",
    "Volume.max": "More rows hold the batch",
    "Drift.new": "A column that is not declared",
    "Drift.lost": "A declared column that is missing",
    "Drift.retyped": "A column of which most values no longer have the declared format",
    "Layout.encoding": "Of text files, e.g. utf-8-sig, cp1252",
    "Layout.separator": "Of delimited text",
    "Layout.cells": "Values that stand once in a sheet, by the name under which rows know them",
    "Layout.unpivot": "Columns that are really values",
}


def declaration_page() -> str:
    """Every key of a declaration, by the model that holds it."""
    lines = ["# Keys of a declaration", "", "Generated from `dags/command_center/declaration/source.py`.", ""]
    lines += ["A guide with examples: [adding a source](adding-a-source.md)."]
    for model in MODELS:
        schema = model.model_json_schema()
        title = " ".join((model.__doc__ or "").split())
        lines += ["", f"## {model.__name__}", "", title, "", "| key | value | default | meaning |", "|---|---|---|---|"]
        for name, field in model.model_fields.items():
            meaning = field.description or MEANINGS.get(f"{model.__name__}.{name}", "")
            default = "required" if field.is_required() else _written(field.get_default(call_default_factory=True))
            value = _kind(schema["properties"][name])
            lines.append(f"| `{name}` | {_cell(value)} | {_cell(default)} | {_cell(meaning)} |")
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _written(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if hasattr(value, "model_fields"):
        return "see there"
    if isinstance(value, timedelta):
        return f"`{TypeAdapter(timedelta).dump_python(value, mode='json')}`"
    return f"`{value}`" if value not in ("", [], {}) else "empty"


def _kind(schema: dict[str, Any]) -> str:
    """What may stand there, in few words."""
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "$ref" in schema:
        return f"[{schema['$ref'].rpartition('/')[2]}](#{schema['$ref'].rpartition('/')[2].lower()})"
    if schema["type"] == "array":
        return f"list of {_kind(schema['items'])}"
    return _named_values(schema) if schema["type"] == "object" else _scalar(schema)


def _named_values(schema: dict[str, Any]) -> str:
    inner = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), None)
    return f"name: {_kind(inner)}" if isinstance(inner, dict) else "names and values"


def _scalar(schema: dict[str, Any]) -> str:
    if schema.get("format") == "duration":
        return "duration"
    kind = str(schema["type"])
    return "text" if kind == "string" else kind


def write_generated() -> list[Path]:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return list(pages())


def drifted() -> list[str]:
    """One sentence for each page that no longer says what the code says."""
    return [
        f"docs/{path.name} has drifted; run `make generate`."
        for path, text in pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def settings_page() -> str:
    rows = [
        f"| `{name.upper()}` | {field.description} | {_default(name, field.default)} |"
        for name, field in Settings.model_fields.items()
    ]
    head = [
        "# Settings",
        "",
        "Environment variables of every process. Generated from `dags/command_center/settings.py`.",
        "",
    ]
    return "\n".join([*head, "| variable | meaning | default |", "|---|---|---|", *rows, ""])


def _default(name: str, value: object) -> str:
    if value is None:
        return "none"
    if name.endswith("_dir"):
        return f"`{Path(str(value)).relative_to(ROOT)}`"
    return f"`{value}`" if value != "" else "empty"


def sources_page() -> str:
    """The list of sources with their tables and columns."""
    lines = ["# Sources", "", "Generated from the declarations in `dags/sources/`.", ""]
    lines += ["| source | agency | title | schedule | data may be | tables |", "|---|---|---|---|---|---|"]
    for source in all_sources():
        tables = ", ".join(f"`{raw_table(source.source, name)}`" for name in source.tables)
        lines.append(
            f"| `{source.source}` | {source.opd_name} | {source.title} | `{source.schedule or 'by hand'}` "
            f"| at most {source.freshness.total_seconds() / 3600:.0f} h old | {tables} |"
        )
    for source in all_sources():
        for name, table in source.tables.items():
            lines += [
                "",
                f"## raw.{raw_table(source.source, name)}",
                "",
                f"{table.description} Mode `{table.mode}`.",
                "",
            ]
            lines += ["| column | type | unit | classification | meaning |", "|---|---|---|---|---|"]
            lines += [
                f"| `{c.name}` | {c.type} | {c.unit or ''} | {c.classification}{f', {c.treatment}' if c.treatment else ''} "
                f"| {c.description} |"
                for c in table.columns
            ]
    return "\n".join([*lines, ""])
