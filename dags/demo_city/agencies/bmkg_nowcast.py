"""BMKG's weather warnings of the coming hours: a feed of those in force, and each as CAP 1.2. Simulated."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from command_center.settings import WIB
from command_center.wilayah import Wilayah, wilayah

from demo_city.answer import XML, Answer
from demo_city.ask import Question
from demo_city.causes.chance import rng
from demo_city.causes.cuaca import hujan_jam
from demo_city.office import Office, by_question

FEED = "nowcast/id"
FILE = re.compile(r"nowcast/id/([A-Z]{3})(\d{8})(\d{3})_alert\.xml")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
CAP = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER = "cuaca.ekstrem@bmkg.go.id"
LASTS = timedelta(hours=3)
RADIUS = 0.018  # degrees round the centre of a kecamatan
CANCELLED = 0.08
RAIN_MM, RAIN_WARNED = 5.0, 0.9  # rain in an hour that is worth a warning, and how often it gets one
ELSEWHERE = ("Sungai Geringging", "Lubuk Alung", "Kayu Aro", "Batang Anai", "Koto XI Tarusan")


@dataclass(frozen=True)
class Province:
    """A province that is warned: its code at BMKG, how likely in an hour, its point, and names of kecamatan there."""

    kode: str
    nama: str
    odds: float
    lintang: float
    bujur: float
    kecamatan: tuple[str, ...]


PADANG = Province("CSB", "Sumatera Barat", 0.25, -0.6, 100.3, ELSEWHERE)
PROVINCES = (
    PADANG,
    Province("CSU", "Sumatera Utara", 0.4, 2.1, 98.9, ("Alasa", "Aramo", "Silima Pungga-Pungga")),
    Province("CRI", "Riau", 0.4, 0.5, 101.5, ("Kuantan Tengah", "Tapung", "Kampar Kiri")),
    Province("CBT", "Banten", 0.3, -6.4, 106.1, ("Cibeber", "Pontang", "Sajira")),
)


@dataclass(frozen=True)
class Warning:
    """One warning, sent some minutes after a full hour of UTC."""

    province: Province
    sent: datetime
    is_cancelled: bool
    severity: str
    ours: tuple[Wilayah, ...]
    others: tuple[str, ...]

    @property
    def number(self) -> int:
        return self.sent.hour + 1

    @property
    def identifier(self) -> str:
        serial = 24 * PROVINCES.index(self.province) + self.number  # two provinces may be warned in one minute
        return f"2.49.0.1.360.0.{self.sent:%Y.%m.%d.%H.%M}.{serial:03}"

    @property
    def file(self) -> str:
        return f"{FEED}/{self.province.kode}{self.sent:%Y%m%d}{self.number:03}_alert.xml"

    @property
    def begins(self) -> datetime:
        return self.sent.astimezone(WIB) + timedelta(minutes=10)

    @property
    def ends(self) -> datetime:
        return self.begins + LASTS

    @property
    def headline(self) -> str:
        return f"Hujan Lebat disertai Petir di {self.province.nama}"

    @property
    def story(self) -> str:
        """As BMKG's prose has it: the names of kecamatan, and months in English."""
        names = ", ".join([*(area.nama for area in self.ours), *self.others])
        return (
            f"Hujan lebat disertai petir akan terjadi pada {self.begins:%d %B %Y, %H:%M} WIB di sebagian wilayah "
            f"{self.province.nama}, khususnya di {names}.\n Keadaan ini diperkirakan berlangsung hingga "
            f"{self.ends:%d %B %Y, %H:%M} WIB."
        )


def answer(path: str, asked: Question, seed: int, now: datetime) -> Answer | None:
    """The feed, or one warning of the last days; None for another path."""
    if path == FEED:
        return _feed(seed, now, asked.base)
    found = FILE.fullmatch(path)
    warning = _find(seed, now, *found.groups()) if found else None
    return Answer((HEAD + _alert(warning)).encode(), XML, modified=warning.sent) if warning else None


def in_force(seed: int, now: datetime) -> list[Warning]:
    """The warnings that have been sent and have not ended, newest first."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [hour - timedelta(hours=back) for back in range(4)]
    sent = [warning for at in hours for province in PROVINCES if (warning := _warning(seed, province, at))]
    return [warning for warning in sent if warning.sent <= now < warning.ends]


def _find(seed: int, now: datetime, kode: str, day: str, number: str) -> Warning | None:
    province = next((province for province in PROVINCES if province.kode == kode), None)
    try:
        hour = datetime.strptime(f"{day}{int(number) - 1:02}", "%Y%m%d%H").replace(tzinfo=UTC)
    except ValueError:
        return None
    warning = _warning(seed, province, hour) if province else None
    return warning if warning and warning.sent <= now else None


def _warning(seed: int, province: Province, hour: datetime) -> Warning | None:
    chance = rng(seed, "nowcast", province.kode, hour)
    if chance.random() >= (_odds(seed, hour) if province is PADANG else province.odds):
        return None
    city = [area for area in wilayah().values() if area.tingkat == "kecamatan"] if province is PADANG else []
    return Warning(
        province,
        hour + timedelta(minutes=chance.randint(2, 20)),
        chance.random() < CANCELLED,
        "Severe" if chance.random() < 0.2 else "Moderate",
        tuple(sorted(chance.sample(city, chance.randint(2, 5)), key=lambda area: area.nama)) if city else (),
        tuple(sorted(chance.sample(province.kecamatan, 2))),
    )


def _odds(seed: int, hour: datetime) -> float:
    """The city is warned of most rain that comes in the next two hours, and now and then of rain that does not."""
    ahead = [hour.astimezone(WIB) + timedelta(hours=number) for number in (1, 2)]
    most = max(rain[at.hour] for at in ahead for rain in hujan_jam(seed, at.date()).values())
    return RAIN_WARNED if most >= RAIN_MM else PADANG.odds


def _feed(seed: int, now: datetime, base: str) -> Answer:
    warnings = in_force(seed, now)
    changed = now.astimezone(WIB).replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
    head = f"<title>Peringatan Dini Cuaca (DATA SIMULASI)</title><link>{escape(base)}/{FEED}</link>"
    dated = f"<description>Peringatan dini cuaca</description><language>id</language><pubDate>{format_datetime(changed)}</pubDate>"
    body = "\n".join([head + dated, *(_item(warning, base) for warning in warnings)])
    text = f'{HEAD}<rss version="2.0"><channel>{body}\n</channel></rss>\n'
    return Answer(text.encode(), XML, modified=changed)


def _item(warning: Warning, base: str) -> str:
    return (
        f"<item><title>{escape(warning.headline)}</title><link>{escape(base)}/{warning.file}</link>"
        f"<description>{escape(warning.story)}</description><author>{SENDER} (BMKG)</author><category>Met</category>"
        f'<guid isPermaLink="false">{warning.identifier}</guid>'
        f"<pubDate>{format_datetime(warning.sent.astimezone(WIB))}</pubDate></item>"
    )


def _alert(warning: Warning) -> str:
    """One that is taken back has no info, only what it refers to."""
    kind = "Cancel" if warning.is_cancelled else "Alert"
    before = warning.sent - timedelta(hours=1)
    refers = (
        f"{SENDER},2.49.0.1.360.0.{before:%Y.%m.%d.%H.%M}.{before.hour + 1:03},{before.astimezone(WIB).isoformat()}"
    )
    fields = {
        "identifier": warning.identifier,
        "sender": SENDER,
        "sent": warning.sent.astimezone(WIB).isoformat(),
        "status": "Actual",
        "msgType": kind,
        "scope": "Public",
        **({"references": refers} if warning.is_cancelled else {}),
    }
    info = "" if warning.is_cancelled else _info(warning)
    return f'<alert xmlns="{CAP}">\n{_elements(fields)}\n{info}</alert>\n'


def _info(warning: Warning) -> str:
    fields = {
        "language": "id",
        "category": "Met",
        "event": "Hujan Lebat dan Petir",
        "urgency": "Immediate",
        "severity": warning.severity,
        "certainty": "Observed",
        "effective": warning.begins.isoformat(),
        "expires": warning.ends.isoformat(),
        "senderName": "Badan Meteorologi Klimatologi dan Geofisika (simulasi)",
        "headline": warning.headline,
        "description": warning.story,
    }
    points = [(area.lintang, area.bujur) for area in warning.ours] or [
        (warning.province.lintang, warning.province.bujur)
    ]
    polygons = "".join(f"<polygon>{_octagon(*point)}</polygon>" for point in points)
    area = f"<area><areaDesc>{warning.province.nama}</areaDesc>{polygons}</area>"
    return f"<info>\n{_elements(fields)}\n{area}\n</info>\n"


def _elements(fields: dict[str, str]) -> str:
    return "\n".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())


def _octagon(lintang: float, bujur: float) -> str:
    """'lat,lon lat,lon …', closed."""
    turns = [math.tau * (step % 8) / 8 for step in range(9)]
    return " ".join(f"{lintang + RADIUS * math.cos(t):.3f},{bujur + RADIUS * math.sin(t):.3f}" for t in turns)


OFFICE = Office("bmkg", ("bmkg_nowcast",), by_question(answer), seen=(FEED,))
