"""The catalogue as a static site: pages that ask nothing of any network, readable from a folder as from a server."""

from __future__ import annotations

import csv
import hashlib
import shutil
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from command_center.catalogue import words
from command_center.catalogue.completeness import completeness
from command_center.catalogue.content import Catalogue, Relation
from command_center.catalogue.forms import forms
from command_center.catalogue.ladder import ladder, most, overview, ways_of_access
from command_center.declaration.source import Source
from command_center.drawing import palette
from command_center.errors import SettingsError
from command_center.govern.lineage import Column
from command_center.govern.odcs import write_contracts
from command_center.idformat import format_date, format_moment, format_number
from command_center.paths import DBT_PROJECT

TEMPLATES = Path(__file__).with_name("templates")
FOLDERS = ("sumber", "data", "indikator", "kontrak", "metadata")
MARK = "katalog.txt"  # in a folder that this made, and may therefore replace


class Script(NamedTuple):
    text: Markup
    digest: str


def write_site(catalogue: Catalogue, folder: Path) -> Path:
    """Write every page, aside and then in one step; its first page. A folder of somebody else's files is not replaced."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise SettingsError(
            f"{folder} holds files that no catalogue wrote; name an empty folder, or one that a catalogue was written to."
        )
    fresh = folder.with_name(f"{folder.name}.baru")
    shutil.rmtree(fresh, ignore_errors=True)
    for name in FOLDERS:
        (fresh / name).mkdir(parents=True)
    for place, text in pages(catalogue):
        (fresh / place).write_text(text, encoding="utf-8")
    for form in forms(catalogue):
        form.write(fresh / "metadata")
    write_contracts(list(catalogue.sources), fresh / "kontrak")
    (fresh / MARK).write_text(
        "Dibuat oleh Padang Command Center; isi folder ini diganti setiap kali.\n", encoding="utf-8"
    )
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder / "index.html"


def pages(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Place and text of each page."""
    told = _told(catalogue)
    yield "index.html", _render("index.html", told, root="", script=search_script())
    yield "tangga.html", _render("ladder.html", told, root="", overview=overview(catalogue))
    yield "metadata.html", _render("metadata.html", told, root="", forms=forms(catalogue))
    for source in catalogue.sources:
        more = {"state": catalogue.live.states.get(source.source), "complete": completeness(catalogue, source)}
        yield f"sumber/{source.source}.html", _render("source.html", told, root="../", source=source, **more)
    by_key = {source.source: source for source in catalogue.sources}
    for one in catalogue.indicators:
        yield (
            f"indikator/{one.kode}.html",
            _render("indicator.html", told, root="../", one=one, named=by_key.get(one.source)),
        )
    for relation in catalogue.relations:
        yield f"data/{relation.key}.html", _render("relation.html", told, root="../", one=relation)


def _told(catalogue: Catalogue) -> dict[str, Any]:
    """What every page may use."""

    def sources_of(relation: Relation) -> dict[str, list[Source]]:
        found: dict[str, list[Source]] = {}
        for table in relation.raw_tables:
            if source := catalogue.source_of_table.get(table):
                found.setdefault(source.source, []).append(source)
        return found

    read_at = format_moment(catalogue.live.read_at)
    missing = catalogue.live.missing
    return {
        "catalogue": catalogue,
        "colours": palette,
        "fields": fields(),
        "sources_of": sources_of,
        "words_of": words_of,
        "roots_text": roots_text,
        "tables_in": tables_in,
        "schedule": words.schedule,
        "span": words.span,
        "type_name": words.type_name,
        "number": format_number,
        "day": lambda text: format_date(date.fromisoformat(text)),
        "kinds": words.KINDS,
        "modes": words.MODES,
        "treatments": words.TREATMENTS,
        "kept_of": words.kept_of,
        "kip": words.KIP,
        "directions": words.DIRECTIONS,
        "schemas": words.SCHEMAS,
        "ladder": ladder(),
        "most": lambda source: most(catalogue, source),
        "ways_of_access": ways_of_access(),
        "script": None,
        "stand": f"Keadaan per {read_at}." if not missing else f"Dibuat {read_at}, tanpa keadaan data: {missing}.",
    }


def fields() -> dict[str, str]:
    with (DBT_PROJECT / "seeds" / "ref_bidang.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return {row[0]: row[1] for row in rows[1:]}


def words_of(source: Source) -> str:
    """What a source is found by, besides what its entry shows."""
    columns = [column for table in source.tables.values() for column in table.columns]
    return " ".join([source.source, source.opd_name, *(f"{one.name} {one.description}" for one in columns)])


def roots_text(roots: Iterable[Column]) -> str:
    return ", ".join(f"{root.table}.{root.name}" if root.schema == "raw" else str(root) for root in roots)


def tables_in(roots: Iterable[Column]) -> str:
    count = len({root.table for root in roots})
    return f"dari {count} tabel"


@cache
def search_script() -> Script:
    """Named by its digest in the page's policy, so that no other script runs."""
    text = (TEMPLATES / "search.js").read_text(encoding="utf-8").rstrip("\n")
    return Script(Markup(text), f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment


def _render(template: str, told: dict[str, Any], **more: Any) -> str:
    return _environment().get_template(template).render(**{**told, **more})
