"""How far a fault reaches: its own domain, what others may still read, and what is everybody's."""

from __future__ import annotations

import functools

import pytest
from command_center.lint.dbt import domain_problems, project_manifest
from command_center.warehouse.domains import SUMMARY, Fault, Graph, Node, graph_of, reach


@functools.cache
def project() -> Graph:
    return graph_of(project_manifest())


def of(name: str) -> str:
    return next(node.unique_id for node in project().nodes.values() if node.name == name)


@pytest.mark.parametrize(
    ("wrong", "domains"),
    [
        ("stg_diskominfo_lapor__laporan", {"pengaduan"}),
        ("stg_dukcapil_gis__penduduk", {"kependudukan"}),
        ("stg_dukcapil_dkb__penduduk", {"kependudukan"}),
        ("fct_penduduk", {"kependudukan", "kesehatan"}),
        ("stg_bmkg_gempa__gempa", {"bencana"}),
        ("stg_kpu_sirekap__paslon", {"pilkada"}),
        ("int_indikator__program", {"program"}),
        ("mart__kejadian_damkar", {"kebakaran"}),
        ("fct_acara", {"agenda"}),
        ("int_temuan__pengaduan", {"pengaduan"}),
        ("fct_berita", {"isu"}),
        ("stg_satudata_katalog__dataset", {"infrastruktur"}),
        ("stg_kpu_wilayah__wilayah", set()),
    ],
)
def test_wrong_rows_hold_the_domains_that_read_them(wrong: str, domains: set[str]) -> None:
    found = reach(project(), [Fault("", wrong=frozenset([of(wrong)]))])
    assert (found.domains, found.is_everything) == (domains, False)


@pytest.mark.parametrize(
    "wrong",
    [
        "dim_tanggal",
        "dim_wilayah_kini",
        "dim_periode",
        "ref_indikator",
        "int_sumber__keadaan",
        SUMMARY,
        "int_temuan__semua",
        "mart__indikator",
    ],
)
def test_what_all_domains_rest_on_is_everything(wrong: str) -> None:
    assert reach(project(), [Fault("", wrong=frozenset([of(wrong)]))]).is_everything


def test_a_table_that_was_not_made_again_is_read_by_other_domains_as_it_was() -> None:
    missing = reach(project(), [Fault("", missing=frozenset([of("fct_penduduk")]))])
    assert (missing.domains, missing.is_everything) == ({"kependudukan"}, False)
    assert of("int_indikator__kesehatan") not in missing.left_out
    assert of("int_indikator__penduduk") in missing.left_out
    assert of("fct_mutasi_penduduk") in missing.left_out, "a domain is held as a whole"


def test_nobodys_fault_is_everybodys() -> None:
    assert reach(project(), [Fault("test minggu_epidemiologi: Got 1 result")]).is_everything


def test_rows_that_name_their_domain_hold_it() -> None:
    found = reach(project(), [Fault("", domains=frozenset(["agenda"]))])
    assert not found.is_everything and of("fct_acara") in found.left_out and of("fct_berita") not in found.left_out


def test_sources_are_those_of_which_a_model_is_made() -> None:
    assert project().sources_of([of("int_indikator__penduduk")]) == {"dukcapil_dkb", "dukcapil_gis", "dukcapil_mutasi"}


def test_what_belongs_to_no_domain_reads_none() -> None:
    node = functools.partial(Node, kind="model", schema_table="a.b", is_view=False)
    fact = node("fct", "fct_sampah", layer="core", domain="lingkungan", parents=frozenset())
    shared = node("mart", "mart__sampah", layer="mart", domain=None, parents=frozenset(["fct"]))
    (problem,) = domain_problems(Graph({"fct": fact, "mart": shared}))
    assert problem.startswith(
        "mart__sampah: belongs to no domain and reads fct_sampah of lingkungan, so that a fault there"
    )
    assert domain_problems(project()) == []
