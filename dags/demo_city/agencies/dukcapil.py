"""The map service of the civil registry: two ArcGIS layers of population, one of kecamatan and one of kelurahan.

How many people there are is in causes/penduduk.py; what is told of them is simulated.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from command_center.settings import WIB
from command_center.wilayah import wilayah

from demo_city.answer import Answer, json_answer
from demo_city.ask import Question
from demo_city.causes.chance import apportion, rng
from demo_city.causes.penduduk import TRAITS, population, recorded_share, wajib_ktp
from demo_city.causes.regions import all_kelurahan
from demo_city.faults.spoil import Fault
from demo_city.office import Office
from demo_city.paging import after, by_offset

LAYERS = {"AGR_VISUAL_KEC_FIX/MapServer/2": "kecamatan", "AGR_VISUAL_KEL_FIX/MapServer/0": "kelurahan"}
MOST = 50
CLAUSE = re.compile(r"(no_prop|no_kab|no_kec|objectid)(=|>)(\d+)|1=1")
AGES = {f"u{5 * step}": weight for step, weight in enumerate((8.1, 8.6, 8.4, 8.5, 8.6, 8.2, 7.8, 7.5, 7.2, 6.5, 5.8, 4.8, 3.8, 2.8, 1.7, 1.7))}  # fmt: skip
CHILDREN, BELOW_17 = ("u0", "u5", "u10"), 0.4
FAITHS = {"islam": 96.6, "kristen": 1.5, "katholik": 1.4, "hindu": 0.02, "budha": 0.45, "konghucu": 0.01, "kepercayaan": 0.02}  # fmt: skip
MARRIAGES = {"belum_kawin": 49.0, "kawin": 44.0, "cerai_hidup": 2.4, "cerai_mati": 4.6}
SCHOOLS = {
    "tidak_blm_sekolah": 21.0, "belum_tamat_sd": 10.0, "tamat_sd": 10.5, "sltp": 12.0, "slta": 31.0, "d1_dan_d2": 0.6,
    "d3": 3.4, "s1": 10.4, "s2": 1.0, "s3": 0.1,
}  # fmt: skip
BLOOD = {
    "a": 9.0, "a_": 0.4, "a1": 0.1, "b": 9.5, "b_": 0.1, "b1": 0.4, "ab": 2.6, "ab_": 0.1, "ab1": 0.2, "o": 13.0,
    "o_": 0.5, "o1": 0.1, "tidak_tahu": 64.0,
}  # fmt: skip
WORK = {
    "belum_tidak_bekerja": 27.0, "pelajar_mahasiswa": 21.0, "mengurus_rumah_tangga": 19.0, "pensiunan": 2.0,
    "wiraswasta": 12.0, "perdagangan": 2.5, "nelayan": 0.6, "guru": 1.4, "perawat": 0.3, "pengacara": 0.1, "lainnya": 14.1,
}  # fmt: skip
PUPILS = {"pendidikan3_4": 0.033, "pendidikan5": 0.017, "pendidikan6_11": 0.102, "pendidikan12_14": 0.051, "pendidikan15_17": 0.05, "pendidikan18_22": 0.086}  # fmt: skip
Record = dict[str, Any]


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """A layer or a query to one, None for another path."""
    layer = path.removesuffix("/query")
    if layer not in LAYERS:
        return None
    today = now.astimezone(WIB)
    semester = today.replace(month=1 if today.month < 7 else 7, day=1, hour=0, minute=0, second=0, microsecond=0)
    records = list(_layer(seed, LAYERS[layer], semester))
    content = _query(records, asked, fault) if path.endswith("/query") else _description(records)
    return json_answer(content, modified=semester)


def _description(records: list[Record]) -> Record:
    return {"objectIdField": "objectid", "maxRecordCount": MOST, "fields": _fields(records)}


def _fields(records: list[Record]) -> list[dict[str, str]]:
    kinds = {int: "esriFieldTypeInteger", str: "esriFieldTypeString"}
    types = {name: kinds[type(value)] for name, value in records[0].items()} | {"objectid": "esriFieldTypeOID"}
    return [{"name": name, "type": kind, "alias": name} for name, kind in types.items()]


def _query(records: list[Record], asked: Question, fault: Fault | None) -> Record:
    """?where=…&f=json in the order of the object id; an error comes with status 200, as ArcGIS has it."""
    clauses = _clauses(asked.query.get("where", ""))
    if clauses is None or asked.query.get("f") != "json":
        return {"error": {"code": 400, "message": "Unable to complete operation.", "details": ["Invalid query."]}}
    bound = max((number for name, sign, number in clauses if name == "objectid" and sign == ">"), default=None)
    equal = {name: number for name, sign, number in clauses if sign == "="}
    found = [record for record in records if all(record[name] == number for name, number in equal.items())]
    keys = [record["objectid"] for record in found]
    if asked.query.get("returnCountOnly") == "true":
        return {"count": len(keys) - (bisect_right(keys, bound) if bound is not None else 0)}
    size = min(MOST, max(1, asked.number("resultRecordCount", MOST)))
    offset = asked.number("resultOffset", 0)
    chosen = by_offset(len(keys), offset, size, fault) if bound is None else after(keys, bound, size, fault)
    content = {
        "objectIdFieldName": "objectid",
        "fields": _fields(records),
        "features": [{"attributes": record} for record in found[chosen]],
    }
    return content | ({"exceededTransferLimit": True} if chosen.stop < len(found) else {})


def _clauses(where: str) -> list[tuple[str, str, int]] | None:
    """Comparisons joined by AND; None for what is not understood."""
    parts = re.split(r"and", re.sub(r"[\s()]", "", where.lower()))
    found = [CLAUSE.fullmatch(part) for part in parts]
    if not all(found):
        return None
    return [(match[1], match[2], int(match[3])) for match in found if match and match[1]]


@lru_cache(maxsize=8)
def _layer(seed: int, level: str, semester: datetime) -> tuple[Record, ...]:
    parts = [_kelurahan(seed, semester, number, place.kode) for number, place in enumerate(all_kelurahan(), start=1)]
    if level == "kelurahan":
        return tuple(parts)
    return tuple(_sum(kode, number, parts) for number, kode in enumerate(TRAITS, start=1))


def _kelurahan(seed: int, semester: datetime, number: int, kode: str) -> Record:
    total = population(seed, semester)[kode]
    chance = rng(seed, "dukcapil", kode)
    adults = wajib_ktp(seed, semester)[kode]
    counts: dict[str, int] = {
        "jumlah_penduduk": total,
        "jumlah_kk": round(total / chance.uniform(2.9, 3.4)),
        **apportion(total, {"pria": chance.uniform(49.2, 50.6), "wanita": 50.0}),
        "jml_lahir": round(total * 0.008),
        "jml_meninggal": round(total * 0.003),
        "perpindahan_pddk": round(total * chance.uniform(0.005, 0.02)),
        "perubahan_data": round(total * chance.uniform(0.02, 0.05)),
        "jml_wktp": adults,
        "jml_rekam_wktp": round(adults * recorded_share(seed, kode, semester)),
        **{name: round(total * share) for name, share in PUPILS.items()},
        **{f"lhr_{year}": round(total * chance.uniform(0.012, 0.017)) for year in range(2020, 2025)},
        **{f"pertumbuhan_{year}": round(total * chance.uniform(-0.004, 0.014)) for year in range(2020, 2025)},
    }
    for weights in (_ages(adults / total), FAITHS, MARRIAGES, SCHOOLS, BLOOD, WORK):
        counts |= apportion(total, {name: weight * chance.uniform(0.85, 1.15) for name, weight in weights.items()})
    area = wilayah()[kode[:8]]
    names = {"nama_kec": area.nama.upper(), "nama_kel": wilayah()[kode].nama.upper()}
    return _record(number, kode, names, counts, chance.uniform(0.3, 6.0))


def _ages(wajib: float) -> dict[str, float]:
    """Weights of the ages where so large a share is at least 17."""
    young = sum(AGES[name] for name in CHILDREN) + BELOW_17 * AGES["u15"]
    factor = (1 - wajib) / wajib * (sum(AGES.values()) - young) / young
    return {name: weight * (factor if name in CHILDREN else 1.0) for name, weight in AGES.items()}


def _sum(kode: str, number: int, parts: list[Record]) -> Record:
    """A kecamatan is the sum of its kelurahan; the map has no number and name of a kelurahan on it."""
    inside = [part for part in parts if part["kode_desa_spatial"].startswith(kode.replace(".", ""))]
    names = [n for n, v in inside[0].items() if isinstance(v, int) and not n.startswith(("no_", "objectid"))]
    counts = {name: sum(part[name] for part in inside) for name in names}
    area = wilayah()[kode]
    return _record(number, kode, {"nama_kec": area.nama.upper()}, counts, KM2[kode])


KM2 = {
    "13.71.01": 10.03, "13.71.02": 8.15, "13.71.03": 7.0, "13.71.04": 8.08, "13.71.05": 100.78, "13.71.06": 30.91,
    "13.71.07": 85.99, "13.71.08": 146.29, "13.71.09": 57.41, "13.71.10": 8.07, "13.71.11": 232.25,
}  # fmt: skip


def _record(number: int, kode: str, names: Record, counts: dict[str, int], km2: float) -> Record:
    """Area and density are texts, with a comma."""
    levels = ("no_prop", "no_kab", "no_kec", "no_kel")
    return {
        "objectid": number,
        **{name: int(part) for name, part in zip(levels, kode.split("."), strict=False)},
        "kode_desa_spatial": kode.replace(".", ""),
        "nama_prop": "SUMATERA BARAT",
        "nama_kab": "KOTA PADANG",
        **names,
        **counts,
        "luas_wilayah": f"{km2:.2f}".replace(".", ","),
        "kepadatan_penduduk": f"{counts['jumlah_penduduk'] / round(km2, 2):,.2f}".translate(str.maketrans(",.", ".,")),
        **{f"field{place}": "" for place in range(1, 21)},
    }


def kelurahan_records(seed: int, semester: datetime) -> tuple[Record, ...]:
    """What the register knows of each kelurahan at the beginning of a semester."""
    return _layer(seed, "kelurahan", semester)


OFFICE = Office(
    "dukcapil",
    ("dukcapil_gis",),
    answer,
    seen=tuple(f"{layer}/query?where=1%3D1&f=json" for layer in LAYERS),
    late=timedelta(weeks=27),
)
