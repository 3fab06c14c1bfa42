"""What the catalogue tells, put together from declarations, expectations, the registry of indicators, dbt and the dashboards."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from command_center.catalogue.flow import Shown, charts_of_relations, charts_with, raw_columns_of, shown_charts
from command_center.catalogue.live import Live
from command_center.declaration.source import Source, raw_table
from command_center.errors import DeclarationError
from command_center.govern.classification import Classes
from command_center.govern.lineage import Column, table_of
from command_center.idformat import format_short
from command_center.intake.quality import Expectation, expectations
from command_center.lint.dashboards import read_exports
from command_center.paths import DBT_PROJECT, PACKAGE, SUPERSET_EXPORTS
from command_center.report.outline import OTHERS, TITLES, section_of
from command_center.warehouse.opened import Opening, openings

Manifest = Mapping[str, Any]
SIGNS = {"turun_baik": "≤"}
STEPS = (("ambang_baik", "● baik"), ("ambang_waspada", "▲ waspada"), ("ambang_siaga", "◆ siaga"))


@dataclass(frozen=True)
class Indicator:
    """A row of the registry, and what it is made of and shown in."""

    entry: Mapping[str, str]
    model: str
    roots: tuple[Column, ...]
    shown: tuple[Shown, ...]

    @property
    def kode(self) -> str:
        return self.entry["kode"]

    @property
    def nama(self) -> str:
        return self.entry["nama"]

    @property
    def source(self) -> str:
        return self.entry["source"]

    @property
    def is_proposed(self) -> bool:
        return self.entry["klasifikasi"] == "publik" and bool(self.entry["disetujui_publik_tanggal"])

    @property
    def section(self) -> str:
        """Of the report to the camat."""
        number = section_of(self.entry["domain"], self.kode)
        return f"Bagian {number}, {TITLES[number]}" if number else OTHERS

    @property
    def thresholds(self) -> str:
        """As mart.kamus says them."""
        sign = SIGNS.get(self.entry["arah"], "≥")
        told = [f"{word} {sign} {_number(self.entry[name])}" for name, word in STEPS if self.entry[name]]
        if not told:
            return "tanpa target"
        by_month = ", dibagi menurut bulan" if self.entry["is_ambang_prorata"] == "true" else ""
        return " · ".join([*told, f"■ buruk selebihnya{by_month}"])


def _number(text: str) -> str:
    return format_short(float(text), len(text.partition(".")[2]))


@dataclass(frozen=True)
class RelationColumn:
    name: str
    type_name: str
    description: str
    classification: str
    lowered: str
    roots: tuple[Column, ...]


@dataclass(frozen=True)
class Relation:
    """A table or view that people read."""

    schema: str
    name: str
    title: str
    grain: str
    columns: tuple[RelationColumn, ...]
    shown: tuple[Shown, ...]

    @property
    def key(self) -> str:
        return f"{self.schema}.{self.name}"

    @cached_property
    def raw_tables(self) -> tuple[str, ...]:
        return tuple(sorted({root.table for column in self.columns for root in column.roots if root.schema == "raw"}))


@dataclass(frozen=True)
class Catalogue:
    """All of it; what stands here once is what every page tells."""

    sources: tuple[Source, ...]
    relations: tuple[Relation, ...]
    indicators: tuple[Indicator, ...]
    live: Live

    @cached_property
    def source_of_table(self) -> dict[str, Source]:
        return {raw_table(one.source, table): one for one in self.sources for table in one.tables}

    @cached_property
    def rules(self) -> dict[str, dict[str, list[Expectation]]]:
        return {one.source: expectations(one) for one in self.sources}

    @cached_property
    def openings(self) -> dict[str, list[Opening]]:
        """What would have to be approved for the public to read something of each source."""
        return openings(self.sources)

    @cached_property
    def opd(self) -> dict[str, list[Source]]:
        """Sources by the name of their agency, in the order of the names."""
        found: dict[str, list[Source]] = {}
        for source in sorted(self.sources, key=lambda one: one.opd_name):
            found.setdefault(source.opd_name, []).append(source)
        return found

    def indicators_of(self, source: Source) -> list[Indicator]:
        return [one for one in self.indicators if one.source == source.source]

    def relations_of(self, source: Source) -> list[Relation]:
        tables = {raw_table(source.source, table) for table in source.tables}
        return [one for one in self.relations if tables & set(one.raw_tables)]


def read_catalogue(sources: Iterable[Source], classes: Classes, manifest: Manifest, live: Live) -> Catalogue:
    files, problems = read_exports(SUPERSET_EXPORTS)
    if problems:
        raise DeclarationError(problems[0])
    charts = list(shown_charts(files))
    sources = tuple(sources)
    return Catalogue(
        sources,
        tuple(_relations(manifest, classes, charts_of_relations(charts))),
        tuple(_indicators(manifest, classes, charts)),
        live,
    )


def registry() -> list[dict[str, str]]:
    """The rows of seeds/ref_indikator.csv."""
    with (DBT_PROJECT / "seeds" / "ref_indikator.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def titles() -> dict[str, str]:
    """Indonesian titles of what people read, by schema and name."""
    told: dict[str, dict[str, str]] = yaml.safe_load((PACKAGE / "catalogue" / "relations.yml").read_text("utf-8"))
    return {f"{schema}.{name}": title for schema, names in told.items() for name, title in names.items()}


def _relations(manifest: Manifest, classes: Classes, shown: Mapping[str, tuple[Shown, ...]]) -> Iterable[Relation]:
    known = titles()
    for node in sorted(manifest["nodes"].values(), key=lambda one: str(one["name"])):
        if node["resource_type"] != "model" or node["fqn"][1] not in ("mart", "publik"):
            continue
        schema, name = table_of(node)
        key = f"{schema}.{name}"
        title = known.get(key) or known.get(f"mart.{name}") or name.replace("_", " ").capitalize()
        columns = tuple(_relation_column(Column(schema, name, one["name"]), one, classes) for one in _columns(node))
        yield Relation(schema, name, title, str(node["description"]), columns, shown.get(key, ()))


def _columns(node: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    columns: Mapping[str, Mapping[str, Any]] = node["columns"]
    return columns.values()


def _relation_column(column: Column, told: Mapping[str, Any], classes: Classes) -> RelationColumn:
    lowering = classes.lowered.get(column)
    return RelationColumn(
        column.name,
        str(told["data_type"]),
        str(told["description"]),
        classes.of(column),
        lowering.alasan if lowering else "",
        raw_columns_of([column], classes.lineage),
    )


def _indicators(manifest: Manifest, classes: Classes, charts: list[tuple[Shown, str]]) -> Iterable[Indicator]:
    models = {
        table_of(node): str(node["compiled_code"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and list(node["fqn"][1:3]) == ["intermediate", "indikator"]
    }
    for entry in registry():
        model = _model_of(entry, models, classes)
        measures = [Column(*model, name) for name in ("pembilang", "penyebut", "nilai_lapor", "nilai_langsung")]
        roots = raw_columns_of(measures, classes.lineage) if model[1] else ()
        own = tuple(one for one in roots if one.table.startswith(f"{entry['source']}__"))
        yield Indicator(entry, model[1], own or roots, charts_with(entry["kode"], charts))


def _model_of(entry: Mapping[str, str], models: Mapping[tuple[str, str], str], classes: Classes) -> tuple[str, str]:
    """The model that computes an indicator: it names its code, else it is the one nearest to its source."""
    for table, code in models.items():
        if f"'{entry['kode']}'" in code:
            return table
    made_of = {
        table: raw_columns_of([Column(*table, name) for name in ("pembilang", "penyebut")], classes.lineage)
        for table in models
    }
    prefix = f"{entry['source']}__"
    readers = [table for table, roots in made_of.items() if any(one.table.startswith(prefix) for one in roots)]
    return min(readers, key=lambda table: len(made_of[table]), default=("intermediate", ""))
