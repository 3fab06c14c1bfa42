"""The expiry of the city's TLS certificates, as Prometheus answers an instant query. Simulated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from command_center.settings import WIB

from demo_city.answer import Answer, json_answer
from demo_city.ask import Question
from demo_city.causes.chance import rng
from demo_city.causes.pemantauan import BEGINNING, SERVICES
from demo_city.faults.spoil import Fault
from demo_city.office import Office

PATH, METRIC = "api/v1/query", "probe_ssl_earliest_cert_expiry"
WITHOUT_TLS = ("dns", "videowall", "cc112", "dinding-api", "basisdata")
SILENT = "cctv"  # its probe gets no certificate: NaN
YEARLY = ("perizinan", "pajak", "esurat", "vpn")  # bought for a year, renewed by hand, now and then too late
LATE_ONE_IN = 4
SCRAPE_S = 60


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The samples of the metric at the last scrape, an empty vector for another metric; None for another path."""
    if path != PATH:
        return None
    at = now.replace(second=0, microsecond=0)
    found = [_sample(seed, name, at) for name in SERVICES if name not in WITHOUT_TLS]
    result = found if asked.query.get("query", "").strip() == METRIC else []
    return json_answer({"status": "success", "data": {"resultType": "vector", "result": result}}, modified=at)


def _sample(seed: int, name: str, at: datetime) -> dict[str, Any]:
    labels = {
        "__name__": METRIC,
        "instance": f"https://{name}.padang.go.id",
        "job": "blackbox",
        "layanan": name,
    }
    value = "NaN" if name == SILENT else str(int(expiry(seed, name, at).timestamp()))
    return {"metric": labels, "value": [int(at.timestamp()), value]}


def expiry(seed: int, name: str, at: datetime) -> datetime:
    """When the certificate that the service shows at that time expires."""
    chance = rng(seed, "sertifikat", name)
    lifetime = timedelta(days=398 if name in YEARLY else 90)
    issued = datetime(BEGINNING.year, 1, 1, tzinfo=WIB) - timedelta(days=chance.uniform(5, lifetime.days - 60))
    while True:
        renewed = issued + lifetime - _before(seed, name, issued)
        if renewed > at:
            return (issued + lifetime).astimezone(UTC)
        issued = renewed


def _before(seed: int, name: str, issued: datetime) -> timedelta:
    """How long before the end it is renewed; a machine does it after two thirds, a person may forget."""
    chance = rng(seed, "perpanjangan", name, issued.date())
    if name not in YEARLY:
        return timedelta(days=30, minutes=chance.randrange(600))
    is_late = chance.randrange(LATE_ONE_IN) == 0
    return timedelta(days=-chance.uniform(0.2, 3) if is_late else chance.uniform(2, 25))


OFFICE = Office("diskominfo", ("diskominfo_sertifikat",), answer, seen=(f"{PATH}?query={METRIC}",))
