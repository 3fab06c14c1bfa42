"""What `make run` lets the demo city go through: its approvals for the public, and the election night of 2024, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import httpx

from command_center.errors import ServiceError
from command_center.ledger.clearance import Body
from command_center.operate import publications
from command_center.settings import WIB

APPROVERS: dict[Body, str] = {
    "walidata": "Kepala Dinas Komunikasi dan Informatika (simulasi)",
    "ppid": "PPID Utama (simulasi)",
}

ELECTION_SOURCE = "kpu_sirekap"


ELECTION_NIGHT = [
    datetime(2024, 11, 27, 16, tzinfo=WIB),
    datetime(2024, 11, 27, 19, tzinfo=WIB),
    datetime(2024, 11, 27, 22, tzinfo=WIB),
    datetime(2024, 11, 28, 2, tzinfo=WIB),
    datetime(2024, 11, 29, 12, tzinfo=WIB),
    datetime(2024, 12, 6, 18, tzinfo=WIB),
]


def approve_publications() -> None:
    """The demo's walidata and PPID approve what waits for them, as people do; what was refused by hand stays refused."""
    for body, jabatan in APPROVERS.items():
        publications.decide(
            ["*"],
            body,
            approves=True,
            jabatan=jabatan,
            alasan="Simulasi: disetujui untuk kota demo",
            login=f"{body} (simulasi)",
        )


def replayed(demo_city_url: str) -> Iterator[datetime]:
    """Move the election's clock forward, step after step; a count that is finished already stands still once more."""
    position = election_clock(demo_city_url)
    for step in [moment for moment in ELECTION_NIGHT if moment > position] or [position]:
        if step > position:
            move_election_clock(demo_city_url, step)
        yield step


def election_clock(demo_city_url: str) -> datetime:
    answer = httpx.get(f"{demo_city_url}/_demo/clock", timeout=10, trust_env=False)
    return datetime.fromisoformat(answer.raise_for_status().json()["kpu"])


def move_election_clock(demo_city_url: str, to: datetime) -> None:
    body = {"source": "kpu", "now": to.isoformat()}
    answer = httpx.put(f"{demo_city_url}/_demo/clock", json=body, timeout=10, trust_env=False)
    if answer.status_code != 200:
        raise ServiceError(f"The demo city refused to move the election's clock: {answer.text[:200]}")
