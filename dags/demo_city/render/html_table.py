"""A page with a table that calls itself .xls, in Windows-1252, with merged headers and a total."""

from __future__ import annotations

from decimal import Decimal
from html import escape

from demo_city.render.titles import grouped, spans
from demo_city.table import Row, Table

HEAD = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
    '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><title>Pengangkutan</title></head><body>\n'
)


def html_workbook(table: Table) -> bytes:
    heading = f'<tr><td colspan="{len(table.columns)}"><b>Pengangkutan Sampah (DATA SIMULASI)</b></td></tr>'
    rows = (_row(table, row) for row in table.rows)
    total = f'<tr><td>JUMLAH</td><td colspan="{len(table.columns) - 1}">{len(table.rows)} baris</td></tr>'
    lines = [heading, *_header(table.columns), *rows, total]
    page = HEAD + '<table border="1">\n' + "\n".join(lines) + "\n</table></body></html>\n"
    return page.encode("cp1252", "xmlcharrefreplace")


def _header(columns: tuple[str, ...]) -> list[str]:
    headers = grouped(columns)
    upper = "".join(
        f'<th colspan="{width}">{escape(headers[first][0])}</th>'
        if headers[first][1]
        else f'<th rowspan="2">{escape(headers[first][0])}</th>'
        for first, width in spans(columns)
    )
    lower = "".join(f"<th>{escape(name)}</th>" for _, name in headers if name)
    return [f"<tr>{upper}</tr>", f"<tr>{lower}</tr>"]


def _row(table: Table, row: Row) -> str:
    cells = (
        f'<td class="angka">{table.indonesian(row[name])}</td>'
        if isinstance(row[name], Decimal)
        else f"<td>{escape(table.indonesian(row[name]))}</td>"
        for name in table.columns
    )
    return f"<tr>{''.join(cells)}</tr>"
