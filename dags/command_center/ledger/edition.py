"""Editions of reports and what each of them said: ops.edition and ops.edition_figure. Neither is ever changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from command_center.database import Connection, all_rows, first_row, first_value, one_row


@dataclass(frozen=True)
class Subject:
    """What a report is about; its editions follow one another."""

    kind: str
    wilayah_kode: str
    periode: date

    def __str__(self) -> str:
        return f"{self.kind} {self.wilayah_kode} {self.periode}"


@dataclass(frozen=True)
class Figure:
    """One number that an edition says, and where it is from."""

    indikator_kode: str
    wilayah_kode: str
    periode_mulai: date
    nilai: Decimal | None
    teks: str
    is_sementara: bool
    source: str
    batch_id: int | None
    data_per: datetime | None
    batch_ids: Sequence[int] | None


@dataclass(frozen=True)
class NewEdition:
    """An edition that is to be entered; the four digests are those of its files in the archive."""

    kind: str
    wilayah_kode: str
    periode: date
    number: int
    is_complete: bool
    late: Sequence[str]
    reason: str
    corrects: int | None
    nomor: str
    hal: str
    archive: str | None
    pdf_sha256: str
    html_sha256: str | None
    xlsx_sha256: str | None
    letter_sha256: str | None
    publication: str | None
    made_at: datetime


@dataclass(frozen=True)
class Edition(NewEdition):
    """A row of ops.edition; those of before editions have no files in the archive."""

    edition_id: int

    @property
    def subject(self) -> Subject:
        return Subject(self.kind, self.wilayah_kode, self.periode)

    @property
    def files(self) -> dict[str, str]:
        """The digest of each file, by its ending."""
        found = {
            "pdf": self.pdf_sha256,
            "html": self.html_sha256,
            "xlsx": self.xlsx_sha256,
            "txt": self.letter_sha256,
        }
        return {ending: sha256 for ending, sha256 in found.items() if sha256 is not None}

    @property
    def name(self) -> str:
        return f"edition {self.number} of {self.subject}"


FIELDS = tuple(NewEdition.__dataclass_fields__)
COLUMNS = ", ".join(("edition_id", *FIELDS))
FIGURE_FIELDS = tuple(Figure.__dataclass_fields__)


def record(connection: Connection, new: NewEdition, figures: Iterable[Figure]) -> Edition | None:
    """Enter an edition with its figures, in the caller's transaction; None when another process entered that number."""
    places = ", ".join(f"%({name})s" for name in FIELDS)
    edition = first_row(
        connection,
        Edition,
        f"insert into ops.edition ({', '.join(FIELDS)}) values ({places}) "
        f"on conflict (kind, wilayah_kode, periode, number) do nothing returning {COLUMNS}",
        {**new.__dict__, "late": list(new.late)},
    )
    if edition is not None:
        _record_figures(connection, edition.edition_id, figures)
    return edition


def _record_figures(connection: Connection, edition_id: int, figures: Iterable[Figure]) -> None:
    places = ", ".join(f"%({name})s" for name in FIGURE_FIELDS)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into ops.edition_figure (edition_id, {', '.join(FIGURE_FIELDS)}) values (%(edition_id)s, {places})".encode(),
            [_figure_row(figure) | {"edition_id": edition_id} for figure in figures],
        )


def _figure_row(figure: Figure) -> dict[str, object]:
    return {**figure.__dict__, "batch_ids": None if figure.batch_ids is None else list(figure.batch_ids)}


def get(connection: Connection, edition_id: int) -> Edition:
    return one_row(connection, Edition, f"select {COLUMNS} from ops.edition where edition_id = %s", [edition_id])


def of_subject(connection: Connection, subject: Subject) -> list[Edition]:
    """All editions of one report, the first one first."""
    return all_rows(
        connection,
        Edition,
        f"select {COLUMNS} from ops.edition where kind = %(kind)s and wilayah_kode = %(wilayah_kode)s "
        "and periode = %(periode)s order by number",
        subject.__dict__,
    )


def newest_before(connection: Connection, subject: Subject) -> Edition | None:
    """The last edition of the report of the same area about an earlier period."""
    return first_row(
        connection,
        Edition,
        f"select {COLUMNS} from ops.edition where kind = %(kind)s and wilayah_kode = %(wilayah_kode)s "
        "and periode < %(periode)s order by periode desc, number desc limit 1",
        subject.__dict__,
    )


def newest_of_each(connection: Connection, kinds: Sequence[str], periode: date) -> list[Edition]:
    """The last edition of every area about a period."""
    return all_rows(
        connection,
        Edition,
        f"select distinct on (kind, wilayah_kode) {COLUMNS} from ops.edition where kind = any(%s) and periode = %s "
        "order by kind, wilayah_kode, number desc",
        [list(kinds), periode],
    )


def history(connection: Connection, wilayah_kode: str | None = None) -> list[Edition]:
    """Every edition, the newest one first."""
    return all_rows(
        connection,
        Edition,
        f"select {COLUMNS} from ops.edition where wilayah_kode = coalesce(%s, wilayah_kode) "
        "order by periode desc, kind, wilayah_kode, number desc",
        [wilayah_kode],
    )


def archived(connection: Connection) -> list[Edition]:
    """Every edition whose files are in the archive."""
    return all_rows(
        connection, Edition, f"select {COLUMNS} from ops.edition where archive is not null order by edition_id"
    )


def figures(connection: Connection, edition_id: int) -> list[Figure]:
    return all_rows(
        connection,
        Figure,
        f"select {', '.join(FIGURE_FIELDS)} from ops.edition_figure where edition_id = %s "
        "order by indikator_kode, wilayah_kode, periode_mulai",
        [edition_id],
    )


def publication(connection: Connection) -> str | None:
    """The dbt build that people see."""
    return first_value(
        connection,
        str,
        "select invocation_id from ops.dbt_build where swapped_at is not null order by swapped_at desc limit 1",
    )
