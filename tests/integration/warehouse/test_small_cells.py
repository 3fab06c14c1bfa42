"""What the public sees, attacked: as equations over all that is shown, and by whoever knows the rules of hiding too."""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import jinja2
import numpy as np
import psycopg
import pytest
from command_center.database import all_rows
from command_center.paths import DBT_PROJECT
from command_center.warehouse.public_cells import Counted, cells_of, choose, is_new, unsafe
from psycopg.rows import dict_row
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.conftest import Cluster

CITY = "13.71"
FIRST, SECOND = date(2026, 9, 1), date(2026, 10, 1)
FAR = 10_000
SOURCES = {
    "int_indikator__nilai": "pg_temp.nilai",
    "mart__indikator": "pg_temp.mart",
    "int_publik__sel": "pg_temp.sel",
    "stg_ops__sel_tersembunyi": "pg_temp.tersembunyi",
}
DERIVED = (
    *("pembilang", "penyebut", "nilai", "nilai_lapor", "penyebut_asal", "peringkat", "jumlah_wilayah"),
    *("rerata_setingkat", "rerata_seinduk", "perubahan", "perubahan_tahunan"),
)
Shown = dict[str, Any]
Tree = dict[str, int]


@dataclass(frozen=True)
class Family:
    """One indicator of one month: counts by area, of which the lowest level decides; people by area where it is a rate."""

    limit: int
    leaves: Tree
    people: Tree | None = None
    month: date = SECOND

    @property
    def counts(self) -> Tree:
        return rolled_up(self.leaves)


def rolled_up(leaves: Tree) -> Tree:
    sums: dict[str, int] = defaultdict(int)
    for code, count in leaves.items():
        for area in {code, code[:8], CITY}:
            sums[area] += count
    return dict(sums)


def published(connection: psycopg.Connection[Any], families: Sequence[Family]) -> list[dict[str, Shown]]:
    """What the two models and the gate make of families: for each, area -> the row that everybody may see."""
    rows = [row for number, family in enumerate(families) for row in registered(number, family)]
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(TABLE)
        marks = ", ".join(f"%({name})s" for name in rows[0])
        cursor.executemany(f"insert into pg_temp.nilai ({', '.join(rows[0])}) values ({marks})", rows)
        cursor.execute(MART)
        cursor.execute("alter table pg_temp.mart drop column sel_kecil")
        cursor.execute(HIDDEN)
        cursor.execute(f"create temp table sel as {model('intermediate/publik/int_publik__sel.sql')}")
        choices = choose(all_rows(connection, Counted, cells_of("sel", "nilai")))
        if is_new(choices):
            hidden = [astuple(choice.ledger) for choice in choices if choice.ledger]
            cursor.executemany("insert into pg_temp.tersembunyi values (%s, %s, %s, %s, %s)", hidden)
            cursor.execute("drop table pg_temp.sel")
            cursor.execute(f"create temp table sel as {model('intermediate/publik/int_publik__sel.sql')}")
        built = all_rows(connection, Counted, cells_of("sel", "nilai"))
        assert not is_new(choose(built)), "what was built is what was chosen"
        assert unsafe(built) == set()
        cursor.execute(model("publik/publik__indikator.sql"))
        answers: list[dict[str, Shown]] = [{} for _ in families]
        for shown in cursor.fetchall():
            answers[int(shown["indikator_kode"])][shown["wilayah_kode"]] = shown
    connection.rollback()
    return answers


def registered(number: int, family: Family) -> Iterator[Shown]:
    people = rolled_up(family.people) if family.people else {}
    for code, count in family.counts.items():
        level = {5: "kota", 8: "kecamatan"}.get(len(code), "kelurahan")
        rate = round(Decimal(100_000 * count) / people[code], 4) if people else count
        parent = None if level == "kota" else CITY if level == "kecamatan" else code[:8]
        district = None if level == "kota" else code[:8]
        yield {
            "indikator_kode": str(number),
            "wilayah_kode": code,
            "wilayah_tingkat": level,
            "kode_kecamatan": district,
            "induk_kode": parent,
            "periode_mulai": family.month,
            "pembilang": count,
            "penyebut": people.get(code),
            "nilai": rate,
            "sel_kecil": family.limit,
            "is_belum_lengkap": number % 2 == 1,
        }


TABLE = """
create temp table nilai (
    indikator_kode text, wilayah_kode text, wilayah_tingkat text, kode_kecamatan text, induk_kode text, periode_mulai date,
    pembilang numeric, penyebut numeric, nilai numeric, sel_kecil int, klasifikasi text default 'publik',
    disetujui_publik_tanggal date default '2026-11-16', publik_tingkat text default 'kelurahan',
    domain text default 'kesehatan', is_simulasi boolean default true, is_belum_lengkap boolean default false)
"""
HIDDEN = """
create temp table tersembunyi (
    indikator_kode text, wilayah_kode text, periode_mulai date, is_disamarkan boolean, is_sementara boolean)
"""
MART = """
create temp table mart as
select
    nilai.*,
    indikator_kode as indikator_nama, 'jiwa' as satuan, 'turun_baik' as arah, wilayah_kode as wilayah_nama,
    'bulan' as periode_jenis, periode_mulai as periode_selesai, 'bulan' as periode_label,
    (periode_mulai - interval '1 month')::date as periode_sebelum, null::date as periode_tahun_lalu,
    nilai::text as nilai_teks, nilai as nilai_lapor, 'DKB' as penyebut_asal,
    rank() over (partition by indikator_kode, periode_mulai, wilayah_tingkat order by nilai)::int as peringkat,
    count(*) over (partition by indikator_kode, periode_mulai, wilayah_tingkat)::int as jumlah_wilayah,
    round(avg(nilai) filter (where wilayah_tingkat = 'kecamatan') over (partition by indikator_kode, periode_mulai), 4)
        as rerata_kecamatan,
    max(nilai) filter (where wilayah_tingkat = 'kota') over (partition by indikator_kode, periode_mulai) as nilai_kota,
    avg(nilai) over (partition by indikator_kode, periode_mulai, wilayah_tingkat) as rerata_setingkat,
    avg(nilai) over (partition by indikator_kode, periode_mulai, induk_kode) as rerata_seinduk,
    nilai as nilai_sebelumnya, nilai as perubahan, nilai as nilai_tahun_lalu, nilai as perubahan_tahunan,
    case when nilai = 0 then 'baik' else 'buruk' end as status,
    'lolos' as mutu, false as is_sementara, null::text as sementara_karena, 'uji' as sumber, now() as data_per, null::text as label_data
from pg_temp.nilai
"""


def model(name: str) -> str:
    """The SQL of a model, on the tables of this test."""
    macro = (DBT_PROJECT / "macros" / "indikator_columns.sql").read_text("utf-8")
    text = (DBT_PROJECT / "models" / name).read_text("utf-8")
    environment = jinja2.Environment()
    return environment.from_string(macro + text).render(
        ref=SOURCES.__getitem__, var={"kode_kota": CITY}.__getitem__, config=lambda **_: ""
    )


def hidden(shown: dict[str, Shown]) -> list[str]:
    return [code for code, row in shown.items() if row["pembilang"] is None]


def ranges(family: Family, shown: dict[str, Shown]) -> dict[str, tuple[int, int]]:
    """What an attacker finds of each hidden cell who has all sums, all means, and a solver for whole numbers."""
    codes = list(shown)
    place = {code: number for number, code in enumerate(codes)}
    lower, upper = np.zeros(len(codes)), np.full(len(codes), float(FAR))
    for code, row in shown.items():
        if row["pembilang"] is not None:
            lower[place[code]] = upper[place[code]] = float(row["pembilang"])
        elif row["nilai_teks"].startswith("<"):
            lower[place[code]], upper[place[code]] = 1, int(row["nilai_teks"][1:]) - 1
    rules = [
        LinearConstraint(sum_rule(code, place), 0, 0) for code in codes if any(parent(one) == code for one in codes)
    ]
    mean = next((row["rerata_kecamatan"] for row in shown.values() if row["rerata_kecamatan"] is not None), None)
    if mean is not None and family.people:
        rules.append(mean_rule(float(mean), rolled_up(family.people), place))
    found = {}
    for code in hidden(shown):
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(codes))
            goal[place[code]] = sign
            answer = milp(goal, constraints=rules, bounds=Bounds(lower, upper), integrality=np.ones(len(codes)))
            assert answer.success, (family, code, answer.message)
            ends.append(round(answer.x[place[code]]))
        found[code] = (ends[0], ends[1])
    return found


def parent(code: str) -> str | None:
    return None if code == CITY else CITY if len(code) == 8 else code[:8]


def sum_rule(code: str, place: dict[str, int]) -> np.ndarray[Any, Any]:
    rule = np.zeros((1, len(place)))
    rule[0, place[code]] = -1
    for child, number in place.items():
        if parent(child) == code:
            rule[0, number] = 1
    return rule


def mean_rule(mean: float, people: Tree, place: dict[str, int]) -> LinearConstraint:
    rule = np.zeros((1, len(place)))
    districts = [code for code in place if len(code) == 8]
    for code in districts:
        rule[0, place[code]] = 100_000 / people[code] / len(districts)
    return LinearConstraint(rule, mean - 0.0002, mean + 0.0002)


def district(number: int) -> str:
    return f"{CITY}.{number:02d}"


def counts_of(*counts: int) -> Tree:
    """Counts by kecamatan."""
    return {district(number): count for number, count in enumerate(counts, start=1)}


def kelurahan_of(*districts: Sequence[int]) -> Tree:
    return {
        f"{district(number)}.{1000 + place}": count
        for number, counts in enumerate(districts, start=1)
        for place, count in enumerate(counts, start=1)
    }


PEOPLE = counts_of(64_811, 98_103, 60_407, 44_812, 62_333, 58_204, 121_907, 72_117, 149_003, 57_801, 29_104)
CASES = {
    "two at the upper end": Family(10, counts_of(9, 9, 40)),
    "two at the lower end": Family(5, counts_of(1, 1, 22)),
    "three at the lower end, no sibling above zero": Family(5, counts_of(2, 2, 1, 0)),
    "all at the upper end": Family(5, counts_of(4, 4)),
    "all of three at the upper end": Family(5, counts_of(4, 4, 4)),
    "one beside zeros": Family(5, counts_of(3, 0, 0)),
    "one beside one": Family(5, counts_of(1, 5, 0, 7)),
    "one of one beside the limit": Family(5, counts_of(1, 5)),
    "a small city of four": Family(5, counts_of(1, 1, 1, 1, 0)),
    "a small city of one": Family(5, counts_of(4, 0, 0)),
    "a hidden kecamatan whose kelurahan are all small": Family(5, kelurahan_of((1, 1, 1, 1), (2, 7), (30, 9))),
    "births of one kecamatan": Family(5, kelurahan_of((20, 30, 28, 4, 4), (30, 22), (41, 12))),
    "one kelurahan in a shown kecamatan": Family(5, kelurahan_of((20, 1), (30, 0, 0), (41, 12))),
    "a rate of eleven kecamatan": Family(10, counts_of(23, 31, 12, 7, 15, 9, 44, 18, 52, 16, 11), PEOPLE),
    "a rate with four hidden": Family(10, counts_of(23, 31, 12, 8, 15, 9, 44, 3, 52, 16, 8), PEOPLE),
    "a rate with none hidden": Family(10, counts_of(23, 31, 12, 18, 15, 19, 44, 13, 52, 16, 18), PEOPLE),
}


@pytest.fixture(scope="module")
def connection(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with cluster.connect() as connection:
        yield connection


def test_whatever_is_hidden_may_still_be_any_small_count(connection: psycopg.Connection[Any]) -> None:
    """`<10` says 1 to 9, `disembunyikan` says nothing: so much stays possible of each, with all sums, means and whole numbers."""
    families = [*CASES.values(), *(random_family(seed) for seed in range(60))]
    names = [*CASES, *(f"random {seed}" for seed in range(60))]
    views = published(connection, families)
    found = 0
    for name, family, shown in zip(names, families, views, strict=True):
        for code, (least, most) in ranges(family, shown).items():
            lowest = 1 if shown[code]["nilai_teks"].startswith("<") else 0
            assert least <= lowest and most >= family.limit - 1, (name, code, least, most)
            assert least <= family.counts[code] <= most, "the attacker's equations are true ones"
            found += 1
    assert found > 300
    assert hidden(views[names.index("a rate with none hidden")]) == []


def random_family(seed: int) -> Family:
    """Mostly small counts, in kecamatan or kelurahan, now and then a rate."""
    chance = random.Random(seed)
    counts = [0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 9, 9, 10, 12, 30]
    if seed % 2:
        people = PEOPLE if seed % 3 else None
        return Family(chance.choice([5, 10]), counts_of(*(chance.choice(counts) for _ in range(11))), people)
    return Family(5, kelurahan_of(*([chance.choice(counts) for _ in range(chance.randint(2, 5))] for _ in range(5))))


def test_a_hidden_cell_takes_along_whatever_is_derived_from_it(connection: psycopg.Connection[Any]) -> None:
    for shown in published(connection, list(CASES.values())):
        for code in hidden(shown):
            assert {shown[code][column] for column in DERIVED} == {None}
            assert shown[code]["status"] == "tidak_tersedia"
            assert re.fullmatch("<[0-9]+|disembunyikan", shown[code]["nilai_teks"])
        levels = {row["wilayah_tingkat"] for row in shown.values() if row["pembilang"] is None}
        ranked = {row["wilayah_tingkat"] for row in shown.values() if row["peringkat"] is not None}
        assert not levels & ranked, "a gap or a tie in a ranking tells who is missing"


def test_whoever_knows_the_rules_finds_no_cell_either(connection: psycopg.Connection[Any]) -> None:
    """Every city of three kecamatan with up to eleven cases each: what looks alike is never alike in a hidden cell."""
    worlds = [Family(5, counts_of(*counts)) for counts in itertools.product(range(12), repeat=3)]
    alike: dict[Any, list[Tree]] = defaultdict(list)
    views = published(connection, worlds)
    for world, shown in zip(worlds, views, strict=True):
        alike[tuple((code, shown[code]["nilai_teks"]) for code in sorted(shown))].append(world.counts)
    for view, counts in alike.items():
        for code, text in view:
            if not text[0].isdigit() and sum(counts[0].values()) < 2 * 13:  # beyond that the worlds end, not the doubt
                assert len({one[code] for one in counts}) > 1, view
    assert sum("<5" in str(view) for view in alike) > 5, "small cells that nothing tells are still named as such"
