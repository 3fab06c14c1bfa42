"""From the gate to the archive: which editions are made now, and making them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from command_center.archive import editions as archive
from command_center.database import Connection, connect
from command_center.errors import CommandCenterError, DeliveryError
from command_center.idformat import MONTHS
from command_center.ledger import delivery
from command_center.ledger import edition as ledger
from command_center.ledger.edition import Edition, Figure, NewEdition, Subject
from command_center.report.build import build_document, told_now
from command_center.report.document import Context, Document, Earlier, Fact, Kind, Letterhead, Rendered
from command_center.report.gate import Decision, Last, State, decide
from command_center.report.letter import letter_text
from command_center.report.periods import STILL_SENT, calendar_of, end_of, folder_of, period_of, today
from command_center.report.preview import ATTACHED, known_kind
from command_center.report.readiness import late_inputs
from command_center.report.recipients import take_in_recipients, yth_of
from command_center.report.rendering import render, rendering_pool
from command_center.report.tracing import Batches
from command_center.settings import CITY_CODE, settings
from command_center.wilayah import kecamatan_codes, wilayah

# What one run makes: the reports of a month or of a week.
TOGETHER: dict[Kind, tuple[Kind, ...]] = {"bulanan": ("bulanan", "wali_kota"), "mingguan": ("mingguan",)}
CODES: dict[str, str] = {"bulanan": "LDB", "mingguan": "LDM", "lurah": "LDL", "wali_kota": "LDK"}
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(frozen=True)
class Plan:
    """One edition that is to be made."""

    kind: str
    wilayah_kode: str
    periode: str
    number: int
    late: Sequence[str]
    reason: str

    @property
    def subject(self) -> Subject:
        return Subject(self.kind, self.wilayah_kode, date.fromisoformat(self.periode))


@dataclass(frozen=True)
class Verdict:
    """What the gate decided about one report."""

    subject: Subject
    decision: Decision
    late: tuple[str, ...]

    @property
    def plan(self) -> Plan:
        subject = self.subject
        decision = self.decision
        return Plan(
            subject.kind,
            subject.wilayah_kode,
            subject.periode.isoformat(),
            decision.number,
            self.late,
            decision.reason,
        )

    def __str__(self) -> str:
        return f"{self.subject}: {self.decision.action}: {self.decision.why}"


@dataclass(frozen=True)
class Draft:
    """An edition whose pages are being set, and the editions before it."""

    before: Sequence[Edition]
    rendered: Future[Rendered]


@dataclass
class Made:
    """Editions whose mail is not surely sent, and what could not be made."""

    to_deliver: list[int]
    problems: list[str]


def judge(kind: Kind, text: str | None = None, *, is_due: bool = False, only_missing: bool = False) -> list[Verdict]:
    """What the gate says of every report of a month or week; `is_due`: as if the deadline had come.

    `only_missing`: what has an edition is not compared with what its figures are now.
    """
    periode = period_of(kind, text)
    late = late_inputs(kind, periode)
    with connect(settings().dsn("loader")) as connection:
        take_in_recipients(connection)
        return [
            _stands(one, known[-1].number, late)
            if only_missing and (known := ledger.of_subject(connection, one))
            else judge_one(connection, one, late, is_due=is_due)
            for one in subjects(kind, periode)
        ]


def _stands(subject: Subject, number: int, late: tuple[str, ...]) -> Verdict:
    return Verdict(subject, Decision("done", f"Edisi {number} tetap berlaku."), late)


def subjects(kind: Kind, periode: date) -> list[Subject]:
    """The reports of one run."""
    return [Subject(one, area, periode) for one in TOGETHER[kind] for area in areas_of(one)]


def areas_of(kind: Kind) -> tuple[str, ...]:
    if kind == "wali_kota":
        return (CITY_CODE,)
    if kind == "lurah":
        return tuple(sorted(kode for kode, area in wilayah().items() if area.tingkat == "kelurahan"))
    return kecamatan_codes()


def judge_one(connection: Connection, subject: Subject, late: tuple[str, ...], *, is_due: bool) -> Verdict:
    calendar = calendar_of(subject.kind, subject.periode)
    day = today()
    opens = min(calendar.opens, day) if is_due else calendar.opens
    deadline = min(calendar.deadline, day) if is_due else calendar.deadline
    last = last_edition(connection, subject)
    return Verdict(subject, decide(State(day, opens, deadline, late, last)), late)


def last_edition(connection: Connection, subject: Subject) -> Last | None:
    """The newest edition, and which of its final figures of its own period are others now."""
    known = ledger.of_subject(connection, subject)
    if not known:
        return None
    newest = known[-1]
    said = ledger.figures(connection, newest.edition_id)
    said = [figure for figure in said if figure.periode_mulai == subject.periode]
    now = told_now(known_kind(subject.kind), subject.wilayah_kode, subject.periode) if said else ()
    changed = changed_figures(now, said)
    return Last(newest.number, newest.is_complete, changed)


def changed_figures(facts: Iterable[Fact], said: Iterable[Figure]) -> tuple[str, ...]:
    """Final figures that were told and are others now; provisional ones change by nature."""
    now = {(fact.indikator_kode, fact.wilayah_kode, fact.periode_mulai): fact for fact in facts}
    found = []
    for figure in said:
        fact = now.get((figure.indikator_kode, figure.wilayah_kode, figure.periode_mulai))
        is_final = fact is not None and not figure.is_sementara and not fact.is_sementara
        if fact is not None and is_final and figure.nilai is not None and fact.nilai != figure.nilai:
            found.append(f"{fact.indikator_nama} {fact.wilayah_nama} dari {figure.teks} menjadi {fact.teks}")
    return tuple(found)


def make_editions(kind: Kind, text: str | None, plans: Sequence[Plan]) -> Made:
    """Make every edition that is planned, their pages beside each other; one that cannot be made does not hold up the others.

    Who names no period also gets what is left to deliver of those before: no later run asks for them by name.
    """
    periode = period_of(kind, text)
    drafts: list[Draft] = []
    problems: list[str] = []
    with connect(settings().dsn("loader")) as connection, rendering_pool() as pool:
        batches = Batches(connection)
        for plan in plans:
            with noted(problems, connection):
                drafts.append(begin_edition(connection, plan, pool, batches))
        for draft in drafts:
            with noted(problems, connection):
                enter_edition(connection, draft)
        since = periode if text else periode - STILL_SENT
        return Made(delivery.unsettled(connection, TOGETHER[kind], since, periode), problems)


@contextmanager
def noted(problems: list[str], connection: Connection) -> Iterator[None]:
    try:
        yield
    except CommandCenterError as error:
        connection.rollback()
        problems.append(str(error))


def make_now(kind: Kind, text: str | None = None) -> Made:
    """What a person asks for: made at once, and late data told on the first page."""
    verdicts = judge(kind, text, is_due=True)
    return make_editions(kind, text, [verdict.plan for verdict in verdicts if verdict.decision.action == "make"])


def begin_edition(connection: Connection, plan: Plan, pool: ThreadPoolExecutor, batches: Batches) -> Draft:
    """Read what an edition says; its pages are set meanwhile."""
    subject = plan.subject
    before = ledger.of_subject(connection, subject)
    context = Context(plan.number, tuple(plan.late), plan.reason, earlier_editions(connection, subject, before))
    return Draft(before, pool.submit(render, batches.traced(_write(connection, subject, context))))


def enter_edition(connection: Connection, draft: Draft) -> None:
    """Archive an edition and enter it, unless another process made it meanwhile."""
    rendered = draft.rendered.result()
    document = rendered.document
    new = new_edition(connection, document, rendered, draft.before)
    edition = ledger.record(connection, new, figures_of(document))
    connection.commit()
    if edition is not None:
        put_out(rendered)


def _write(connection: Connection, subject: Subject, context: Context) -> Document:
    kind = known_kind(subject.kind)
    yth = yth_of(connection, kind, subject.wilayah_kode, today())
    letterhead = letterhead_of(kind, subject.wilayah_kode, subject.periode, context.number, yth)
    return build_document(kind, subject.wilayah_kode, subject.periode, context, letterhead)


def letterhead_of(kind: Kind, wilayah_kode: str, periode: date, number: int, yth: str) -> Letterhead:
    """A number of this system's own, which says what it counts; no number of the city's register of letters."""
    nomor = f"{CODES[kind]}/{wilayah_kode}/{number}/{ROMAN[periode.month - 1]}/{periode.year}"
    if kind == "mingguan":
        nomor = f"{CODES[kind]}/{wilayah_kode}/{number}/{periode:%d-%m-%Y}"
    return Letterhead(nomor, "Terbatas", ATTACHED, subject_line(kind, wilayah_kode, periode), yth)


def subject_line(kind: Kind, wilayah_kode: str, periode: date) -> str:
    area = wilayah()[wilayah_kode]
    month = f"{MONTHS[periode.month - 1]} {periode.year}"
    if kind == "wali_kota":
        return f"Ringkasan data bulanan {area.nama}, {month}"
    if kind == "mingguan":
        last = end_of(kind, periode).date()
        return f"Laporan data mingguan Kecamatan {area.nama}, minggu yang berakhir sebelum {last.day} {MONTHS[last.month - 1]} {last.year}"
    return f"Laporan data bulanan {area.tingkat.capitalize()} {area.nama}, {month}"


def earlier_editions(connection: Connection, subject: Subject, before: Sequence[Edition]) -> tuple[Earlier, ...]:
    """What this report's earlier editions said, and the last one of the period before."""
    last_period = ledger.newest_before(connection, subject)
    return tuple(_earlier(connection, one) for one in (*([last_period] if last_period else []), *before))


def _earlier(connection: Connection, edition: Edition) -> Earlier:
    said = ledger.figures(connection, edition.edition_id)
    values = {(one.indikator_kode, one.wilayah_kode, one.periode_mulai): one.nilai for one in said}
    return Earlier(edition.number, edition.made_at, values)


def new_edition(
    connection: Connection, document: Document, rendered: Rendered, before: Sequence[Edition]
) -> NewEdition:
    """The row of an edition, whose files are archived on the way: what the ledger names is there."""
    base = archive.base_uri()
    context, head = document.context, document.letterhead
    return NewEdition(
        kind=document.kind,
        wilayah_kode=document.wilayah_kode,
        periode=document.periode,
        number=context.number,
        is_complete=not context.late,
        late=context.late,
        reason=context.reason,
        corrects=before[-1].edition_id if before else None,
        nomor=head.nomor,
        hal=head.hal,
        archive=base,
        pdf_sha256=archive.keep(base, rendered.pdf, "pdf"),
        html_sha256=archive.keep(base, rendered.html.encode(), "html"),
        xlsx_sha256=archive.keep(base, rendered.xlsx, "xlsx"),
        letter_sha256=archive.keep(base, letter_text(document).encode(), "txt"),
        publication=ledger.publication(connection),
        made_at=settings().now(),
    )


def figures_of(document: Document) -> list[Figure]:
    """Each figure once. Raises DeliveryError when the report says two different things of one."""
    found: dict[tuple[str, str, date], Figure] = {}
    for fact in document.facts:
        figure = Figure(
            fact.indikator_kode,
            fact.wilayah_kode,
            fact.periode_mulai,
            fact.nilai,
            fact.teks,
            fact.is_sementara,
            fact.source,
            fact.batches[-1] if fact.batches else None,
            fact.data_per,
            fact.batches,
        )
        key = (fact.indikator_kode, fact.wilayah_kode, fact.periode_mulai)
        if found.setdefault(key, figure).nilai != figure.nilai:
            raise DeliveryError(
                f"The report of {document.wilayah_nama} says {found[key].teks} and {figure.teks} of {fact.indikator_kode} "
                f"in {fact.wilayah_nama}; it is not sent."
            )
    return list(found.values())


def put_out(rendered: Rendered) -> Path:
    """The files of an edition for people, whole: a reader never meets half a file. Its PDF."""
    document = rendered.document
    folder = folder_of(document.kind, document.periode)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {"pdf": rendered.pdf, "html": rendered.html.encode(), "xlsx": rendered.xlsx}
    for ending, content in contents.items():
        path = folder / f"{stem_of(document)}.{ending}"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return folder / f"{stem_of(document)}.pdf"


def stem_of(document: Document) -> str:
    title = {"bulanan": "laporan", "mingguan": "mingguan", "lurah": "lurah", "wali_kota": "ringkasan"}[document.kind]
    return f"{title}_{document.slug}"


def as_json(plan: Plan) -> dict[str, object]:
    """For what carries plans from task to task."""
    return asdict(plan) | {"late": list(plan.late)}
