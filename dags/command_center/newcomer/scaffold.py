"""Scaffolding of a new source: five files, with a TODO wherever only a person can know."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from command_center.declaration.places import Places
from command_center.declaration.registry import load_source, readable_sources, source_names
from command_center.declaration.source import FILE_KINDS, LONGEST_IDENTIFIER, SCHEMES, Column, Kind, Source
from command_center.errors import DeclarationError, PayloadError
from command_center.newcomer.proposal import Proposal, Proposed, propose, snake
from command_center.paths import ROOT

FIELDS: dict[Kind, list[str]] = {  # what these kinds always give
    "rss": ["guid", "title", "link", "pubDate", "description"],
    "cap": ["identifier", "sent", "msgType", "event", "severity", "effective", "expires", "headline", "areaDesc"],
    "icalendar": ["uid", "start", "summary", "dtstart", "dtend", "location", "status"],
    "prometheus": ["__name__", "instance", "timestamp", "value"],
}
RECORDS: dict[Kind, list[str]] = {
    "ckan": ["result.records[]"],
    "arcgis_rest": ["features[].attributes"],
    "json_rpc": ["result[]"],
    "cap": ["info"],
}
PROVENANCE = ("_batch_id", "_row", "_part", "_is_simulasi", "_observed_at")
GROUPS = {
    "texts": ("text", "boolean"),
    "times": ("date", "time", "timestamptz"),
    "numbers": ("integer", "numeric"),
}


def new_source(
    key: str,
    kind: Kind,
    *,
    address: str | None = None,
    file: Path | None = None,
    table: str | None = None,
    root: Path = ROOT,
) -> list[str]:
    """Write the files of a source that do not exist yet; returns what was written and what to do next.

    Where the declaration exists, the others follow from it. Raises DeclarationError, and PayloadError when the example
    is not of the kind.
    """
    places = Places(key, root)
    _check(key, kind, address, file, table)
    written = []
    if not places.declaration.exists():
        proposal = _proposal(kind, file)
        text = declaration_text(
            key, kind, address or _address(key, kind), table or key.split("_", 1)[1], file, proposal
        )
        written += _write(places.declaration, text)
    source = load_source(places.declaration)
    written += _write(places.expectations, expectations_text(source))
    written += _write(places.staging_yaml, staging_yaml(source))
    for name in source.tables:
        written += _write(places.staging_sql(name), staging_sql(source, name))
    written += _copy_fixture(places, file)
    return [f"written: {places.shown(path)}" for path in written] + next_steps(places)


def _check(key: str, kind: Kind, address: str | None, file: Path | None, table: str | None) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", key):
        raise DeclarationError(f"The key {key!r} should be <opd>_<system> in small letters, e.g. dlh_sampah.")
    if len(view := f"stg_{key}__{table or key.split('_', 1)[1]}") > LONGEST_IDENTIFIER:
        raise DeclarationError(
            f"{view!r} would have {len(view)} letters, a name in the database at most {LONGEST_IDENTIFIER}; choose a shorter "
            "key or --table."
        )
    if table and not re.fullmatch(r"[a-z][a-z0-9_]*", table):
        raise DeclarationError(f"The table {table!r} should be a name in small letters, e.g. {snake(table)}.")
    schemes = SCHEMES.get(kind, ("https", "http"))
    if address is not None and not address.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise DeclarationError(f"Kind {kind} reads from {', '.join(schemes)}, not from {address!r}.")
    if file is not None and not file.is_file():
        raise DeclarationError(f"{file} is not a file; name an example of what the source sends.")


def _write(path: Path, text: str) -> list[Path]:
    """Write a file unless it exists."""
    if path.exists():
        return []
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError:
        raise PayloadError(
            "The example has letters that are no text of its encoding, so nothing was written; name another example."
        ) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return [path]


def _copy_fixture(places: Places, file: Path | None) -> list[Path]:
    places.fixtures.mkdir(parents=True, exist_ok=True)
    if file is None or (places.fixtures / file.name).exists():
        return []
    return [Path(shutil.copyfile(file, places.fixtures / file.name))]


def _proposal(kind: Kind, file: Path | None) -> Proposal:
    if file is not None and kind not in FIELDS:
        proposal = propose(kind, file)
        if proposal.columns:
            return proposal
    names = FIELDS.get(kind, ["kolom"])
    return Proposal(
        [Proposed(_renamed(name), name, note="" if kind in FIELDS else "the real columns") for name in names]
    )


def _renamed(name: str) -> str:
    return snake(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name))


def _address(key: str, kind: Kind) -> str:
    scheme = "sftp" if kind in FILE_KINDS else SCHEMES.get(kind, ("https",))[0]
    return f"{scheme}://TODO.padang.go.id/{key.split('_', maxsplit=1)[0]}"


def quoted(text: str) -> str:
    """A text as YAML that reads back the same."""
    return json.dumps(text, ensure_ascii=False)


def declaration_text(key: str, kind: Kind, address: str, table: str, file: Path | None, proposal: Proposal) -> str:
    """The declaration, in the order of the others."""
    opd = key.split("_", maxsplit=1)[0]
    agency = _agency(opd)
    records = proposal.records or RECORDS.get(
        kind, [] if kind in (*FILE_KINDS, "sql", "rss", "prometheus") else ["TODO[]"]
    )
    path = {"sql": f"public.{table}"}.get(kind, file.name if file else "TODO")
    lines = [
        f"source: {key}",
        'title: "TODO"',
        f"opd: {opd}",
        f"opd_name: {agency['opd_name']}",
        'description: "TODO: what the data are, of whom, how often"',
        f"owner: {agency['owner']}",
        f"steward: {agency['steward']}",
        f"deputy_steward: {agency['deputy_steward']}",
        'legal_basis: ["TODO"]',
        "maturity: 1",
        "schedule: null  # TODO: schedule, five fields of cron, e.g. 30 6 * * *",
        "freshness: P35D  # TODO: freshness, the age at which the data count as stale",
        f"connection: {{id: {key}, address: {quoted(address)}}}",
        "extract:",
        f"  kind: {kind}",
        *([f"  layout: {_flow(proposal.layout)}  # TODO: confirm the layout"] if proposal.layout else []),
        "  requests:",
        f"    - {{part: {table}, path: {quoted(path)}, tables: [{table}]}}",
        "tables:",
        f"  {table}:",
        '    description: "One row per TODO: the grain"',
        "    mode: snapshot  # TODO: mode, see docs/adding-a-source.md",
        "    key: []  # TODO: key, the columns that tell one row from another",
        *([f"    records: {_flow(records)}"] if records else []),
        f"    volume: {{min: 1, max: {max(1000, 10 * proposal.rows)}}}  # TODO: volume, what one batch may hold",
        "    columns:",
        *(f"      - {_column_text(column)}" for column in proposal.columns),
    ]
    return "\n".join(lines) + "\n"


def _agency(opd: str) -> dict[str, str]:
    """Names and job titles as another source of the agency declares them."""
    names = ("opd_name", "owner", "steward", "deputy_steward")
    for name in source_names():
        if name.startswith(f"{opd}_"):
            for known in readable_sources([name])[0]:
                return {field: quoted(getattr(known, field)) for field in names}
    return dict.fromkeys(names, '"TODO"')


def _column_text(column: Proposed) -> str:
    parts = [f"name: {column.name}", f"source: {quoted(column.source)}"]
    parts += [f"{name}: {value}" for name, value in column.formats.items() if (name, value) != ("type", "text")]
    parts += ["future: refused"] if column.formats["type"] in ("date", "timestamptz") else []
    parts += ["classification: rahasia", "treatment: drop"] if column.looks_personal else ["classification: terbatas"]
    is_number = column.formats["type"] in ("integer", "numeric")
    todo = ["description", "classification", *(["unit"] if is_number else []), *([column.note] if column.note else [])]
    return f'{{{", ".join(parts)}, description: "TODO"}}  # TODO: {column.name}: {", ".join(todo)}'


def _flow(value: Any) -> str:
    """A value in YAML's flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return quoted(value) if isinstance(value, str) else str(value)


def expectations_text(source: Source) -> str:
    """One expectation per table, for the first column; the rest is for a person to say."""
    lines = []
    for name, table in source.tables.items():
        column = table.key[0] if table.key else table.stored[0].name
        arguments = f"kwargs: {{column: {column}}}, quarantine: true"
        reason = "TODO: a sentence for the agency; and further expectations, a range for each number"
        lines += [f"{name}:", f'  - {{type: expect_column_values_to_not_be_null, {arguments}, reason: "{reason}"}}']
    return "\n".join(lines) + "\n"


def staging_yaml(source: Source) -> str:
    """Source, grain and columns, as the declaration has them."""
    hours = round(source.freshness.total_seconds() / 3600)
    count, period = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    lines = [
        "version: 2",
        "",
        "sources:",
        f"  - name: {source.source}",
        "    schema: raw",
        f"    description: {quoted(source.description)}",
        "    config:",
        "      loaded_at_field: _observed_at",
        f"      freshness: {{warn_after: {{count: {count}, period: {period}}}}}",
        f"      meta: {{declaration: dags/sources/{source.source}.yml}}",
        "    tables:",
        *(
            f"      - {{name: {name}, identifier: {source.source}__{name}, description: {quoted(table.description)}}}"
            for name, table in source.tables.items()
        ),
        "",
        "models:",
    ]
    blocks = [_model_yaml(source, name) for name in source.tables]
    return "\n".join(lines) + "\n" + "\n".join(blocks)


def _model_yaml(source: Source, name: str) -> str:
    table = source.tables[name]
    columns = [column for group in _grouped(table.stored, table.key).values() for column in group]
    lines = [
        f"  - name: stg_{source.source}__{name}",
        f"    description: {quoted(table.description)}",
        *(
            [
                "    data_tests:",
                "      - unique_together:",
                f"          arguments: {{columns: [{', '.join(table.key)}]}}",
            ]
            if len(table.key) > 1 and table.mode != "observation"
            else []
        ),
        "    columns:",
    ]
    for column in columns:
        is_key = table.key == [column.name] and table.mode != "observation"
        tests = ", data_tests: [unique, not_null]" if is_key else ""
        lines.append(f"      - {{name: {column.name}, description: {quoted(column.description)}{tests}}}")
    lines += [f"      - {{name: {name}, description: \"{{{{ doc('{name}') }}}}\"}}" for name in PROVENANCE]
    return "\n".join(lines) + "\n"


def _grouped(columns: Sequence[Column], key: Sequence[str]) -> dict[str, list[Column]]:
    groups = {"keys": [column for column in columns if column.name in key]}
    for group, types in GROUPS.items():
        groups[group] = [c for c in columns if c.name not in key and _sql_kind(c) in types]
    return {group: found for group, found in groups.items() if found}


def _sql_kind(column: Column) -> str:
    return "text" if column.treatment == "hmac" else column.type


def staging_sql(source: Source, name: str) -> str:
    """One source step, one renamed step, columns grouped by kind."""
    table = source.tables[name]
    blocks = [
        f"            -- {group}\n" + "".join(f"            {column.name},\n" for column in columns)
        for group, columns in _grouped(table.stored, table.key).items()
    ]
    provenance = "            -- provenance\n" + ",\n".join(f"            {name}" for name in PROVENANCE)
    return (
        f'with\n    source as (select * from {{{{ source("{source.source}", "{name}") }}}}),\n\n'
        "    renamed as (\n        select\n" + "\n".join([*blocks, provenance]) + "\n        from source\n    )\n\n"
        "select *\nfrom renamed\n"
    )


def next_steps(places: Places) -> list[str]:
    """What a person does now."""
    key = places.key
    fixtures = places.shown(places.fixtures)
    return [
        "Next:",
        f"1. Fill in every TODO of {places.shown(places.declaration)}, and of the others.",
        f"2. Put a small example into {fixtures}/ with invented names and one ugly row."
        if not places.fixture_files()
        else f"2. Make {fixtures}/ small: invented names instead of real ones, and one ugly row.",
        f"3. make preview SOURCE={key} FILE={fixtures}/…   (without FILE: asks the source)",
        "4. Staging files that were not changed by hand: delete them and run new-source again; they follow the declaration.",
        "5. make generate; make check",
    ]
