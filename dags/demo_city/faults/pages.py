"""The table of fault × kind, read from fault_table.yml: what becomes of a batch, and what is said.

`python -m demo_city.faults.pages` writes docs/faults.md from it; with --check it only compares.
"""

from __future__ import annotations

import argparse
import sys
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from command_center.paths import ROOT
from pydantic import BaseModel, ConfigDict

from demo_city.faults.spoil import CATALOGUE

TABLE = Path(__file__).with_name("fault_table.yml")
PAGE = ROOT / "docs" / "faults.md"
Becomes = Literal["published", "unchanged", "held", "unavailable"]


class Cell(BaseModel):
    """What one fault does to a batch of one kind; `never` is the reason why it cannot show there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    becomes: Becomes
    quarantined: bool = False
    tries: int | None = None
    said: str = ""
    why: str = ""
    never: str = ""


@cache
def cells() -> dict[tuple[str, str], Cell]:
    """Every cell by fault and kind."""
    content = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    found = {}
    for fault, row in content["faults"].items():
        only, exceptions = row.pop("only", content["kinds"]), row.pop("kinds", {})
        for kind in content["kinds"]:
            cell = {**row, **exceptions.get(kind, {})}
            found[fault, kind] = Cell(
                **cell if kind in only else {**cell, "never": "the format has nothing of that sort"}
            )
    return found


def page() -> str:
    """docs/faults.md."""
    lines = [
        "# Faults and what becomes of a batch",
        "",
        "Generated from `dags/demo_city/faults/fault_table.yml`; each cell is a test (`tests/integration/intake/test_faults.py`).",
        "",
        "- **published**: what is good is published; *+q*: some rows are set aside in `ops.quarantine`, each with place and reason.",
        "- **unchanged**: nothing new; the last good data stay, and their age is told.",
        "- **held**: nothing is published, the last good data stay, the steward is told; a person may release the batch.",
        "- **unavailable**: asked again within the run, then by Airflow's retries, then at the next run; *×n*: requests in one run.",
        "- –: the fault cannot show in that kind.",
        "",
    ]
    kinds = list(dict.fromkeys(kind for _, kind in cells()))
    for fault in CATALOGUE:
        lines += [
            f"## {fault}",
            "",
            f"{CATALOGUE[fault].description[:1].upper()}{CATALOGUE[fault].description[1:]}.",
            "",
        ]
        lines += ["| kind | becomes | said |", "|---|---|---|"]
        grouped: dict[tuple[str, str], list[str]] = {}
        for kind in kinds:
            grouped.setdefault(_shown(cells()[fault, kind]), []).append(kind)
        lines += [f"| {', '.join(names)} | {becomes} | {said} |" for (becomes, said), names in grouped.items()]
        lines.append("")
    return "\n".join(lines)


def _shown(cell: Cell) -> tuple[str, str]:
    if cell.never:
        return "–", cell.never
    becomes = cell.becomes + (" +q" if cell.quarantined else "")
    becomes += f" ×{cell.tries}" if cell.tries and cell.becomes == "unavailable" else ""
    said = f"… {cell.said} …" if cell.said else ""
    return becomes, " ".join(filter(None, [said, f"({cell.why})" if cell.why else ""]))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo_city.faults.pages", description=page.__doc__)
    parser.add_argument(
        "--check", action="store_true", help="only say whether the page still tells what the table says"
    )
    if not parser.parse_args(arguments).check:
        PAGE.write_text(page(), encoding="utf-8")
        print(PAGE)
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print("docs/faults.md has drifted; run `make generate`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
