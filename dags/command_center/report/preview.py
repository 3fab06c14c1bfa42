"""A report to look at before anything is sent: built, rendered, written to var/reports/preview, recorded nowhere."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from command_center.database import connect
from command_center.errors import DeliveryError
from command_center.report.build import LEVELS, build_document, require_place
from command_center.report.document import Context, Document, Kind, Letterhead
from command_center.report.periods import last_complete_month, parse_month, today
from command_center.report.reading import newest_week, reader_of
from command_center.report.tracing import Batches
from command_center.report.wording import months_before
from command_center.settings import CITY_CODE, settings
from command_center.wilayah import wilayah

ADDRESSEES = {"kecamatan": "Camat {}", "kelurahan": "Lurah {}", "kota": "Wali Kota Padang"}
ATTACHED = "1 (satu) berkas data (xlsx)"  # inside the PDF; sheets of appendices are counted where they are set
MATTERS: dict[Kind, str] = {
    "bulanan": "Laporan data bulanan wilayah",
    "mingguan": "Ringkasan data mingguan wilayah",
    "lurah": "Laporan data bulanan wilayah",
    "wali_kota": "Ringkasan data bulanan kota",
}


def preview(kind: str, kode: str | None, month: str | None) -> list[Path]:
    """Write PDF, HTML and workbook of one report, marked as a preview. Raises DeliveryError for a wrong kind, area or month."""
    from command_center.report.rendering import render  # Typst takes its time to load

    with connect(settings().dsn("loader")) as connection:
        document = Batches(connection).traced(preview_document(kind, kode, month))
    rendered = render(document)
    folder = settings().cc_var_dir / "reports" / "preview"
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{document.kind}_{document.slug}_{document.periode}"
    parts = {".pdf": rendered.pdf, ".html": rendered.html.encode(), ".xlsx": rendered.xlsx}
    return [written(stem.with_name(stem.name + suffix), content) for suffix, content in parts.items()]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def preview_document(kind: str, kode: str | None, month: str | None) -> Document:
    known = known_kind(kind)
    place = kode or (CITY_CODE if known == "wali_kota" else "")
    require_place(known, place)
    first = parse_month(month) if month else last_complete_month(today())
    period = last_week_of(place, first, is_given=month is not None) if known == "mingguan" else first
    return build_document(known, place, period, Context(is_preview=True), letterhead(known, place))


def known_kind(kind: str) -> Kind:
    for known in LEVELS:
        if known == kind:
            return known
    raise DeliveryError(f"There is no report of kind {kind!r}; there are {', '.join(LEVELS)}.")


def last_week_of(kode: str, month: date, *, is_given: bool) -> date:
    """The Sunday of the last epidemiological week that ended in the month; of the newest week where no month was named."""
    with reader_of(kode, month) as reader:
        newest = newest_week(reader)
    last = months_before(month, -1) - timedelta(days=1)
    if newest and (not is_given or newest + timedelta(days=6) <= last):
        return newest
    saturday = last - timedelta(days=(last.isoweekday() + 1) % 7)
    return saturday - timedelta(days=6)


def letterhead(kind: Kind, kode: str) -> Letterhead:
    return Letterhead(
        nomor="PRATINJAU",
        sifat="Terbatas",
        lampiran=ATTACHED,
        hal=MATTERS[kind],
        yth=ADDRESSEES[LEVELS[kind]].format(wilayah()[kode].nama),
    )
