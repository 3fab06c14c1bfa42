"""Records of documents (XML, feeds, warnings, calendars) as rows: columns by name, rejects, and where a person finds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from command_center.declaration.source import Column, Source, Table
from command_center.errors import PayloadError
from command_center.extract.json_paths import find, text_of
from command_center.extract.reading import Answer, Reading, Reject, Row, Section, check_drift, conceal


@dataclass(frozen=True)
class Record:
    """One record: its values by name; with a `fault`, the Indonesian reason why it cannot be a row.

    `names` are the names that a declaration should know of, where values merely offer the others; `prefix` is the path to it.
    """

    values: Mapping[str, object]
    names: Sequence[str] | None = None
    bound: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    fault: str | None = None


@dataclass(frozen=True)
class Document:
    """One file of an answer: its records, what '$.' paths are looked up in, and what is left out by kind."""

    answer: Answer
    root: object
    records: Sequence[Record]
    ignored: Counter[str] = field(default_factory=Counter)


def reading_of(
    source: Source, table: Table, answer: Answer, documents: Iterable[Document], *, label: str, absent: str
) -> Reading:
    """The rows of all documents, which `label` counts for a person, e.g. 'acara ke-'.

    Raises PayloadError when declared columns are missing, or when there is no record (`absent` says of what) though
    the declared volume wants some.
    """
    found = list(documents)
    warnings = [w for document in found for w in _drift(table, document)]
    if not any(document.records for document in found) and table.volume.min > 0:
        raise PayloadError(f"{answer.where}: {absent}; ask the steward, or mend 'records' in the declaration.")
    reading = Reading([c.name for c in table.stored], (), warnings, is_simulated=answer.is_simulated)
    reading.sections = [Section(0, label)]
    reading.ignored = sum((document.ignored for document in found), Counter())
    reading.rows = _rows(source, table, found, reading, label)
    return reading


def _rows(source: Source, table: Table, documents: Sequence[Document], reading: Reading, label: str) -> Iterator[Row]:
    before = 0
    for document in documents:
        if len(documents) > 1:
            reading.add_section(f"berkas {document.answer.name!r} {label}", before)
        for number, record in enumerate(document.records, start=before + 1):
            texts = [conceal(source.source, c, value_of(c, record, document)) for c in table.stored]
            if record.fault is None:
                yield number, _is_simulated(document.answer, record.prefix), texts
            else:
                payload = {} if source.has_secrets else dict(zip(reading.columns, texts, strict=True))
                reading.rejects.append(Reject(number, None, None, record.fault, payload))
        before += len(document.records)


def _is_simulated(answer: Answer, prefix: str) -> bool:
    return answer.is_simulated or any(prefix.startswith(path) for path in answer.simulated_paths if path)


def value_of(column: Column, record: Record, document: Document) -> str | None:
    """The text of a column: '@name', '{name}', '$.path', a name of the record, or a dotted path below one."""
    known = {**document.answer.known, "record": record.prefix}
    place = column.source
    if place.startswith("@") and (place[1:] in known or place not in record.values):  # else an attribute of XML
        return known.get(place[1:])
    if place.startswith("{"):
        return record.bound.get(place[1:-1], known.get(place[1:-1]))
    if place.startswith("$."):
        return next((text_of(hit) for _, _, hit in find(document.root, place[2:])), None)
    for name in (place, *column.aliases):
        if name in record.values:
            return text_of(record.values[name])
        if "." in name:
            hits = [hit for _, _, hit in find(dict(record.values), name)]
            if hits:
                return text_of(hits[0] if len(hits) == 1 else hits)
    return None


def _drift(table: Table, document: Document) -> list[str]:
    """Compare the names of all sound records together with the declared ones; a dotted name stands for its first step."""
    sound = [record for record in document.records if record.fault is None]
    if not sound:
        return []
    declared = {name for c in table.columns if c.is_in_file for name in (c.source, *c.aliases)}
    dotted = {name for name in declared if "." in name}
    present: dict[str, None] = {}
    for record in sound:
        present.update(dict.fromkeys(record.values if record.names is None else record.names))
        present.update(dict.fromkeys(name for name in declared - dotted if name in record.values))
        present.update(dict.fromkeys(name for name in dotted if name in record.values or _leads(record, name)))
    ignored = [*table.ignore, *(name.partition(".")[0] for name in dotted), *(c.source for c in table.columns)]
    return check_drift(table, list(present), ignored, document.answer.where)


def _leads(record: Record, name: str) -> bool:
    return next(find(dict(record.values), name), None) is not None
