"""CSV: `;` and Indonesian numbers as offices export it, `,` and plain numbers as portals do."""

from __future__ import annotations

import csv
import io

from demo_city.render.titles import title
from demo_city.table import Table


def office_csv(table: Table, encoding: str = "utf-8-sig") -> bytes:
    return _written([title(name) for name in table.columns], list(table.texts(indonesian=True)), ";", encoding)


def portal_csv(table: Table) -> bytes:
    return _written(list(table.columns), list(table.texts(indonesian=False)), ",", "utf-8")


def _written(header: list[str], rows: list[list[str]], separator: str, encoding: str) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue().encode(encoding)
