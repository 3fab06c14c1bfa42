"""Start the demo city: python -m demo_city --http-port 8090 --sftp-port 0 --state-dir var/demo"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from command_center.errors import CommandCenterError

from demo_city.city import City
from demo_city.protocols.server import make_server, serve
from demo_city.protocols.service import Service
from demo_city.secret import host_key

SEED = 1371


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; the addresses are printed once the ports are open."""
    options = _parser().parse_args(arguments)
    try:
        if options.known_hosts:
            write_known_hosts(options)
        server = make_server(options.host, options.port, options.state_dir, options.seed)
        try:
            server.start_services(list(services(options, server.city)))
        except CommandCenterError:
            server.stop_services()
            raise
    except CommandCenterError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"Kota peragaan (DATA SIMULASI): {server.url}", flush=True)
    if server.services:
        print(json.dumps(server.addresses()), flush=True)
    serve(server)
    return 0


def write_known_hosts(options: argparse.Namespace) -> None:
    """The line by which clients on other machines know the SFTP server; its private key stays in the state folder."""
    name, file = options.known_hosts
    host = name if options.sftp_port == 22 else f"[{name}]:{options.sftp_port}"
    Path(file).write_text(f"{host} {host_key(options.state_dir)}\n")


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

        yield UploadService(city, options.upload_folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_city", description="Stand-in for the agencies' systems.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--http-port", "--port", dest="port", type=int, default=0, help="port of HTTP; 0 takes a free one and prints it"
    )
    for name, what in (("sftp", "SFTP"), ("mysql", "MySQL"), ("postgres", "PostgreSQL"), ("smtp", "SMTP")):
        parser.add_argument(f"--{name}-port", type=int, help=f"serve {what} too; 0 takes a free port")
    parser.add_argument(
        "--known-hosts", nargs=2, metavar=("NAME", "FILE"), help="write the SFTP server's key into a known_hosts file"
    )
    parser.add_argument("--upload-folder", type=Path, help="fill <folder>/<agency> with files, where it exists")
    parser.add_argument(
        "--state-dir", type=Path, required=True, help="folder of the clocks, the keys and the drop folder"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="another number gives another city")
    return parser


if __name__ == "__main__":
    sys.exit(main())
