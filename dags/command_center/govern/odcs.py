"""A declaration as a data contract of the Open Data Contract Standard 3.1.0, for catalogues and programs of others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from command_center.declaration.formats import sql_type
from command_center.declaration.source import Column, Source, Table, raw_table
from command_center.intake.quality import Expectation, expectations, rules_text

VERSION = "v3.1.0"
LOGICAL = {"text": "string", "numeric": "number", "timestamptz": "timestamp"}  # other types go by the same name
SERVERS = {"sftp": "sftp", "http": "api", "https": "api"}  # what the standard says of these is what we know of them
PERSONS = ("owner", "steward", "deputy_steward")
Block = dict[str, Any]


def write_contracts(sources: list[Source], folder: Path) -> list[Path]:
    """A file per source, named `<source>.odcs.yaml`; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source in sources:
        path = folder / f"{source.source}.odcs.yaml"
        path.write_text(
            yaml.safe_dump(contract(source), allow_unicode=True, sort_keys=False, width=120), encoding="utf-8"
        )
        written.append(path)
    return written


def contract(source: Source) -> Block:
    """What the standard calls a DataContract; its version is a digest of the declaration and its expectations."""
    rules = expectations(source)
    content = source.model_dump_json() + rules_text(source)
    return {
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": source.source,
        "version": hashlib.sha256(content.encode()).hexdigest()[:12],
        "name": source.title,
        "domain": source.opd,
        "status": "active",
        "description": _filled({"purpose": source.description, "usage": source.attribution}),
        "servers": [_server(source)],
        "schema": [_table(source, name, table, rules.get(name, [])) for name, table in source.tables.items()],
        "team": {"name": source.opd_name, "members": list(_members(source))},
        "slaProperties": list(_levels(source)),
        "customProperties": [
            _custom("legalBasis", source.legal_basis),
            _custom("maturity", source.maturity),
            *([_custom("kipCategory", source.kip)] if source.kip else []),
            _custom("connector", source.extract.kind),
        ],
    }


def _server(source: Source) -> Block:
    kind = SERVERS.get(source.connection.scheme, "custom")
    return {"server": source.connection.id, "type": kind, "location": source.connection.address, "environment": "prod"}


def _members(source: Source) -> Iterator[Block]:
    for role in PERSONS:
        yield {"username": getattr(source, role), "role": role.replace("_", " ")}


def _levels(source: Source) -> Iterator[Block]:
    if source.schedule is not None:
        yield {"property": "frequency", "value": source.schedule, "scheduler": "cron", "schedule": source.schedule}
    yield {
        "property": "latency",
        "value": _hours(source.freshness),
        "unit": "h",
        "description": "Age of the content's end",
    }
    yield {
        "property": "availability",
        "value": _hours(source.silence),
        "unit": "h",
        "description": "Longest without an answer",
    }
    yield {
        "property": "retention",
        "value": source.retention.curated_years,
        "unit": "y",
        "description": "Rows of the warehouse",
    }
    yield {
        "property": "retention",
        "value": source.retention.landing_days,
        "unit": "d",
        "description": "Answers in the archive",
    }


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600


def _table(source: Source, name: str, table: Table, rules: list[Expectation]) -> Block:
    of_rows = [_rule(rule, table) for rule in rules if not rule.about]
    return {
        "name": raw_table(source.source, name),
        "physicalName": f"raw.{raw_table(source.source, name)}",
        "physicalType": "table",
        "logicalType": "object",
        "dataGranularityDescription": table.description,
        "properties": [
            _column(column, table, [rule for rule in rules if rule.about == column.name]) for column in table.columns
        ],
        "quality": [_volume(table), *of_rows],
        "customProperties": [_custom("loadMode", table.mode)],
    }


def _volume(table: Table) -> Block:
    least, most = table.volume.min, table.volume.max
    bounds: Block = {"mustBe": least} if least == most else {"mustBeBetween": [least, most]}  # two numbers there
    rule = {"name": "volume", "type": "library", "metric": "rowCount", "dimension": "completeness", "severity": "error"}
    return rule | bounds


def _column(column: Column, table: Table, rules: list[Expectation]) -> Block:
    custom = {
        "unit": column.unit,
        "references": column.references,
        "onBad": "null" if column.is_emptied_when_bad else None,
        "treatment": column.treatment,
        "keptInText": column.kept or None,
    }
    key = (
        {"primaryKey": True, "primaryKeyPosition": table.key.index(column.name) + 1} if column.name in table.key else {}
    )
    return {
        "name": column.name,
        "businessName": column.source,
        "description": column.description,
        "logicalType": LOGICAL.get(column.type, column.type),
        **({} if column.treatment == "drop" else {"physicalType": sql_type(column)}),
        "required": column.required,
        "classification": column.classification,
        **key,
        **({"quality": [_rule(rule, table) for rule in rules]} if rules else {}),
        "customProperties": [_custom(name, value) for name, value in custom.items() if value is not None],
    }


def _rule(rule: Expectation, table: Table) -> Block:
    """An expectation as Great Expectations runs it, with the reason that the agency reads."""
    implementation = {"type": rule.type, "kwargs": rule.kwargs}
    severity = "error" if rule.quarantine or rule.severity == "critical" else rule.severity
    consequence = {"critical": "batch held"}.get(rule.severity, "noted")
    if rule.quarantine:
        emptied = rule.leaves_out(table)
        consequence = f"left out: {', '.join(emptied)}" if emptied else "row set aside"
    return {
        "type": "custom",
        "engine": "great-expectations",
        "implementation": implementation,
        "description": rule.reason,
        "severity": severity,
        "businessImpact": consequence,
    }


def _custom(name: str, value: object) -> Block:
    return {"property": name, "value": value}


def _filled(block: Block) -> Block:
    return {name: value for name, value in block.items() if value is not None}
