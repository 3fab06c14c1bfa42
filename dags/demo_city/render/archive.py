"""Zip archives of CSV files, one per month."""

from __future__ import annotations

import io
import zipfile

from demo_city.render.csv import office_csv
from demo_city.render.months import by_month
from demo_city.table import Table

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def monthly_archive(table: Table) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for month, rows in by_month(table):
            entry = zipfile.ZipInfo(f"pengangkutan_{month:%Y-%m}.csv", ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, office_csv(rows))
    return buffer.getvalue()
