"""The city government's calendar (iCalendar): series, single events, what was moved or cancelled, and the next weeks' plans.

Rain drives outdoor events away, floods bring visits on the next day, fasting moves the hours. Simulated; the yearly
dates (7 August, 17 August, 30 September, the stages of Pilkada 2024) are real. No person is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random

from command_center.settings import WIB

from demo_city.answer import CALENDAR, Answer
from demo_city.ask import Question
from demo_city.causes.chance import pick, poisson, rng
from demo_city.causes.cuaca import hujan_jam
from demo_city.causes.kalender import days, hari_libur, is_lebaran, is_ramadan, is_working_day
from demo_city.causes.peristiwa import BANJIR, GENANGAN, LONGSOR, gempa_terasa, peristiwa
from demo_city.causes.regions import Kelurahan, all_kelurahan, nama_kecamatan
from demo_city.faults.spoil import Fault
from demo_city.office import Office

PATH = "agenda.ics"
BEGINNING = date(2024, 1, 1)
AHEAD = timedelta(days=60)
LOCAL = "%Y%m%dT%H%M%S"
LONGEST = 73  # octets of a line before it is folded
DEFECT_EVERY = 300  # of so many single events one ends before it begins
RAIN_MM = 25.0  # within its hours an outdoor event is called off
MOVED, CALLED_OFF, TENTATIVE, UNREPORTED = 0.06, 0.025, 0.3, 0.04
WRITTEN_AT = time(5)
ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Jakarta",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0700",
    "TZOFFSETTO:+0700",
    "TZNAME:WIB",
    "END:STANDARD",
    "END:VTIMEZONE",
)
HALL = "Balai Kota Aie Pacah, Kec. Koto Tangah"
PROTOCOL = "Bagian Protokol dan Komunikasi Pimpinan"
# Category, title, unit, hours, whether outdoors; by how often
KINDS: dict[tuple[str, str, str, int, bool], float] = {
    ("Rapat", "Rapat evaluasi program perangkat daerah", "Bagian Administrasi Pembangunan", 2, False): 9,
    ("Rapat", "Rapat koordinasi penanganan sampah", "Dinas Lingkungan Hidup", 2, False): 4,
    ("Rapat", "Rapat koordinasi percepatan penurunan stunting", "Dinas Kesehatan", 2, False): 5,
    ("Sosialisasi", "Sosialisasi kesiapsiagaan gempa dan tsunami", "Badan Penanggulangan Bencana Daerah", 3, False): 6,
    ("Sosialisasi", "Sosialisasi pencegahan kebakaran permukiman", "Dinas Pemadam Kebakaran", 3, False): 4,
    ("Sosialisasi", "Sosialisasi layanan administrasi kependudukan", "Disdukcapil", 3, False): 4,
    ("Kunjungan lapangan", "Peninjauan pembangunan jalan lingkungan", "Dinas PUPR", 2, True): 5,
    ("Kunjungan lapangan", "Peninjauan pasar rakyat", "Dinas Perdagangan", 2, True): 4,
    ("Kesehatan", "Posyandu dan imunisasi kelurahan", "Dinas Kesehatan", 4, False): 8,
    ("Pelayanan", "Pelayanan KTP keliling", "Disdukcapil", 4, True): 5,
    ("Pelatihan", "Pelatihan pelaku usaha mikro", "Dinas Koperasi dan UKM", 6, False): 5,
    ("Ekonomi", "Pasar murah kelurahan", "Dinas Perdagangan", 5, True): 4,
}
WEEKEND: dict[tuple[str, str, str, int, bool], float] = {
    ("Lingkungan", "Gotong royong kelurahan", "Kecamatan", 3, True): 8,
    ("Seni budaya", "Pergelaran seni anak nagari", "Dinas Pendidikan dan Kebudayaan", 4, True): 4,
    ("Olahraga", "Turnamen olahraga antarkelurahan", "Dinas Pemuda dan Olahraga", 6, True): 4,
    ("Pariwisata", "Festival pantai", "Dinas Pariwisata", 8, True): 1,
}
FASTING: dict[tuple[str, str, str, int, bool], float] = {
    ("Keagamaan", "Safari Ramadan", "Bagian Kesejahteraan Rakyat", 3, False): 9,
    ("Ekonomi", "Pasar murah Ramadan", "Dinas Perdagangan", 5, True): 3,
    ("Keagamaan", "Pesantren Ramadan di masjid", "Bagian Kesejahteraan Rakyat", 3, False): 3,
}
HALLS = ("Kantor Lurah", "Aula kelurahan", "Lapangan kelurahan")
# Real dates that come back every year: month, day, category, title, place
YEARLY = (
    (8, 7, "Upacara", "Peringatan Hari Jadi Kota Padang", HALL),
    (8, 17, "Upacara", "Upacara Hari Kemerdekaan Republik Indonesia", "Lapangan Imam Bonjol, Kec. Padang Barat"),
    (9, 30, "Peringatan", "Peringatan gempa 30 September 2009", "Monumen Gempa, Kec. Padang Barat"),
    (11, 10, "Upacara", "Upacara Hari Pahlawan", "Lapangan Imam Bonjol, Kec. Padang Barat"),
)
# Stages of Pilkada 2024 (PKPU 2/2024)
PILKADA = (
    (date(2024, 5, 31), date(2024, 9, 23), "Pemutakhiran dan penyusunan daftar pemilih"),
    (date(2024, 8, 27), date(2024, 8, 29), "Pendaftaran pasangan calon"),
    (date(2024, 9, 22), date(2024, 9, 22), "Penetapan pasangan calon"),
    (date(2024, 9, 25), date(2024, 11, 23), "Masa kampanye"),
    (date(2024, 11, 24), date(2024, 11, 26), "Masa tenang"),
    (date(2024, 11, 27), date(2024, 11, 27), "Pemungutan suara Pilkada"),
    (date(2024, 11, 27), date(2024, 12, 16), "Penghitungan dan rekapitulasi suara"),
)


@dataclass(frozen=True)
class Acara:
    """One single event as the calendar has it."""

    uid: str
    kategori: str
    judul: str
    unit: str
    tempat: str
    mulai: datetime
    selesai: datetime
    diumumkan: datetime
    kode_kecamatan: str = ""
    is_outdoor: bool = False
    diubah: datetime | None = None  # from then on the fate below is known
    geser: timedelta = timedelta()
    is_batal: bool = False
    uraian: str = ""


@dataclass(frozen=True)
class Series:
    """An event that comes back by a rule; `fasting` is the hour it is moved to in Ramadan, None where it rests."""

    uid: str
    kategori: str
    judul: str
    unit: str
    tempat: str
    rule: str
    first: datetime
    minutes: int
    fasting: time | None = None
    on_holidays: bool = False


def _wib(day: date, at: time) -> datetime:
    return datetime.combine(day, at, WIB)


SERIES = (
    Series("apel", "Apel", "Apel pagi pegawai", "BKPSDM", HALL,
           "FREQ=WEEKLY;BYDAY=MO", _wib(date(2024, 1, 8), time(7, 30)), 45, time(8)),
    Series("inflasi", "Rapat", "Rapat koordinasi pengendalian inflasi daerah", "Bagian Perekonomian",
           HALL, "FREQ=WEEKLY;BYDAY=TU", _wib(date(2024, 1, 2), time(9)), 120, time(9)),
    Series("senam", "Olahraga", "Senam bersama pegawai", "Dinas Pemuda dan Olahraga",
           "Lapangan Imam Bonjol, Kec. Padang Barat", "FREQ=WEEKLY;BYDAY=FR", _wib(date(2024, 1, 5), time(6, 30)), 75),
    Series("harian-bebas-kendaraan", "Olahraga", "Hari bebas kendaraan bermotor", "Dinas Perhubungan",
           "Jl. Khatib Sulaiman, Kec. Padang Utara", "FREQ=WEEKLY;BYDAY=SU", _wib(date(2024, 1, 7), time(6)), 180,
           on_holidays=True),
    Series("koordinasi-opd", "Rapat", "Rapat koordinasi perangkat daerah", PROTOCOL,
           HALL, "FREQ=MONTHLY;BYDAY=1WE", _wib(date(2024, 1, 3), time(9)), 180, time(10)),
    Series("subuh", "Keagamaan", "Subuh berjamaah", "Bagian Kesejahteraan Rakyat",
           "Masjid Agung Nurul Iman, Kec. Padang Barat", "FREQ=MONTHLY;BYDAY=2SU", _wib(date(2024, 1, 14), time(5)), 90,
           time(5), on_holidays=True),
)  # fmt: skip


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The calendar of the day, None for another path."""
    if path != PATH:
        return None
    local = now.astimezone(WIB)
    return calendar(seed, local.date() if local.time() >= WRITTEN_AT else local.date() - timedelta(days=1))


@lru_cache(maxsize=4)
def calendar(seed: int, today: date) -> Answer:
    """Everything since the beginning and for the weeks ahead, as it stands on the morning of the day."""
    at = _wib(today, WRITTEN_AT)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sekretariat Daerah Kota Padang//Agenda//ID",
        "X-WR-CALNAME:Agenda Pemerintah Kota Padang (DATA SIMULASI)",
        *ZONE,
        *(line for stage in _stages(today) for line in stage),
        *(line for series in SERIES for line in _repeated(seed, series, at)),
        *(line for event in events(seed, today) for line in _single(seed, event, at)),
        "END:VCALENDAR",
    ]
    return Answer(b"".join(_folded(line) for line in lines), CALENDAR, modified=at)


def events(seed: int, today: date) -> Iterator[Acara]:
    """The single events that are announced on the morning of the day."""
    at = _wib(today, WRITTEN_AT)
    for day in days(BEGINNING, today + AHEAD):
        yield from (event for event in acara_pada(seed, day) if event.diumumkan <= at)


@lru_cache(maxsize=2000)
def acara_pada(seed: int, day: date) -> tuple[Acara, ...]:
    """The day's single events with what will become of them."""
    chance = rng(seed, "agenda", day)
    kinds = FASTING if is_ramadan(day) else WEEKEND if day.weekday() >= 5 else KINDS
    mean = 1.7 if is_working_day(day) else 0.3 if is_lebaran(day) or day in hari_libur() else 0.9
    made = [_drawn(chance, day, kinds, number) for number in range(poisson(chance, mean))]
    made += _yearly(day)
    made += _musrenbang(day)
    made = [_fated(chance, seed, event) for event in made]
    return (*made, *_visits(seed, day))


def _drawn(chance: Random, day: date, kinds: dict[tuple[str, str, str, int, bool], float], number: int) -> Acara:
    kategori, judul, unit, hours, is_outdoor = pick(chance, kinds)
    place = chance.choice(all_kelurahan())
    hour = 17 if judul.startswith("Safari") else chance.choice((8, 9, 9, 10, 13, 14))
    begins = _wib(day, time(hour, chance.choice((0, 0, 30))))
    announced = _wib(day - timedelta(days=chance.randint(5, 45)), time(chance.randint(8, 16)))
    return Acara(
        f"{day:%Y%m%d}-{number:02d}", kategori, f"{judul}: {place.nama}", _unit(unit, place),
        f"{chance.choice(HALLS)} {place.nama}, Kec. {nama_kecamatan(place.kode_kecamatan)}",
        begins, begins + timedelta(hours=hours), announced, place.kode_kecamatan, is_outdoor,
    )  # fmt: skip


def _unit(unit: str, place: Kelurahan) -> str:
    return f"Kecamatan {nama_kecamatan(place.kode_kecamatan)}" if unit == "Kecamatan" else unit


def _yearly(day: date) -> list[Acara]:
    return [
        Acara(
            f"{day:%Y%m%d}-tahunan", kategori, judul, PROTOCOL, place, _wib(day, time(8)), _wib(day, time(11)),
            _wib(day - timedelta(days=55), time(9)),
        )
        for month, number, kategori, judul, place in YEARLY
        if (month, number) == (day.month, day.day)
    ]  # fmt: skip


def _musrenbang(day: date) -> list[Acara]:
    """The planning meetings of the 11 kecamatan stand on the working days of the first half of February."""
    if day.month != 2 or not is_working_day(day):
        return []
    before = sum(is_working_day(one) for one in days(day.replace(day=1), day)) - 1
    kecamatan = sorted({place.kode_kecamatan for place in all_kelurahan()})
    if before >= len(kecamatan):
        return []
    name = nama_kecamatan(kecamatan[before])
    return [
        Acara(
            f"{day:%Y%m%d}-musrenbang", "Musrenbang", f"Musrenbang Kecamatan {name}", "Bappeda",
            f"Kantor Camat {name}, Kec. {name}", _wib(day, time(8, 30)), _wib(day, time(13)),
            _wib(day - timedelta(days=30), time(9)), kecamatan[before],
        )
    ]  # fmt: skip


def _fated(chance: Random, seed: int, event: Acara) -> Acara:
    """Moved or called off by people, or called off because of rain."""
    fate = chance.random()
    known = max(event.diumumkan + timedelta(hours=3), event.mulai - timedelta(days=chance.randint(1, 4)))
    if fate < MOVED:
        return replace(event, geser=timedelta(hours=chance.choice((1, 2, 3))), diubah=known, uraian="Waktu diubah.")
    if fate < MOVED + CALLED_OFF:
        return replace(event, is_batal=True, diubah=known, uraian="Dibatalkan.")
    if event.is_outdoor and _is_rained_off(seed, event.kode_kecamatan, event.mulai, event.selesai):
        return replace(event, is_batal=True, diubah=event.mulai, uraian="Dibatalkan karena hujan lebat.")
    return event


def _is_rained_off(seed: int, kecamatan: str, begins: datetime, ends: datetime) -> bool:
    hours = hujan_jam(seed, begins.date())[kecamatan]
    return sum(hours[max(0, begins.hour - 2) : ends.hour + 1]) >= RAIN_MM


def _visits(seed: int, day: date) -> list[Acara]:
    """On the day after floods, slides and strong quakes officials go and look; announced that morning."""
    before = day - timedelta(days=1)
    harm = [event for event in peristiwa(seed, before) if event.jenis in (BANJIR, GENANGAN, LONGSOR)]
    worst = [event for event in harm if event.jenis != GENANGAN] or (harm if len(harm) >= 5 else [])
    agency, announced = "Badan Penanggulangan Bencana Daerah", _wib(day, time(4, 30))
    made = []
    for event in worst[:1]:
        name, begins = nama_kecamatan(event.kode_kecamatan), _wib(day, time(9, 30))
        title, place = (
            f"Peninjauan lokasi {event.jenis}: {event.kelurahan.nama}",
            f"Kel. {event.kelurahan.nama}, Kec. {name}",
        )
        ends = begins + timedelta(hours=2)
        made.append(Acara(f"{day:%Y%m%d}-tinjau", "Kunjungan lapangan", title, agency, place, begins, ends, announced))
    if any(quake.mmi >= 5 for quake in gempa_terasa(seed, before)):
        begins = _wib(day, time(8))
        ends = begins + timedelta(hours=2)
        made.append(
            Acara(f"{day:%Y%m%d}-gempa", "Rapat", "Rapat koordinasi pascagempa", agency, HALL, begins, ends, announced)
        )
    return made


def _single(seed: int, event: Acara, at: datetime) -> Iterator[str]:
    """An event as it stands: before its fate is known, as it was announced; afterwards reported as held, mostly."""
    is_known = event.diubah is not None and event.diubah <= at
    moved = event.geser if is_known else timedelta()
    begins, ends = event.mulai + moved, event.selesai + moved
    later = rng(seed, "acara", event.uid)
    reported = ends + timedelta(hours=later.randint(4, 30))
    is_off = is_known and event.is_batal
    is_held = not is_off and reported <= at and later.random() > UNREPORTED
    if later.randrange(DEFECT_EVERY) == 0:
        ends = begins - timedelta(hours=2)
    is_vague = begins - at > timedelta(days=14) and later.random() < TENTATIVE
    changes = [
        moment
        for moment in (event.diumumkan, event.diubah if is_known else None, reported if is_held else None)
        if moment
    ]
    yield from (
        "BEGIN:VEVENT",
        f"UID:{event.uid}@agenda.padang.go.id",
        f"DTSTAMP:{_universal(max(changes))}",
        f"LAST-MODIFIED:{_universal(max(changes))}",
        f"SEQUENCE:{int(is_known)}",
        f"DTSTART;TZID=Asia/Jakarta:{begins:{LOCAL}}",
        f"DTEND;TZID=Asia/Jakarta:{ends:{LOCAL}}",
        f"SUMMARY:{_escaped(event.judul)}",
        f"CATEGORIES:{_escaped(event.kategori)}{',Terlaksana' if is_held else ''}",
        f"LOCATION:{_escaped(event.tempat)}",
        f"CONTACT:{_escaped(event.unit)}",
    )
    if is_known and event.uraian:
        yield f"DESCRIPTION:{_escaped(event.uraian)}"
    yield f"STATUS:{'CANCELLED' if is_off else 'TENTATIVE' if is_vague else 'CONFIRMED'}"
    yield "END:VEVENT"


def _stages(today: date) -> Iterator[list[str]]:
    """The stages of Pilkada 2024, whole days, once they are within sight."""
    for number, (first, last, title) in enumerate(PILKADA, start=1):
        if first <= today + AHEAD:
            yield [
                "BEGIN:VEVENT",
                f"UID:pilkada2024-{number}@agenda.padang.go.id",
                "DTSTAMP:20240131T020000Z",
                "LAST-MODIFIED:20240131T020000Z",
                f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
                f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",
                f"SUMMARY:{title}",
                "CATEGORIES:Pilkada",
                "CONTACT:Badan Kesatuan Bangsa dan Politik",
                "STATUS:CONFIRMED",
                "END:VEVENT",
            ]


def _repeated(seed: int, series: Series, at: datetime) -> Iterator[str]:
    """A series with the days it rests on, and the days that were moved or rained off."""
    rests, moved, off = [], [], []
    for day in _occurrences(series, at.date() + AHEAD + timedelta(days=7)):
        begins = datetime.combine(day, series.first.timetz())
        is_closed = (day in hari_libur() or is_lebaran(day)) and not series.on_holidays
        if is_closed or (is_ramadan(day) and series.fasting is None):
            rests.append(begins)
        elif is_ramadan(day) and series.fasting and series.fasting != begins.time():
            moved.append(begins)
        elif (
            series.fasting is None and begins <= at and _is_rained_off(seed, "13.71.04", begins, _ends(series, begins))
        ):
            off.append(begins)
    yield from _of_series(
        series, series.first, ["SEQUENCE:0", f"RRULE:{series.rule}", *map(_left_out, rests)], "CONFIRMED"
    )
    for begins in moved:
        fasting = datetime.combine(begins.date(), series.fasting or begins.time(), WIB)
        yield from _of_series(series, fasting, ["SEQUENCE:1", _instead_of(begins)], "CONFIRMED")
    for begins in off:
        told = ["SEQUENCE:1", _instead_of(begins), "DESCRIPTION:Dibatalkan karena hujan lebat."]
        yield from _of_series(series, begins, told, "CANCELLED")


def _of_series(series: Series, begins: datetime, lines: list[str], status: str) -> list[str]:
    changed = _universal(_wib(date(2024, 1, 2), time(8)) if "SEQUENCE:0" in lines else begins - timedelta(hours=1))
    return [
        "BEGIN:VEVENT",
        f"UID:{series.uid}@agenda.padang.go.id",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"DTSTART;TZID=Asia/Jakarta:{begins:{LOCAL}}",
        f"DTEND;TZID=Asia/Jakarta:{_ends(series, begins):{LOCAL}}",
        *lines,
        f"SUMMARY:{_escaped(series.judul)}",
        f"CATEGORIES:{_escaped(series.kategori)}",
        f"LOCATION:{_escaped(series.tempat)}",
        f"CONTACT:{_escaped(series.unit)}",
        f"STATUS:{status}",
        "END:VEVENT",
    ]


def _ends(series: Series, begins: datetime) -> datetime:
    return begins + timedelta(minutes=series.minutes)


def _left_out(begins: datetime) -> str:
    return f"EXDATE;TZID=Asia/Jakarta:{begins:{LOCAL}}"


def _instead_of(begins: datetime) -> str:
    return f"RECURRENCE-ID;TZID=Asia/Jakarta:{begins:{LOCAL}}"


def _occurrences(series: Series, last: date) -> list[date]:
    """The days of a weekly rule, or of a monthly one with the n-th weekday of the month."""
    first = series.first.date()
    found = [day for day in days(first, last) if day.weekday() == first.weekday()]
    if "MONTHLY" not in series.rule:
        return found
    return [day for day in found if (day.day - 1) // 7 == (first.day - 1) // 7]


def _universal(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line in pieces of at most so many octets, never cut within a character."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > LONGEST:
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"


OFFICE = Office("setda", ("setda_agenda",), answer, seen=(PATH,))
