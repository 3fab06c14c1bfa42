"""News about the city as a media monitoring feed lists it: what happened, who wrote how much about it. Simulated.

Media and news are invented; topics follow the city's events, weather, calendar, and the stages of Pilkada 2024. No person
is named and nothing is said about candidates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.utils import format_datetime
from functools import lru_cache
from html import escape as html_escape
from random import Random
from xml.sax.saxutils import escape

from command_center.settings import WIB

from demo_city.agencies.damkar import FIRE, incidents
from demo_city.agencies.setda_agenda import PILKADA, acara_pada
from demo_city.answer import XML, Answer
from demo_city.ask import Question
from demo_city.causes.chance import pick, poisson, rng
from demo_city.causes.cuaca import hujan_jam
from demo_city.causes.kalender import days, is_lebaran, is_ramadan, is_working_day
from demo_city.causes.pemantauan import DOWN, masalah
from demo_city.causes.peristiwa import BANJIR, GENANGAN, LONGSOR, ORANG_HANYUT, POHON_TUMBANG, gempa_terasa, peristiwa
from demo_city.causes.regions import all_kelurahan, nama_kecamatan
from demo_city.faults.spoil import Fault
from demo_city.office import Office

PATH = "rss/terkini.xml"
BEGINNING = date(2024, 1, 1)
NEWEST = 50  # without a question the feed keeps so many
UNREADABLE_EVERY = 250  # of so many items one has no readable time
NAMESPACE = "https://pantau-media.padang.go.id/ns/1"
MEDIA = {
    "Harian Contoh Padang": 30,
    "Kabar Rekaan": 25,
    "Suara Simulasi": 18,
    "Portal Fiktif Minang": 17,
    "Radio Percobaan": 10,
}
# Titles by topic; {tempat} is a kelurahan, {kecamatan} a kecamatan
TITLES = {
    "banjir": (
        "Hujan lebat, genangan muncul di {tempat}",
        "Warga {tempat} bersihkan rumah usai air surut",
        "BPBD pantau genangan di {kecamatan}",
        "Arus di {kecamatan} dialihkan karena air menggenang",
    ),
    "longsor": ("Longsor tutup jalan di {tempat}", "Material longsor di {kecamatan} mulai dibersihkan"),
    "pohon tumbang": (
        "Pohon tumbang di {tempat}, petugas turun tangan",
        "Angin kencang tumbangkan pohon di {kecamatan}",
    ),
    "gempa": (
        "Gempa terasa di Padang, warga diminta tenang",
        "BPBD periksa bangunan setelah gempa",
        "Sekolah di {kecamatan} berlatih evakuasi usai gempa",
        "Jalur evakuasi tsunami kembali diperiksa",
    ),
    "kebakaran": ("Kebakaran di {tempat}, api berhasil dipadamkan", "Damkar kerahkan armada ke {kecamatan}"),
    "orang hanyut": ("Tim gabungan cari korban hanyut di {kecamatan}",),
    "lalu lintas": (
        "Lalu lintas padat di {kecamatan} pada jam pulang",
        "Dishub atur simpang di {kecamatan}",
        "Jalan rusak di {tempat} dikeluhkan pengendara",
    ),
    "harga pangan": (
        "Harga cabai naik di pasar {kecamatan}",
        "Pasar murah digelar di {tempat}",
        "Stok beras dinyatakan aman",
    ),
    "kesehatan": ("Kasus demam berdarah bertambah, warga diajak 3M", "Puskesmas di {kecamatan} buka layanan tambahan"),
    "pendidikan": ("Penerimaan murid baru dibuka di Padang", "Sekolah di {kecamatan} benahi ruang kelas"),
    "pilkada": (
        "KPU Padang sosialisasikan tahapan pilkada",
        "Logistik pilkada disiapkan untuk {kecamatan}",
        "Warga {tempat} diajak periksa daftar pemilih",
        "Pengawas pemilihan buka posko di {kecamatan}",
    ),
    "anggaran": ("Rancangan APBD Padang dibahas", "Realisasi belanja kota dievaluasi"),
    "layanan publik": ("Layanan daring Pemko Padang terganggu", "Layanan kependudukan keliling hadir di {tempat}"),
    "sampah": ("Tumpukan sampah di {tempat} dikeluhkan", "Pengangkutan sampah di {kecamatan} ditambah"),
    "air bersih": ("Aliran air bersih di {kecamatan} terganggu", "Perbaikan pipa di {tempat} ditargetkan selesai"),
    "wisata": ("Pengunjung padati pantai Padang", "Festival digelar di {kecamatan}"),
    "pemerintahan": ("Musrenbang {kecamatan} bahas usulan warga", "Agenda kota: kegiatan digelar di {tempat}"),
}
# Chances of positif, netral and negatif; anything else is mostly neutral
MOODS = {
    "banjir": (1, 5, 6), "longsor": (0, 5, 4), "pohon tumbang": (1, 7, 2), "gempa": (1, 8, 2), "kebakaran": (1, 6, 4),
    "orang hanyut": (0, 6, 4), "lalu lintas": (1, 4, 6), "harga pangan": (2, 4, 5), "sampah": (2, 3, 6),
    "air bersih": (2, 3, 6), "wisata": (7, 4, 1), "pemerintahan": (5, 6, 1), "layanan publik": (4, 4, 4),
}  # fmt: skip
USUAL_MOOD = (3, 7, 2)
STEADY = {
    "lalu lintas": 1.0,
    "sampah": 0.5,
    "air bersih": 0.3,
    "layanan publik": 0.5,
    "pendidikan": 0.35,
    "kesehatan": 0.35,
    "harga pangan": 0.45,
    "anggaran": 0.25,
}
DENGUE_MONTHS, INTAKE_MONTHS, BUDGET_MONTHS = (11, 12, 1, 2, 3), (6, 7), (9, 10, 11, 12)


@dataclass(frozen=True)
class Berita:
    """One news item."""

    id: str
    topik: str
    judul: str
    media: str
    terbit: datetime
    sentimen: str
    kode_kecamatan: str


Cause = tuple[
    str, datetime, str, str, float
]  # topic, from when on, kelurahan, kecamatan's code, how many items are usual


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The items from ?sejak= on, or the newest ones; newest first. None for another path."""
    if path != PATH:
        return None
    minute = now.astimezone(WIB).replace(minute=now.minute // 10 * 10, second=0, microsecond=0)
    since = _since(asked)
    return (
        feed(seed, minute, since)
        if since
        else _feed(berita(seed, minute - timedelta(days=14), minute)[-NEWEST:], minute)
    )


def _since(asked: Question) -> date | None:
    try:
        return max(BEGINNING, date.fromisoformat(asked.query.get("sejak", "")[:10]))
    except ValueError:
        return None


@lru_cache(maxsize=8)
def feed(seed: int, at: datetime, since: date) -> Answer:
    return _feed(berita(seed, datetime.combine(since, time(), WIB), at), at)


def berita(seed: int, since: datetime, until: datetime) -> list[Berita]:
    """The items published in the time, oldest first."""
    first = max(BEGINNING, since.astimezone(WIB).date() - timedelta(days=2))
    found = (item for day in days(first, until.astimezone(WIB).date()) for item in berita_tentang(seed, day))
    return sorted((item for item in found if since <= item.terbit <= until), key=lambda item: (item.terbit, item.id))


@lru_cache(maxsize=2000)
def berita_tentang(seed: int, day: date) -> tuple[Berita, ...]:
    """The items about what happened on the day; some appear on the next."""
    chance = rng(seed, "berita", day)
    made: list[Berita] = []
    for topik, begins, tempat, kecamatan, mean in _causes(chance, seed, day):
        for _ in range(poisson(chance, mean)):
            at = begins + timedelta(minutes=15 + min(2000, chance.lognormvariate(4.6, 1.0)))
            judul = chance.choice(TITLES[topik]).format(tempat=tempat, kecamatan=nama_kecamatan(kecamatan))
            mood = chance.choices(("positif", "netral", "negatif"), MOODS.get(topik, USUAL_MOOD))[0]
            where = kecamatan if tempat in judul or nama_kecamatan(kecamatan) in judul else ""
            made.append(
                Berita(
                    f"{day:%Y%m%d}-{len(made):03d}",
                    topik,
                    judul,
                    pick(chance, MEDIA),
                    at.replace(microsecond=0),
                    mood,
                    where,
                )
            )
    return tuple(made)


def _causes(chance: Random, seed: int, day: date) -> Iterator[Cause]:
    """Everything of the day that media write about."""
    yield from _events(chance, seed, day)
    yield from _season(chance, seed, day)
    yield from _announced(chance, seed, day)
    for topik, mean in STEADY.items():
        place = chance.choice(all_kelurahan())
        yield topik, _morning(chance, day), place.nama, place.kode_kecamatan, mean


def _morning(chance: Random, day: date) -> datetime:
    return datetime.combine(day, time(chance.randint(5, 17), chance.randrange(60)), WIB)


def _events(chance: Random, seed: int, day: date) -> Iterator[Cause]:
    means = {BANJIR: 8.0, GENANGAN: 1.6, LONGSOR: 3.0, POHON_TUMBANG: 0.3, ORANG_HANYUT: 3.0}
    topics = {BANJIR: "banjir", GENANGAN: "banjir", ORANG_HANYUT: "orang hanyut"}
    for event in peristiwa(seed, day):
        if event.jenis in means:
            topik = topics.get(event.jenis, event.jenis)
            yield topik, event.mulai, event.kelurahan.nama, event.kode_kecamatan, means[event.jenis]
    for quake in gempa_terasa(seed, day):
        place = chance.choice(all_kelurahan())
        yield "gempa", quake.at, place.nama, place.kode_kecamatan, 0.9 * 2.0 ** (quake.mmi - 2)
    for at, kode in _fires(seed, day.replace(day=1)).get(day, ()):
        name = next((place.nama for place in all_kelurahan() if place.kode == kode), "")
        if name:
            yield "kebakaran", at, name, kode[:8], 0.9
    for one in masalah(seed, day):
        if one.name == DOWN and not one.is_terencana and one.selesai - one.mulai > timedelta(hours=1):
            place = chance.choice(all_kelurahan())
            yield "layanan publik", one.mulai, place.nama, place.kode_kecamatan, 1.5


@lru_cache(maxsize=48)
def _fires(seed: int, month: date) -> dict[date, tuple[tuple[datetime, str], ...]]:
    """The month's fires by day, from the fire service's own book."""
    found: dict[date, tuple[tuple[datetime, str], ...]] = {}
    for at, row in _book(seed, month.year):
        if (at.year, at.month) == (month.year, month.month) and row["Jenis"] == FIRE:
            found[at.date()] = (*found.get(at.date(), ()), (at.replace(tzinfo=WIB), row["Kode Kelurahan"]))
    return found


@lru_cache(maxsize=4)
def _book(seed: int, year: int) -> tuple[tuple[datetime, dict[str, str]], ...]:
    return tuple((at, row) for at, row in incidents(seed, date(year, 12, 31)) if at.year == year)


def _season(chance: Random, seed: int, day: date) -> Iterator[Cause]:
    """Rain in the rush hours, the fast and the feast, dengue, the new school year, the budget."""
    place = chance.choice(all_kelurahan())
    name, kecamatan, at = place.nama, place.kode_kecamatan, _morning(chance, day)
    rush = max(max(hours[7:9] + hours[16:19]) for hours in hujan_jam(seed, day).values())
    if is_working_day(day) and rush >= 5:
        yield "lalu lintas", datetime.combine(day, time(18), WIB), name, kecamatan, min(6.0, rush / 5)
    if is_lebaran(day):
        yield "lalu lintas", at, name, kecamatan, 3.0
        yield "wisata", at, name, kecamatan, 3.0
    if is_ramadan(day) or day.month == 12:
        yield "harga pangan", at, name, kecamatan, 1.2
    if day.weekday() >= 5:
        yield "wisata", at, name, kecamatan, 0.8
    for topik, months in (("kesehatan", DENGUE_MONTHS), ("pendidikan", INTAKE_MONTHS), ("anggaran", BUDGET_MONTHS)):
        if day.month in months:
            yield topik, at, name, kecamatan, 0.6


def _announced(chance: Random, seed: int, day: date) -> Iterator[Cause]:
    """The agenda, and in 2024 the stages of the pilkada, louder towards the vote."""
    for event in acara_pada(seed, day):
        if event.kode_kecamatan and not event.is_batal:
            place = next(one for one in all_kelurahan() if one.kode_kecamatan == event.kode_kecamatan)
            yield "pemerintahan", event.mulai, place.nama, event.kode_kecamatan, 0.35
    stages = sum(first <= day <= last for first, last, _ in PILKADA)
    vote = date(2024, 11, 27)
    if stages:
        place = chance.choice(all_kelurahan())
        near = max(0.0, 1 - abs((day - vote).days) / 60)
        yield (
            "pilkada",
            _morning(chance, day),
            place.nama,
            place.kode_kecamatan,
            0.5 + 4 * near + (12 if day == vote else 0),
        )


def _feed(items: list[Berita], at: datetime) -> Answer:
    title = "Pemantauan media Kota Padang (DATA SIMULASI)"
    head = f"<title>{title}</title><link>https://pantau-media.padang.go.id</link><description>{title}</description>"
    dated = f"<language>id</language><pubDate>{format_datetime(at)}</pubDate>"
    body = "\n".join([head + dated, *(_item(item) for item in reversed(items))])
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n'
    content = f'{declared}<rss version="2.0" xmlns:pm="{NAMESPACE}"><channel>{body}\n</channel></rss>\n'
    modified = max((item.terbit for item in items), default=at)
    return Answer(content.encode(), XML, modified=modified)


def _item(item: Berita) -> str:
    site = item.media.lower().replace(" ", "-")
    story = f"<p><b>PADANG</b> &ndash; {html_escape(item.judul)}.</p>"
    is_unreadable = rng("waktu", item.id).randrange(UNREADABLE_EVERY) == 0
    published = f"{item.terbit:%H.%M} WIB, kemarin" if is_unreadable else format_datetime(item.terbit)
    where = f"<pm:wilayah>{item.kode_kecamatan}</pm:wilayah>" if item.kode_kecamatan else ""
    return (
        f"<item><title>{escape(item.judul)}</title><link>https://{site}.invalid/berita/{item.id}</link>"
        f'<guid isPermaLink="false">{site}-{item.id}</guid><pubDate>{published}</pubDate>'
        f"<category>{escape(item.topik)}</category>"
        f'<source url="https://{site}.invalid/rss">{escape(item.media)}</source>'
        f"<pm:sentimen>{item.sentimen}</pm:sentimen>{where}<description>{escape(story)}</description></item>"
    )


OFFICE = Office("media", ("media_berita",), answer, seen=(PATH,))
