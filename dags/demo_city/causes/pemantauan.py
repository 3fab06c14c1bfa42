"""The city's network and services and what goes wrong with them: hosts, problems, planned maintenance. Simulated.

Storms, power cuts and fallen trees take links away; planned work is announced as maintenance. Zabbix, Prometheus and
the nightly backups speak of the same hosts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from random import Random

from command_center.settings import WIB

from demo_city.causes.chance import pick, poisson, rng
from demo_city.causes.cuaca import hujan_jam
from demo_city.causes.kalender import days, is_working_day, months
from demo_city.causes.peristiwa import ANGIN, LONGSOR, POHON_TUMBANG, gempa_terasa, peristiwa
from demo_city.causes.regions import Kelurahan, all_kelurahan, nama_kecamatan

BEGINNING = date(2024, 1, 1)
SERVICE, ROUTER, LINK = "layanan", "router kecamatan", "tautan kelurahan"
DOWN, SLOW, FULL, BUSY, LATENCY = (
    "Layanan tidak menjawab",
    "Waktu tanggap di atas 5 detik",
    "Sisa ruang disk di bawah 10%",
    "Beban CPU di atas 90%",
    "Latensi tinggi ke pusat data",
)
CUT = "Tautan terputus (ICMP tidak menjawab)"
SEVERITY = {DOWN: 4, SLOW: 3, FULL: 2, BUSY: 2, LATENCY: 2, CUT: 3}
MINUTES = {DOWN: 35.0, SLOW: 50.0, FULL: 1500.0, BUSY: 70.0, LATENCY: 45.0, CUT: 55.0}  # median until it is over
LONGEST_MINUTES = 7 * 24 * 60.0
SERVICE_KINDS = {DOWN: 26, SLOW: 34, FULL: 12, BUSY: 28}
SERVICES_A_DAY = 0.035  # problems of one service in a day without a cause
LINKS_A_DAY = 0.011
POWER_CUTS_A_DAY = 0.012  # of one kecamatan; heavy rain brings more
TRUNKS_A_DAY, TRUNK_HOURS = 0.0022, (5.0, 60.0)  # a kecamatan's trunk cable is cut; how long it takes to splice it
SERVICES = {
    "portal": "Portal padang.go.id",
    "satudata": "Portal Satu Data",
    "ppid": "PPID",
    "jdih": "JDIH",
    "srikandi": "Gerbang SRIKANDI",
    "ekinerja": "E-Kinerja",
    "simpeg": "SIMPEG",
    "esurat": "Surel dinas",
    "perizinan": "Layanan perizinan",
    "pajak": "Layanan pajak daerah",
    "cc112": "Telepon Call Center 112",
    "videowall": "Layar Command Center",
    "cctv": "Perekam CCTV",
    "atcs": "Server ATCS",
    "basisdata": "Klaster basis data",
    "vpn": "VPN perangkat daerah",
    "dns": "DNS kota",
    "dinding-api": "Dinding api pusat",
}
MAINTAINED = (
    ("portal", "ppid", "jdih"),
    ("basisdata",),
    ("ekinerja", "simpeg"),
    ("vpn", "dinding-api"),
    ("cctv", "atcs"),
)


@dataclass(frozen=True)
class Host:
    """One monitored thing; `kelurahan` and `kode_kecamatan` are empty for what stands in the data centre."""

    id: int
    name: str
    title: str
    jenis: str
    kode_kecamatan: str = ""
    kelurahan: Kelurahan | None = None


@dataclass(frozen=True)
class Masalah:
    """One problem of a host."""

    id: int
    host: Host
    name: str
    mulai: datetime
    selesai: datetime
    is_terencana: bool = False

    @property
    def pemicu(self) -> int:
        """The trigger: one for each host and kind."""
        return self.host.id * 10 + list(SEVERITY).index(self.name)


@dataclass(frozen=True)
class Perawatan:
    """One planned maintenance, at night."""

    id: int
    name: str
    mulai: datetime
    selesai: datetime
    hosts: tuple[Host, ...]


Found = tuple[datetime, Host, str, float]


@cache
def hosts() -> tuple[Host, ...]:
    """The data centre's services, a router for each kecamatan, a link for each kelurahan."""
    services = [Host(10101 + at, f"svc-{name}", title, SERVICE) for at, (name, title) in enumerate(SERVICES.items())]
    kecamatan = sorted({place.kode_kecamatan for place in all_kelurahan()})
    routers = [
        Host(10201 + at, f"rtr-{kode}", f"Router Kecamatan {nama_kecamatan(kode)}", ROUTER, kode)
        for at, kode in enumerate(kecamatan)
    ]
    links = [
        Host(10301 + at, f"lnk-{place.kode}", f"Tautan Kelurahan {place.nama}", LINK, place.kode_kecamatan, place)
        for at, place in enumerate(all_kelurahan())
    ]
    return (*services, *routers, *links)


@cache
def service(name: str) -> Host:
    return next(host for host in hosts() if host.name == f"svc-{name}")


@cache
def _links(kecamatan: str) -> tuple[Host, ...]:
    return tuple(host for host in hosts() if host.kode_kecamatan == kecamatan and host.jenis == LINK)


@cache
def _router(kecamatan: str) -> Host:
    return next(host for host in hosts() if host.kode_kecamatan == kecamatan and host.jenis == ROUTER)


@lru_cache(maxsize=2000)
def masalah(seed: int, day: date) -> tuple[Masalah, ...]:
    """The problems that began on the day, in order; one trigger has one problem at a time."""
    chance = rng(seed, "pemantauan", day)
    found = sorted(
        [*_services(chance, seed, day), *_cuts(chance, seed, day), *_trunks(chance, seed, day), *_links_lost(chance, seed, day), *_events(chance, seed, day)],
        key=lambda one: (one[0], one[1].id, one[2]),
    )  # fmt: skip
    until: dict[tuple[int, str], datetime] = {}
    planned = perawatan_pada(seed, day)
    made: list[Masalah] = []
    for at, host, name, minutes in found:
        if until.get((host.id, name), at) > at or at.date() != day:
            continue
        ends = at + timedelta(minutes=minutes)
        until[host.id, name] = ends
        made.append(Masalah(event_id(day, len(made)), host, name, at, ends, _is_within(planned, host, at)))
    return tuple(made)


def event_id(day: date, place: int) -> int:
    """A number for the day's event; recoveries follow 500 later."""
    return 1_000_000 + (day - BEGINNING).days * 1000 + place


def masalah_sampai(seed: int, now: datetime, since: datetime) -> Iterator[Masalah]:
    """Every problem that began in the time."""
    first = max(BEGINNING, since.astimezone(WIB).date())
    for day in days(first, now.astimezone(WIB).date()):
        yield from (one for one in masalah(seed, day) if since <= one.mulai <= now)


@lru_cache(maxsize=64)
def perawatan(seed: int, month: date) -> tuple[Perawatan, ...]:
    """The month's maintenance: the second and, now and then, the fourth Saturday night."""
    chance = rng(seed, "perawatan", month)
    number = (month.year - BEGINNING.year) * 12 + month.month
    first = next(day for day in days(month.replace(day=8), month.replace(day=14)) if day.weekday() == 5)
    nights = [first, first + timedelta(days=14)] if chance.random() < 0.35 else [first]
    made = []
    for place, night in enumerate(nights):
        names = MAINTAINED[(number + 2 * place) % len(MAINTAINED)]
        begins = datetime.combine(night, time(22), WIB)
        ends = begins + timedelta(hours=chance.choice((2, 3, 4)))
        affected = tuple(service(name) for name in names)
        made.append(Perawatan(number * 10 + place, f"Pembaruan terencana {', '.join(names)}", begins, ends, affected))
    return tuple(made)


def perawatan_pada(seed: int, day: date) -> list[Perawatan]:
    """Maintenance that begins on the day."""
    return [one for one in perawatan(seed, day.replace(day=1)) if one.mulai.date() == day]


def perawatan_sampai(seed: int, last: date) -> list[Perawatan]:
    """Every maintenance from the beginning to the month of `last`."""
    return [one for month in months(BEGINNING, last) for one in perawatan(seed, month)]


def _is_within(planned: list[Perawatan], host: Host, at: datetime) -> bool:
    return any(host in one.hosts and one.mulai <= at < one.selesai for one in planned)


def _lasting(chance: Random, name: str) -> float:
    """Minutes; a few last very long."""
    return min(LONGEST_MINUTES, max(2.0, chance.lognormvariate(math.log(MINUTES[name]), 0.8)))


def _services(chance: Random, seed: int, day: date) -> Iterator[Found]:
    """Office hours strain the services; planned work takes them away for a while."""
    strain = 1.2 if is_working_day(day) else 0.6
    for host in (host for host in hosts() if host.jenis == SERVICE):
        for _ in range(poisson(chance, SERVICES_A_DAY * strain)):
            name = pick(chance, SERVICE_KINDS)
            hour = chance.choices(range(24), [1 if 8 <= hour <= 16 else 0.4 for hour in range(24)])[0]
            at = _at(chance, day, hour)
            yield at, host, name, _lasting(chance, name)
            if name == SLOW and chance.random() < 0.25:  # it grows into an outage: the two overlap
                yield at + timedelta(minutes=chance.randint(5, 25)), host, DOWN, _lasting(chance, DOWN)
    for planned in perawatan_pada(seed, day):
        for host in planned.hosts:
            yield planned.mulai + timedelta(minutes=chance.randint(3, 20)), host, DOWN, chance.uniform(15, 80)


def _cuts(chance: Random, seed: int, day: date) -> Iterator[Found]:
    """A power cut takes about half of a kecamatan's links away at once."""
    for kecamatan, rain in hujan_jam(seed, day).items():
        if chance.random() >= POWER_CUTS_A_DAY + min(0.25, 0.004 * max(rain)):
            continue
        hour = chance.choices(range(24), [0.1 + millimetres for millimetres in rain])[0]
        at, minutes = _at(chance, day, hour), chance.lognormvariate(math.log(75), 0.6)
        for host in _links(kecamatan):
            if chance.random() < 0.5:
                yield at + timedelta(seconds=chance.randint(0, 400)), host, CUT, minutes * chance.uniform(0.9, 1.15)
        if chance.random() < 0.3:  # the router's own battery does not always last
            yield at + timedelta(minutes=chance.randint(8, 30)), _router(kecamatan), CUT, minutes


def _trunks(chance: Random, seed: int, day: date) -> Iterator[Found]:
    """An excavator takes a whole kecamatan away, for hours or days."""
    for kecamatan in hujan_jam(seed, day):
        if chance.random() < TRUNKS_A_DAY:
            at, minutes = _at(chance, day, chance.randint(8, 17)), 60 * chance.uniform(*TRUNK_HOURS)
            yield at, _router(kecamatan), CUT, minutes
            for host in _links(kecamatan):
                yield at + timedelta(seconds=chance.randint(0, 200)), host, CUT, minutes * chance.uniform(0.97, 1.03)


def _links_lost(chance: Random, seed: int, day: date) -> Iterator[Found]:
    """Single links, oftener in rain, and latency when offices are busy."""
    for kecamatan, rain in hujan_jam(seed, day).items():
        wet = 1 + max(rain) / 20
        for _ in range(poisson(chance, LINKS_A_DAY * wet * len(_links(kecamatan)))):
            hour = chance.choices(range(24), [0.3 + millimetres for millimetres in rain])[0]
            yield _at(chance, day, hour), chance.choice(_links(kecamatan)), CUT, _lasting(chance, CUT)
        if is_working_day(day) and chance.random() < 0.05:
            yield _at(chance, day, chance.randint(9, 15)), _router(kecamatan), LATENCY, _lasting(chance, LATENCY)


def _events(chance: Random, seed: int, day: date) -> Iterator[Found]:
    """Trees and slopes tear cables; after a quake everybody calls and reads."""
    for event in peristiwa(seed, day):
        if event.jenis in (POHON_TUMBANG, ANGIN, LONGSOR) and chance.random() < 0.12:
            host = next(host for host in _links(event.kode_kecamatan) if host.kelurahan == event.kelurahan)
            yield event.mulai + timedelta(minutes=chance.randint(0, 15)), host, CUT, chance.uniform(90, 620)
    for quake in gempa_terasa(seed, day):
        if quake.mmi >= 4:
            for name in ("portal", "cc112"):
                yield quake.at + timedelta(minutes=chance.randint(1, 4)), service(name), SLOW, chance.uniform(20, 70)


def _at(chance: Random, day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), WIB)
