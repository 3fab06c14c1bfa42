"""A change of one percent of a ten-million-row fact, spread over twelve months: what `dbt build` costs against a full build.

The rows lie in raw as the loader leaves them: one part per month, corrections in place with the number of a new batch,
deletions gone, late rows added. The same build follows twice, once of what changed and once of everything, and what
they made is compared row by row.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from command_center.database import Connection, connect, one_value
from command_center.errors import ServiceError
from command_center.extract.asking import Fetched, Window
from command_center.intake import partition
from command_center.ledger import landing, raw_state
from command_center.ledger.batch import Ending, Key, close_batch, open_batch
from command_center.ledger.build import note_taken
from command_center.local.cluster import temporary_cluster
from command_center.settings import TIME_ZONE, settings
from command_center.warehouse.bootstrap import bootstrap
from command_center.warehouse.dbt import as_node, dbt_target, invoke, short_name
from command_center.warehouse.plan import WITHOUT_UNIT_TESTS
from command_center.warehouse.swap import prepare_schemas
from command_center.warehouse.transform import build_warehouse, lock_builds
from command_center.wilayah import wilayah

MODELS = ("fct_lalu_lintas", "agg_lalu_lintas_jam", "agg_lalu_lintas_bulanan")
SELECTED = ["dim_pendekat", "snap_pendekat", "int_pendekat__masa", *MODELS]
SHOWN = 6  # nodes of a build
JUNCTIONS = 72  # of four approaches, every quarter of an hour of a year: 10,1 million rows
YEAR = 2025
MONTHS = range(1, 13)

ROWS = """
insert into raw.dishub_hitung__hitungan
    (mulai_at, kode_simpang, pendekat, sepeda_motor_unit, mobil_penumpang_unit, kendaraan_sedang_unit, kendaraan_berat_unit,
     tak_bermotor_unit, kecepatan_km_jam, _batch_id, _row, _part, _is_simulasi, _observed_at)
select
    waktu, 'SP' || lpad(simpang::text, 2, '0'), pendekat, n % 97, n % 53, n % 11, n % 7, n % 5, 20 + n % 30,
    batch.batch_id, n, batch.part, true, now()
from generate_series(timestamptz '{year}-01-01 00:00+07', timestamptz '{year}-12-31 23:45+07', interval '15 minutes') as waktu
cross join generate_series(1, {junctions}) as simpang
cross join unnest(array['U', 'T', 'S', 'B']) as pendekat
cross join lateral (select abs(hashtextextended(waktu::text || simpang || pendekat, 0)) % 1000000007) as acak (n)
inner join {batches} on batch.part = 'hitung_' || to_char(waktu at time zone '{TIME_ZONE}', 'YYYY-MM')
where n % 1000 > 0
"""
APPROACHES = """
insert into raw.dishub_hitung__pendekat
    (kode_simpang, simpang, kode_kelurahan, lintang, bujur, pendekat, lajur, kapasitas_skr_jam, _batch_id, _row, _part, _is_simulasi, _observed_at)
select 'SP' || lpad(simpang::text, 2, '0'), 'Simpang ' || simpang, wilayah.kode_wilayah, -0.9, 100.4, pendekat, 2, 1500, 1, simpang, 'pendekat', true, now()
from generate_series(1, {junctions}) as simpang
cross join unnest(array['U', 'T', 'S', 'B']) as pendekat
inner join unnest(array{kelurahan}) with ordinality as wilayah (kode_wilayah, nomor) on wilayah.nomor = simpang
"""
CORRECTED = """
update raw.dishub_hitung__hitungan set mobil_penumpang_unit = mobil_penumpang_unit + 1, _batch_id = batch.batch_id
from {batches}
where batch.part = 'hitung_' || to_char(mulai_at at time zone '{TIME_ZONE}', 'YYYY-MM')
    and abs(hashtextextended(kode_simpang || pendekat || {unit}, {salt})) % 1000 < 7
"""
DELETED = """
delete from raw.dishub_hitung__hitungan
where abs(hashtextextended(kode_simpang || pendekat || {unit}, {salt})) % 1000 in (7, 8)
"""
# One row here and one there, the worst case; and whole days of an approach, as when a detector is mended.
SCATTERED = "mulai_at::text"
DAYS = f"(mulai_at at time zone '{TIME_ZONE}')::date::text"
LATE = """
insert into raw.dishub_hitung__hitungan
select waktu, 'SP' || lpad(simpang::text, 2, '0'), pendekat, 1, 1, 1, 1, 1, 30, 0, true, batch.batch_id, batch.part, now()
from generate_series(timestamptz '{year}-01-01 00:00+07', timestamptz '{year}-12-31 23:45+07', interval '15 minutes') as waktu
cross join generate_series(1, {junctions}) as simpang
cross join unnest(array['U', 'T', 'S', 'B']) as pendekat
cross join lateral (select abs(hashtextextended(waktu::text || simpang || pendekat, 0)) % 1000000007) as acak (n)
inner join {batches}
    on batch.part = 'hitung_' || to_char(waktu at time zone '{TIME_ZONE}', 'YYYY-MM')
where n % 1000 = 0
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of one `dbt build`, and of its nodes without dbt's own start."""

    total: float
    nodes: float
    longest: tuple[tuple[float, str], ...]  # seconds and names, the longest first


def bench_warehouse(junctions: int = JUNCTIONS) -> int:
    """Print what a build of the change costs against a build of everything. Raises ServiceError when they differ."""
    with temporary_cluster(is_durable=True):
        bootstrap(settings())
        with connect(settings().dsn("loader")) as connection:
            rows = fill(connection, junctions)
        print(f"raw: {rows:,} rows, {junctions * 4} approaches, 12 months", flush=True)
        everything = whole(full_refresh=True)
        differences = one_change("whole days of approaches", DAYS, junctions)
        differences |= one_change("single rows", SCATTERED, 0)
        with connect(settings().dsn("loader")) as connection:
            change(connection, SCATTERED, 0, salt=3)
        again = whole(full_refresh=False)
        print(
            f"whole `dbt build`, single rows: the change {again:.1f} s, everything {everything:.1f} s = {again / everything:.0%}"
        )
        if any(differences.values()):
            raise ServiceError(f"The build of the change and the build of everything differ: {differences}.")
    return 0


def one_change(what: str, unit: str, junctions: int) -> dict[str, int]:
    """Change one percent, build it, build everything, compare; what differs, by model."""
    with connect(settings().dsn("loader")) as connection:
        changed = change(connection, unit, junctions, salt=1)
    print(f"changed, {what}: " + ", ".join(f"{count:,} {how}" for how, count in changed.items()), flush=True)
    small = selected(full_refresh=False)
    with connect(settings().dsn("transformer"), autocommit=True) as connection:
        keep(connection)
    full = selected(full_refresh=True)
    with connect(settings().dsn("transformer"), autocommit=True) as connection:
        differences = {f"{name}, {what}": count for name, count in compare(connection).items()}
        note_taken(connection)
    print(
        f"`dbt build` of the fact and its aggregates: the change {small.total:.1f} s, everything {full.total:.1f} s",
        flush=True,
    )
    print(
        f"= {small.total / full.total:.1%}, without dbt's start {small.nodes / full.nodes:.1%} (aim: 6 %)", flush=True
    )
    for name, cost in (("the change", small), ("everything", full)):
        print(
            f"longest of {name}: " + ", ".join(f"{node} {seconds:.1f} s" for seconds, node in cost.longest), flush=True
        )
    print(
        "EXCEPT both ways: " + ", ".join(f"{count} rows of {name}" for name, count in differences.items()), flush=True
    )
    return differences


def open_batches(connection: Connection) -> str:
    """A published batch for each month; their parts and numbers as a relation `batch`."""
    numbers = {part: publish_nothing(connection, part) for part in (f"hitung_{YEAR}-{month:02}" for month in MONTHS)}
    for part in numbers:
        partition.create(connection, partition.Partition("dishub_hitung__hitungan", part))
    raw_state.add(connection, "dishub_hitung__hitungan", rows=0, checksum=0, batch_id=max(numbers.values()))
    values = ", ".join(f"('{part}', {number})" for part, number in numbers.items())
    return f"(values {values}) as batch (part, batch_id)"


def publish_nothing(connection: Connection, part: str) -> int:
    """A batch of the ledger whose rows are put into raw by other means; its number."""
    now = settings().now()
    fetched = Fetched(part, Path(), uuid.uuid4().hex, 1, "-", "-", now, simulated_paths="*")
    landed = landing.record(connection, "dishub_hitung", fetched, Window(), uri="-", wrapped_key=None, expires_at=now)
    key = Key("dishub_hitung", "hitungan", part)
    number = open_batch(connection, key, landed, fingerprint="-", run_id="bench", observed_at=now)
    close_batch(connection, number, Ending("published", None, "lolos", 0, 0, 0, 0, 0, 0, None, None))
    return number


def fill(connection: Connection, junctions: int) -> int:
    batches = open_batches(connection)
    kelurahan = sorted(area.kode for area in wilayah().values() if area.tingkat == "kelurahan")
    connection.execute(APPROACHES.format(TIME_ZONE=TIME_ZONE, junctions=junctions, kelurahan=kelurahan).encode())
    rows = connection.execute(
        ROWS.format(TIME_ZONE=TIME_ZONE, year=YEAR, junctions=junctions, batches=batches).encode()
    ).rowcount
    connection.commit()
    connection.autocommit = True
    connection.execute("vacuum analyze raw.dishub_hitung__hitungan")
    connection.autocommit = False
    return rows


def change(connection: Connection, unit: str, junctions: int, *, salt: int) -> dict[str, int]:
    """One percent: seven parts corrected, two deleted, one come late, in all months alike."""
    batches = open_batches(connection)
    corrected = CORRECTED.format(TIME_ZONE=TIME_ZONE, batches=batches, unit=unit, salt=salt)
    counts = {
        "corrected": connection.execute(corrected.encode()).rowcount,
        "deleted": connection.execute(DELETED.format(TIME_ZONE=TIME_ZONE, unit=unit, salt=salt).encode()).rowcount,
    }
    if junctions:
        counts["late"] = connection.execute(
            LATE.format(TIME_ZONE=TIME_ZONE, year=YEAR, junctions=junctions, batches=batches).encode()
        ).rowcount
    connection.commit()
    return counts


def whole(*, full_refresh: bool) -> float:
    began = time.perf_counter()
    build_warehouse(full_refresh=full_refresh)
    return time.perf_counter() - began


def selected(*, full_refresh: bool) -> Cost:
    """`dbt build` of the large fact and of what is made of it, with its tests."""
    with connect(settings().dsn("transformer"), autocommit=True) as connection:
        lock_builds(connection)
        prepare_schemas(connection, anew=True)
        began = time.perf_counter()
        arguments = ["build", *(["--full-refresh"] if full_refresh else []), "--select", *SELECTED, *WITHOUT_UNIT_TESTS]
        nodes = [as_node(result) for result in invoke(arguments, dbt_target(), None)]
        total = time.perf_counter() - began
    for node in nodes:
        if node.status not in ("success", "pass", "warn"):
            raise ServiceError(f"{short_name(node)}: {node.message}")
    longest = sorted(((node.seconds, short_name(node)) for node in nodes), reverse=True)
    return Cost(total, sum(node.seconds for node in nodes), tuple(longest[:SHOWN]))


def keep(connection: Connection) -> None:
    for name in MODELS:
        connection.execute(f"drop table if exists core.bench_{name}".encode())
        connection.execute(f"create table core.bench_{name} as select * from core.{name}".encode())


def compare(connection: Connection) -> dict[str, int]:
    """Rows that only one of the two builds has, by model."""
    differences = {}
    for name in MODELS:
        differences[name] = one_value(
            connection,
            int,
            f"select (select count(*) from (select * from core.{name} except all select * from core.bench_{name}) as a)"
            f" + (select count(*) from (select * from core.bench_{name} except all select * from core.{name}) as b)",
        )
    return differences
