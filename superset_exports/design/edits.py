"""Edits that were made in the browser, kept over the design until somebody writes them into it.

superset_exports/edits/ has one file for each file that was edited. An edit says what the design said and what stands in
its place. While the design still says so, `make dashboards` puts it in; once the design says what the edit says, the edit
goes; when the design says a third thing, a person has to decide.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from command_center.errors import DeclarationError

Document = dict[str, Any]
Files = Mapping[str, Mapping[str, Any]]
Path_ = tuple[str, ...]
FOLDER = "edits"
MISSING = object()
# Lists whose parts have a name, by which an edit finds them.
NAMED = {"columns": "column_name", "metrics": "metric_name"}


def read_edits(folder: Path) -> dict[str, Document]:
    """File name of what was edited -> what its file in edits/ says."""
    files = sorted((folder / FOLDER).rglob("*.yaml"))
    return {
        str(file.relative_to(folder / FOLDER)): yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
        for file in files
    }


def with_edits(designed: Files, edits: Mapping[str, Document]) -> Files:
    """The designed files as they were edited, and the edits that still make a difference. Raises DeclarationError."""
    edited = dict(designed)
    for name, edit in edits.items():
        if "gone" in edit:
            edited.pop(name, None)
        elif "new" in edit:
            edited.setdefault(name, edit["new"])
        else:
            edited[name] = put_in(name, designed.get(name), edit["changed"])
    return edited | recorded(designed, edited)


def recorded(designed: Files, edited: Files) -> dict[str, Document]:
    """The files of edits/ that make the one of the other."""
    names = [name for name in (*designed, *edited) if designed.get(name) != edited.get(name)]
    return {f"{FOLDER}/{name}": edit_of(designed.get(name), edited.get(name)) for name in dict.fromkeys(names)}


def edit_of(designed: Mapping[str, Any] | None, edited: Mapping[str, Any] | None) -> Document:
    if designed is None:
        return {"new": edited}
    if edited is None:
        return {"gone": title_of(designed)}
    changes = differences(opened(designed), opened(edited))
    return {"changed": [as_entry(*change) for change in changes]}


def title_of(document: Mapping[str, Any]) -> str:
    return str(next(document[key] for key in ("dashboard_title", "slice_name", "table_name") if key in document))


def as_entry(place: Path_, before: Any, after: Any) -> Document:
    was = {} if before is MISSING else {"was": before}
    now = {} if after is MISSING else {"is": after}
    return {"at": list(place), **was, **now}


def put_in(name: str, designed: Mapping[str, Any] | None, changes: list[Document]) -> Document:
    if designed is None:
        raise DeclarationError(
            f"superset_exports/{FOLDER}/{name} changes a file that nothing designs any more; delete it, or design it again."
        )
    tree = opened(designed)
    for change in changes:
        place = tuple(change["at"])
        stands, was, wanted = value_at(tree, place), change.get("was", MISSING), change.get("is", MISSING)
        if stands not in (was, wanted):
            raise DeclarationError(
                f"superset_exports/{FOLDER}/{name}: {' / '.join(place)} was edited in the browser from {said(was)} to {said(wanted)}, "
                f"and the design says {said(stands)} now; write into the design what is right, and delete the edit."
            )
        set_at(tree, place, wanted)
    return closed(tree, designed)


def said(value: object) -> str:
    if value is MISSING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"


def value_at(tree: Mapping[str, Any], place: Path_) -> Any:
    node: Any = tree
    for part in place:
        if not isinstance(node, Mapping) or part not in node:
            return MISSING
        node = node[part]
    return node


def set_at(tree: Document, place: Path_, value: Any) -> None:
    for part in place[:-1]:
        tree = tree.setdefault(part, {})
    if value is MISSING:
        tree.pop(place[-1], None)
    else:
        tree[place[-1]] = value


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], place: Path_ = ()
) -> Iterator[tuple[Path_, Any, Any]]:
    """Where two trees differ, as deep down as they both go on."""
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key, MISSING), after.get(key, MISSING)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from differences(old, new, (*place, key))
        elif old != new:
            yield (*place, key), old, new


def opened(document: Mapping[str, Any]) -> Document:
    """A file as a tree in which every part has a name: JSON read, lists by name, charts by UUID instead of by number."""
    tree = copy.deepcopy(dict(document))
    for key, name in NAMED.items():
        if key in tree:
            tree[key] = {part[name]: part for part in tree[key]}
    if "query_context" in tree:
        context = json.loads(tree["query_context"])
        tree["query_context"] = {**context, "queries": numbered(context["queries"])}
    if "position" in tree:
        uuids = {number: uuid for uuid, number in chart_numbers(document).items()}
        for box in boxes(tree):
            box["meta"].pop("chartId")
        tree["metadata"] = renumbered(tree["metadata"], uuids, keyed=True)
    return tree


def closed(tree: Mapping[str, Any], like: Mapping[str, Any]) -> Document:
    """The file of a tree; charts that were there before keep their numbers."""
    document = copy.deepcopy(dict(tree))
    for key, name in NAMED.items():
        if key in document:
            document[key] = [{name: called, **part} for called, part in document[key].items()]
    if "query_context" in document:
        context = document["query_context"]
        context["queries"] = list(context["queries"].values())
        document["query_context"] = json.dumps(context, ensure_ascii=False, sort_keys=True)
    if "position" in document:
        numbers = chart_numbers(like)
        for box in boxes(document):
            number = numbers.setdefault(box["meta"]["uuid"], max(numbers.values(), default=0) + 1)
            box["meta"]["chartId"] = number
            box["meta"] = ordered(box["meta"])
        document["metadata"] = renumbered(document["metadata"], numbers, keyed=False)
    return document


def numbered(parts: list[Any]) -> dict[str, Any]:
    return {str(place): part for place, part in enumerate(parts)}


def boxes(document: Mapping[str, Any]) -> list[Document]:
    return [box for box in document["position"].values() if isinstance(box, dict) and box["type"] == "CHART"]


def chart_numbers(document: Mapping[str, Any]) -> dict[str, int]:
    """UUID -> number of each chart in the position of a dashboard."""
    return {box["meta"]["uuid"]: box["meta"]["chartId"] for box in boxes(document) if "chartId" in box["meta"]}


def ordered(meta: Document) -> Document:
    """As the generator writes the box of a chart."""
    first = ("width", "height", "chartId", "uuid", "sliceName")
    return {key: meta[key] for key in (*first, *(key for key in meta if key not in first)) if key in meta}


def renumbered(metadata: Document, names: Mapping[Any, Any], *, keyed: bool) -> Document:
    """The settings of a dashboard with its charts called otherwise; `keyed` makes of the list of filters a tree by id."""
    filters = metadata.get("native_filter_configuration", [])
    listed = filters if isinstance(filters, list) else list(filters.values())
    called = [with_scope(one, names) for one in listed]
    expanded = metadata.get("expanded_slices", {})
    return {
        **metadata,
        "native_filter_configuration": {one["id"]: one for one in called} if keyed else called,
        "timed_refresh_immune_slices": [names[one] for one in metadata.get("timed_refresh_immune_slices", [])],
        "expanded_slices": {str(names[as_key(one)]): is_open for one, is_open in expanded.items()},
    }


def as_key(text: str) -> str | int:
    return int(text) if text.isdigit() else text


def with_scope(one: Document, names: Mapping[Any, Any]) -> Document:
    if "scope" not in one:  # what only divides filters into groups
        return one
    shown = {"chartsInScope": [names[number] for number in one["chartsInScope"]]} if "chartsInScope" in one else {}
    return {
        **one,
        "scope": {**one["scope"], "excluded": [names[number] for number in one["scope"]["excluded"]]},
        **shown,
    }
