"""A change of one percent of a ten-million-row fact, spread over twelve months: what `dbt build` costs against a full build.

The rows lie in raw as the loader leaves them: one part per month, corrections in place with the number of a new batch,
deletions gone, late rows added. The same build follows twice, once of what changed and once of everything, and what
they made is compared row by row.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from command_center.database import Connection, connect
from command_center.errors import ServiceError
from command_center.local.cluster import temporary_cluster
from command_center.settings import settings
from command_center.warehouse.bootstrap import bootstrap
from command_center.warehouse.dbt import as_node, dbt_target, invoke, short_name
from command_center.warehouse.swap import prepare_schemas
from command_center.warehouse.transform import build_warehouse, lock_builds

MODELS = ("fct_lalu_lintas", "agg_lalu_lintas_jam", "agg_lalu_lintas_bulanan")
SELECTED = ["dim_pendekat", *MODELS]
JUNCTIONS = 72  # of four approaches, every quarter of an hour of a year: 10,1 million rows
YEAR = 2025

BATCHES = """
with asal as (
    insert into ops.landing (source, part, sha256, uri, byte_size, content_type, fetched_from, fetched_at, simulated_paths, expires_at)
    select 'dishub_hitung', 'hitung_' || to_char(bulan, 'YYYY-MM'), gen_random_uuid()::text, '-', 1, '-', '-', now(), '*', now()
    from generate_series(date '{year}-01-01', date '{year}-12-01', interval '1 month') as bulan
    returning landing_id, part
)
insert into ops.batch (source, table_name, part, landing_id, sha256, fingerprint, run_id, status, is_simulasi, quality, observed_at)
select 'dishub_hitung', 'hitungan', part, landing_id, '-', '-', 'bench', 'published', true, 'lolos', now() from asal
"""
NEWEST = "(select max(batch_id) from ops.batch where part = 'hitung_' || to_char(mulai_at at time zone 'Asia/Jakarta', 'YYYY-MM'))"
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
inner join ops.batch as batch on batch.part = 'hitung_' || to_char(waktu at time zone 'Asia/Jakarta', 'YYYY-MM')
where n % 1000 > 0
"""
APPROACHES = """
insert into raw.dishub_hitung__pendekat
    (kode_simpang, simpang, kode_kelurahan, lintang, bujur, pendekat, lajur, kapasitas_skr_jam, _batch_id, _row, _part, _is_simulasi, _observed_at)
select 'SP' || lpad(simpang::text, 2, '0'), 'Simpang ' || simpang, wilayah.kode_wilayah, -0.9, 100.4, pendekat, 2, 1500, 1, simpang, 'pendekat', true, now()
from generate_series(1, {junctions}) as simpang
cross join unnest(array['U', 'T', 'S', 'B']) as pendekat
inner join (
    select kode_wilayah, row_number() over (order by kode_wilayah) as nomor from ops.ref_wilayah where tingkat = 'kelurahan'
) as wilayah on wilayah.nomor = simpang
"""
CORRECTED = """
update raw.dishub_hitung__hitungan set mobil_penumpang_unit = mobil_penumpang_unit + 1, _batch_id = {newest}
where abs(hashtextextended(kode_simpang || pendekat || {unit}, {salt})) % 1000 < 7
"""
DELETED = """
delete from raw.dishub_hitung__hitungan
where abs(hashtextextended(kode_simpang || pendekat || {unit}, {salt})) % 1000 in (7, 8)
"""
# One row here and one there, the worst case; and whole days of an approach, as when a detector is mended.
SCATTERED = "mulai_at::text"
DAYS = "(mulai_at at time zone 'Asia/Jakarta')::date::text"
LATE = """
insert into raw.dishub_hitung__hitungan
select waktu, 'SP' || lpad(simpang::text, 2, '0'), pendekat, 1, 1, 1, 1, 1, 30, batch.batch_id, 0, batch.part, true, now()
from generate_series(timestamptz '{year}-01-01 00:00+07', timestamptz '{year}-12-31 23:45+07', interval '15 minutes') as waktu
cross join generate_series(1, {junctions}) as simpang
cross join unnest(array['U', 'T', 'S', 'B']) as pendekat
cross join lateral (select abs(hashtextextended(waktu::text || simpang || pendekat, 0)) % 1000000007) as acak (n)
inner join (select part, max(batch_id) as batch_id from ops.batch group by part) as batch
    on batch.part = 'hitung_' || to_char(waktu at time zone 'Asia/Jakarta', 'YYYY-MM')
where n % 1000 = 0
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of one `dbt build`, and of its nodes without dbt's own start."""

    total: float
    nodes: float


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
        mark_taken(connection)
    print(
        f"`dbt build` of the fact and its aggregates: the change {small.total:.1f} s, everything {full.total:.1f} s",
        flush=True,
    )
    print(
        f"= {small.total / full.total:.1%}, without dbt's start {small.nodes / full.nodes:.1%} (aim: 5 %)", flush=True
    )
    print(
        "EXCEPT both ways: " + ", ".join(f"{count} rows of {name}" for name, count in differences.items()), flush=True
    )
    return differences


def enter(connection: Connection) -> None:
    """The ledger's word that the table is another than before; its digest is of no matter here."""
    connection.execute(
        "insert into ops.raw_state (table_name, row_count, checksum, batch_id) "
        "select 'dishub_hitung__hitungan', 0, 0, max(batch_id) from ops.batch "
        "on conflict (table_name) do update set batch_id = excluded.batch_id"
    )


def mark_taken(connection: Connection) -> None:
    """What was built stands; the next build takes only what changes from here on."""
    connection.execute(
        "update ops.dbt_build set snapshot = pg_current_snapshot() where finished_at = (select max(finished_at) from ops.dbt_build)"
    )


def fill(connection: Connection, junctions: int) -> int:
    connection.execute(BATCHES.format(year=YEAR).encode())
    connection.execute(APPROACHES.format(junctions=junctions).encode())
    rows = connection.execute(ROWS.format(year=YEAR, junctions=junctions).encode()).rowcount
    enter(connection)
    connection.commit()
    connection.autocommit = True
    connection.execute("vacuum analyze raw.dishub_hitung__hitungan")
    connection.autocommit = False
    return rows


def change(connection: Connection, unit: str, junctions: int, *, salt: int) -> dict[str, int]:
    """One percent: seven parts corrected, two deleted, one come late, in all months alike."""
    connection.execute(BATCHES.format(year=YEAR).encode())
    corrected = CORRECTED.format(newest=NEWEST, unit=unit, salt=salt)
    counts = {
        "corrected": connection.execute(corrected.encode()).rowcount,
        "deleted": connection.execute(DELETED.format(unit=unit, salt=salt).encode()).rowcount,
    }
    if junctions:
        counts["late"] = connection.execute(LATE.format(year=YEAR, junctions=junctions).encode()).rowcount
    enter(connection)
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
        arguments = ["build", *(["--full-refresh"] if full_refresh else []), "--select", *SELECTED]
        nodes = [as_node(result) for result in invoke(arguments, dbt_target(), None)]
        total = time.perf_counter() - began
    for node in nodes:
        if node.status not in ("success", "pass", "warn"):
            raise ServiceError(f"{short_name(node)}: {node.message}")
    return Cost(total, sum(node.seconds for node in nodes))


def keep(connection: Connection) -> None:
    for name in MODELS:
        connection.execute(f"drop table if exists core.bench_{name}".encode())
        connection.execute(f"create table core.bench_{name} as select * from core.{name}".encode())


def compare(connection: Connection) -> dict[str, int]:
    """Rows that only one of the two builds has, by model."""
    differences = {}
    for name in MODELS:
        row = connection.execute(
            f"select (select count(*) from (select * from core.{name} except all select * from core.bench_{name}) as a)"
            f" + (select count(*) from (select * from core.bench_{name} except all select * from core.{name}) as b)".encode()
        ).fetchone()
        assert row is not None
        differences[name] = int(str(row[0]))
    return differences
