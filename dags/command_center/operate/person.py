"""What is kept of a person, and the end of it: through the archive and every table, by NIK, telephone, e-mail or name."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from command_center.archive.redact import redact, texts
from command_center.archive.store import object_uri, remove, stream, write_object
from command_center.database import Connection, connect
from command_center.declaration.registry import all_sources, get_source
from command_center.declaration.source import Column, Source
from command_center.errors import CommandCenterError, IntegrityError
from command_center.extract.reading import conceal
from command_center.idformat import format_moment, no_formula
from command_center.intake.lock import exclusive
from command_center.ledger import erasure, landing, trail
from command_center.ledger.landing import Landed
from command_center.paths import private_file
from command_center.personal import masked
from command_center.personal_key import Key, Redactor, Trace, substitute, tombstone
from command_center.settings import settings
from command_center.warehouse import person
from command_center.warehouse.person import FIXED

AROUND = 200  # signs of an archived answer before and after what was found
HEAD = ("tempat", "isi")


@dataclass(frozen=True)
class Found:
    """Something of the person; `content` is the row, or what stands around it in an archived answer."""

    place: str
    content: str


def disclose(keys: Sequence[Key], *, jabatan: str, alasan: str, file: Path | None = None) -> str:
    """Where the person stands, counted; with a file, what stands there. The trail has digests of the keys only."""
    _is_told_without_them(alasan, keys)
    closed: list[str] = []
    found = list(look(keys, closed))
    with connect(settings().dsn("loader")) as connection:
        counted = counts(found)
        what: dict[str, object] = {
            "kunci": {key.digest: key.kind for key in keys},
            "alasan": masked(alasan),
            "ditemukan": counted,
        }
        what |= {"tidak_diperiksa": len(closed)} if closed else {}
        trail.record(connection, "pengungkapan", "data pribadi", jabatan, what)
    if file is not None:
        _write(file, found)
    told = [f"{place}: {number}" for place, number in counted.items()]
    written = [f"What stands there: {file} (only its owner can read it)."] if file is not None else []
    return "\n".join([*(told or ["Nothing of this person is kept."]), *(written if told else []), *_not_looked(closed)])


def _not_looked(closed: Sequence[str]) -> list[str]:
    return [f"Not looked through: {one}." for one in closed]


def _pattern(keys: Sequence[Key]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{key.pattern})" for key in keys), re.IGNORECASE)


def _is_told_without_them(alasan: str, keys: Sequence[Key]) -> None:
    if _pattern(keys).search(alasan):
        raise CommandCenterError(
            "The reason names the person; the trail never forgets, so tell it without, such as by the number of a letter."
        )


def counts(found: Sequence[Found]) -> dict[str, int]:
    places = [one.place for one in found]
    return {place: places.count(place) for place in dict.fromkeys(places)}


def look(keys: Sequence[Key], closed: list[str] | None = None) -> Iterator[Found]:
    """Everything of the person: each row of each table, each place of each archived answer; `closed` gets a word on each zip
    archive that cannot be opened.
    """
    left = traces(keys)
    with person.each_owner() as connections:
        for connection in connections:
            for place in person.places(connection):
                for content in person.rows(connection, place, left):
                    yield Found(f"table {place.name}", content)
            connection.rollback()
    with connect(settings().dsn("loader")) as connection:
        kept = landing.every_kept(connection)
    pattern = _pattern(keys)
    for landed in kept:
        answer = f"archive {landed.source}, part {landed.part!r}, {format_moment(landed.fetched_at)}"
        reasons: list[str] = []
        for text in texts(stream(landed), reasons.append):
            for match in pattern.finditer(text):
                yield Found(answer, text[max(0, match.start() - AROUND) : match.end() + AROUND])
        if closed is not None:
            closed += [f"{answer}, for {reason}" for reason in dict.fromkeys(reasons)]


def traces(keys: Sequence[Key]) -> list[Trace]:
    """The keys as they are written, and the digests that columns declared `hmac` have of them.

    Such a digest gives way to the one that the cleaned archive leads to, so that a replay makes no second row.
    """
    digests = [
        Trace(_concealed(source, column, text), *[_concealed(source, column, substitute(text, key.digest))] * 2)
        for source in all_sources()
        for table in source.tables.values()
        for column in table.columns
        if column.treatment == "hmac"
        for key in keys
        for text in key.writings
    ]
    return [*(key.trace for key in keys), *digests]


def _concealed(source: Source, column: Column, text: str) -> str:
    return conceal(source.source, column, text) or ""


def _write(file: Path, found: Sequence[Found]) -> None:
    private_file(file)
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(HEAD)
        writer.writerows([no_formula(one.place), no_formula(one.content)] for one in found)


def erase(keys: Sequence[Key], *, jabatan: str, alasan: str, requested: date) -> str:
    """Take the person out of archive and tables, and keep them out. Whoever is killed in between runs it again.

    Raises IntegrityError naming what the keys still stand in.
    """
    _is_told_without_them(alasan, keys)
    before = counts(list(look(keys)))
    with connect(settings().dsn("loader")) as connection:
        stones = map(tombstone, keys)
        number = erasure.begin(connection, stones, jabatan=jabatan, alasan=alasan, requested=requested, found=before)
    changed = _erase_from_archive() | _erase_from_tables(keys)
    closed: list[str] = []
    left = counts(list(look(keys, closed)))
    if left:
        places = "; ".join(f"{place}: {rows}" for place, rows in left.items())
        raise IntegrityError(
            f"Request {number} is not done: the person still stands in {places}. What may not be changed, such as an edition that "
            "was read, a person must decide on; for anything else run the same command again."
        )
    with connect(settings().dsn("loader")) as connection:
        erasure.end(connection, number, jabatan=jabatan, changed=changed, not_looked=len(closed))
    done = [f"{place}: {rows}" for place, rows in changed.items()] or ["nothing was there"]
    return "\n".join([f"Request {number}: erased, and kept out of what comes in.", *done, *_not_looked(closed)])


def _erase_from_archive() -> dict[str, int]:
    """Every answer is written anew without the persons that were erased up to now, one source after the other."""
    with connect(settings().dsn("loader")) as connection:
        redactor = Redactor(erasure.tombstones(connection))
        sources = dict.fromkeys(landed.source for landed in landing.every_kept(connection))
    changed: dict[str, int] = {}
    for source in sources:
        with _alone(source) as connection:
            kept = [one for one in landing.every_kept(connection) if one.source == source]
            connection.commit()
            rewritten = [_rewrite(connection, one, redactor) for one in kept]
        if any(rewritten):
            changed[f"archive {source}"] = sum(rewritten)
    return changed


@contextmanager
def _alone(source: str) -> Iterator[Connection]:
    """While nobody loads the source; one that is declared no longer is loaded by nobody."""
    try:
        declared = get_source(source)
    except CommandCenterError:
        with connect(settings().dsn("loader")) as connection:
            yield connection
        return
    with exclusive(declared) as connection:
        yield connection


def _rewrite(connection: Connection, landed: Landed, redactor: Redactor) -> bool:
    """The new object is there before the ledger names it; the old one can be read by nobody once the ledger forgets its key."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jawaban"
        sha256 = redact(stream(landed), redactor, path)
        if sha256 == landed.sha256:
            return False
        uri = object_uri(landed.source, sha256)
        wrapped_key = write_object(uri, path, sha256)
        size = path.stat().st_size
    erasure.replace_object(connection, landed, sha256=sha256, byte_size=size, uri=uri, wrapped_key=wrapped_key)
    is_shared = landing.key_of_object(connection, landed.uri) is not None
    connection.commit()
    if not is_shared:
        remove(landed.uri)
    return True


def _erase_from_tables(keys: Sequence[Key]) -> dict[str, int]:
    changed: dict[str, int] = {}
    left = traces(keys)
    with person.each_owner() as connections:
        for connection in connections:
            for place in person.places(connection):
                if place.table in FIXED or not person.count(connection, place, left):
                    continue
                changed[f"table {place.name}"] = person.erase(connection, place, left)
                connection.commit()
    return changed
