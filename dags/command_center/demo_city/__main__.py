"""Start the demo city: python -m command_center.demo_city --host 127.0.0.1 --port 8090 --state-dir var/demo"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from command_center.demo_city.server import make_server, serve
from command_center.errors import CommandCenterError

SEED = 1371


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; the address is printed once the port is open."""
    options = _parser().parse_args(arguments)
    try:
        server = make_server(options.host, options.port, options.state_dir, options.seed)
    except CommandCenterError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"Kota peragaan (DATA SIMULASI): {server.url}", flush=True)
    serve(server)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m command_center.demo_city", description="Stand-in for the agencies' systems."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one and prints it")
    parser.add_argument("--state-dir", type=Path, required=True, help="folder in which the election clock is kept")
    parser.add_argument("--seed", type=int, default=SEED, help="another number gives another city")
    return parser


if __name__ == "__main__":
    sys.exit(main())
