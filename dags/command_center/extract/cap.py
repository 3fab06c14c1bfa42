"""Warnings in the Common Alerting Protocol 1.2: one row per alert and info, or per kecamatan of the city that it affects.

The record kind 'info' (the default) has CAP's own names, `areaDesc`, `geocode` and `circle` joined by '; ', `polygon`
as a GeoJSON MultiPolygon, and `info`, the number of the info in its alert, 0 where a Cancel has none. The kind
'kecamatan' adds `kode_kecamatan`, `nama_kecamatan` and `dasar`: 'nama' where the text names it, else 'poligon' where a
polygon holds its centre or that of one of its kelurahan.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from lxml import etree
from shapely import MultiPoint, Point, Polygon, box, make_valid, prepare
from shapely.geometry.base import BaseGeometry

from command_center.declaration.source import Source, Table
from command_center.errors import DeclarationError, PayloadError
from command_center.extract import rss
from command_center.extract.members import members
from command_center.extract.reading import Answer, Reading
from command_center.extract.records import Document, Record, reading_of
from command_center.extract.xml import children, content_of, local, parse_bytes
from command_center.wilayah import cari, ejaan, wilayah

INFO, KECAMATAN, ITEMS = "info", "kecamatan", "items"
ALERT = (
    "identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses", "code", "note",
    "references", "incidents",
)  # fmt: skip
OF_INFO = (
    "language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode",
    "effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact", "parameter",
)  # fmt: skip
OF_AREA = ("areaDesc", "geocode", "circle", "altitude", "ceiling", "polygon")
NESTED = ("info", "area", "resource", "Signature")
NEEDED = ("identifier", "sender", "sent", "status", "msgType")
NUMBER = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,15})?")
KM_PER_DEGREE = 111.32

# Lists of names in BMKG's prose begin with one of these and end with the sentence.
LIST_BEGINS = re.compile(r"\b(khususnya|meliputi|meluas ke)\b", re.IGNORECASE)
LIST_ENDS = re.compile(r"(?<!\bkec)(?<!\bkab)(?<!\bkel)(?<!\bprov)\.(\s|$)", re.IGNORECASE)
FILLING = re.compile(
    r"^(di|pada|untuk|dan|serta|sebagian|sekitar|wilayah|daerah|kecamatan-kecamatan)\s+", re.IGNORECASE
)
HEADING = re.compile(r"\b((?:kab\.?|kabupaten|kota)\s[^,;:]+):", re.IGNORECASE)
SEPARATOR = re.compile(r"[,;:()]|\bdan\b|\bserta\b", re.IGNORECASE)
WHOLE_CITY = ("padang", "kotapadang")
PROVINCE = ("sumaterabarat", "sumatrabarat", "sumbar")


class _Broken(Exception):
    """A part of an alert that cannot be read; its text is the reason for the agency."""


@dataclass(frozen=True)
class _Shape:
    """A polygon or circle: its GeoJSON coordinates with the digits as sent, and its geometry."""

    coordinates: str
    geometry: BaseGeometry


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The warnings of an alert, or of all alerts bundled with their feed. Raises PayloadError on another file.

    An alert of a bundle that cannot be read is rejected; the others go on.
    """
    kind = table.records[0] if table.records else INFO
    if kind == ITEMS:
        return _items(source, table, answer)
    if table.records not in ([], [INFO], [KECAMATAN]):
        raise DeclarationError(
            f"{source.source}: kind cap has the records 'info', 'kecamatan' or 'items', not {table.records}."
        )
    documents: list[Document] = []
    for member in members(source, answer):
        is_only = member is answer
        records = list(_records(kind, member, is_only=is_only))
        if is_only or records:
            documents.append(Document(member, {}, records))
    label = "peringatan ke-" if kind == INFO else "kecamatan ke-"
    return reading_of(source, table, answer, documents, label=label, absent="there is no warning in it")


def _items(source: Source, table: Table, answer: Answer) -> Reading:
    """The entries of the feed; a warning that comes without one has none."""
    first = next(members(source, answer))
    if local(parse_bytes(content_of(first), first.where)) == "alert":
        return Reading([column.name for column in table.stored], ())
    return rss.read(source, table, answer)


def _records(kind: str, answer: Answer, *, is_only: bool) -> Iterator[Record]:
    try:
        root = parse_bytes(content_of(answer), answer.where)
        if local(root) in rss.ROOTS:
            return
        if local(root) != "alert":
            raise PayloadError(
                f"{answer.where}: the outermost element is {local(root)!r}, not a CAP alert; ask the steward."
            )
    except PayloadError:
        if is_only:
            raise
        yield Record({}, fault=f"Berkas {answer.name} bukan peringatan CAP yang utuh; minta kirim ulang.")
        return
    infos: list[tuple[int, etree._Element | None]] = [*enumerate(children(root, "info"), start=1)]
    for number, info in infos or [(0, None)]:  # a Cancel may have none
        yield from _of_info(kind, root, number, info)


def _of_info(kind: str, alert: etree._Element, number: int, info: etree._Element | None) -> Iterator[Record]:
    areas = [] if info is None else children(info, "area")
    values: dict[str, object] = dict.fromkeys((*ALERT, *OF_INFO, *OF_AREA), None)
    given = [
        *children(alert),
        *([] if info is None else children(info)),
        *(c for area in areas for c in children(area)),
    ]
    values |= _texts(given)
    names = [name for name in values if name not in (*ALERT, *OF_INFO, *OF_AREA)]  # those that CAP does not know
    values["info"] = str(number)
    try:
        missing = [name for name in NEEDED if not values[name]]
        if missing:
            raise _Broken(f"Unsur {', '.join(missing)} wajib ada dalam peringatan CAP tetapi kosong.")
        shapes = [shape for area in areas for shape in _shapes(area)]
    except _Broken as broken:
        whose = f"Peringatan {values['identifier'] or 'tanpa identifier'}"
        yield Record(values, names, fault=f"{whose}: {broken}")
        return
    values["polygon"] = _geojson(shapes)
    if kind == INFO:
        yield Record(values, names)
        return
    for kode, dasar in _affected(values, areas, [shape.geometry for shape in shapes]):
        of_area: dict[str, object] = {"kode_kecamatan": kode, "nama_kecamatan": wilayah()[kode].nama, "dasar": dasar}
        yield Record(values | of_area, names)


def _texts(elements: Sequence[etree._Element]) -> dict[str, object]:
    """The texts of simple elements by local name, repeated ones joined."""
    gathered: dict[str, list[str]] = {}
    for element in elements:
        if local(element) not in (*NESTED, "polygon"):
            gathered.setdefault(local(element), []).extend(filter(None, [_words(element)]))
    return {name: "; ".join(dict.fromkeys(texts)) or None for name, texts in gathered.items()}


def _words(element: etree._Element) -> str:
    """The text of an element; of a pair of name and value 'name=value', of an event code its value."""
    value = "".join((next(iter(children(element, "value")), element)).itertext()).strip()
    name = next(("".join(child.itertext()).strip() for child in children(element, "valueName")), "")
    return f"{name}={value}" if name and local(element) != "eventCode" else value


def _shapes(area: etree._Element) -> Iterator[_Shape]:
    for number, element in enumerate(children(area, "polygon"), start=1):
        if (element.text or "").strip():
            yield _polygon((element.text or "").split(), f"poligon ke-{number}")
    for number, element in enumerate(children(area, "circle"), start=1):
        if (element.text or "").strip():
            yield _circle((element.text or "").split(), f"lingkaran ke-{number}")


def _polygon(pairs: Sequence[str], which: str) -> _Shape:
    points = [_point(pair, which) for pair in pairs]
    if len(points) < 4:
        raise _Broken(f"{which} hanya memiliki {len(points)} titik, seharusnya sedikitnya 4.")
    if _value(points[0]) != _value(points[-1]):
        raise _Broken(f"{which} tidak tertutup: titik pertama {pairs[0]}, titik terakhir {pairs[-1]}.")
    ring = ", ".join(f"[{lon}, {lat}]" for lat, lon in points)
    return _Shape(f"[[{ring}]]", make_valid(Polygon([(float(lon), float(lat)) for lat, lon in points])))


def _circle(texts: Sequence[str], which: str) -> _Shape:
    """A circle 'lat,lon radius in km', as a polygon of 64 corners."""
    if len(texts) != 2 or not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,10})?", texts[1]):
        raise _Broken(f"{which} {' '.join(texts)!r} bukan 'lintang,bujur radius'.")
    lat, lon = (float(part) for part in _point(texts[0], which))
    north = float(texts[1]) / KM_PER_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.01)
    turns = [2 * math.pi * step / 64 for step in (*range(64), 0)]
    corners = [(round(lon + east * math.cos(t), 6), round(lat + north * math.sin(t), 6)) for t in turns]
    ring = ", ".join(f"[{x}, {y}]" for x, y in corners)
    return _Shape(f"[[{ring}]]", make_valid(Polygon(corners)))


def _point(pair: str, which: str) -> tuple[str, str]:
    """Latitude and longitude of 'lat,lon', with the digits as sent."""
    numbers = pair.split(",")
    if len(numbers) != 2 or not all(NUMBER.fullmatch(number) for number in numbers):
        raise _Broken(f"{which} memuat {pair!r}, yang bukan pasangan lintang,bujur.")
    lat, lon = (re.sub(r"^\+?(-?)0*(?=[0-9])", r"\1", number) for number in numbers)
    if abs(float(lat)) > 90 or abs(float(lon)) > 180:
        raise _Broken(f"{which} memuat {pair!r}: lintang atau bujur di luar batas; mungkin tertukar.")
    return lat, lon


def _value(point: tuple[str, str]) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _geojson(shapes: Sequence[_Shape]) -> str | None:
    if not shapes:
        return None
    return '{"type": "MultiPolygon", "coordinates": [' + ", ".join(shape.coordinates for shape in shapes) + "]}"


def _affected(
    values: dict[str, object], areas: Sequence[etree._Element], shapes: Sequence[BaseGeometry]
) -> Iterator[tuple[str, str]]:
    """Codes of the kecamatan that a warning affects, and what tells so."""
    named = _named(
        str(values["areaDesc"] or ""), _codes(areas), str(values["headline"] or ""), str(values["description"] or "")
    )
    held = {kode for shape in shapes for kode in _held(shape)}
    for kode in sorted(named | held):
        yield kode, "nama" if kode in named else "poligon"


def _held(shape: BaseGeometry) -> set[str]:
    """The kecamatan of which the shape holds the centre, or that of a kelurahan."""
    points, bounds = _centres()
    if not shape.intersects(bounds):
        return set()
    prepare(shape)
    return {kode for kode, point in points if shape.covers(point)}


@cache
def _centres() -> tuple[tuple[tuple[str, Point], ...], BaseGeometry]:
    areas = [area for area in wilayah().values() if area.kode_kecamatan]
    points = tuple((area.kode_kecamatan, Point(area.bujur, area.lintang)) for area in areas)
    return points, box(*MultiPoint([point for _, point in points]).bounds)


def _codes(areas: Sequence[etree._Element]) -> list[str]:
    return [
        (value.text or "").strip()
        for area in areas
        for code in children(area, "geocode")
        for value in children(code, "value")
    ]


def _named(area: str, codes: Sequence[str], headline: str, description: str) -> set[str]:
    """The kecamatan that the texts name, if they speak of the province; all of them where only the city is named.

    Names of kecamatan repeat from province to province, so that those of a warning for another one do not count.
    """
    by_code = {kode for code in codes for kode in _of_code(code)}
    areas = _names(area)
    ours = {kode for name in areas for kode in cari(name, KECAMATAN)}
    place = ejaan(area or headline)
    is_ours = by_code or ours or any(word in place for word in PROVINCE) or any(ejaan(n) in WHOLE_CITY for n in areas)
    if not is_ours:
        return by_code
    listed = [name for text in _lists(description) for name in _names(text)]
    exact = by_code | ours | {kode for name in listed for kode in cari(name, KECAMATAN)}
    if exact or not any(ejaan(name) in WHOLE_CITY for name in [*areas, *listed]):
        return exact
    return {kode for kode, one in wilayah().items() if one.tingkat == KECAMATAN}


def _of_code(code: str) -> set[str]:
    """The kecamatan of a Kemendagri code of an area; codes of BPS have another length."""
    dotted = re.sub(r"^(\d{2})(\d{2})(\d{2})(\d{4})?$", lambda m: ".".join(filter(None, m.groups())), code)
    found = wilayah().get(dotted)
    if found is None:
        return set()
    return {k for k, one in wilayah().items() if one.tingkat == KECAMATAN and found.kode_kecamatan in ("", k)}


def _lists(description: str) -> Iterator[str]:
    """The parts of the prose that list names: from a word that begins a list to the end of its sentence."""
    for begins in LIST_BEGINS.finditer(description):
        rest = description[begins.end() :]
        ends = LIST_ENDS.search(rest)
        yield rest[: ends.start()] if ends else rest


def _names(text: str) -> list[str]:
    """The names of a list; those under the heading of another regency ('Kab. Solok: …') are left out."""
    before, *headed = HEADING.split(text)
    lists = [
        before,
        *(names for heading, names in zip(headed[::2], headed[1::2], strict=True) if ejaan(heading) in WHOLE_CITY),
    ]
    return [bare for names in lists for name in SEPARATOR.split(names) if (bare := _bare(name))]


def _bare(name: str) -> str:
    """A name without the words of the sentence before it."""
    name = name.strip(" .\t\r\n")
    while (shorter := FILLING.sub("", name)) != name:
        name = shorter
    return name
