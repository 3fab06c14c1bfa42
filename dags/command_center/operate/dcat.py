"""The catalogue of open data in DCAT, as JSON-LD that a data portal can harvest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from command_center.settings import CITY_CODE, CITY_NAME

Node = dict[str, Any]
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
MEDIA = {"csv": "text/csv", "json": "application/json"}
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"


@dataclass(frozen=True)
class File:
    """One file of a dataset."""

    name: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Dataset:
    """What the catalogue says of one dataset."""

    name: str
    title: str
    description: str
    keywords: Sequence[str]
    periodicity: str
    credit: str | None
    issued: datetime
    modified: datetime
    first: date | None
    last: date | None
    rows: int
    files: Sequence[File]


@dataclass(frozen=True)
class Publisher:
    """Who publishes, on what terms, and whom to ask."""

    title: str
    description: str
    name: str
    contact: str
    mail: str
    licence: str


def document(base: str, publisher: Publisher, datasets: Sequence[Dataset]) -> Node:
    """Every thing that others may refer to has an address below `base`."""
    nodes = [_catalogue(base, publisher, datasets), _publisher(base, publisher)]
    for dataset in datasets:
        nodes.append(_dataset(base, publisher, dataset))
        nodes += [_distribution(base, publisher, dataset, file) for file in dataset.files]
    return {"@context": CONTEXT, "@graph": nodes}


def _catalogue(base: str, publisher: Publisher, datasets: Sequence[Dataset]) -> Node:
    changed = {"dct:modified": _moment(max(one.modified for one in datasets))} if datasets else {}
    return {
        "@id": f"{base}#katalog",
        "@type": "dcat:Catalog",
        "dct:title": _text(publisher.title),
        "dct:description": _text(publisher.description),
        "dct:publisher": {"@id": f"{base}#penerbit"},
        "dct:license": {"@id": publisher.licence},
        "dct:language": {"@id": f"{AUTHORITY}/language/IND"},
        "dct:spatial": _place(),
        "foaf:homepage": {"@id": base},
        **changed,
        "dcat:dataset": [{"@id": _address(base, one)} for one in datasets],
    }


def _publisher(base: str, publisher: Publisher) -> Node:
    return {"@id": f"{base}#penerbit", "@type": "foaf:Organization", "foaf:name": publisher.name}


def _dataset(base: str, publisher: Publisher, dataset: Dataset) -> Node:
    node: Node = {
        "@id": _address(base, dataset),
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": _text(dataset.title),
        "dct:description": _text(dataset.description),
        "dcat:keyword": [_text(word) for word in dataset.keywords],
        "dct:publisher": {"@id": f"{base}#penerbit"},
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": publisher.contact,
            "vcard:hasEmail": {"@id": f"mailto:{publisher.mail}"},
        },
        "dct:license": {"@id": publisher.licence},
        "dct:language": {"@id": f"{AUTHORITY}/language/IND"},
        "dct:issued": _moment(dataset.issued),
        "dct:modified": _moment(dataset.modified),
        "dct:spatial": _place(),
        "dct:accrualPeriodicity": {"@id": f"{AUTHORITY}/frequency/{dataset.periodicity}"},
        "dcat:distribution": [{"@id": base + file.name} for file in dataset.files],
    }
    if dataset.credit:
        node["dct:source"] = _text(dataset.credit)
    if dataset.first and dataset.last:
        node["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": dataset.first.isoformat()},
            "dcat:endDate": {"@type": "xsd:date", "@value": dataset.last.isoformat()},
        }
    return node


def _distribution(base: str, publisher: Publisher, dataset: Dataset, file: File) -> Node:
    return {
        "@id": base + file.name,
        "@type": "dcat:Distribution",
        "dct:title": _text(f"{dataset.title} ({file.kind.upper()}, {dataset.rows} baris)"),
        "dcat:accessURL": {"@id": base + file.name},
        "dcat:downloadURL": {"@id": base + file.name},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{MEDIA[file.kind]}"},
        "dct:format": {"@id": f"{AUTHORITY}/file-type/{file.kind.upper()}"},
        "dct:license": {"@id": publisher.licence},
        "dct:issued": _moment(dataset.issued),
        "dct:modified": _moment(dataset.modified),
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file.size)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": SHA256},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": file.sha256},
        },
    }


def _address(base: str, dataset: Dataset) -> str:
    return f"{base}#{dataset.name}"


def _place() -> Node:
    return {"@type": "dct:Location", "dct:identifier": CITY_CODE, "rdfs:label": CITY_NAME}


def _text(text: str) -> Node:
    return {"@language": "id", "@value": text}


def _moment(moment: datetime) -> Node:
    return {"@type": "xsd:dateTime", "@value": moment.isoformat(timespec="seconds")}
