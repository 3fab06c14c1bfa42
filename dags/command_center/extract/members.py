"""The files inside an answer: pages bundled at landing, or an agency's zip archive, opened within limits."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from command_center.archive.unpacking import ENCRYPTED, NotOpenedError, too_large, unpacked
from command_center.declaration.source import Source
from command_center.errors import PayloadError
from command_center.extract.asking import BUNDLE
from command_center.extract.reading import Answer

CHUNK = 1 << 20
DATA = frozenset(
    (
        ".xlsx",
        ".xlsm",
        ".xlsb",
        ".xls",
        ".ods",
        ".csv",
        ".tsv",
        ".json",
        ".xml",
        ".zip",
        ".rar",
        ".7z",
        ".tar",
        ".gz",
        ".tgz",
    )
)  # an area may have come in any of these


def members(source: Source, answer: Answer) -> Iterator[Answer]:
    """One answer per file inside; an answer that is no archive is its own only member.

    Raises PayloadError when the archive is broken, encrypted, would unpack to far too much, or holds no declared file.
    """
    if answer.content_type == BUNDLE:
        yield from _inside(answer, ".*", "")
    elif source.extract.members is not None:
        yield from _inside(answer, source.extract.members, f", archive of {answer.name}" if answer.name else "")
    else:
        yield answer


def _inside(answer: Answer, pattern: str, described: str) -> Iterator[Answer]:
    where = answer.where + described
    try:
        # Closed when its last member is gone: a member may be read after this walk has ended.
        archive = zipfile.ZipFile(answer.path or io.BytesIO(answer.content()))
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error):
        raise PayloadError(f"{where}: not a zip archive, or cut off; ask for it again.") from None
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    check_size(entries, where)
    found = [(entry, match) for entry in entries if (match := _match(pattern, entry.filename))]
    if not found:
        names = ", ".join(repr(entry.filename) for entry in entries[:20])
        raise PayloadError(f"{where}: no file in it matches {pattern!r}; it holds {names or 'nothing'}.")
    for entry, match in found:
        yield _member(answer, archive, entry, match)


def _match(pattern: str, path: str) -> re.Match[str] | None:
    """By the whole path, else by the name alone: who packs a folder sends its name along."""
    return re.fullmatch(pattern, path) or (None if is_debris(path) else re.fullmatch(pattern, PurePosixPath(path).name))


def is_debris(path: str) -> bool:
    """What operating systems and Excel leave in folders, and what only tells about them."""
    name = PurePosixPath(path).name.lower()
    return (
        path.startswith("__MACOSX/") or name.startswith((".", "~$", "readme")) or name in ("thumbs.db", "desktop.ini")
    )


def left_out(source: Source, answer: Answer) -> list[str]:
    """The footnote for files of an agency's archive that were not read though they may hold data: an area each."""
    pattern = source.extract.members
    if pattern is None or answer.content_type == BUNDLE:
        return []
    with zipfile.ZipFile(answer.path or io.BytesIO(answer.content())) as archive:
        paths = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    kinds = DATA | {_suffix(path) for path in paths if _match(pattern, path)}
    missed = [p for p in paths if not _match(pattern, p) and not is_debris(p) and _suffix(p) in kinds]
    if not missed:
        return []
    listed = ", ".join(map(repr, missed[:20]))
    read = "was" if len(missed) == 1 else "were"
    sentence = (
        f"{answer.where}: {len(missed)} of {len(paths)} files in the archive {read} not read, for {pattern!r} does not"
    )
    return [f"{sentence} match {listed}; ask the steward for other names, or mend 'members'."]


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.strip().lower()


def check_size(entries: list[zipfile.ZipInfo], where: str) -> None:
    """Refuse an archive by its directory, before anything is unpacked."""
    if reason := too_large(entries):
        raise PayloadError(f"{where}: {reason}; ask the steward for a smaller one.")


def _member(answer: Answer, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, match: re.Match[str]) -> Answer:
    name = PurePosixPath(entry.filename).name
    groups = {key: value for key, value in match.groupdict().items() if value is not None}
    where = f"{answer.where}, file {entry.filename!r}"
    return Answer(
        where=where,
        chunks=partial(_chunks, archive, entry, where),
        known={**answer.known, "file": name, **groups},
        simulated_paths=answer.simulated_paths,
        name=name,
    )


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: str) -> Iterator[bytes]:
    """The file's bytes; more than its directory entry says means that the entry lies."""
    if entry.flag_bits & ENCRYPTED:
        raise PayloadError(f"{where}: the file is encrypted; ask the steward to send it without a password.")
    try:
        yield from unpacked(archive, entry)
    except NotOpenedError as error:
        why = error.__cause__ or error
        raise PayloadError(f"{where}: the file cannot be unpacked: {why}; ask for it again.") from None
