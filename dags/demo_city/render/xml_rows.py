"""XML as older interfaces send it: one element per record, one per column."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from demo_city.table import Row, Table

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def xml_rows(table: Table) -> bytes:
    rows = "\n".join(_record(table, row) for row in table.rows)
    root = f"<pengangkutan diperbarui={quoteattr(table.at.isoformat())}>\n{rows}\n</pengangkutan>\n"
    return (HEAD + root).encode()


def _record(table: Table, row: Row) -> str:
    return f'<angkutan nomor="{row["nomor"]}">{elements(table, row)}</angkutan>'


def elements(table: Table, row: Row, prefix: str = "") -> str:
    """One element per column; an empty one where there is no value."""
    return "".join(
        f"<{prefix}{name}>{escape(table.plain(row[name]))}</{prefix}{name}>"
        if row[name] is not None
        else f"<{prefix}{name}/>"
        for name in table.columns
    )
