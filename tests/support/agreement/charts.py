"""What Superset answers for the stored questions of charts, beside the same figures by SQL that reads only raw.

A chart is asked as its page asks: narrowed to the newest month, and to the city and to a kecamatan, which CC_SEED chooses. A
figure of which there is no second SQL is left out, and a chart of which no figure is left does not count.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import httpx
import psycopg
from command_center.idformat import MONTHS
from command_center.settings import CITY_CODE
from command_center.wilayah import kecamatan_codes, wilayah

from superset_exports.design.__main__ import designed
from superset_exports.design.assets import Chart
from tests.support.agreement.raw import Figures as RawFigures
from tests.support.agreement.raw import Raw
from tests.support.agreement.raw_sql import PLANS, QUERIES, WEEKLY
from tests.support.agreement.words import MISSED, measures, newest_month

SEED = int(os.environ.get("CC_SEED", "1371"))
PLACES = (CITY_CODE, kecamatan_codes()[SEED % len(kecamatan_codes())])
STATUS = {
    "baik": "● Baik",
    "waspada": "▲ Waspada",
    "siaga": "◆ Siaga",
    "buruk": "■ Buruk",
    "tanpa_ambang": "– Tanpa target",
    "tidak_tersedia": "– Tidak tersedia",
}
Row = Mapping[str, Any]
Figures = dict[tuple[str, ...], Decimal | str | None]
DIGITS = Decimal("0.0001")


@dataclass
class Compared:
    """Figures of one chart: what Superset shows, and what raw gives."""

    shown: Figures = field(default_factory=dict)
    expected: Figures = field(default_factory=dict)

    def note(self, key: Iterable[object], shown: object, expected: Decimal | str | None) -> None:
        named = tuple(map(str, key))
        self.shown[named] = shown if shown is None or isinstance(shown, str) else rounded(Decimal(str(shown)))
        self.expected[named] = rounded(expected) if isinstance(expected, Decimal) else expected

    def differences(self) -> list[str]:
        keys = [key for key in self.expected if not is_same(self.shown[key], self.expected[key])]
        return [f"{key}: Superset shows {self.shown[key]}, raw gives {self.expected[key]}" for key in keys]


def rounded(value: Decimal) -> Decimal:
    return value.quantize(DIGITS)


def is_same(shown: Decimal | str | None, expected: Decimal | str | None) -> bool:
    if isinstance(shown, Decimal) and isinstance(expected, Decimal):
        return abs(shown - expected) <= 2 * DIGITS  # the mart keeps four decimals
    return shown == expected


class Superset:
    """A running Superset: its stored questions, asked by an official or, of the public's charts, by anybody."""

    def __init__(self, official: httpx.Client, public: httpx.Client, metadata: psycopg.Connection[Any]) -> None:
        self.official, self.public = official, public
        rows = metadata.execute("select uuid::text, query_context from slices where query_context <> ''").fetchall()
        self.stored: dict[str, str] = dict(rows)

    def rows(self, slug: str, chart: Chart, narrowed: Mapping[str, str]) -> list[Row]:
        context = json.loads(self.stored[chart.document(slug)["uuid"]])
        added = [{"col": column, "op": "IN", "val": [value]} for column, value in narrowed.items()]
        context["queries"][0]["filters"] = [*context["queries"][0]["filters"], *added]
        client = self.public if is_public(chart) else self.official
        answer = client.post("/api/v1/chart/data", json=context)
        assert answer.status_code == 200, (slug, answer.text[:300])
        found: list[Row] = answer.json()["result"][0]["data"]
        return found


class Agreement:
    """Every chart that can be compared, beside raw as it stands."""

    def __init__(self, superset: Superset, connection: psycopg.Connection[Any], raw: Raw) -> None:
        self.superset, self.connection, self.raw = superset, connection, raw
        self.month = newest_month(connection)
        self.measures = {measure.kode: measure for measure in measures(connection, (*QUERIES, *WEEKLY))}
        names = connection.execute("select nama, kode, domain from core.ref_indikator").fetchall()
        self.codes = {name: kode for name, kode, _ in names}
        self.domains = {kode: domain for _, kode, domain in names}

    @cached_property
    def periods(self) -> dict[tuple[str, str], date]:
        """Which period a tile of the newest month is about; not what it says."""
        rows = self.connection.execute(
            "select indikator_kode, wilayah_kode, periode_mulai from mart.ubin where is_terkini"
        ).fetchall()
        return {(kode, place): period for kode, place, period in rows if period is not None}

    @cached_property
    def plans(self) -> dict[str, RawFigures]:
        return {kode: self.raw.plans(kode) for kode in PLANS}

    def charts(self) -> dict[str, Compared]:
        """By slug, as far as there is something to compare."""
        todo = [(slug, chart, way) for slug, chart in designed_charts() if (way := way_of(chart))]
        for kode in (*QUERIES, *WEEKLY):  # one connection: raw is asked before threads ask Superset
            self.raw.figures(kode), self.raw.figures(kode, city=True)
        assert self.periods and self.plans
        with ThreadPoolExecutor(4) as many:
            compared = many.map(lambda one: one[2](self, one[0], one[1]), todo)
            found = dict(zip((slug for slug, _, _ in todo), compared, strict=True))
        return {slug: chart for slug, chart in found.items() if chart.expected}

    def expected(self, kode: str, place: str, period: date, metric: str) -> Decimal | None:
        value = self.raw.value(kode, place, period)
        return value / 100 if value is not None and metric == "Bagian" else value

    def said(self, kode: str, place: str) -> tuple[str, str] | None:
        """The words and the status of a tile of the newest month; None where raw says nothing of it."""
        if kode not in self.measures or (kode, place) not in self.periods:
            return None
        measure, period = self.measures[kode], self.periods[kode, place]
        value = self.raw.value(kode, place, period)
        value = None if value is None else rounded(value)
        return measure.words(value), measure.status(value, period)


Way = Callable[[Agreement, str, Chart], Compared]


def designed_charts() -> list[tuple[str, Chart]]:
    return [(slug, chart) for page in designed() for slug, chart in page.charts.items()]


def way_of(chart: Chart) -> Way | None:
    """How a chart is compared, by what it reads and draws; None for one of whose figures there is no second SQL."""
    table, kind = chart.dataset.table, chart.viz_type
    if table == "ubin" and chart.params.get("all_columns") == ["pesan"]:
        return messages
    if table == "ubin" and kind == "table":
        return tables if {"indikator_nama", "nilai_teks", "status_teks"} <= set(chart.query["columns"]) else None
    if table == "ubin":
        is_known = category_of(chart) in ("wilayah_nama", "indikator_nama") and chart.query["metrics"] == ["Nilai"]
        return bars if is_known else None
    ways: dict[str, Way] = {
        "damkar_bulanan": fires,
        "perhatian_wilayah": attention,
        "peta_kecamatan": newest_of_kecamatan,
    }
    if chart.dataset.name == "rfk_seluruh":
        return plan_and_result
    if table == "indikator" and kind == "echarts_timeseries_line":
        return lines
    return ways.get(table) if kind != "deck_geojson" else None


def is_public(chart: Chart) -> bool:
    """Of which small cells are hidden."""
    return chart.dataset.database.schema == "publik"


def places_of(chart: Chart) -> tuple[str, ...]:
    return (CITY_CODE,) if is_public(chart) or conditions(chart).get("wilayah_tingkat") == "kota" else PLACES


def codes_of(chart: Chart) -> list[str]:
    kept = conditions(chart).get("indikator_kode", [])
    return [kept] if isinstance(kept, str) else list(kept)


def category_of(chart: Chart) -> str:
    [first, *_] = chart.query["columns"]
    return str(first["sqlExpression"])


def metric_of(chart: Chart) -> str:
    return str(chart.query["metrics"][0])


def conditions(chart: Chart) -> dict[str, Any]:
    return {one["col"]: one.get("val") for one in chart.query["filters"]}


def day_of(milliseconds: float) -> date:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def series(row: Row, *axes: str) -> list[tuple[str, Any]]:
    """Name and value of what is drawn; a series that ends earlier has nothing there."""
    return [(name, value) for name, value in row.items() if name not in axes and value is not None]


def lines(agreement: Agreement, slug: str, chart: Chart) -> Compared:
    """Along time, of one indicator or of several that are named in the series."""
    compared = Compared()
    for place in places_of(chart):
        for row in agreement.superset.rows(slug, chart, {"wilayah_nama": wilayah()[place].nama}):
            period = day_of(row["periode_mulai"])
            for name, value in series(row, "periode_mulai"):
                kode = next(iter(codes_of(chart)), None) or named_in(name, agreement)
                if kode in agreement.measures:
                    expected = agreement.expected(kode, place, period, metric_of(chart))
                    compared.note((kode, place, period), value, expected)
    return compared


def named_in(name: str, agreement: Agreement) -> str:
    return next((kode for title, kode in agreement.codes.items() if title in name), "")


def bars(agreement: Agreement, slug: str, chart: Chart) -> Compared:
    """One bar per kecamatan, or per indicator of each place."""
    compared = Compared()
    by_place = "wilayah_tingkat" in conditions(chart)
    for place in ("",) if by_place else places_of(chart):
        narrowed = {"bulan_label": label_of(agreement.month)} | ({} if by_place else {"wilayah_nama": name_of(place)})
        for row in agreement.superset.rows(slug, chart, narrowed):
            kode = codes_of(chart)[0] if by_place else agreement.codes[row["indikator_nama"]]
            where = code_of(row["wilayah_nama"]) if by_place else place
            period = agreement.periods.get((kode, where))
            drawn = [value for _, value in series(row, "wilayah_nama", "indikator_nama")]  # in the series of its origin
            is_hidden = not drawn and is_public(chart)
            if kode in agreement.measures and period is not None and not is_hidden:
                compared.note((kode, where), next(iter(drawn), None), agreement.raw.value(kode, where, period))
    return compared


def tables(agreement: Agreement, slug: str, chart: Chart) -> Compared:
    """Words and verdict of each figure."""
    compared = Compared()
    for place in places_of(chart):
        narrowed = {"bulan_label": label_of(agreement.month), "wilayah_nama": name_of(place)}
        for row in agreement.superset.rows(slug, chart, narrowed):
            said = agreement.said(agreement.codes[row["indikator_nama"]], place)
            # What was hidden once stays hidden, also when its count grows.
            is_hidden = row["nilai_teks"].startswith(("<", "disembunyikan")) and is_public(chart)
            if said is not None and not is_hidden:
                shown = f"{row['nilai_teks']}, {row['status_teks']}"
                compared.note((row["indikator_nama"], place), shown, f"{said[0]}, {STATUS[said[1]]}")
    return compared


def messages(agreement: Agreement, slug: str, chart: Chart) -> Compared:
    """The value that a sentence over a chart names."""
    compared = Compared()
    [kode] = codes_of(chart)
    for place in places_of(chart):
        narrowed = {"bulan_label": label_of(agreement.month), "wilayah_nama": name_of(place)}
        for row in agreement.superset.rows(slug, chart, narrowed):
            said = agreement.said(kode, place)
            if said is not None:
                value = row["pesan"].partition(": ")[2].partition(" (")[0].partition(", ")[0]
                compared.note((kode, place), value, "tidak tersedia" if said[0] == "–" else said[0])
    return compared


def newest_of_kecamatan(agreement: Agreement, slug: str, chart: Chart) -> Compared:
    """The newest figure of each kecamatan; its month stands in the name of its series."""
    compared = Compared()
    [kode] = codes_of(chart)
    for row in agreement.superset.rows(slug, chart, {}):
        place = code_of(row["kecamatan"])
        for name, value in series(row, "kecamatan"):
            expected = agreement.expected(kode, place, month_in(name), metric_of(chart))
            compared.note((kode, place), value, expected)
    return compared


def plan_and_result(agreement: Agreement, slug: str, chart: Chart) -> Compared:
    """Of all agencies together, month by month."""
    compared = Compared()
    [kode] = codes_of(chart)
    for row in agreement.superset.rows(slug, chart, {}):
        month = day_of(row["bulan"])
        drawn = {name.partition(",")[0]: value for name, value in series(row, "bulan")}
        compared.note((kode, month), drawn.get("Realisasi"), agreement.raw.value(kode, CITY_CODE, month))
        compared.note(("rencana", kode, month), drawn.get("Rencana"), agreement.plans[kode].get((CITY_CODE, month)))
    return compared


def fires(agreement: Agreement, slug: str, chart: Chart) -> Compared:
    """Both counts of all kecamatan together, month by month."""
    compared = Compared()
    for row in agreement.superset.rows(slug, chart, {}):
        month = day_of(row["bulan"])
        for name, value in series(row, "bulan"):
            kode = f"jumlah_{name.split(',')[0].lower()}"
            parts = (agreement.raw.value(kode, place, month) for place in kecamatan_codes())
            compared.note((kode, month), value, sum((part or Decimal(0) for part in parts), Decimal(0)))
    return compared


def attention(agreement: Agreement, slug: str, chart: Chart) -> Compared:
    """Whoever misses a target in the newest month is called with value and verdict, and nobody else: by the city, all of them."""
    compared = Compared()
    domain = conditions(chart).get("domain")
    for reader in PLACES:
        rows = agreement.superset.rows(slug, chart, {"wilayah_nama": name_of(reader)})
        called = {row["kalimat"].split(", target")[0]: row["status_teks"] for row in rows}
        for (kode, place), period in agreement.periods.items():
            said = agreement.said(kode, place)
            if said is None or period != agreement.month or domain not in (None, agreement.domains[kode]):
                continue
            title = next(name for name, one in agreement.codes.items() if one == kode)
            sentence = f"{title} di {'' if place == CITY_CODE else 'Kecamatan '}{name_of(place)}: {said[0]}"
            is_called = said[1] in MISSED and reader in (CITY_CODE, place)
            compared.note((reader, kode, place), called.get(sentence), STATUS[said[1]] if is_called else None)
    return compared


def label_of(month: date) -> str:
    return f"{MONTHS[month.month - 1]} {month.year}"


def month_in(text: str) -> date:
    """The month that a text names, as in 'Sesuai ambang · Oktober 2026 · DATA SIMULASI'."""
    word, year = next(
        (word, year) for word, year in zip(text.split(), text.split()[1:], strict=False) if word in MONTHS
    )
    return date(int(year), MONTHS.index(word) + 1, 1)


def name_of(place: str) -> str:
    return wilayah()[place].nama


def code_of(name: str) -> str:
    return next(code for code in kecamatan_codes() if wilayah()[code].nama == name)
