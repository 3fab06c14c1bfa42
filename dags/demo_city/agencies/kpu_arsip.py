"""What KPU keeps of past elections: its region tree, the stages, the voters' lists as counts, and the official result.

Published figures are served as they were published and unmarked; every split of them down to kecamatan or kelurahan is
simulated, stands in files of its own and sums to the published figure. The archive does not follow the election's clock:
that one replays a night which the archive knows the end of.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from command_center.settings import WIB

from demo_city.agencies import kpu
from demo_city.answer import ALL, CSV, NOTHING, Answer, json_answer
from demo_city.ask import Question
from demo_city.causes.chance import apportion, rng
from demo_city.causes.penduduk import wajib_ktp
from demo_city.causes.published import (
    GOVERNOR_2024,
    GOVERNOR_CITY,
    MAYOR_2018,
    MAYOR_2018_PRELIMINARY,
    MAYOR_2024,
    STAGES_2018,
    STAGES_2024,
    TPS_2018,
    TPS_2020,
    VOTERS_2018,
    VOTERS_2018_MEN,
    VOTERS_2018_WOMEN,
    VOTERS_2020,
    VOTERS_2024,
    Result,
)
from demo_city.causes.regions import all_kelurahan, kelurahan_of, nama_kecamatan
from demo_city.clock import ELECTION_START
from demo_city.faults.spoil import Fault
from demo_city.office import Office

PROVINCE, CITY = "SUMATERA BARAT", "PADANG"
CITY_CODE = "13.71"
LISTS = "pemilih/dpt/1"
# ASSUMED, for nothing is published: the share of men and of first-time and disabled voters, how many ballots are spoilt,
# how many vote outside their list, and the governor's invalid votes per valid one.
MEN, FIRST_TIME, DISABLED = 0.49, 0.09, 0.004
SPOILT, MOVED, EXTRA, INVALID = 0.0006, 0.004, 0.012, 0.028
RESERVE = 0.025  # ballots above the list, per polling station and rounded up
KPU_ID_OF_KELURAHAN = 193001  # KPU's own numbers below the kota are not known; the files are marked simulated
EMPTY_ROW_IN = "13.71.11"  # the list of 2018 ends there with a row of zeros without a name, as forms printed them
DPT_FIXED = {2018: datetime(2018, 4, 19, 16, tzinfo=WIB), 2024: datetime(2024, 9, 23, 16, tzinfo=WIB)}
LIST_2020_FIXED = datetime(2020, 10, 16, 16, tzinfo=WIB)
ROW_OF_KECAMATAN = (
    *("kode_wilayah", "nama_wilayah", "status", "tanggal", "tps", "dpt_l", "dpt_p", "dpt", "pengguna_dpt"),
    *("pengguna_dpph", "pengguna_dptb", "pengguna", "surat_diterima", "surat_digunakan", "surat_rusak", "surat_sisa"),
    *("suara_1", "suara_2", "suara_3", "suara_sah", "suara_tidak_sah", "suara_total", "sumber"),
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Election:
    """An election, when its result was fixed, and its published results in Kota Padang; the first is the official one."""

    kind: str
    year: int
    fixed: datetime
    results: tuple[Result, ...]
    source: str

    @property
    def key(self) -> str:
        return f"{self.kind}{self.year}"


@dataclass(frozen=True)
class Place:
    """The voters' list of one kecamatan or kelurahan."""

    men: int
    women: int
    tps: int

    @property
    def voters(self) -> int:
        return self.men + self.women


MAYOR18 = Election(
    "pkwkk",
    2018,
    datetime(2018, 7, 4, 17, tzinfo=WIB),
    (MAYOR_2018, MAYOR_2018_PRELIMINARY),
    "Rekapitulasi KPU Kota Padang",
)
MAYOR24 = Election("pkwkk", 2024, datetime(2024, 12, 6, 17, tzinfo=WIB), (MAYOR_2024,), "Rekapitulasi KPU Kota Padang")
GOVERNOR24 = Election(
    "pkwkp", 2024, datetime(2024, 12, 6, 17, tzinfo=WIB), (GOVERNOR_2024,), "Rekapitulasi KPU Kota Padang"
)
ELECTIONS = (MAYOR18, MAYOR24, GOVERNOR24)
PRELIMINARY_AT = datetime(2018, 6, 29, 12, tzinfo=WIB)


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """A file of the archive, None for an unknown path."""
    return archive(seed).get(path)


@lru_cache(maxsize=4)
def archive(seed: int) -> Mapping[str, Answer]:
    """Every file by its path; nothing in it changes any more."""
    files: dict[str, Answer] = {}
    for kind in ("pkwkp", "pkwkk"):
        files |= {f"wilayah/pilkada/{kind}/13/1371/{code}.json": _tree(code) for code in GOVERNOR_CITY}
    for year, stages, rule in ((2018, STAGES_2018, "PKPU 1/2017"), (2024, STAGES_2024, "PKPU 2/2024")):
        files[f"tahapan/pilkada{year}.csv"] = _stages(year, stages, rule)
    for year in DPT_FIXED:
        files |= _lists(seed, year)
    files["dpt/pilkada2018_kecamatan.csv"] = _voters_2018()
    files["dpt/pilkada2020_kecamatan.csv"] = _voters_2020()
    for election in ELECTIONS:
        files[f"rekap/{election.key}_suara.csv"] = _votes(election)
        files[f"rekap/{election.key}_kota.csv"] = _city(election)
        files[f"rekap/{election.key}_kecamatan.csv"] = _split(seed, election)
    return files


OFFICE = Office("kpu", ("kpu_dpt", "kpu_rekap", "kpu_tahapan", "kpu_wilayah"), answer)


# Regions


def _tree(kecamatan: str) -> Answer:
    """The kelurahan of one kecamatan, ordered by name as the real files are."""
    rows = [
        {
            "nama": place.nama.upper(),
            "id": KPU_ID_OF_KELURAHAN + number,
            "kode": place.kode.replace(".", ""),
            "tingkat": 4,
        }
        for number, place in enumerate(all_kelurahan())
        if place.kode_kecamatan == dotted(kecamatan)
    ]
    return json_answer(sorted(rows, key=lambda row: str(row["nama"])), ALL, ELECTION_START)


def dotted(code: str) -> str:
    """'137101' as '13.71.01'."""
    return f"{code[:2]}.{code[2:4]}.{code[4:6]}"


# Stages


def _stages(year: int, stages: Sequence[tuple[str, str, str, str, str]], rule: str) -> Answer:
    header = ("kode", "mulai", "selesai", "tahapan", "dasar_hukum", "catatan")
    rows = [(code, first, last, name, rule, note) for code, first, last, name, note in stages]
    return _csv(header, rows, NOTHING, datetime(year, 12, 31, 9, tzinfo=WIB))


# Voters


def _lists(seed: int, year: int) -> Iterator[tuple[str, Answer]]:
    """The city's row as published, and a simulated list of kelurahan per kecamatan."""
    folder = f"pilkada{year}/{LISTS}/{PROVINCE}"
    men, women, voters, tps = _published_list(year)
    city = _list_row("", "", {"jmlPemilihLaki": men, "jmlPemilihPerempuan": women, "totalPemilih": voters}, tps)
    yield f"{folder}/listDps.json", json_answer({"aaData": [city]}, NOTHING, DPT_FIXED[year])
    places = kelurahan_lists(seed, year)
    for kode in VOTERS_2018:
        name = nama_kecamatan(kode).upper()
        rows = [_kelurahan_row(seed, year, name, one.kode, one.nama, places[one.kode]) for one in kelurahan_of(kode)]
        if (year, kode) == (2018, EMPTY_ROW_IN):
            counts = [key for key in rows[0] if not key.startswith(("nama", "jmlTps"))]
            rows.append(_list_row(name, "", dict.fromkeys(counts, 0), 0))
        yield f"{folder}/{CITY}/{name}/listDps.json", json_answer({"aaData": rows}, ALL, DPT_FIXED[year])


def _published_list(year: int) -> tuple[int | None, int | None, int, int]:
    if year == 2018:
        return VOTERS_2018_MEN, VOTERS_2018_WOMEN, VOTERS_2018_MEN + VOTERS_2018_WOMEN, TPS_2018
    return None, None, VOTERS_2024, sum(region.tps for region in GOVERNOR_CITY.values())


def _kelurahan_row(seed: int, year: int, kecamatan: str, kode: str, nama: str, place: Place) -> Row:
    chance = rng(seed, "kpu daftar", year, kode)
    first_men, first_women = (round(n * FIRST_TIME * chance.uniform(0.8, 1.2)) for n in (place.men, place.women))
    disabled = [round(place.voters * DISABLED / 5 * chance.uniform(0.4, 1.6)) for _ in range(5)]
    counts = {
        "jmlPemilihLaki": place.men,
        "jmlPemilihPerempuan": place.women,
        "jmlPemilihKosong": 0,
        "totalPemilih": place.voters,
        "jmlPemilihPemulaLaki": first_men,
        "jmlPemilihPemulaPerempuan": first_women,
        "totalPemilihPemula": first_men + first_women,
        "persenPemilihPemula": round((first_men + first_women) / place.voters * 100, 2),
        **{f"jmlDifabel{number}": count for number, count in enumerate(disabled, start=1)},
        "totalDifabel": sum(disabled),
        "persenDifabel": round(sum(disabled) / place.voters * 100, 2),
    }
    return _list_row(kecamatan, nama.upper(), counts, place.tps)


def _list_row(kecamatan: str, kelurahan: str, counts: Mapping[str, float | None], tps: int) -> Row:
    names = {
        "namaPropinsi": PROVINCE,
        "namaKabKota": CITY,
        "namaKecamatan": kecamatan or None,
        "namaKelurahan": kelurahan or None,
    }
    return {**names, "jmlTps": tps, **counts}


@lru_cache(maxsize=8)
def kelurahan_lists(seed: int, year: int) -> Mapping[str, Place]:
    """The simulated voters' list per kelurahan: nearly all who must hold a KTP, summing to the kecamatan's."""
    grown_up = wajib_ktp(seed, datetime(year, 7, 1, tzinfo=WIB))
    found: dict[str, Place] = {}
    for kode, whole in kecamatan_lists(seed, year).items():
        chance = rng(seed, "kpu kelurahan", year, kode)
        inside = [one.kode for one in kelurahan_of(kode)]
        voters = apportion(whole.voters, {one: grown_up[one] * chance.uniform(0.985, 1.0) for one in inside})
        men = apportion(whole.men, {one: voters[one] * chance.uniform(0.985, 1.015) for one in inside})
        stations = apportion(whole.tps, voters)
        found |= {one: Place(men[one], voters[one] - men[one], stations[one]) for one in inside}
    return found


@lru_cache(maxsize=8)
def kecamatan_lists(seed: int, year: int) -> Mapping[str, Place]:
    """Voters per kecamatan: published for 2018, simulated for 2024; men and women are simulated in both."""
    chance = rng(seed, "kpu kecamatan", year)
    if year == 2018:
        voters, all_men, stations = dict(VOTERS_2018), VOTERS_2018_MEN, apportion(TPS_2018, VOTERS_2018)
    else:
        voters = apportion(
            VOTERS_2024, {kode: count * chance.uniform(0.992, 1.008) for kode, count in VOTERS_2020.items()}
        )
        all_men = round(VOTERS_2024 * MEN)
        stations = {dotted(code): region.tps for code, region in GOVERNOR_CITY.items()}
    men = apportion(all_men, {kode: count * chance.uniform(0.99, 1.01) for kode, count in voters.items()})
    return {kode: Place(men[kode], voters[kode] - men[kode], stations[kode]) for kode in sorted(voters)}


def _voters_2018() -> Answer:
    rows = [(kode, nama_kecamatan(kode), voters) for kode, voters in sorted(VOTERS_2018.items())]
    return _csv(("kode_kemendagri", "kecamatan", "dpt"), rows, NOTHING, DPT_FIXED[2018])


def _voters_2020() -> Answer:
    rows = [
        (kode, nama_kecamatan(kode), len(kelurahan_of(kode)), TPS_2020[kode], voters)
        for kode, voters in sorted(VOTERS_2020.items())
    ]
    return _csv(("kode_kemendagri", "kecamatan", "kelurahan", "tps", "dpt"), rows, NOTHING, LIST_2020_FIXED)


# Results


def _votes(election: Election) -> Answer:
    """Each pair's votes in the city, official and, where KPU gave one, preliminary."""
    header = ("tanggal", "sumber", "status", "nomor_urut", "paslon", "suara", "persen")
    rows = [
        (f"{at:%Y-%m-%d}", source, status, number, pair, votes, f"{votes / sum(result.votes) * 100:.2f}")
        for result, status, at, source in _publications(election)
        for number, (pair, votes) in enumerate(zip(result.pairs, result.votes, strict=True), start=1)
    ]
    return _csv(header, rows, NOTHING, election.fixed)


def _publications(election: Election) -> Iterator[tuple[Result, str, datetime, str]]:
    yield election.results[0], "resmi", election.fixed, election.source
    for result in election.results[1:]:
        yield result, "sementara", PRELIMINARY_AT, "Hitung cepat formulir C1 KPU"


def _city(election: Election) -> Answer:
    """The city's row of the form, with nothing in it but what was published."""
    men, women, voters, tps = _published_list(election.year)
    rows = []
    for result, status, at, source in _publications(election):
        total = None if result.tidak_sah is None else result.sah + result.tidak_sah
        rows.append(
            {
                "kode_wilayah": CITY_CODE,
                "nama_wilayah": "Kota Padang",
                "status": status,
                "tanggal": f"{at:%Y-%m-%d}",
                "tps": tps,
                "dpt_l": men,
                "dpt_p": women,
                "dpt": voters,
                "pengguna": total,
                **{f"suara_{number}": votes for number, votes in enumerate(result.votes, start=1)},
                "suara_sah": result.sah,
                "suara_tidak_sah": result.tidak_sah,
                "suara_total": total,
                "sumber": source,
            }
        )
    return _form(rows, NOTHING, election.fixed)


def _split(seed: int, election: Election) -> Answer:
    """The form's row of each kecamatan: simulated, and summing to every figure that was published for the city."""
    result = election.results[0]
    lists = kecamatan_lists(seed, election.year)
    votes = votes_by_kecamatan(seed, election)
    invalid_all = round(result.sah * INVALID) if result.tidak_sah is None else result.tidak_sah
    chance = rng(seed, "kpu tidak sah", election.key)
    invalid = apportion(invalid_all, {kode: sum(votes[kode]) * chance.uniform(0.85, 1.15) for kode in votes})
    rows = [_form_row(seed, election, kode, place, votes[kode], invalid[kode]) for kode, place in lists.items()]
    return _form(rows, ALL, election.fixed)


def votes_by_kecamatan(seed: int, election: Election) -> Mapping[str, tuple[int, ...]]:
    """Votes of each pair per kecamatan, by its dotted code."""
    result = election.results[0]
    if election is MAYOR24:
        return {dotted(code): tuple(count.votes.values()) for code, count in kpu.mayor_split(seed).items()}
    if election is GOVERNOR24:
        return _governor(result)
    shares = []
    for pair, total in zip(result.pairs, result.votes, strict=True):
        chance = rng(seed, "kpu suara", election.key, pair)
        shares.append(apportion(total, {kode: n * chance.uniform(0.94, 1.06) for kode, n in VOTERS_2018.items()}))
    return {kode: tuple(share[kode] for share in shares) for kode in sorted(VOTERS_2018)}


def _governor(result: Result) -> Mapping[str, tuple[int, ...]]:
    """The last web count per kecamatan, and what it lacked where its polling stations had not reported."""
    missing = {code: region.tps - region.reported for code, region in GOVERNOR_CITY.items()}
    late = []
    for number, total in enumerate(result.votes):
        counted = sum(region.votes[number] for region in GOVERNOR_CITY.values())
        late.append(apportion(total - counted, missing))
    return {
        dotted(code): tuple(votes + late[number][code] for number, votes in enumerate(region.votes))
        for code, region in GOVERNOR_CITY.items()
    }


def _form_row(seed: int, election: Election, kode: str, place: Place, votes: tuple[int, ...], invalid: int) -> Row:
    chance = rng(seed, "kpu formulir", election.key, kode)
    came = sum(votes) + invalid
    moved, extra = (round(came * share * chance.uniform(0.6, 1.4)) for share in (MOVED, EXTRA))
    received = ballots(place)
    spoilt = round(came * SPOILT * chance.uniform(0.3, 1.7))
    return {
        "kode_wilayah": kode,
        "nama_wilayah": nama_kecamatan(kode),
        "status": "resmi",
        "tanggal": f"{election.fixed:%Y-%m-%d}",
        "tps": place.tps,
        "dpt_l": place.men,
        "dpt_p": place.women,
        "dpt": place.voters,
        "pengguna_dpt": came - moved - extra,
        "pengguna_dpph": moved,
        "pengguna_dptb": extra,
        "pengguna": came,
        "surat_diterima": received,
        "surat_digunakan": came,
        "surat_rusak": spoilt,
        "surat_sisa": received - came - spoilt,
        **{f"suara_{number}": count for number, count in enumerate(votes, start=1)},
        "suara_sah": sum(votes),
        "suara_tidak_sah": invalid,
        "suara_total": came,
        "sumber": "D.HASIL KECAMATAN",
    }


def ballots(place: Place) -> int:
    """The ballots that a kecamatan is sent: each polling station's list and 2,5 per cent of it, rounded up."""
    each, more = divmod(place.voters, place.tps)
    return place.voters + more * math.ceil((each + 1) * RESERVE) + (place.tps - more) * math.ceil(each * RESERVE)


def _form(rows: Iterable[Row], simulated: str, modified: datetime) -> Answer:
    lines = [[row.get(name) for name in ROW_OF_KECAMATAN] for row in rows]
    return _csv(ROW_OF_KECAMATAN, lines, simulated, modified)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]], simulated: str, modified: datetime) -> Answer:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return Answer(stream.getvalue().encode(), CSV, simulated, modified=modified)
