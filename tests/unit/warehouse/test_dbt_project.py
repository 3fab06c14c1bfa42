"""The dbt project agrees with the declarations, the decree and itself; nothing here needs a database."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import yaml
from command_center.declaration.registry import get_source, load_source
from command_center.ledger.build import Node
from command_center.lint.sources import staging_text
from command_center.paths import DBT_PROJECT, ROOT, SOURCES
from command_center.settings import CITY_CODE, CITY_NAME, TIME_ZONE
from command_center.warehouse.dbt import one_line, short_name
from command_center.warehouse.parsed import project_digest
from command_center.warehouse.plan import State
from command_center.wilayah import kecamatan_codes, wilayah
from jinja2 import Environment
from shapely.geometry import Polygon, shape

from dbt_project.seeds import make_ref_peta_wilayah as peta_skematis

SEEDS = DBT_PROJECT / "seeds"
DECLARED = {path.stem: load_source(path) for path in sorted(SOURCES.glob("*.yml"))}
assert DECLARED


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows, name
    return rows


def project_vars() -> dict[str, Any]:
    return dict(yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"])


def staging(source: str) -> dict[str, Any]:
    return dict(
        yaml.safe_load((DBT_PROJECT / "models" / "staging" / source / f"{source}.yml").read_text(encoding="utf-8"))
    )


def test_one_city_11_kecamatan_104_kelurahan() -> None:
    rows = seed("ref_wilayah")
    assert Counter(row["tingkat"] for row in rows) == {"kota": 1, "kecamatan": 11, "kelurahan": 104}
    named = project_vars()
    assert (named["jumlah_kecamatan"], named["jumlah_kelurahan"]) == (11, 104)
    assert [row["kode_wilayah"] for row in rows if row["tingkat"] == "kota"] == [named["kode_kota"]]
    for row in rows:
        assert re.fullmatch(r"13\.71(\.\d{2}(\.1\d{3})?)?", row["kode_wilayah"])
        assert row["kode_kpu"] == row["kode_wilayah"].replace(".", "")
        assert row["kode_kecamatan"] == row["kode_wilayah"][:8] * (row["tingkat"] != "kota")
        assert -1.3 < float(row["lintang"]) < -0.7 and 100.2 < float(row["bujur"]) < 100.6


def test_no_model_knows_which_city_it_is_built_for() -> None:
    """What is true of one city alone is a variable of the project."""
    files = [file for folder in ("models", "macros", "tests") for file in (DBT_PROJECT / folder).rglob("*.sql")]
    facts = re.compile(r"\b13\.?71|Asia/|\bWIB\b|kota padang|\b(11|104) (kecamatan|kelurahan)", re.IGNORECASE)
    assert files and [file.name for file in files if facts.search(file.read_text(encoding="utf-8"))] == []


def test_bps_numbers_kecamatan_in_another_order() -> None:
    bps = {row["kode_wilayah"]: row["kode_bps"] for row in seed("ref_wilayah")}
    assert bps["13.71.05"] == "1371010" and bps["13.71.01"] == "1371040"
    for kode, kode_bps in bps.items():
        if len(kode) > 8:
            assert kode_bps.startswith(bps[kode[:8]]), "a kelurahan's BPS code begins with its kecamatan's"


def test_a_kecamatan_lies_in_the_middle_of_its_kelurahan() -> None:
    rows = seed("ref_wilayah")
    for kecamatan in (row for row in rows if row["tingkat"] == "kecamatan"):
        inside = [
            row for row in rows if row["tingkat"] == "kelurahan" and row["kode_kecamatan"] == kecamatan["kode_wilayah"]
        ]
        for axis in ("lintang", "bujur"):
            mean = sum(float(row[axis]) for row in inside) / len(inside)
            assert float(kecamatan[axis]) == pytest.approx(mean, abs=0.0001)


def test_an_alias_is_no_name_of_another_place() -> None:
    names = {row["nama"].casefold(): row["kode_wilayah"] for row in seed("ref_wilayah")}
    for alias in seed("ref_wilayah_alias"):
        assert names.get(alias["ejaan"].casefold(), alias["kode_wilayah"]) == alias["kode_wilayah"]


def test_every_declared_puskesmas_is_known() -> None:
    declared = DECLARED["dinkes_skdr"].extract.for_each["puskesmas"]
    assert [row["puskesmas"] for row in seed("ref_puskesmas") if not row["berlaku_sampai"]] == declared


def test_no_two_spans_of_a_puskesmas_overlap() -> None:
    spans = sorted(
        (row["puskesmas"], row["berlaku_dari"], row["berlaku_sampai"] or "9999") for row in seed("ref_puskesmas")
    )
    assert all(first <= last for _, first, last in spans)
    assert all(one[0] != after[0] or one[2] < after[1] for one, after in pairwise(spans))


@pytest.mark.parametrize(
    ("spelling", "disease"),
    [
        ("Diare Akut", "Diare Akut"),
        ("Suspek Dengue", "Suspek Dengue"),
        ("Malaria Konfirmasi", "Malaria Konfirmasi"),
        ("Pnemonia", "Pneumonia"),
        ("Diare Berdarah/ Disentri", "Diare Berdarah/Disentri"),
        ("Sindrom Jaundice Akut", "Sindrom Jaundice Akut"),
        ("ILI (Penyakit Serupa Influenza)", "Penyakit Serupa Influenza (ILI)"),
        ("Gigitan Hewan Penular Rabies", "Gigitan Hewan Penular Rabies"),
        ("Suspek HFMD", "Suspek HFMD"),
        ("ISPA", "ISPA"),
    ],
)
def test_spellings_of_skdr_workbooks_are_known(spelling: str, disease: str) -> None:
    assert {row["ejaan"]: row["penyakit"] for row in seed("ref_penyakit")}[spelling] == disease


def test_a_spelling_means_one_disease_and_a_disease_is_of_one_group() -> None:
    keys: dict[str, str] = {}
    groups: dict[str, str] = {}
    for row in seed("ref_penyakit"):
        key = re.sub(r"[^a-z0-9]+", " ", row["ejaan"].lower()).strip()
        assert keys.setdefault(key, row["penyakit"]) == row["penyakit"]
        assert groups.setdefault(row["penyakit"], row["kelompok"]) == row["kelompok"]


def test_running_months_are_compared_where_a_model_counts_the_same_days() -> None:
    """By source: what is registered for it and what models hand to `berhari_sama` are the same."""
    sources = {row["kode"]: row["source"] for row in seed("ref_indikator")}
    registered = {
        sources[row["kode"]] for row in seed("ref_sajian_indikator") if row["banding_berjalan"] == "hari_sama"
    }
    models = "".join(path.read_text(encoding="utf-8") for path in sorted((DBT_PROJECT / "models").rglob("int_*.sql")))
    counted = re.findall(r'"source": "(\w+)"|berhari_sama\([^{}]*?, "(\w+)",', models)
    assert registered == {"".join(found) for found in counted} and len(registered) == 10


def test_the_public_sees_no_running_month_beside_the_same_days_before_it() -> None:
    """Counts of two windows would be another family of small cells."""
    for path in sorted((DBT_PROJECT / "models" / "publik").iterdir()):
        assert "hari_sama" not in path.read_text(encoding="utf-8"), path.name
    columns = (DBT_PROJECT / "macros" / "indikator_columns.sql").read_text(encoding="utf-8")
    tile = (DBT_PROJECT / "macros" / "ubin.sql").read_text(encoding="utf-8")
    for_officials = re.compile(r"{% if is_untuk_pejabat -%}.*?{% endif -%}", re.DOTALL)
    assert "hari_sama" not in columns and "hari_sama" in tile
    assert "hari_sama" not in for_officials.sub("", tile) and "banding_teks(" not in for_officials.sub("", tile)


def test_the_registry_is_complete() -> None:
    for row in seed("ref_indikator"):
        assert row["definisi"] and row["rumus"] and row["source"] in DECLARED, row["kode"]
        assert bool(row["ambang_baik"]) == bool(row["ambang_waspada"]) == bool(row["ambang_dasar"]), row["kode"]
        assert row["is_diperingkat"] == "false" or row["penyebut_min"], (
            f"{row['kode']}: a rank needs a least denominator"
        )
        # Of persons: how many puskesmas reported is nobody's secret.
        is_of_persons = row["domain"] == "kesehatan" and row["kode"] != "skdr_kelengkapan"
        assert not is_of_persons or row["sel_kecil"] == "10", f"{row['kode']}: public health cells of 1-9 are hidden"
        assert row["numerator"] != "puskesmas melapor" or row["sel_kecil"] == "", row["kode"]


def test_targets_that_a_rule_or_a_plan_names_are_thresholds() -> None:
    registry = {row["kode"]: row for row in seed("ref_indikator")}
    services = [row for kode, row in registry.items() if kode.startswith("spm_kes_")]
    assert len(services) == 12
    for row in (*services, registry["realisasi_pendapatan"]):
        assert (row["ambang_baik"], row["is_ambang_prorata"]) == ("100", "true"), "a year's target, counted up"
    for kode in ("deviasi_keuangan", "deviasi_fisik"):
        row = registry[kode]
        assert (row["ambang_baik"], row["ambang_waspada"], row["ambang_siaga"]) == ("0", "-5", "-10")
    assert [k for k, row in registry.items() if "target" in row["dasar_hukum"] and not row["ambang_baik"]] == []


def test_a_rule_of_attention_finds_something_and_says_it_in_full() -> None:
    rules = {row["kode"]: row for row in seed("ref_aturan_perhatian")}
    found = "".join(
        file.read_text("utf-8") for file in (DBT_PROJECT / "models" / "intermediate" / "temuan").glob("*.sql")
    )
    targets = {f"target_{row['domain']}" for row in seed("ref_indikator")}
    assert targets <= rules.keys(), "whatever domain gets a threshold has its rule"
    for kode, rule in rules.items():
        assert kode in targets or f"'{kode}'" in found or kode == "sumber_terlambat", f"{kode}: nothing finds it"
        places = set(re.findall(r"{(\w+)}", rule["kalimat"]))
        assert {"subjek"} < places <= {"subjek", "indikator", "nilai", "target", "rincian", "periode"}, kode
        assert rule["penanggung_jawab"] or not kode.startswith("target"), f"{kode}: says nobody who acts"


@pytest.mark.parametrize("name", DECLARED)
def test_staging_agrees_with_the_declaration(name: str) -> None:
    source = DECLARED[name]
    [declared] = staging(name)["sources"]
    assert (declared["name"], declared["schema"]) == (name, "raw")
    assert {table["name"]: table["identifier"] for table in declared["tables"]} == {
        t: f"{name}__{t}" for t in source.tables
    }
    assert freshness(declared) == source.silence
    assert {model["name"] for model in staging(name)["models"]} == {f"stg_{name}__{table}" for table in source.tables}


def freshness(declared: dict[str, Any]) -> timedelta:
    limit = declared["config"]["freshness"]["warn_after"]
    return timedelta(**{f"{limit['period']}s": limit["count"]})


@pytest.mark.parametrize("name", DECLARED)
def test_staging_reads_every_stored_column_and_no_other(name: str) -> None:
    source = DECLARED[name]
    for table, declared in source.tables.items():
        text = staging_text(DBT_PROJECT / "models" / "staging" / name / f"stg_{name}__{table}.sql")
        ignored = IGNORED_ON_PURPOSE.get(f"{name}__{table}", set())
        for column in declared.stored:
            is_read = re.search(rf"\b{column.name}\b", text) is not None
            assert is_read != (column.name in ignored), f"{name}.{table}.{column.name}"
        for column in declared.columns:
            assert column.treatment != "drop" or re.search(rf"\b{column.name}\b", text) is None, column.name


IGNORED_ON_PURPOSE = {
    "bmkg_gempa__gempa": {"lintang_teks", "bujur_teks"},  # the same point as text; the numbers count
    "diskominfo_112__tiket": {"lintang", "bujur"},  # an exact place is shown nowhere; kelurahan is
    "damkar_kejadian__kejadian": {"lat_long"},  # an exact place is shown nowhere; kelurahan is
}


def test_every_model_has_yaml_that_states_its_grain() -> None:
    described = {
        model["name"]: model["description"]
        for file in (DBT_PROJECT / "models").rglob("*.yml")
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])
    }
    models = {file.stem for file in (DBT_PROJECT / "models").rglob("*.sql")}
    assert models and models == set(described)
    assert [name for name, text in described.items() if not text.startswith("One row per")] == []


def test_what_is_said_of_a_model_stands_beside_it() -> None:
    """A model above staging has a YAML of its own name; of staging, each source has one."""
    for file in (DBT_PROJECT / "models").rglob("*.yml"):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        described = {model["name"] for model in document["models"]}
        if "staging" not in file.parts:
            assert described == {file.stem}, file
        assert all(file.with_name(f"{name}.sql").exists() for name in described), file
        assert {test["model"] for test in document.get("unit_tests", [])} <= described, file


def test_a_shared_description_is_shared_and_says_something() -> None:
    texts = [file.read_text(encoding="utf-8") for file in DBT_PROJECT.rglob("*.yml")]
    used = Counter(name for text in texts for name in re.findall(r"doc\('(\w+)'\)", text))
    blocks = {
        name: words
        for file in (DBT_PROJECT / "docs").glob("*.md")
        for name, words in re.findall(r"\{% docs (\w+) %\}\n(.*?)\n\{% enddocs %\}", file.read_text("utf-8"), re.DOTALL)
    }
    assert blocks and [name for name in blocks if used[name] < 2] == [], "write it beside the one model that has it"
    assert [name for name, words in blocks.items() if len(words.split()) < 2] == []


def test_the_seed_of_the_map_is_what_its_program_makes(tmp_path: Any) -> None:
    """Corner by corner; only where a kelurahan's ring begins may differ, for its rows are older than the program."""
    peta_skematis.write_seed(peta_skematis.WILAYAH, tmp_path / "peta.csv")
    with (tmp_path / "peta.csv").open(encoding="utf-8", newline="") as file:
        made = list(csv.DictReader(file))
    kept = seed("ref_peta_wilayah")
    assert [row for row in made if row["tingkat"] == "kecamatan"] == [r for r in kept if r["tingkat"] == "kecamatan"]
    assert [_begun_anew(row) for row in made] == [_begun_anew(row) for row in kept]


def _begun_anew(row: dict[str, str]) -> dict[str, str]:
    return row | {"geometri": shape(json.loads(row["geometri"])).normalize().wkt}


def test_cells_of_the_map_fill_the_frame_and_hold_their_centre() -> None:
    centres = peta_skematis.read_centres(peta_skematis.WILAYAH)
    cells = peta_skematis.cells_of(peta_skematis.WILAYAH)
    frame = peta_skematis.frame_of(list(centres.values()))
    assert len(cells) == 104
    assert sum(cell.area for cell in cells.values()) == pytest.approx(frame.area, rel=1e-3)
    for kode, cell in cells.items():
        assert cell.contains(centres[kode]), kode
        drawn = shape(json.loads(peta_skematis.geojson(cell)))
        assert isinstance(drawn, Polygon) and drawn.exterior.is_ccw, "as GeoJSON wants it"


def test_a_kecamatan_on_the_map_is_the_union_of_its_kelurahan() -> None:
    cells = peta_skematis.cells_of(peta_skematis.WILAYAH)
    shapes = {row["kode_wilayah"]: shape(json.loads(row["geometri"])) for row in seed("ref_peta_wilayah")}
    kecamatan = [kode for kode in shapes if len(kode) == 8]
    assert len(kecamatan) == 11 and len(shapes) == 115
    for kode, one in shapes.items():
        assert one.is_valid, kode
    for kode in kecamatan:
        parts = sum(cell.area for child, cell in cells.items() if child.startswith(kode))
        assert shapes[kode].area == pytest.approx(parts, rel=1e-9), kode
    for number, kode in enumerate(kecamatan):
        for other in kecamatan[:number]:
            assert shapes[kode].intersection(shapes[other]).area < 1e-12, (kode, other)


def test_the_digest_of_a_project_follows_its_files(tmp_path: Any) -> None:
    (tmp_path / "a.sql").write_text("select 1")
    first = project_digest(tmp_path)
    (tmp_path / "partial_parse.msgpack").write_bytes(b"x")
    assert project_digest(tmp_path) == first
    (tmp_path / "a.sql").write_text("select 2")
    assert project_digest(tmp_path) != first


def test_a_failed_node_is_named_for_people() -> None:
    node = Node("unit_test.command_center.fct_gempa.ingkaran", "unit_test", "fail", "actual\n  differs", None, 0.1)
    assert short_name(node) == "unit_test ingkaran" and one_line(node.message) == "actual differs"
    test = Node("test.command_center.unique_together_fct_suara.1a2b", "test", "fail", "Got 1 result", 1, 0.1)
    assert short_name(test) == "test unique_together_fct_suara"


def test_sources_of_restricted_indicators_are_not_named_to_the_public() -> None:
    cleared: dict[str, bool] = {}
    for row in seed("ref_indikator"):
        is_cleared = row["klasifikasi"] == "publik" and row["disetujui_publik_tanggal"] != ""
        cleared[row["source"]] = cleared.get(row["source"], False) or is_cleared
    assert project_vars()["sumber_terbatas"] == sorted(
        source for source, is_cleared in cleared.items() if not is_cleared
    )


def test_an_indicator_is_made_of_one_table_of_its_source_at_least() -> None:
    sources = {row["kode"]: get_source(row["source"]) for row in seed("ref_indikator")}
    left_out: dict[str, set[str]] = {}
    for row in seed("ref_tabel_bukan_bahan"):
        left_out.setdefault(row["indikator_kode"], set()).add(row["table_name"])
    for kode, tables in left_out.items():
        assert tables < set(sources[kode].tables), kode


def test_a_state_survives_the_ledger() -> None:
    state = State("a", "b", "2026-11-02T08:00:00+07:00")
    assert State.parse(str(state)) == state


def test_the_city_is_the_same_for_python_sql_and_the_services() -> None:
    declared = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    assert (declared["kode_kota"], declared["zona_waktu"]) == (CITY_CODE, TIME_ZONE)
    assert declared["jumlah_kecamatan"] == len(kecamatan_codes())
    levels = [area.tingkat for area in wilayah().values()]
    assert declared["jumlah_kelurahan"] == levels.count("kelurahan")
    assert wilayah()[CITY_CODE].nama in CITY_NAME
    compose = (ROOT / "docker" / "compose.yml").read_text(encoding="utf-8")
    assert f"SUPERSET_CITY_NAME: {CITY_NAME}\n    TZ: {TIME_ZONE}\n" in compose


@pytest.mark.parametrize("is_citus", [False, True])
def test_the_large_facts_are_spread_over_a_citus_by_a_column_of_their_unique_index(is_citus: bool) -> None:
    """What the hook would say: no Citus runs it here."""
    found = []
    for path in sorted((DBT_PROJECT / "models").rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        if 'materialized="partitioned"' in text:
            hook = re.search(r'post_hook="(\{\{ distribute\(.*?\) \}\})"', text)
            unique = re.search(r'"columns": \[(.*?)\], "unique": true', text)
            assert hook and unique, path.stem
            macro = (DBT_PROJECT / "macros" / "distribute.sql").read_text(encoding="utf-8")
            said = (
                Environment(autoescape=False)
                .from_string(macro + hook[1])
                .render(var={"is_citus": is_citus}.get, this=path.stem)
            )
            column = re.search(r"create_distributed_table\('(\w+)', '(\w+)'\)", said)
            found.append(bool(said.strip()))
            assert not is_citus or (column and column[1] == path.stem and f'"{column[2]}"' in unique[1])
    assert found == [is_citus], "the one fact that is partitioned"
