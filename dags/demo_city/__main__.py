"""Start the demo city: python -m demo_city --http-port 8090 --sftp-port 0 --state-dir var/demo"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from command_center.declaration.registry import readable_sources
from command_center.errors import CommandCenterError
from command_center.local.demo import DemoCity, connections

from demo_city.city import City
from demo_city.kept import keep_in
from demo_city.protocols.server import DemoServer, make_server, serve
from demo_city.protocols.service import Service
from demo_city.secret import host_key

SEED = 1371


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; the addresses are printed once the ports are open."""
    options = _parser().parse_args(arguments)
    try:
        server = make_server(options.host, options.port, options.state_dir, options.seed)
        keep_in(options.state_dir / "kept")
        try:
            server.start_services(list(services(options, server.city)))
            if options.clients:
                tell_clients(server, *options.clients)
        except CommandCenterError:
            server.stop_services()
            raise
    except CommandCenterError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"Kota peragaan (DATA SIMULASI): {server.url}", flush=True)
    if server.services:
        print(json.dumps(server.addresses()), flush=True)
    for sentence in server.city.unanswered:
        print(sentence, file=sys.stderr, flush=True)
    serve(server)
    return 0


def tell_clients(server: DemoServer, name: str, folder: str) -> None:
    """What clients that reach this machine by a name need: the key of the SFTP server, and Airflow's connections."""
    served = {scheme: _reached(name, str(address)) for scheme, address in server.addresses().items() if ":" in address}
    city = DemoCity(served, server.city.password, Path(folder) / "known_hosts")
    if "sftp" in served:
        port = urlsplit(served["sftp"]).port
        host = name if port == 22 else f"[{name}]:{port}"
        _put(city.known_hosts, f"{host} {host_key(server.city.state_dir)}\n")
    _put(Path(folder) / "connections.json", json.dumps(connections(city), indent=1))


def make_upload_folders(root: Path) -> None:
    """A folder for each agency that the connections send its clients to."""
    sources, _ = readable_sources()
    for source in sources:
        if source.connection.scheme == "file":
            (root / source.opd).mkdir(parents=True, exist_ok=True)


def _reached(name: str, address: str) -> str:
    """An address as clients elsewhere write it; an agency's name follows."""
    parts = urlsplit(address)
    return address if parts.scheme == "file" else f"{parts.scheme}://{name}:{parts.port}"


def _put(file: Path, text: str) -> None:
    """Whole or not at all, and for this account only: the connections hold the password."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(file)


def services(options: argparse.Namespace, city: City) -> Iterator[Service]:
    """The protocols that were asked for; each is imported only then."""
    if options.sftp_port is not None:
        from demo_city.protocols.sftp import SftpService

        yield SftpService(options.host, options.sftp_port, city)
    if options.mysql_port is not None:
        from demo_city.protocols.mysql import MysqlService

        yield MysqlService(options.host, options.mysql_port, city)
    if options.postgres_port is not None:
        from demo_city.protocols.postgres import PostgresService

        yield PostgresService(options.host, options.postgres_port, city)
    if options.smtp_port is not None:
        from demo_city.protocols.smtp import SmtpService

        yield SmtpService(options.host, options.smtp_port, city, options.state_dir / "surat")
    if options.upload_folder is not None:
        from demo_city.protocols.upload import UploadService

        if options.clients:
            make_upload_folders(options.upload_folder)
        yield UploadService(city, options.upload_folder)
    if options.make_files:
        from demo_city.protocols.making import MakingService

        yield MakingService(city)


def absolute(text: str) -> Path:
    """A folder as its address needs it, from wherever the command was given."""
    return Path(text).resolve()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_city", description="Stand-in for the agencies' systems.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--http-port", "--port", dest="port", type=int, default=0, help="port of HTTP; 0 takes a free one and prints it"
    )
    for name, what in (("sftp", "SFTP"), ("mysql", "MySQL"), ("postgres", "PostgreSQL"), ("smtp", "SMTP")):
        parser.add_argument(f"--{name}-port", type=int, help=f"serve {what} too; 0 takes a free port")
    parser.add_argument(
        "--clients",
        nargs=2,
        metavar=("NAME", "FOLDER"),
        help="write known_hosts and connections.json (Airflow's) for clients that reach this machine by NAME",
    )
    parser.add_argument(
        "--upload-folder",
        type=absolute,
        help="fill <folder>/<agency> with files, where it exists; --clients makes the folders that declared sources read",
    )
    parser.add_argument(
        "--make-files",
        action="store_true",
        help="be ready only when every file has been made; later starts find them kept",
    )
    parser.add_argument(
        "--state-dir", type=Path, required=True, help="folder of the clocks, the keys and the drop folder"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="another number gives another city")
    return parser


if __name__ == "__main__":
    sys.exit(main())
