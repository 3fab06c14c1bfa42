"""What walidata and PPID decide on: the definition of each relation of publik, and of each indicator meant for the public."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import yaml

from command_center.paths import DBT_PROJECT

CALL = re.compile(r"\b(\w+)\(")


def definitions() -> dict[str, str]:
    """The checksum of every definition as this program has it, by object."""
    models = sorted((DBT_PROJECT / "models" / "publik").glob("publik__*.sql"))
    relations = {f"publik.{path.stem.removeprefix('publik__')}": _digest(_relation(path)) for path in models}
    return relations | _indicators(DBT_PROJECT / "seeds" / "ref_indikator.csv")


def _relation(path: Path) -> object:
    """Its query with the macros that it calls, and its contract: columns, types, meanings; not its tests."""
    query = path.read_text(encoding="utf-8")
    macros = [DBT_PROJECT / "macros" / f"{name}.sql" for name in sorted(set(CALL.findall(query)))]
    (model,) = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["models"]
    columns = [{key: column[key] for key in column if key != "data_tests"} for column in model["columns"]]
    told = [query, *(macro.read_text(encoding="utf-8") for macro in macros if macro.exists())]
    return [*(" ".join(text.split()) for text in told), model["description"], columns]


def _indicators(registry: Path) -> dict[str, str]:
    """A whole row of the registry: formula, thresholds, class, small cells, level, and the day on which it was proposed."""
    with registry.open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if row["klasifikasi"] == "publik" and row["disetujui_publik_tanggal"]
        ]
    return {f"indikator.{row['kode']}": _digest(row) for row in rows}


def _digest(definition: object) -> str:
    return hashlib.sha256(json.dumps(definition, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
