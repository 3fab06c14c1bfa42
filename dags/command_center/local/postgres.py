"""The embedded PostgreSQL server of one machine: how it is started and ended, and the databases of the services in it."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from command_center.backup.pg_home import Cluster
from command_center.database import has_row
from command_center.local.processes import DATABASE_GRACE_S, Command, send
from command_center.settings import TIME_ZONE

SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "256MB",
    "work_mem": "32MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": TIME_ZONE,
    "log_line_prefix": "%m [%p] %u@%d ",
    "password_encryption": "scram-sha-256",
}
# Where backups are made: the server notes which blocks changed, and keeps the log for a receiver that is away, but not for ever
WITH_BACKUPS = {"summarize_wal": "on", "max_slot_wal_keep_size": "8GB"}


def server_command(cluster: Cluster, port: int, log: Path, changed: Mapping[str, str] | None = None) -> Command:
    """The server with SERVER_SETTINGS, but for what is changed."""
    options = {**SERVER_SETTINGS, **(changed or {}), "port": str(port)}
    settings = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    return Command(
        name="PostgreSQL",
        argv=[str(cluster.binaries / "postgres"), "-D", str(cluster.data), *settings],
        log=log,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        cwd=cluster.data if cluster.account is None else Path("/"),
        account=cluster.account,
        stop_signal=signal.SIGINT,  # fast shutdown
        ends_last=True,
    )


def stop_leftover(cluster: Cluster) -> None:
    """End a server that a killed owner left behind, and forget its process file, whose number may be another's by now."""
    found = [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(cluster.data)]
    for process in found:
        send(process, signal.SIGINT)
    _, left = psutil.wait_procs(found, timeout=DATABASE_GRACE_S)
    for process in left:
        send(process, signal.SIGKILL)
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)


def create_owned_database(admin_dsn: str, name: str, password: str) -> None:
    """A database with a login role of the same name that owns it; nobody else may connect."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        role = sql.Identifier(name)
        known = has_row(connection, "select from pg_roles where rolname = %s", [name])
        verb = sql.SQL("alter" if known else "create")
        connection.execute(sql.SQL("{} role {} login noinherit password {}").format(verb, role, sql.Literal(password)))
        if not has_row(connection, "select from pg_database where datname = %s", [name]):
            connection.execute(sql.SQL("create database {} owner {}").format(role, role))
        connection.execute(sql.SQL("revoke connect, temporary on database {} from public").format(role))


def close_maintenance_databases(admin_dsn: str) -> None:
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute("revoke connect, temporary on database postgres, template1 from public")
