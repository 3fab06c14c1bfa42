"""Pages of docs/ that would drift if people wrote them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from command_center.declaration.registry import all_sources
from command_center.declaration.source import MODELS, Column, raw_table
from command_center.govern.processing import register
from command_center.paths import ROOT
from command_center.settings import Settings


def pages() -> dict[Path, str]:
    """Every generated page and what it should say."""
    return {
        ROOT / "docs" / "settings.md": settings_page(),
        ROOT / "docs" / "sources.md": sources_page(),
        ROOT / "docs" / "declaration.md": declaration_page(),
        ROOT / "docs" / "processing.md": register(all_sources()),
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
            default = "required" if field.is_required() else _written(field.get_default(call_default_factory=True))
            value = _kind(schema["properties"][name])
            lines.append(f"| `{name}` | {_cell(value)} | {_cell(default)} | {_cell(field.description or '')} |")
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
        f"| `{name.upper()}` | {field.description} | {_default(field.default)} |"
        for name, field in Settings.model_fields.items()
    ]
    head = [
        "# Settings",
        "",
        "Environment variables of every process. Generated from `dags/command_center/settings.py`.",
        "",
    ]
    return "\n".join([*head, "| variable | meaning | default |", "|---|---|---|", *rows, ""])


def _default(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}`"
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
                f"| `{c.name}` | {c.type} | {c.unit or ''} | {_class(c)} | {c.description} |" for c in table.columns
            ]
    return "\n".join([*lines, ""])


def _class(column: Column) -> str:
    """With what becomes of what is secret in it, and what is not looked for in its text."""
    kept = f"; {' and '.join(column.kept)} stay" if column.kept else ""
    return f"{column.classification}{f', {column.treatment}' if column.treatment else ''}{kept}"
