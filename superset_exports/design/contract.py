"""What dbt promises of a mart: its columns, their types and titles, from the YAML beside the models."""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from command_center.errors import DeclarationError
from command_center.paths import DBT_PROJECT

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"
LAYERS = ("mart", "publik")
UNITS = {"_km": "km", "_km2": "km²", "_jam": "jam", "_menit": "menit", "_idr": "Rp", "_pct": "%"}


@dataclass(frozen=True)
class Promised:
    """One column of a mart."""

    name: str
    type: str
    title: str


def columns_of(model: str) -> list[Promised]:
    """The columns of a mart, in its own order. Raises DeclarationError where dbt has no such mart."""
    known = contracts()
    if model not in known:
        near = difflib.get_close_matches(model, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "write the model and its YAML first."
        raise DeclarationError(f"There is no dbt model {model} in dbt_project/models/mart or publik; {hint}")
    return known[model]


def types_by_model() -> dict[str, dict[str, str]]:
    """Model -> column -> type, as the checks of the exported files want it."""
    return {model: {column.name: column.type for column in columns} for model, columns in contracts().items()}


@cache
def levels() -> dict[str, str]:
    """Indicator -> the smallest areas that it has figures of, as the registry says."""
    with (DBT_PROJECT / "seeds" / "ref_indikator.csv").open(encoding="utf-8", newline="") as file:
        return {row["kode"]: row["level_estimasi"] for row in csv.DictReader(file)}


@cache
def contracts() -> dict[str, list[Promised]]:
    files = sorted(file for layer in LAYERS for file in (MODELS / layer).rglob("*.yml"))
    documents = [yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) or {} for file in files]
    return {
        model["name"]: [promised(column) for column in model["columns"]]
        for document in documents
        for model in document.get("models", ())
    }


def promised(column: dict[str, Any]) -> Promised:
    kind = str(column["data_type"]).upper()
    given = column.get("config", {}).get("meta", {}).get("judul")
    return Promised(column["name"], kind, given or title(column["name"], kind))


def title(name: str, kind: str) -> str:
    """What the grammar of names says: umur_jam is Umur (jam), wilayah_nama is Wilayah, and marts hold local times."""
    words = name.removeprefix("is_").removesuffix("_teks").removesuffix("_tautan")
    for ending in ("_kode", "_id"):
        if words.endswith(ending):
            words = f"kode_{words.removesuffix(ending)}"
    unit = next((ending for ending in UNITS if words.endswith(ending)), "")
    words = words.removesuffix(unit).removesuffix("_nama").replace("_", " ")
    note = UNITS[unit] if unit else "WIB" if kind.startswith("TIMESTAMP") else ""
    return words[:1].upper() + words[1:] + (f" ({note})" if note else "")
