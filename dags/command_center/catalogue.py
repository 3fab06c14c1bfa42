"""Pages of docs/ that would drift if people wrote them."""

from __future__ import annotations

from pathlib import Path

from command_center.paths import ROOT
from command_center.settings import Settings
from command_center.source import all_sources, raw_table


def pages() -> dict[Path, str]:
    """Every generated page and what it should say."""
    return {ROOT / "docs" / "settings.md": settings_page(), ROOT / "docs" / "sources.md": sources_page()}


def write_generated() -> list[Path]:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return list(pages())


def drifted() -> list[str]:
    """One sentence for each page that no longer says what the code says."""
    return [
        f"docs/{path.name} has drifted; run `python -m command_center generate`."
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
