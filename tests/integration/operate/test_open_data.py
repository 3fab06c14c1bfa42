"""Open data are what the public's role reads, with a catalogue whose every statement about a file is true."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from command_center.operate.open_data import declared, write_open_data
from command_center.paths import DBT_PROJECT
from command_center.settings import settings
from playwright.sync_api import sync_playwright
from psycopg import sql

from tests.conftest import Cluster

BASE = "https://data.padang.test/data-terbuka/"
ROWS = [
    {"indikator_kode": "a", "wilayah_kode": "13.71", "periode_mulai": "2026-10-01", "periode_selesai": "2026-10-31"},
    {"indikator_kode": "b", "wilayah_kode": "13.71.09", "periode_mulai": "2026-09-01", "periode_selesai": "2026-09-30"},
]
OF_DATASET = (
    "dct:identifier",
    "dct:title",
    "dct:description",
    "dct:publisher",
    "dcat:contactPoint",
    "dct:license",
    "dct:issued",
    "dct:modified",
    "dct:spatial",
    "dct:accrualPeriodicity",
    "dcat:keyword",
    "dcat:distribution",
)
OF_DISTRIBUTION = (
    "dcat:accessURL",
    "dcat:downloadURL",
    "dcat:mediaType",
    "dcat:byteSize",
    "spdx:checksum",
    "dct:license",
)
Node = dict[str, Any]


def contract(table: str) -> dict[str, str]:
    text = (DBT_PROJECT / "models" / "publik" / f"publik__{table}.yml").read_text(encoding="utf-8")
    return {column["name"]: column["data_type"] for column in yaml.safe_load(text)["models"][0]["columns"]}


def create(connection: psycopg.Connection[Any], table: str, rows: list[dict[str, Any]]) -> None:
    """A table of the public by its contract; what a row does not say is null."""
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in contract(table).items()]
    place = sql.Identifier("publik", table)
    connection.execute(sql.SQL("create table {} ({})").format(place, sql.SQL(", ").join(columns)))
    for row in rows:
        names = sql.SQL(", ").join(map(sql.Identifier, row))
        values = sql.SQL(", ").join(map(sql.Literal, row.values()))
        connection.execute(sql.SQL("insert into {} ({}) values ({})").format(place, names, values))
    connection.execute(sql.SQL("grant select on {} to cc_public").format(place))


@pytest.fixture
def publik(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Schema publik with an indicator that is hidden, warnings of which there is none, and a table that nobody may read."""
    monkeypatch.setenv("CC_OPEN_DATA_DIR", str(tmp_path / "open"))
    monkeypatch.setenv("CC_OPEN_DATA_URL", BASE.rstrip("/"))
    monkeypatch.setenv("DEMO_NOW", "2026-11-23T09:00:00+07:00")
    settings.cache_clear()
    with psycopg.connect(settings().dsn("publisher"), autocommit=True) as connection:
        connection.execute("drop schema if exists publik cascade")
        connection.execute("create schema publik")
        connection.execute("grant usage on schema publik to cc_public")
        told: list[Node] = [
            {"nilai": "12.50", "nilai_teks": '12,5 "baik";\nya', "label_data": "DATA SIMULASI", "is_simulasi": True},
            {"nilai": None, "nilai_teks": "<10", "pembilang": None},
        ]
        create(connection, "indikator", [{**row, **more} for row, more in zip(ROWS, told, strict=True)])
        create(connection, "peringatan_aktif", [])
        create(connection, "kamus", [])
        create(connection, "wilayah", [{"kode_wilayah": "13.71", "nama": "Kota Padang"}])
        connection.execute("revoke all on publik.wilayah from cc_public")
        connection.execute("create table publik.rahasia as select 'jangan' as isi")
        connection.execute("grant select on publik.rahasia to cc_public")
        yield connection
        connection.execute("drop schema publik cascade")
    monkeypatch.undo()
    settings.cache_clear()


def catalogue(folder: Path) -> dict[str, Node]:
    graph = json.loads((folder / "dcat.jsonld").read_text(encoding="utf-8"))["@graph"]
    return {node["@id"]: node for node in graph}


def problems(nodes: dict[str, Node], folder: Path) -> Iterator[str]:
    """What a portal could not take over: a property that is missing, a reference to nothing, an untrue size or checksum."""
    for name, node in nodes.items():
        needed = {"dcat:Dataset": OF_DATASET, "dcat:Distribution": OF_DISTRIBUTION}.get(node["@type"], ("@id",))
        yield from (f"{name} lacks {one}" for one in needed if not node.get(one))
        for reference in (*node.get("dcat:dataset", []), *node.get("dcat:distribution", [])):
            if reference["@id"] not in nodes:
                yield f"{name} names {reference['@id']}, which is nowhere"
        if node["@type"] == "dcat:Distribution" and not [one for one in needed if one not in node]:
            content = (folder / node["dcat:downloadURL"]["@id"].removeprefix(BASE)).read_bytes()
            if str(len(content)) != node["dcat:byteSize"]["@value"]:
                yield f"{name} is not so long"
            if hashlib.sha256(content).hexdigest() != node["spdx:checksum"]["spdx:checksumValue"]["@value"]:
                yield f"{name} has another checksum"


def test_files_say_what_the_public_reads_and_no_more(publik: Any, tmp_path: Path) -> None:
    before = os.umask(0o077)
    written = write_open_data(settings())
    os.umask(before)
    folder = tmp_path / "open"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}, "the web server has another account"
    assert folder.stat().st_mode & 0o777 == 0o755
    with (folder / "indikator.csv").open(encoding="utf-8", newline="") as file:
        by_csv = list(csv.DictReader(file))
    by_json = json.loads((folder / "indikator.json").read_text(encoding="utf-8"), parse_float=Decimal)
    assert (
        [row["nilai_teks"] for row in by_csv] == [row["nilai_teks"] for row in by_json] == ['12,5 "baik";\nya', "<10"]
    )
    assert (by_json[0]["nilai"], by_json[1]["nilai"], by_csv[1]["nilai"]) == (Decimal("12.50"), None, "")
    assert list(by_json[0]) == list(by_csv[0]) == list(contract("indikator"))
    assert json.loads((folder / "peringatan_aktif.json").read_text()) == []
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "dcat.jsonld",
        "index.html",
        *(f"{one.name}.{end}" for one in written.datasets for end in ("csv", "json")),
    }
    assert [one.name for one in written.datasets] == ["indikator", "peringatan_aktif"]
    assert {"wilayah", "kamus", "gempa"} <= set(written.waiting)
    assert "jangan" not in "".join(path.read_text() for path in folder.iterdir())


def test_a_portal_can_take_over_the_catalogue(publik: Any, tmp_path: Path) -> None:
    write_open_data(settings())
    nodes = catalogue(tmp_path / "open")
    assert list(problems(nodes, tmp_path / "open")) == []
    kinds = [node["@type"] for node in nodes.values()]
    assert (kinds.count("dcat:Catalog"), kinds.count("dcat:Dataset"), kinds.count("dcat:Distribution")) == (1, 2, 4)
    indicator = nodes[f"{BASE}#indikator"]
    assert indicator["dct:temporal"]["dcat:startDate"]["@value"] == "2026-09-01"
    assert indicator["dct:temporal"]["dcat:endDate"]["@value"] == "2026-10-31"
    assert "DATA SIMULASI" in indicator["dct:description"]["@value"]
    assert indicator["dct:license"]["@id"].startswith("https://creativecommons.org/")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda nodes: nodes[f"{BASE}#indikator"].pop("dct:license"), "lacks dct:license"),
        (lambda nodes: nodes[f"{BASE}indikator.csv"].pop("spdx:checksum"), "lacks spdx:checksum"),
        (lambda nodes: nodes.pop(f"{BASE}indikator.json"), "which is nowhere"),
        (lambda nodes: nodes[f"{BASE}indikator.csv"]["dcat:byteSize"].update({"@value": "1"}), "is not so long"),
    ],
    ids=["no licence", "no checksum", "no distribution", "wrong size"],
)
def test_what_a_portal_could_not_take_over_is_noticed(publik: Any, tmp_path: Path, spoil: Any, said: str) -> None:
    write_open_data(settings())
    nodes = catalogue(tmp_path / "open")
    spoil(nodes)
    assert any(said in problem for problem in problems(nodes, tmp_path / "open"))


def test_what_did_not_change_keeps_its_time_and_what_is_withdrawn_goes(
    publik: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "open"
    first = {one.name: one for one in write_open_data(settings()).datasets}
    monkeypatch.setenv("DEMO_NOW", "2026-11-24T09:00:00+07:00")
    settings.cache_clear()
    publik.execute("update publik.indikator set nilai = 13 where indikator_kode = 'a'")
    second = {one.name: one for one in write_open_data(settings()).datasets}
    assert second["peringatan_aktif"].modified == first["peringatan_aktif"].modified
    assert second["indikator"].modified > first["indikator"].modified
    assert second["indikator"].issued == first["indikator"].issued
    publik.execute("revoke all on publik.indikator from cc_public")
    third = write_open_data(settings())
    assert [one.name for one in third.datasets] == ["peringatan_aktif"]
    assert not list(folder.glob("indikator.*"))
    assert "Belum disetujui" in third.page.read_text(encoding="utf-8")


def test_people_can_read_the_page(publik: Any) -> None:
    page_file = write_open_data(settings()).page
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 800})
        page.goto(page_file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]}
        assert [one["id"] for one in Axe().run(page, options=rules).response["violations"]] == []
        page.screenshot(path=str(page_file.with_suffix(".png")), full_page=True)
        browser.close()


def test_every_dataset_is_a_relation_of_the_public_with_its_columns() -> None:
    for name, told in declared().datasets.items():
        assert {*told.key, *(told.temporal or ())} <= set(contract(name)), name
