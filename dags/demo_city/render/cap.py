"""CAP 1.2: a feed of warnings, one for the first haul of each day, and the warnings with their areas."""

from __future__ import annotations

import math
from datetime import timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from demo_city.causes.practice import OF_A_DAY, is_first_of_a_day
from demo_city.causes.regions import all_kelurahan
from demo_city.render.rss import channel
from demo_city.render.xml_rows import HEAD
from demo_city.table import Row, Table, changed_at, number_of

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER = "kebersihan@latihan.padang.invalid"
CORNERS = 8
AT_SEA = (-1.05, 100.10, 0.004)


def feed(table: Table, base: str) -> bytes:
    items = [_item(table, row, base) for row in reversed(warned(table))]
    return channel("Peringatan penumpukan (DATA SIMULASI)", base, table.at, items)


def warned(table: Table) -> list[Row]:
    return [row for row in table.rows if is_first_of_a_day(row)]


def alert(table: Table, number: int) -> bytes | None:
    """The warning with that number, None when there is none."""
    row = next((row for row in warned(table) if row["nomor"] == number), None)
    return None if row is None else (HEAD + _alert(table, row)).encode()


def _item(table: Table, row: Row, base: str) -> str:
    link = f"{escape(base)}/cap/{row['nomor']}_alert.xml"
    return (
        f"<item><title>{escape(_headline(table, row))}</title><link>{link}</link><category>Infra</category>"
        f'<guid isPermaLink="false">{_identifier(row)}</guid><pubDate>{format_datetime(changed_at(row))}</pubDate>'
        f"<description>{escape(_story(table, row))}</description></item>"
    )


def _alert(table: Table, row: Row) -> str:
    kind, references = _message(row)
    fields = (
        ("identifier", _identifier(row)),
        ("sender", SENDER),
        ("sent", changed_at(row).isoformat()),
        ("status", "Exercise"),
        ("msgType", kind),
        ("scope", "Public"),
        ("references", references),
    )
    return f'<alert xmlns="{NAMESPACE}">\n{_elements(fields)}\n{_info(table, row)}\n</alert>\n'


def _message(row: Row) -> tuple[str, str]:
    """Every fifth warning replaces the one of the day before, every seventh takes it back."""
    number = number_of(row)
    day = number // OF_A_DAY
    before = f"{SENDER},latihan.{number - OF_A_DAY},{(changed_at(row) - timedelta(days=1)):%Y-%m-%dT%H}:00:00+07:00"
    if day % 7 == 0:
        return "Cancel", before
    return ("Update", before) if day % 5 == 0 else ("Alert", "")


def _info(table: Table, row: Row) -> str:
    changed = changed_at(row)
    fields = (
        ("language", "id"),
        ("category", "Infra"),
        ("event", f"Penumpukan sampah {row['jenis']}" if "jenis" in table.columns else ""),
        ("urgency", "Expected"),
        ("severity", "Moderate"),
        ("certainty", "Likely"),
        ("effective", changed.isoformat()),
        ("onset", changed.isoformat()),
        ("expires", (changed + timedelta(hours=12)).isoformat()),
        ("senderName", "Latihan Command Center"),
        ("headline", _headline(table, row)),
        ("description", _story(table, row)),
        ("instruction", "Hanya latihan; tidak perlu berbuat apa-apa."),
    )
    names = [name for name in table.columns if row[name] is not None]
    parameters = "".join(
        f"<parameter><valueName>{name}</valueName><value>{escape(table.plain(row[name]))}</value></parameter>"
        for name in names
    )
    return f"<info>\n{_elements(fields)}\n{parameters}\n{_area(row)}\n</info>"


def _area(row: Row) -> str:
    code = escape(str(row["kode_kelurahan"]))
    return (
        f"<area><areaDesc>{escape(str(row['nama_kelurahan']))}</areaDesc><polygon>{_polygon(row)}</polygon>"
        f"<geocode><valueName>kode_kelurahan</valueName><value>{code}</value></geocode></area>"
    )


def _polygon(row: Row) -> str:
    """'lat,lon lat,lon …' around the middle of the kelurahan; a place that does not exist lies in the sea."""
    place = next((k for k in all_kelurahan() if k.kode == row["kode_kelurahan"]), None)
    lintang, bujur, radius = (place.lintang, place.bujur, place.radius) if place else AT_SEA
    angles = [math.tau * (corner % CORNERS) / CORNERS for corner in range(CORNERS + 1)]
    return " ".join(
        f"{lintang + radius * math.sin(angle):.5f},{bujur + radius * math.cos(angle):.5f}" for angle in angles
    )


def _identifier(row: Row) -> str:
    return f"latihan.{row['nomor']}"


def _headline(table: Table, row: Row) -> str:
    return f"Sampah menumpuk di {row['nama_kelurahan']}"


def _story(table: Table, row: Row) -> str:
    return (
        f"Sampah senilai ± Rp {table.indonesian(row['biaya_rp'])} belum terangkut di sebagian wilayah Padang, "
        f"khususnya di {row['nama_kelurahan']}. Data simulasi."
    )


def _elements(fields: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields if text)
