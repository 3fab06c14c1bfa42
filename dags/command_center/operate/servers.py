"""Whether the server that a source depends on is disturbed, as the city's monitoring last told; unknown is not the same as fine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from command_center.database import Connection, all_rows
from command_center.idformat import format_moment
from command_center.ledger import server
from command_center.ledger.server import Condition, Monitored, Monitoring, Server

MONITORING = "diskominfo_zabbix"
TABLES = ["host", "masalah", "pemulihan"]


@dataclass(frozen=True)
class Host:
    """What monitoring says of a host; `since` is when the problems began that are not over, planned or not."""

    host: str
    nama: str
    is_unwatched: bool
    is_in_maintenance: bool
    since: datetime | None


# As in mart__layanan_ti: severity 3 and above means that the host does not answer or serve, problems at once are one outage.
# A problem of which only the recovery's number is known is over, nobody knows when.
HOSTS = """
    with masalah as (
        select m.host_kode, tstzrange(m.mulai_at, coalesce(
            (select min(p.pulih_at) from raw.diskominfo_zabbix__pemulihan as p
             where p.pemicu_kode = m.pemicu_kode and p.pulih_at >= m.mulai_at),
            case when m.pemulihan_kode is not null then m.mulai_at end
        ), '[]') as selama
        from raw.diskominfo_zabbix__masalah as m where m.tingkat >= 3
    )
    select h.nama_teknis as host, h.nama, coalesce(h.is_tidak_dipantau, false) as is_unwatched,
        coalesce(h.is_dalam_perawatan, false) as is_in_maintenance, (
            select lower(masa) from unnest(
                (select range_agg(selama) from masalah where masalah.host_kode = h.host_kode)
            ) as masa where upper_inf(masa)
        ) as since
    from raw.diskominfo_zabbix__host as h where h.nama_teknis = any(%s)
"""


def look_at_servers(connection: Connection, now: datetime) -> dict[str, str]:
    """Ask monitoring's tables for the server of each source that names one, and keep the answer; its sentence by source."""
    watched = server.monitored(connection)
    told = server.monitoring(connection, MONITORING, TABLES)
    hosts = _hosts(connection, watched, told)
    servers = [_server(one, hosts.get(one.host), told, now) for one in watched]
    server.replace(connection, servers)
    return {one.source: one.kalimat for one in servers}


def _hosts(connection: Connection, watched: list[Monitored], told: Monitoring | None) -> dict[str, Host]:
    if told is None or told.last_at is None or not watched:
        return {}  # without a batch there may be no table
    return {one.host: one for one in all_rows(connection, Host, HOSTS, [[one.host for one in watched]])}


def _server(one: Monitored, host: Host | None, told: Monitoring | None, now: datetime) -> Server:
    condition, sentence = condition_of(one.host, host, told, now)
    since = host.since if host is not None and condition == "terganggu" else None
    return Server(one.source, one.host, condition, since, f"{sentence}{_call(told)}", now)


def condition_of(name: str, host: Host | None, told: Monitoring | None, now: datetime) -> tuple[Condition, str]:
    """How a server is, and that in a sentence which stays the same as long as it is so."""
    if unknown := _unknown(name, host, told, now):
        return "tidak_diketahui", f"Keadaan peladennya tidak diketahui: {unknown}."
    assert host is not None
    planned = " (perawatan terencana)" if host.is_in_maintenance else ""
    if host.since is not None:
        return (
            "terganggu",
            f"Menurut pemantauan, peladen '{host.nama}' terganggu sejak {format_moment(host.since)}{planned}.",
        )
    if planned:
        return "perawatan", f"Menurut pemantauan, peladen '{host.nama}' sedang dalam perawatan terencana."
    return (
        "baik",
        f"Menurut pemantauan, peladen '{host.nama}' tidak terganggu: periksa aplikasi dan pengiriman datanya.",
    )


def _unknown(name: str, host: Host | None, told: Monitoring | None, now: datetime) -> str | None:
    """Why monitoring tells nothing of a host that could be believed now."""
    if told is None or told.last_at is None:
        return "pemantauan belum pernah menjawab"
    if now - told.last_at > told.limit:
        return f"pemantauan sendiri terakhir menjawab {format_moment(told.last_at)}"
    if host is None:
        return f"pemantauan tidak mengenal '{name}'"
    return f"pemantauan '{host.nama}' dimatikan" if host.is_unwatched else None


def _call(told: Monitoring | None) -> str:
    people = [one for one in (told.deputy, told.steward) if one] if told is not None else []
    return f" Hubungi {' atau '.join(people)}." if people else ""
