"""The files of a report: PDF with the workbook inside, page for telephones, workbook."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from command_center.report.document import Document, Rendered
from command_center.report.page import build_page
from command_center.report.pdf import set_pages
from command_center.report.workbook import build_workbook


def render(document: Document) -> Rendered:
    """The same document gives the same bytes. Raises DeliveryError when a weekly does not fit on its page."""
    xlsx = build_workbook(document)
    return Rendered(document, set_pages(document, xlsx), build_page(document), xlsx)


def render_all(documents: Iterable[Document]) -> Iterator[Rendered]:
    """In their order, on all processors: setting a page leaves Python to the other threads."""
    with rendering_pool() as pool:
        yield from pool.map(render, documents)


def rendering_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="pages")
