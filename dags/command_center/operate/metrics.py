"""Numbers of the pipeline for Prometheus, read from the ledger when they are asked for: nothing is counted twice, and nothing lost
with a process.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator

import psycopg
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from command_center.database import Connection, connect
from command_center.ledger import delivery, numbers
from command_center.operate import replica
from command_center.settings import settings

log = logging.getLogger(__name__)

COUNTS = (
    ("cc_batches", "Batches that ended, by how", numbers.BATCHES, "status"),
    ("cc_rows", "Rows that were read, by what became of them", numbers.ROWS, "outcome"),
    ("cc_builds", "Builds of the warehouse, by outcome", numbers.BUILDS, "outcome"),
)


class OfLedger:
    """Asks the ledger at each scrape; says by cc_up whether it answered."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("cc_up", "Whether the ledger answered")
        try:
            with connect(settings().dsn("loader")) as connection:
                found = list(_metrics(connection))
        except psycopg.OperationalError as error:
            log.warning("The ledger does not answer: %s", " ".join(str(error).split()))
            found = []
        up.add_metric([], float(bool(found)))
        yield up
        yield from found


def _metrics(connection: Connection) -> Iterator[Metric]:
    yield from _of_freshness(connection)
    for name, text, query, label in COUNTS:
        family = CounterMetricFamily(name, text, labels=["source", label])
        for one in numbers.counted(connection, query):
            family.add_metric([one.source, one.kind], one.count)
        yield family
    mails = GaugeMetricFamily("cc_deliveries", "Mails of reports and sheets, by how far they are", labels=["status"])
    for one in numbers.counted(connection, numbers.DELIVERIES):
        mails.add_metric([one.kind], one.count)
    yield mails
    yield _of_mails_to_settle(connection)
    yield from _of_warehouse(connection)
    problems = GaugeMetricFamily("cc_open_problems", "Problems that were told and are not over", labels=["source"])
    for one in numbers.counted(connection, numbers.PROBLEMS):
        problems.add_metric([one.source], one.count)
    yield problems
    last = GaugeMetricFamily("cc_last_timestamp_seconds", "When it last happened", labels=["what"])
    for moment in numbers.moments(connection):
        if moment.at is not None:
            last.add_metric([moment.what], moment.at.timestamp())
    yield last
    yield from _of_replica(connection)


def _of_mails_to_settle(connection: Connection) -> Metric:
    """What the walidata is told of, so that it is over when that is; zeros are told as well."""
    found = Counter(one.status for one in delivery.to_be_told(connection))
    family = GaugeMetricFamily(
        "cc_deliveries_to_settle", "Mails that a person must look after, by how far they are", labels=["status"]
    )
    for status in ("failed", "tak_pasti", "bounced"):
        family.add_metric([status], found[status])
    return family


def _of_warehouse(connection: Connection) -> Iterator[Metric]:
    """How long builds take, and how large what they make is."""
    spent = CounterMetricFamily(
        "cc_build_seconds", "Time that builds of the warehouse took", labels=["source", "outcome"]
    )
    for one in numbers.build_seconds(connection):
        spent.add_metric([one.source, one.kind], one.seconds)
    yield spent
    last = numbers.last_build_seconds(connection)
    if last is not None:
        yield GaugeMetricFamily("cc_last_build_seconds", "Time that the last build took that succeeded", last)
    sizes = GaugeMetricFamily("cc_schema_bytes", "Size of each schema of the warehouse on disk", labels=["schema"])
    for size in numbers.counted(connection, numbers.SCHEMAS):
        sizes.add_metric([size.source], size.count)
    yield sizes


def _of_replica(connection: Connection) -> Iterator[Metric]:
    """Nothing where there is none; no lag of one that does not follow."""
    standing = replica.look(connection)
    if standing is None:
        return
    yield GaugeMetricFamily("cc_replica_up", "Whether the replica answered and follows", float(standing.follows))
    if standing.lag_s is not None:
        yield GaugeMetricFamily("cc_replica_lag_seconds", "Age of what the replica shows last", standing.lag_s)
    if standing.lag_bytes is not None:
        yield GaugeMetricFamily("cc_replica_lag_bytes", "Log that the replica has yet to replay", standing.lag_bytes)


def _of_freshness(connection: Connection) -> Iterator[Metric]:
    age = GaugeMetricFamily("cc_content_age_seconds", "Age of what the content covers", labels=["source"])
    limit = GaugeMetricFamily("cc_content_age_limit_seconds", "How old it may be, as declared", labels=["source"])
    for one in numbers.freshness(connection, settings().now()):
        limit.add_metric([one.source], one.limit)
        if one.age is not None:
            age.add_metric([one.source], one.age)
    yield from (age, limit)


def exposition() -> str:
    """All numbers as text, as Prometheus reads it."""
    return generate_latest(_registry()).decode()


def serve(port: int, host: str) -> None:
    """Answer scrapes until it is ended."""
    _, thread = start_http_server(port, host, registry=_registry())
    thread.join()


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(OfLedger())
    return registry
