"""Which dashboards a change reaches: down dbt's graph to the marts, and on to datasets, charts, filters and dashboards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from command_center.errors import DeclarationError
from command_center.lint.touches import Touched, touched_by

INDIKATOR, GEMPA = "model.padang.mart__indikator", "model.padang.mart__gempa"
RAW, STAGED = "source.padang.damkar.kejadian", "model.padang.stg_damkar__kejadian"


def node(unique_id: str) -> dict[str, Any]:
    kind, _, *names = unique_id.split(".")
    source = {"source_name": names[0]} if kind == "source" else {}
    return {"unique_id": unique_id, "resource_type": kind, "name": names[-1], **source}


MANIFEST = {
    "nodes": {one: node(one) for one in (STAGED, INDIKATOR, GEMPA, "seed.padang.ref_ambang", "test.padang.some_test")},
    "sources": {RAW: node(RAW)},
    "child_map": {
        RAW: [STAGED],
        STAGED: [INDIKATOR, "test.padang.some_test"],
        "seed.padang.ref_ambang": [INDIKATOR],
        INDIKATOR: [],
        GEMPA: [],
        "test.padang.some_test": [],
    },
}


def dataset(uuid: str, table: str) -> dict[str, Any]:
    return {"uuid": uuid, "schema": "mart", "table_name": table}


def chart(uuid: str, title: str, dataset: str) -> dict[str, Any]:
    return {"uuid": uuid, "slice_name": title, "dataset_uuid": dataset}


def dashboard(slug: str, charts: list[str], filtered: str | None = None) -> dict[str, Any]:
    wilayah = {"id": "f", "type": "NATIVE_FILTER", "name": "Wilayah", "targets": [{"datasetUuid": filtered}]}
    boxes = {f"CHART-{uuid}": {"type": "CHART", "id": f"CHART-{uuid}", "meta": {"uuid": uuid}} for uuid in charts}
    return {
        "uuid": slug,
        "slug": slug,
        "position": {"DASHBOARD_VERSION_KEY": "v2", **boxes},
        "metadata": {"native_filter_configuration": [wilayah] if filtered else []},
    }


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """kota shows both marts, gempa one of them; the filter of saring offers values of the other."""
    files = {
        "datasets/gudang/indikator": dataset("d1", "indikator"),
        "datasets/gudang/gempa": dataset("d2", "gempa") | {"table_name": "g", "sql": "select 1 from mart.gempa"},
        "charts/angka": chart("c1", "Angka, bulan ini", "d1"),
        "charts/gempa": chart("c2", "Gempa", "d2"),
        "dashboards/kota": dashboard("kota", ["c1", "c2"]),
        "dashboards/gempa": dashboard("gempa", ["c2"]),
        "dashboards/saring": dashboard("saring", ["c2"], filtered="d1"),
    }
    for name, document in files.items():
        (tmp_path / f"{name}.yaml").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return tmp_path


KOTA = Touched("kota", (("charts/angka.yaml", "Angka, bulan ini"),), (), ("mart__indikator",))
SARING = Touched("saring", (), ("Wilayah",), ("mart__indikator",))


@pytest.mark.parametrize(
    "name", ["mart__indikator", "stg_damkar__kejadian", "raw.damkar__kejadian", "damkar", "ref_ambang"]
)
def test_a_change_reaches_what_reads_it_by_however_many_steps(exports: Path, name: str) -> None:
    assert touched_by(name, MANIFEST, exports) == [KOTA, SARING]


def test_a_dataset_with_sql_reads_the_mart_of_its_sql(exports: Path) -> None:
    touched = touched_by("mart__gempa", MANIFEST, exports)
    assert [one.dashboard for one in touched] == ["gempa", "kota", "saring"]
    assert str(touched[0]) == "gempa, by mart__gempa:\n  charts/gempa.yaml  Gempa"


def test_a_name_that_dbt_does_not_know_is_told_with_the_nearest(exports: Path) -> None:
    with pytest.raises(DeclarationError, match=r"mart__indikatr is no model, .*did you mean mart__indikator"):
        touched_by("mart__indikatr", MANIFEST, exports)
