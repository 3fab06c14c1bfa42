"""The job log of the city's backup server: one job per system and night, since 2024. Simulated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from command_center.settings import WIB

from demo_city.answer import Answer, json_answer
from demo_city.ask import Question
from demo_city.causes.chance import rng
from demo_city.causes.kalender import days
from demo_city.causes.pemantauan import BEGINNING, DOWN, FULL, masalah
from demo_city.faults.spoil import Fault
from demo_city.office import Office

PATH = "v1/jobs"
GIGABYTES = {
    "portal": 38.0, "satudata": 21.0, "ppid": 9.0, "jdih": 12.0, "srikandi": 160.0, "ekinerja": 55.0, "simpeg": 74.0,
    "esurat": 420.0, "perizinan": 66.0, "pajak": 90.0, "atcs": 30.0, "basisdata": 610.0,
}  # fmt: skip
GROWTH_A_YEAR = 1.16
CHANGED = 0.06  # what an incremental backup holds of a full one
FAILING, SKIPPED = 0.012, 0.005
STORAGE_TROUBLE = 0.008  # a week in so many has nights when the store is full
DEFECT_EVERY = 400  # of so many jobs one has a wrong clock, or says ok and stored nothing
READY = time(6)  # in the morning the log is complete


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The jobs of the nights from ?sejak= on; None for another path."""
    if path != PATH:
        return None
    local = now.astimezone(WIB)
    last = local.date() - timedelta(days=1 if local.time() >= READY else 2)
    jobs = [job for night in days(max(BEGINNING, _since(asked)), last) for job in _night(seed, night)]
    content = {"server": "cadangan-1", "jobs": jobs}
    return json_answer(content, modified=datetime.combine(last + timedelta(days=1), READY, WIB))


def _since(asked: Question) -> date:
    try:
        return date.fromisoformat(asked.query.get("sejak", "")[:10])
    except ValueError:
        return BEGINNING


@lru_cache(maxsize=2000)
def _night(seed: int, night: date) -> tuple[dict[str, Any], ...]:
    chance = rng(seed, "cadangan", night)
    week = rng(seed, "penyimpanan", night.isocalendar()[:2])
    is_full_store = week.random() < STORAGE_TROUBLE * 7 and week.randrange(7) <= night.weekday()
    troubled = set(_troubled(seed, night))
    made = []
    for place, (system, gigabytes) in enumerate(GIGABYTES.items()):
        is_whole = night.weekday() == 5
        size = gigabytes * GROWTH_A_YEAR ** ((night - BEGINNING).days / 365) * (1 if is_whole else CHANGED)
        size *= chance.uniform(0.8, 1.25)
        begins = datetime.combine(night, time(22, 30), WIB) + timedelta(
            minutes=7 * place, seconds=chance.randrange(200)
        )
        job = {
            "system": system,
            "night": night.isoformat(),
            "level": "full" if is_whole else "incremental",
            "status": "ok",
            "started": begins.isoformat(),
            "ended": (begins + timedelta(seconds=40 + round(size * 11))).isoformat(),
            "bytes": round(size * 1e9),
            "message": "",
        }
        spoils = chance.random()
        if system in troubled or spoils < FAILING:
            job |= _failed(begins, "Koneksi ke klien terputus", chance.randint(20, 900))
        elif is_full_store and gigabytes > 50:
            job |= _failed(begins, "Ruang penyimpanan penuh", chance.randint(300, 4000))
        elif spoils < FAILING + SKIPPED:
            job |= {"status": "terlewat", "started": None, "ended": None, "bytes": None}
            job["message"] = "Pekerjaan sebelumnya belum selesai"
        _spoil(job, (night - BEGINNING).days * len(GIGABYTES) + place, begins)
        made.append(job)
    return tuple(made)


def _troubled(seed: int, night: date) -> Iterator[str]:
    """Systems that are away, or full, about the time of their backup."""
    at = datetime.combine(night, time(23), WIB)
    for day in days(night - timedelta(days=2), night):
        for one in masalah(seed, day):
            if one.name in (DOWN, FULL) and one.mulai <= at + timedelta(hours=1) and one.selesai >= at:
                yield one.host.name.removeprefix("svc-")


def _failed(begins: datetime, message: str, seconds: int) -> dict[str, Any]:
    ended = (begins + timedelta(seconds=seconds)).isoformat()
    return {"status": "gagal", "ended": ended, "bytes": None, "message": message}


def _spoil(job: dict[str, Any], number: int, begins: datetime) -> None:
    if number % DEFECT_EVERY != 77 or job["status"] != "ok":
        return
    if number // DEFECT_EVERY % 2:
        job["bytes"] = 0
    else:
        job["ended"] = (begins - timedelta(hours=7)).isoformat()  # a server that keeps UTC


OFFICE = Office("diskominfo", ("diskominfo_cadangan",), answer, seen=(PATH,))
