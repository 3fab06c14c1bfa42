"""Switch a fault of a running demo city: python -m demo_city.faults.fault damkar html --seconds 5; --mend ends it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from demo_city import control
from demo_city.faults.spoil import CATALOGUE


def main(arguments: Sequence[str] | None = None) -> int:
    kinds = "\n".join(f"  {name:16} {kind.level:11} {kind.description}" for name, kind in CATALOGUE.items())
    parser = argparse.ArgumentParser(
        prog="python -m demo_city.faults.fault",
        description="Break one source of the demo city, or mend it.",
        epilog=f"kinds of fault:\n{kinds}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", nargs="?", help="agency, for instance damkar; not needed to mend all")
    parser.add_argument("kind", nargs="?", help="kind of fault, see below")
    parser.add_argument("--seconds", type=float, help="for slow and status_429")
    parser.add_argument("--mend", action="store_true", help="take the fault away")
    control.add_url(parser)
    options = parser.parse_args(arguments)
    if options.mend:
        return control.call("DELETE", options.url, "fault" + (f"?source={options.source}" if options.source else ""))
    if not options.source or not options.kind:
        return control.call("GET", options.url, "fault")
    body = {"source": options.source, "fault": options.kind}
    return control.call("PUT", options.url, "fault", body | ({"seconds": options.seconds} if options.seconds else {}))


if __name__ == "__main__":
    sys.exit(main())
