"""Which records stand on a page, also where a source's paging is broken."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from demo_city.faults.spoil import Fault


def by_page(count: int, page: int, size: int, fault: Fault | None) -> slice:
    """Page numbers from 1."""
    served = page
    if page > 1 and fault:
        served = {"page_duplicated": page - 1, "page_missing": page + 1, "page_repeating": 2}.get(fault.kind, page)
    start = max(0, served - 1) * size
    return slice(min(start, count), min(start + size, count))


def by_offset(count: int, offset: int, limit: int, fault: Fault | None) -> slice:
    """Offsets from 0. A client that asks a little early, to see the last record again, is still on the same page."""
    served = max(0, offset)
    if served > 0 and fault:
        moved = {"page_duplicated": max(0, served - limit), "page_missing": served + limit, "page_repeating": limit - 1}
        served = moved.get(fault.kind, served)
    return slice(min(served, count), min(served + limit, count))


def after(keys: Sequence[int], key: int | None, limit: int, fault: Fault | None) -> slice:
    """The records whose key is greater; a broken source goes back a page, leaves one out or ignores the key."""
    start = 0 if key is None else bisect_right(keys, key)
    if start > 0 and fault:
        moved = {"page_duplicated": max(0, start - limit), "page_missing": start + limit, "page_repeating": 0}
        start = moved.get(fault.kind, start)
    return slice(min(start, len(keys)), min(start + limit, len(keys)))
