"""SpreadsheetML, the XML of Excel 2003, as budget portals send it: numbers with all their digits, padded labels."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from demo_city.render.titles import title
from demo_city.table import Table, Value

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    f'<Workbook xmlns="{NAMESPACE}" xmlns:ss="{NAMESPACE}"><Worksheet ss:Name="Pengangkutan"><Table>\n'
)


def spreadsheet_xml(table: Table) -> bytes:
    """A title over the table, the header in row 3, the records below it, a total at the end."""
    width = len(table.columns)
    heading = f'<Row><Cell ss:MergeAcross="{width - 1}">{_text("Pengangkutan Sampah (DATA SIMULASI)")}</Cell></Row>'
    header = "".join(f"<Cell>{_text(title(name))}</Cell>" for name in table.columns)
    rows = ("".join(_cell(table, name, row[name]) for name in table.columns) for row in table.rows)
    lines = [heading, f'<Row ss:Index="3">{header}</Row>', *(f"<Row>{row}</Row>" for row in rows)]
    total = (
        f'<Row><Cell>{_text("JUMLAH")}</Cell><Cell ss:Index="{width}">{_text(f"{len(table.rows)} baris")}</Cell></Row>'
    )
    return (HEAD + "\n".join([*lines, total]) + "\n</Table></Worksheet></Workbook>\n").encode()


def _cell(table: Table, column: str, value: Value) -> str:
    if isinstance(value, Decimal):
        number = _text(table.plain(value)) if table.swapped else f'<Data ss:Type="Number">{value:f}</Data>'
        return f'<Cell ss:StyleID="angka">{number}</Cell>'
    if isinstance(value, datetime):
        return f'<Cell><Data ss:Type="DateTime">{value:%Y-%m-%dT%H:%M:%S}.000</Data></Cell>'
    if isinstance(value, date):
        return f'<Cell><Data ss:Type="DateTime">{value:%Y-%m-%d}T00:00:00.000</Data></Cell>'
    if value is None:
        return "<Cell/>"
    if isinstance(value, int):
        return f'<Cell><Data ss:Type="Number">{value}</Data></Cell>'
    return f"<Cell>{_text(f'  {value}' if column == 'jenis' else value)}</Cell>"


def _text(text: str) -> str:
    return f'<Data ss:Type="String">{escape(text, {chr(10): "&#10;"})}</Data>'
