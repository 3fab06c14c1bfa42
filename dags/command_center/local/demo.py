"""Connections of the declared sources to a demo city, wherever that serves them: on this machine or in a container."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from command_center.declaration.registry import readable_sources
from command_center.declaration.source import Source
from command_center.local.environment import Ports

CONN_TYPES = {"postgresql": "postgres", "file": "fs"}


@dataclass(frozen=True)
class DemoCity:
    """Where a demo city serves each scheme, and what its clients need."""

    addresses: Mapping[str, str]
    password: str
    known_hosts: Path


def on_this_machine(var: Path, ports: Ports, password: str) -> DemoCity:
    """The demo city of a var folder."""
    addresses = {
        "http": f"http://127.0.0.1:{ports.demo_city}",
        "sftp": f"sftp://127.0.0.1:{ports.demo_sftp}",
        "mysql": f"mysql://127.0.0.1:{ports.demo_mysql}",
        "postgresql": f"postgresql://127.0.0.1:{ports.demo_postgres}",
        "file": (var / "upload").as_uri(),
    }
    return DemoCity(addresses, password, var / "demo" / "known_hosts")


def connections(city: DemoCity) -> dict[str, dict[str, object]]:
    """By its id, the connection of every declared source whose scheme the city serves."""
    served = [source for source in readable_sources()[0] if _scheme(source) in city.addresses]
    return {source.connection.id: connection(city, source) for source in served}


def connection(city: DemoCity, source: Source) -> dict[str, object]:
    """An agency's path, folder or database, with the login where one is needed, as Airflow writes connections."""
    scheme = _scheme(source)
    host = f"{city.addresses[scheme]}/{source.opd}"
    content: dict[str, object] = {"conn_type": CONN_TYPES.get(scheme, scheme), "host": host}
    if scheme in ("sftp", "mysql", "postgresql") or source.connection.auth != "none":
        content |= {"login": source.opd, "password": city.password}
    extra = {"known_hosts": str(city.known_hosts)} if scheme == "sftp" else {}
    if scheme not in ("sftp", "file") and not _is_loopback(urlsplit(host).hostname or ""):
        extra["tls"] = "none"  # the demo's own closed network
    if scheme != "http":  # whose answers say it themselves
        extra["data_simulasi"] = "*"
    return content | {"extra": extra} if extra else content


def _scheme(source: Source) -> str:
    return "http" if source.connection.scheme == "https" else source.connection.scheme


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def arguments(var: Path, ports: Ports) -> list[str]:
    """What makes the demo city serve what the declared sources read, and nothing else."""
    options = {
        "sftp": ["--sftp-port", str(ports.demo_sftp)],
        "mysql": ["--mysql-port", str(ports.demo_mysql)],
        "postgresql": ["--postgres-port", str(ports.demo_postgres)],
        "file": ["--upload-folder", str(var / "upload")],
    }
    schemes = {source.connection.scheme for source in readable_sources()[0]}
    served = [argument for scheme, option in options.items() if scheme in schemes for argument in option]
    return ["--clients", "127.0.0.1", str(var / "demo"), "--make-files", *served]
