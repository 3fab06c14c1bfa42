"""One page for each camat and month, each read with that camat's own database role."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

from command_center.database import connect
from command_center.errors import DeliveryError
from command_center.report.content import Content, months_before, read_content
from command_center.report.render import render_page
from command_center.settings import settings
from command_center.wilayah import kecamatan_codes


@dataclass(frozen=True)
class Report:
    """One finished PDF."""

    kode_kecamatan: str
    kecamatan: str
    slug: str
    path: Path
    sha256: str
    edition: str


def render_edition(edition: str | None = None, folder: Path | None = None) -> list[Report]:
    """Write `laporan_<slug>.pdf` of the 11 kecamatan; the edition defaults to the last complete month.

    The same data give the same bytes. Raises DeliveryError, or IntegrityError when a role sees too much.
    """
    month = parse_edition(edition) if edition else last_complete_month(settings().now().date())
    target = folder or settings().cc_var_dir / "reports" / f"{month:%Y-%m}"
    pages = [(content, render_page(content)) for content in (read_page(kode, month) for kode in kecamatan_codes())]
    target.mkdir(parents=True, exist_ok=True)
    return [write_report(content, pdf, target) for content, pdf in pages]


def last_complete_month(today: date) -> date:
    return months_before(today.replace(day=1), 1)


def parse_edition(edition: str) -> date:
    """The first day of the month `2026-10`. Raises DeliveryError for anything else."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", edition):
        raise DeliveryError(f"The edition {edition!r} is not a month; write it as 2026-10.")
    return date.fromisoformat(f"{edition}-01")


def read_page(kode_kecamatan: str, month: date) -> Content:
    """The content of one page, over a connection of that camat."""
    try:
        with connect(settings().camat_dsn(kode_kecamatan)) as connection:
            content = read_content(connection, kode_kecamatan, month)
    except psycopg.Error as error:
        reason = str(error).splitlines()[0]
        raise DeliveryError(
            f"The report of kecamatan {kode_kecamatan} for {month:%Y-%m} could not be read from the mart: {reason}; "
            "build the warehouse (transform), then render again."
        ) from None
    if not content.figures and not content.cases:
        raise DeliveryError(
            f"The mart has neither incidents nor cases of {month:%Y-%m} for kecamatan {kode_kecamatan}; "
            "load that month's data first: an empty report is not sent."
        )
    return content


def write_report(content: Content, pdf: bytes, folder: Path) -> Report:
    """Put one PDF in place whole: a reader never meets half a file."""
    slug = slug_of(content.area.nama)
    path = folder / f"laporan_{slug}.pdf"
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(pdf)
    unfinished.replace(path)
    digest = hashlib.sha256(pdf).hexdigest()
    return Report(content.area.kode, content.area.nama, slug, path, digest, f"{content.edition:%Y-%m}")


def slug_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
