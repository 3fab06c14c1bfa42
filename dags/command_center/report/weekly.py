"""The weekly page of one kecamatan: what happened, which diseases rose, what waits, and what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from command_center.errors import DeliveryError
from command_center.idformat import format_date, format_number, format_time, join_words
from command_center.report import facts
from command_center.report.blocks import without_empty_columns
from command_center.report.details import topic_table
from command_center.report.document import Block, Cell, Column, Fact, Finding, Paragraph, Section, Summary, Table
from command_center.report.outline import present
from command_center.report.problems import FEW, of_attention
from command_center.report.reading import Reader, newest_week
from command_center.report.rows import Attention, Call, Cases, Disaster, Event, Topic, WeatherWarning
from command_center.report.sections import disease_table
from command_center.report.wording import ABSENT, ZERO_RULE, moment, plain
from command_center.settings import WIB, settings

WEEKS = 4  # of cases side by side
MOST_TOPICS = 5
KEPT_DAYS = 14  # of mart.bencana_14_hari
GONE = "Kejadian bencana tidak tersedia: rinciannya hanya tersimpan empat belas hari."
ABOVE, BELOW = "di atas", "di bawah"


COUNTED = (  # what is counted of the week, and where it is from
    ("kebakaran", "Kebakaran", "damkar_kejadian"),
    ("penyelamatan", "Penyelamatan", "damkar_kejadian"),
    ("bencana", "Kejadian bencana", "bpbd_kejadian"),
)


@dataclass(frozen=True)
class Week:
    """What the mart says of one epidemiological week, Sunday to Saturday."""

    number: int
    first: date
    last: date
    is_newest: bool
    calls: list[Call]
    disasters: list[Disaster] | None  # None: so long ago that the mart no longer has them
    late: dict[str, str]  # sources whose content does not reach the end of the week: until when it does
    cases: list[Cases]
    topics: list[Topic]
    warnings: list[WeatherWarning]
    agenda: list[Event]
    agenda_from: date
    attention: list[Attention]

    @property
    def counts(self) -> dict[str, int | None]:
        fires = sum(call.jenis == "Kebakaran" for call in self.calls)
        disasters = None if self.disasters is None else len(self.disasters)
        return {"kebakaran": fires, "penyelamatan": len(self.calls) - fires, "bencana": disasters}

    @property
    def overdue(self) -> list[Topic]:
        return [topic for topic in self.topics if topic.lewat_batas][:MOST_TOPICS]

    def cases_at(self, where: str) -> list[Cases]:
        """Above or below what the same week of earlier years had."""
        return [row for row in self.own_cases if where in (row.posisi_teks or "").lower()]

    @property
    def recent_cases(self) -> list[Cases]:
        """Of diseases with a case, or out of their band, in this week, or of which not all is known."""
        told = {
            row.penyakit
            for row in self.own_cases
            if row.kasus or row.puskesmas_tanpa_angka or "Dalam" not in (row.posisi_teks or "Dalam")
        }
        return [row for row in self.cases if row.penyakit in told]

    @property
    def own_cases(self) -> list[Cases]:
        return [row for row in self.cases if row.minggu_mulai == self.first]


def week_of(reader: Reader, first: date) -> Week:
    """Raises DeliveryError for a day that begins no week, and a week without cases."""
    if first.isoweekday() != 7:
        raise DeliveryError(f"{first} is no Sunday; an epidemiological week begins on a Sunday.")
    last = first + timedelta(days=6)
    cases = reader.cases(first - timedelta(weeks=WEEKS - 1), last)
    own = [row for row in cases if row.minggu_mulai == first]
    if not own:
        raise DeliveryError(
            f"The mart has no cases of the week from {first} for kecamatan {reader.kode}; choose a week that is over and "
            "loaded, or build the warehouse (transform) after the data have come."
        )
    today = settings().now().astimezone(WIB).date()
    is_newest = first == newest_week(reader)
    start = max(last + timedelta(days=1), today) if is_newest else last + timedelta(days=1)
    return Week(
        number=own[0].minggu,
        first=first,
        last=last,
        is_newest=is_newest,
        calls=reader.calls(first, last),
        disasters=reader.disaster_events(first, last) if keeps_disasters(reader, first) else None,
        late=late_sources(reader, last),
        cases=cases,
        topics=reader.newest_topics,
        warnings=reader.warnings(first, last),
        agenda=reader.agenda(start, start + timedelta(days=6)),
        agenda_from=start,
        attention=reader.attention if is_newest else [],
    )


def keeps_disasters(reader: Reader, first: date) -> bool:
    """The mart has the last days that the register tells of, however late it is."""
    until = next((state.data_per for state in reader.sources if state.source == "bpbd_kejadian"), None)
    return until is not None and first > until.date() - timedelta(days=KEPT_DAYS)


def late_sources(reader: Reader, last: date) -> dict[str, str]:
    """A week is not nil where its source has not reached its end."""
    counted = {source for _, _, source in COUNTED}
    return {
        state.source: f"{state.judul}: {plain(state.data_sampai_teks).lower()}, belum sampai akhir minggu."
        for state in reader.sources
        if state.source in counted and (state.data_per is None or state.data_per.date() < last)
    }


def summary(reader: Reader, week: Week) -> Summary:
    return Summary(
        worse=tuple(_of_disease(row, ABOVE) for row in week.cases_at(ABOVE)[:FEW]),
        better=tuple(_of_disease(row, BELOW) for row in week.cases_at(BELOW)[:FEW]),
        act=tuple(of_attention(reader, row) for row in week.attention[:FEW]),
        others=count_sentence(week),
    )


def _of_disease(row: Cases, where: str) -> Finding:
    text = (
        f"{row.penyakit}: {format_number(row.kasus)} kasus, {where} rentang {row.rentang_teks} pada minggu yang sama "
        "tahun-tahun sebelumnya."
    )
    return Finding(text, "waspada" if where == ABOVE else "baik")


def count_sentence(week: Week) -> str:
    """`Minggu ini 1 kebakaran, 3 penyelamatan, dan 2 kejadian bencana.`"""
    known = [(kind, name) for kind, name, _ in COUNTED if week.counts[kind] is not None]
    parts = [f"{format_number(week.counts[kind])} {name.lower()}" for kind, name in known]
    more = len(week.attention) - FEW
    rest = f" {format_number(more)} hal lain yang perlu perhatian ada pada laporan bulanan." if more > 0 else ""
    late = "".join(f" {sentence}" for sentence in week.late.values())
    gone = "" if week.disasters is not None else f" {GONE}"
    return f"Minggu ini {join_words(parts)}.{gone}{late}{rest}"


def facts_of(reader: Reader, week: Week) -> list[Fact]:
    told = [*map(facts.of_cases, week.cases), *(fact for topic in week.overdue for fact in facts.of_topic(topic))]
    return [*told, *(_count(reader, week, *counted) for counted in COUNTED)]


def _count(reader: Reader, week: Week, kind: str, name: str, source: str) -> Fact:
    state = next((state for state in reader.sources if state.source == source), None)
    count = week.counts[kind]
    return Fact(
        indikator_kode=f"mingguan:{kind}",
        indikator_nama=f"{name} dalam seminggu",
        wilayah_kode=reader.kode,
        wilayah_nama=reader.area.nama,
        periode_mulai=week.first,
        periode_selesai=week.last,
        periode_label=f"Minggu ke-{week.number} {week.last.year}",
        nilai=None if count is None else Decimal(count),
        teks=ABSENT if count is None else format_number(count),
        satuan="kejadian",
        status="tanpa_ambang",
        is_sementara=source in week.late,
        source=source,
        data_per=moment(state.data_per) if state else None,
        label_data=week.cases[0].label_data,
    )


def sections(week: Week) -> list[Section]:
    return [
        Section("", "Kejadian", present(Paragraph(ZERO_RULE, is_note=True), *incident_blocks(week))),
        Section("", "Penyakit", present(disease_table(week.recent_cases))),
        Section("", "Pengaduan yang Melewati Batas", present(overdue(week.overdue))),
        Section(
            "", "Peringatan Dini dan Agenda Tujuh Hari Berikutnya", (warning_block(week.warnings), agenda_block(week))
        ),
    ]


def incident_blocks(week: Week) -> tuple[Block, ...]:
    disasters = week.disasters or []
    notes = [Paragraph(sentence, is_note=True) for sentence in ([] if week.disasters is not None else [GONE])]
    if not week.calls and not disasters:
        what = "kebakaran atau penyelamatan" if week.disasters is None else "kebakaran, penyelamatan, atau bencana"
        return (Paragraph(f"Tidak ada {what} yang tercatat (0)."), *notes)
    rows = (*map(_call_row, week.calls), *map(_disaster_row, disasters))
    columns = (
        Column("Hari"),
        Column("Kejadian"),
        Column("Kelurahan"),
        Column("Waktu tanggap", "right"),
        Column("Rincian", width=1.0),
    )
    return (without_empty_columns(Table("Kejadian minggu ini", columns, rows)), *notes)


def _call_row(call: Call) -> tuple[Cell, ...]:
    minutes = call.waktu_tanggap_menit
    at = f", {format_time(call.waktu_lapor).removeprefix('pukul ')}" if call.waktu_lapor else ""
    return (
        Cell(format_date(call.tanggal) + at),
        Cell(call.jenis),
        Cell(call.kelurahan or ABSENT),
        Cell(ABSENT if minutes is None else f"{format_number(minutes, 1)} menit", number=minutes),
        Cell(call.objek or ABSENT),
    )


def _disaster_row(event: Disaster) -> tuple[Cell, ...]:
    return (
        Cell(event.waktu_teks),
        Cell(event.jenis_bencana),
        Cell(event.kelurahan or ABSENT),
        Cell(event.waktu_tanggap_teks or ABSENT),
        Cell(
            "; ".join(
                filter(
                    None, (plain(event.penanganan_teks), f"korban: {event.korban_teks}" if event.korban_teks else "")
                )
            )
        ),
    )


def overdue(topics: Sequence[Topic]) -> Table | Paragraph:
    return topic_table(topics) or Paragraph("Tidak ada laporan warga yang melewati batas waktu (0).")


def warning_block(warnings: Sequence[WeatherWarning]) -> Table | Paragraph:
    """BMKG's own words and times."""
    if not warnings:
        return Paragraph("Tidak ada peringatan dini BMKG untuk kecamatan ini pada minggu ini.")
    rows = tuple(
        (
            Cell(warning.judul or warning.acara),
            Cell(f"{format_date(warning.mulai.date())} {format_time(warning.mulai)}"),
            Cell(f"{format_date(warning.berakhir.date())} {format_time(warning.berakhir)}"),
        )
        for warning in warnings
    )
    columns = (Column("Peringatan", width=1.0), Column("Mulai"), Column("Berakhir"))
    return Table("Peringatan dini BMKG", columns, rows, "Sumber: BMKG.")


def agenda_block(week: Week) -> Table | Paragraph:
    until = format_date(week.agenda_from + timedelta(days=6))
    if not week.agenda:
        return Paragraph(f"Tidak ada acara di kecamatan ini pada {format_date(week.agenda_from)} s.d. {until}.")
    rows = tuple(
        (
            Cell(event.hari_teks),
            Cell(event.jam_teks),
            Cell(event.judul),
            Cell(event.tempat or ABSENT),
            Cell(plain(event.status_teks)),
            Cell(plain(event.bentrok_teks)),
        )
        for event in week.agenda
    )
    columns = (
        Column("Hari"), Column("Jam"), Column("Acara", width=1.0), Column("Tempat", width=0.8), Column("Status"),
        Column("Bentrok"),
    )  # fmt: skip
    return without_empty_columns(Table(f"Agenda sampai {until}", columns, rows))
