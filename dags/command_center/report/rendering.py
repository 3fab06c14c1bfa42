"""The files of a report: PDF with the workbook inside, page for telephones, workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from command_center.report.document import Document, Rendered
from command_center.report.page import build_page
from command_center.report.pdf import set_pages
from command_center.report.workbook import build_workbook


def render(document: Document) -> Rendered:
    """The same document gives the same bytes. Raises DeliveryError when a weekly does not fit on its page."""
    xlsx = build_workbook(document)
    return Rendered(document, set_pages(document, xlsx), build_page(document), xlsx)


def render_all(documents: Iterable[Document]) -> Iterator[Rendered]:
    """One after the other, each as soon as it is asked for: no more than one is held."""
    return map(render, documents)
