"""Files (kinds csv, xlsx, spreadsheetml, html_table, icalendar): over HTTP, from an SFTP server or from an upload folder."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from command_center.declaration.registry import readable_sources
from command_center.declaration.source import Request
from command_center.errors import DeclarationError, SourceUnavailable
from command_center.extract.asking import Answered, Asking, Fetched, Spool, Unanswered, Unchanged
from command_center.extract.listing import Folder, Gone, Stamp, Unreadable
from command_center.extract.members import is_debris
from command_center.settings import settings

READINGS = 2  # a file that changes while it is read is read once more


UNFINISHED = re.compile(r"[.].*|~\$.*|.*(\.part|\.tmp|\.filepart|~)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Wanted:
    """A file to read and the part that it becomes."""

    part: str
    name: str
    groups: dict[str, str]
    stamp: Stamp | None = None


def ask(asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
    """The file of a request, or with `files` every file that matches, each as a part of its own.

    Raises SourceUnavailable when the server or the folder cannot be reached or no file matches.
    """
    if asking.endpoint.scheme in ("http", "https"):
        from command_center.extract.http import get

        yield get(asking, request, folder, known={"file": PurePosixPath(request.path).name})
        return
    with closing(_open(asking, request)) as place:
        if request.files is None:
            yield _single(asking, request, place, folder)
        else:
            yield from _matching(asking, request, place, folder, request.files)


def _open(asking: Asking, request: Request) -> Folder:
    path = PurePosixPath(request.path)
    if ".." in path.parts or path.is_absolute() or "\0" in request.path:
        raise DeclarationError(
            f"{asking.who(request)}: the path {request.path!r} leaves the connection's address; name a path below it."
        )
    below = str(path if request.files else path.parent)
    if asking.endpoint.scheme == "sftp":
        from command_center.extract.sftp import SftpFolder

        return SftpFolder(asking, request, below)
    from command_center.extract.folder import LocalFolder

    return LocalFolder(asking, request, below)


def _single(asking: Asking, request: Request, place: Folder, folder: Path) -> Fetched | Unchanged:
    try:
        return _answer(asking, request, place, folder, Wanted(request.part, PurePosixPath(request.path).name, {}))
    except Unreadable as error:
        raise SourceUnavailable(f"{asking.who(request)}: {place.where}/{error}") from None


def _matching(asking: Asking, request: Request, place: Folder, folder: Path, pattern: str) -> Iterator[Answered]:
    names = place.attempt(place.names)
    parts: dict[str, list[Wanted]] = defaultdict(list)
    for name in sorted(names):
        found = re.fullmatch(pattern, name)
        if found is not None and not UNFINISHED.fullmatch(name):
            groups = {group: value or "" for group, value in found.groupdict().items()}
            wanted = Wanted(_part(request.part, groups), name, groups, names[name])
            parts[wanted.part].append(wanted)
    if not parts:
        raise SourceUnavailable(
            f"{asking.who(request)}: no file in {place.where} matches {pattern!r}; "
            f"there are {len(names)} others; ask the steward, or mend the pattern."
        )
    _note_unread(asking, request, place, names)
    yield from _each(asking, request, place, folder, parts)


def _note_unread(asking: Asking, request: Request, place: Folder, names: Mapping[str, Stamp | None]) -> None:
    """A footnote for new files beside those that match: one whose name is written otherwise is never read."""
    unread = [name for name in names if not UNFINISHED.fullmatch(name) and not is_debris(name)]
    unread = _of_none(unread, request, [request, *asking.source.requests])
    unread = sorted(name for name in unread if _is_new(asking, place, name, names[name]))
    if unread:  # other sources may look into the same folder
        others = (one for one in readable_sources()[0] if one.connection.id == asking.source.connection.id)
        unread = _of_none(unread, request, [each for one in others for each in one.requests])
    if not unread or asking.window.start is not None:
        return
    listed = ", ".join(repr(_printable(name)) for name in unread[:20])
    what = "1 file was" if len(unread) == 1 else f"{len(unread)} files were"
    note = (
        f"{asking.source.source}: {what} not read, for no 'files' matches {listed} in {place.where}; ask the steward for "
        "other names, or mend 'files'"
    )
    if note not in asking.notes:  # several requests may look into one folder
        asking.notes.append(note)


def _is_new(asking: Asking, place: Folder, name: str, stamp: Stamp | None) -> bool:
    try:
        changed_at = (stamp or place.attempt(lambda: place.look(name))).changed_at
    except Unreadable:
        return False
    return changed_at is None or changed_at >= (settings().now() - asking.source.freshness).timestamp()


def _of_none(names: Sequence[str], asked: Request, requests: Sequence[Request]) -> list[str]:
    """Files of the folder that was asked for which none of the requests takes."""
    patterns = [one.files for one in requests if one.files is not None and one.path == asked.path]
    patterns += [re.escape(PurePosixPath(one.path).name) for one in requests if one.files is None]
    return [name for name in names if not any(re.fullmatch(pattern, name) for pattern in patterns)]


def _part(template: str, groups: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda mark: groups.get(mark.group(1), mark.group(0)), template)


def _each(
    asking: Asking, request: Request, place: Folder, folder: Path, parts: dict[str, list[Wanted]]
) -> Iterator[Answered]:
    """One answer per part; what is wrong with one does not hold up the others, unless the server itself is lost."""
    gone: str | None = None
    for part, wanted in parts.items():
        who = asking.who(request, _printable(part))
        if gone is not None:
            yield Unanswered(_printable(part), f"{who}: {gone}")
            continue
        try:
            yield _answer(asking, request, place, folder, _only(wanted))
        except Unreadable as error:
            yield Unanswered(_printable(part), f"{who}: {place.where}/{error}")
        except Gone as error:
            gone = str(error)
            yield Unanswered(_printable(part), gone)
        except SourceUnavailable as error:
            yield Unanswered(part, str(error))


def _only(wanted: list[Wanted]) -> Wanted:
    """The one file of a part. Raises Unreadable when its name is no text, or when several files claim the part."""
    first = wanted[0]
    if _printable(first.name) != first.name:
        raise Unreadable(f"{_printable(first.name)} has a name that is not UTF-8; ask the steward to rename it.")
    if len(wanted) > 1:
        names = " and ".join(repr(one.name) for one in wanted)
        raise Unreadable(
            f"{first.name}: the files {names} would be the same part; remove one, or put more groups of 'files' in 'part'."
        )
    return first


def _printable(name: str) -> str:
    """A name whose bytes are no UTF-8, with question marks in their places."""
    return name.encode("utf-8", "replace").decode()


def _answer(asking: Asking, request: Request, place: Folder, folder: Path, wanted: Wanted) -> Fetched | Unchanged:
    asking.check_deadline(asking.who(request, wanted.part))
    stamp = wanted.stamp or place.attempt(lambda: place.look(wanted.name))
    if asking.source.extract.conditional and stamp.validator and stamp.validator == asking.validator_of(wanted.part):
        return Unchanged(wanted.part)
    return place.attempt(lambda: _read(asking, request, place, folder, wanted))


def _read(asking: Asking, request: Request, place: Folder, folder: Path, wanted: Wanted) -> Fetched:
    """The file's bytes, as they were at one moment."""
    for _ in range(READINGS):
        before = place.look(wanted.name)
        _check_size(wanted.name, before.size)
        is_settled = before.is_settled
        spool = Spool(folder, asking.who(request, wanted.part), asking)
        try:
            for chunk in place.chunks(wanted.name, before.size):
                spool.write(chunk)
            if place.look(wanted.name) == before and spool.size == before.size:
                return spool.fetched(
                    request,
                    f"{place.where}/{wanted.name}",
                    part=wanted.part,
                    known={**wanted.groups, "file": wanted.name},
                    validator=before.validator if is_settled else None,
                    simulated_paths=str(asking.endpoint.extra.get("data_simulasi", "")),
                )
        except BaseException:
            spool.path.unlink(missing_ok=True)
            raise
        spool.path.unlink(missing_ok=True)
    raise Unreadable(f"{wanted.name} is still being written; it is tried again.")


def _check_size(name: str, size: int) -> None:
    limit = settings().cc_max_payload_mb
    if size > limit << 20:
        raise Unreadable(f"{name} has {size} bytes, more than {limit} MB; ask the steward.")
