"""The city's open data portal: a CKAN catalogue in pages. Its DataStore is off, as it often is."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from command_center.settings import WIB

from demo_city.answer import Answer, json_answer
from demo_city.ask import Question
from demo_city.causes.chance import rng
from demo_city.faults.spoil import Fault
from demo_city.office import Office
from demo_city.protocols.paging import by_offset

ACTIONS = "api/3/action/"
LARGEST = 1000
USUAL = 10
FORMATS = (("CSV", "text/csv"), ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
MONTHLY, YEARLY = 1, 12
ORGANISATIONS = {
    "disdukcapil": "Dinas Kependudukan dan Pencatatan Sipil",
    "dinkes": "Dinas Kesehatan",
    "bpbd": "Badan Penanggulangan Bencana Daerah",
    "dlh": "Dinas Lingkungan Hidup",
    "dishub": "Dinas Perhubungan",
    "disdikbud": "Dinas Pendidikan dan Kebudayaan",
    "damkar": "Dinas Pemadam Kebakaran",
    "bpkad": "Badan Pengelola Keuangan dan Aset Daerah",
}
# title, organisation, a new file every so many months
DATASETS = (
    ("Jumlah Penduduk Menurut Kecamatan", "disdukcapil", 6),
    ("Kepemilikan Akta Kelahiran", "disdukcapil", 6),
    ("Jumlah Kasus Demam Berdarah", "dinkes", MONTHLY),
    ("Cakupan Imunisasi Dasar Lengkap", "dinkes", 3),
    ("Daftar Puskesmas dan Fasilitas Kesehatan", "dinkes", YEARLY),
    ("Kejadian Bencana Menurut Jenis", "bpbd", MONTHLY),
    ("Titik Kumpul dan Shelter Tsunami", "bpbd", YEARLY),
    ("Timbulan Sampah Harian", "dlh", MONTHLY),
    ("Ruang Terbuka Hijau", "dlh", YEARLY),
    ("Trayek Trans Padang", "dishub", YEARLY),
    ("Jumlah Siswa Menurut Jenjang", "disdikbud", YEARLY),
    ("Rekapitulasi Kejadian Kebakaran", "damkar", MONTHLY),
    ("Ringkasan APBD", "bpkad", YEARLY),
)


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """What an action of the portal answers, None for a path that is none."""
    if not path.startswith(ACTIONS):
        return None
    action, wanted = path.removeprefix(ACTIONS), asked.query.get("id", "")
    today = now.astimezone(WIB).date()
    found = packages(seed, today, asked.base)
    if action == "package_search":
        rows = min(LARGEST, max(0, asked.number("rows", USUAL)))
        chosen = found[by_offset(len(found), asked.number("start", 0), rows, fault)]
        result = {"count": len(found), "facets": {}, "sort": "name asc", "results": chosen}
        return _success(action, asked, result, today)
    if action == "package_show":
        one = next((package for package in found if wanted in (package["id"], package["name"])), None)
        return _success(action, asked, one, today) if one else _not_found(action, asked)
    return _not_found(action, asked)


def _success(action: str, asked: Question, result: Any, today: date) -> Answer:
    """An answer that changes once a day at most."""
    content = {"help": _help(action, asked), "success": True, "result": result}
    return json_answer(content, modified=datetime.combine(today, time(), WIB))


def _not_found(action: str, asked: Question) -> Answer:
    error = {"__type": "Not Found Error", "message": "Not found"}
    found = json_answer({"help": _help(action, asked), "success": False, "error": error})
    return Answer(found.body, found.content_type, status=404)


def _help(action: str, asked: Question) -> str:
    return f"{asked.base}/{ACTIONS}help_show?name={action}"


def packages(seed: int, today: date, base: str) -> list[dict[str, Any]]:
    """Every data set by name, with the files of the last two years up to the last month that ended."""
    made = (_package(seed, title, organisation, months, today, base) for title, organisation, months in DATASETS)
    return sorted(made, key=lambda package: str(package["name"]))


def _package(seed: int, title: str, organisation: str, months: int, today: date, base: str) -> dict[str, Any]:
    name = title.lower().replace(" ", "-")
    key = _uuid(seed, name)
    files = [(day, added) for day in _file_days(months, today) if (added := _added(seed, name, day)) < today]
    resources = [_resource(seed, name, *file, position, base) for position, file in enumerate(files)]
    created = _moment(seed, name, date(today.year - 3, 2, 1))
    changed = max((resource["created"] for resource in resources), default=created)
    return {
        "id": key,
        "name": name,
        "title": title,
        "notes": f"{title} Kota Padang. DATA SIMULASI.",
        "author": "Fulan Rekaan",
        "author_email": "fulan@contoh.invalid",
        "maintainer": ORGANISATIONS[organisation],
        "maintainer_email": None,
        "creator_user_id": _uuid(seed, "pengguna"),
        "owner_org": _uuid(seed, organisation),
        "organization": {
            "id": _uuid(seed, organisation),
            "name": organisation,
            "title": ORGANISATIONS[organisation],
            "type": "organization",
            "state": "active",
        },
        "license_id": "cc-by",
        "license_title": "Creative Commons Attribution",
        "isopen": True,
        "private": False,
        "state": "active",
        "type": "dataset",
        "num_resources": len(resources),
        "num_tags": 0,
        "metadata_created": created,
        "metadata_modified": changed,
        "tags": [],
        "groups": [],
        "extras": [],
        "resources": [resource | {"package_id": key} for resource in resources],
    }


def _file_days(months: int, today: date) -> list[date]:
    """The first days of the periods that ended within two years, the oldest first."""
    index = today.year * 12 + today.month - 1
    last = index - index % months
    return [date(at // 12, at % 12 + 1, 1) for at in range(last - 24 + months, last + 1, months)]


def _added(seed: int, name: str, day: date) -> date:
    """The day on which the file of a period that ended is put there."""
    return day + timedelta(days=rng(seed, "satudata", name, day, "hari").randint(0, 9))


def _resource(seed: int, name: str, day: date, added: date, position: int, base: str) -> dict[str, Any]:
    chance = rng(seed, "satudata", name, day)
    form, mime = chance.choice(FORMATS)
    created = _moment(seed, name, added)
    return {
        "id": _uuid(seed, name, day),
        "position": position,
        "name": f"{name.replace('-', ' ').capitalize()} sampai {day:%m/%Y}",
        "description": "",
        "format": form if chance.random() > 0.1 else form.lower(),
        "mimetype": mime,
        "mimetype_inner": None,
        "size": chance.randint(2_000, 900_000) if chance.random() > 0.2 else None,
        "hash": "",
        "url": f"{base}/dataset/{name}/{day:%Y-%m}.{form.lower()}",
        "url_type": "upload",
        "datastore_active": False,
        "created": created,
        "last_modified": created if chance.random() > 0.3 else None,
        "state": "active",
    }


def _moment(seed: int, name: str, day: date) -> str:
    """Naive and in UTC, as CKAN writes times."""
    chance = rng(seed, "satudata", name, day, "jam")
    at = datetime.combine(day, time(chance.randint(8, 15), chance.randrange(60), chance.randrange(60)), WIB)
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{chance.randrange(10**6):06d}"


def _uuid(seed: int, *parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, ":".join(str(part) for part in (seed, "satudata", *parts))))


OFFICE = Office("satudata", ("satudata_katalog",), answer, seen=(f"{ACTIONS}package_search",))
