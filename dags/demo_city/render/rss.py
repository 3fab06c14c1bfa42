"""RSS 2.0: one item per row, newest first, with HTML in the description and the columns in a namespace of their own."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from html import escape as html_escape
from xml.sax.saxutils import escape

from demo_city.render.xml_rows import HEAD, elements
from demo_city.table import Row, Table, changed_at

NAMESPACE = "https://latihan.padang.invalid/rss"


def feed(table: Table, base: str) -> bytes:
    items = [_item(table, row, base) for row in reversed(table.rows)]
    return channel("Pengangkutan sampah (DATA SIMULASI)", base, table.at, items)


def channel(name: str, base: str, at: datetime, items: list[str]) -> bytes:
    head = f"<title>{escape(name)}</title><link>{escape(base)}</link><description>{escape(name)}</description>"
    dated = f"<language>id</language><pubDate>{format_datetime(at)}</pubDate>"
    body = "\n".join([head + dated, *items])
    return f'{HEAD}<rss version="2.0" xmlns:lat="{NAMESPACE}"><channel>{body}\n</channel></rss>\n'.encode()


def _item(table: Table, row: Row, base: str) -> str:
    number, place = row["nomor"], str(row["nama_kelurahan"])
    changed = changed_at(row)
    kind = str(row["jenis"]) if "jenis" in table.columns else ""
    story = f"<p>Kelurahan <b>{html_escape(place)}</b>: {table.indonesian(row['biaya_rp'])} rupiah ± 0.</p>"
    category = f"<category>{escape(kind)}</category>" if kind else ""
    return (
        f"<item><title>{escape(f'Sampah {kind} di {place}')}</title><link>{escape(base)}/baca/{number}</link>"
        f'<guid isPermaLink="false">latihan-{number}</guid><pubDate>{format_datetime(changed)}</pubDate>{category}'
        f"<description>{escape(story)}</description>{elements(table, row, 'lat:')}</item>"
    )
