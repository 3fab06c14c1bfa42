"""Bring edits made in the browser back into superset_exports/: `make dashboards-export`.

What changed in Superset since the last import is put into the files as they are generated, and nothing else is touched.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from command_center.errors import CommandCenterError, DeclarationError
from command_center.lint.dashboards import lint_files
from command_center.local.dashboards import exported

from superset_exports.design.__main__ import bundle, changed, designed, generated, kept, write
from superset_exports.design.assets import VERSION
from superset_exports.design.contract import types_by_model
from superset_exports.design.edits import (
    FOLDER,
    MISSING,
    Document,
    Files,
    Path_,
    boxes,
    closed,
    differences,
    opened,
    recorded,
    said,
    set_at,
    value_at,
)

KINDS = ("datasets", "charts", "dashboards")
State = Mapping[str, Mapping[str, Document]]  # kind -> UUID -> document, as Superset's side reads it
EMPTY: tuple[object, ...] = (MISSING, None, "", [], {})


def main(arguments: Sequence[str]) -> int:
    """Write what was edited; nothing is written while anything is wrong."""
    try:
        brought = json.loads(Path(arguments[0]).read_text(encoding="utf-8")) if arguments else exported()
        files = brought_back(bundle(designed()), generated(), brought)
        problems = list(lint_files(files, types_by_model()))
    except CommandCenterError as error:
        problems = [str(error)]
    if problems:
        print(*problems, "Nothing was written.", sep="\n", file=sys.stderr)
        return DeclarationError.exit_code
    changes = changed(files)
    write(files, changes)
    told = (f"superset_exports/{name}{'' if name in files else ' removed'}" for name in changes)
    print(*told, f"{len(changes)} of {len(files)} files changed.", *kept(files), sep="\n")
    return 0


def brought_back(designed: Files, standing: Files, brought: Mapping[str, State | None]) -> Files:
    """The generated files with the edits in them, and with the files of edits/. Raises DeclarationError."""
    before, now = brought["imported"], brought["now"]
    if before is None or now is None:
        raise DeclarationError("Superset does not know what was imported last; run make dashboards-import first.")
    edited = {name: document for name, document in standing.items() if not name.startswith(f"{FOLDER}/")}
    names = {document["uuid"]: name for name, document in edited.items() if "uuid" in document}
    for kind in KINDS:
        for uuid in before[kind].keys() - now[kind].keys():
            edited.pop(names[uuid], None)
        for uuid, document in now[kind].items():
            if uuid not in names:
                edited[new_name(kind, uuid, document, now)] = new_file(kind, uuid, document)
            elif changes := list(meant(before[kind].get(uuid, {}), document)):
                edited[names[uuid]] = edited_file(names[uuid], edited[names[uuid]], changes)
    return edited | recorded(designed, edited)


def meant(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[Path_, Any, Any]]:
    """What differs by more than one way of writing nothing."""
    return (change for change in differences(before, after) if change[1] not in EMPTY or change[2] not in EMPTY)


def edited_file(name: str, document: Mapping[str, Any], changes: Sequence[tuple[Path_, Any, Any]]) -> Document:
    tree = opened(document)
    for place, before, after in changes:
        stands = value_at(tree, place)
        if stands not in (before, after) and not (stands in EMPTY and before in EMPTY):
            raise DeclarationError(
                f"superset_exports/{name}: {' / '.join(place)} was {said(before)} when it was imported, {said(after)} was written "
                f"in the browser, and the file says {said(stands)} now; run make dashboards-import for the file's, or undo that."
            )
        set_at(tree, place, after)
    return closed(tree, document)


def new_name(kind: str, uuid: str, document: Document, now: State) -> str:
    if kind == "dashboards":
        return f"dashboards/{document['slug'] or as_slug(document['dashboard_title'])}.yaml"
    if kind == "datasets":
        return f"datasets/{document['schema']}/{document['schema']}_{as_slug(document['table_name'])}.yaml"
    pages = [page for page in now["dashboards"].values() if uuid in {box["meta"].get("uuid") for box in boxes(page)}]
    return f"charts/{pages[0]['slug'] or as_slug(pages[0]['dashboard_title'])}-{as_slug(document['slice_name'])}.yaml"


def as_slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def new_file(kind: str, uuid: str, document: Document) -> Document:
    """What was made in the browser, in the form of what is designed."""
    own = {"uuid": uuid, "version": VERSION, "is_managed_externally": True}
    if kind == "datasets":
        parts = {key: {name: shortened(part) for name, part in document[key].items()} for key in ("columns", "metrics")}
        return closed({**shortened(document), **own, **parts}, {})
    if kind == "charts":
        context = {"datasource": {"id": 0, "type": "table"}, "force": False, **document["query_context"]}
        return closed({**document, **own, "query_context": context}, {})
    return closed({**document, **own, "published": True}, {"position": {}})


def shortened(document: Mapping[str, Any]) -> Document:
    return {key: value for key, value in document.items() if value is not None}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
