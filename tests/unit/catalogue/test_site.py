"""The catalogue of the real declarations, with two relations and the registry's first indicators: pages, ladder, forms."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from command_center.catalogue.completeness import completeness
from command_center.catalogue.content import Catalogue, Indicator
from command_center.catalogue.forms import forms
from command_center.catalogue.ladder import ladder, most, overview
from command_center.catalogue.site import write_site
from command_center.declaration.registry import get_source
from command_center.declaration.source import Source
from command_center.errors import SettingsError

from tests.support.catalogue import STANDING, WITH, WITHOUT, entry
from tests.support.site import broken, read

SMALL = replace(WITHOUT, sources=(get_source("damkar_kejadian"),))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("katalog") / "catalogue"
    write_site(WITH, folder)
    return folder


def test_every_link_leads_to_a_page_of_the_site(site: Path) -> None:
    assert len(list(site.rglob("*.html"))) == 3 + len(WITH.sources) + 2 + 2
    assert broken(site) == []


def test_every_page_has_its_language_and_headings_in_order(site: Path) -> None:
    for page in site.rglob("*.html"):
        found = read(page)
        assert found.language == "id" and found.headings.count(1) == 1 and found.headings[0] == 1, page
        assert all(after <= before + 1 for before, after in zip(found.headings, found.headings[1:], strict=False)), page
        assert len(set(found.ids)) == len(found.ids), page


def test_a_source_tells_who_why_how_long_and_how_it_stands(site: Path) -> None:
    page = (site / "sumber" / "damkar_kejadian.html").read_text(encoding="utf-8")
    source = get_source("damkar_kejadian")
    for told in (source.owner, source.steward, source.deputy_steward, *source.legal_basis, "wajib diumumkan berkala"):
        assert told in page
    for told in (
        "Data sampai 26 Nov 2026",
        "1.234",
        "5 baris",
        "tidak disimpan",
        "Jumlah armada antara 0 dan 60 unit.",
    ):
        assert told in page
    assert yaml.safe_load((site / "kontrak" / "damkar_kejadian.odcs.yaml").read_text())["id"] == "damkar_kejadian"


def test_an_indicator_tells_its_way_from_columns_to_report(site: Path) -> None:
    page = (site / "indikator" / "persen_tanggap_15mnt.html").read_text(encoding="utf-8")
    for told in ("tiba_di_lokasi", "int_indikator__damkar", "mart.indikator.html", "Bagian III", "● baik ≥ 75"):
        assert told in page
    assert "Tanggap &lt;b&gt;15&lt;/b&gt; menit" in page, "texts of others are escaped"


def test_the_quality_of_each_table_stands_on_the_page_of_its_source(tmp_path: Path) -> None:
    write_site(WITH, tmp_path / "catalogue")
    page = (tmp_path / "catalogue" / "sumber" / "damkar_kejadian.html").read_text(encoding="utf-8")
    assert "Skor mutu <strong>98,8</strong>: kelengkapan 98,0," in page and "belum diketahui: keunikan" in page


def test_without_a_warehouse_it_says_so(tmp_path: Path) -> None:
    write_site(SMALL, tmp_path / "catalogue")
    page = (tmp_path / "catalogue" / "sumber" / "damkar_kejadian.html").read_text(encoding="utf-8")
    assert "tidak dapat dihubungi" in page and "Baris terbit" not in page


def test_a_folder_of_others_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "surat.txt").write_text("milik orang")
    with pytest.raises(SettingsError, match="holds files that no catalogue wrote"):
        write_site(SMALL, tmp_path)
    assert (tmp_path / "surat.txt").read_text() == "milik orang"


def test_a_second_catalogue_takes_the_place_of_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    write_site(SMALL, folder)
    (folder / "sumber" / "yang_lama.html").write_text("lama")
    write_site(SMALL, folder)
    assert not (folder / "sumber" / "yang_lama.html").exists() and (folder / "index.html").exists()


def answers(of: Catalogue, source: Source) -> dict[str, str]:
    return {one.name: reached for one, reached in completeness(of, source)}


def test_how_complete_a_declaration_is_is_computed() -> None:
    source = get_source("damkar_kejadian")
    assert set(answers(WITHOUT, source).values()) == {"ya"} and len(answers(WITHOUT, source)) == 5
    assert answers(WITH, source.model_copy(update={"kip": None}))["Terklasifikasi"] == "belum"


def test_the_step_of_a_source_is_that_of_the_warehouse(site: Path) -> None:
    page = (site / "sumber" / "damkar_kejadian.html").read_text(encoding="utf-8")
    for told in (STANDING.tingkat_teks, STANDING.alasan, STANDING.berikutnya, "3 API/basis data.</strong>"):
        assert told in page
    assert STANDING.tingkat_teks in (site / "index.html").read_text(encoding="utf-8")
    unknown = (site / "sumber" / "kpu_dpt.html").read_text(encoding="utf-8")
    assert "Anak tangganya tidak diketahui: gudang data belum mengenal sumber ini" in unknown


def test_the_ladder_shows_every_step_and_every_source(site: Path) -> None:
    page = (site / "tangga.html").read_text(encoding="utf-8")
    assert [step.number for step in ladder()] == [0, 1, 2, 3, 4, 5]
    assert all(f"{step.number} {step.name}" in page and step.asks in page for step in ladder())
    assert all(f"sumber/{source.source}.html" in page for source in WITH.sources)
    told = overview(WITH)
    assert told.rows[0] == (get_source("damkar_kejadian"), STANDING)
    assert told.counts == {0: 0, 1: 0, 2: 1, 3: 0, 4: 0, 5: 0}


def test_without_a_warehouse_the_ladder_tells_what_is_declared_and_no_step(tmp_path: Path) -> None:
    write_site(WITHOUT, tmp_path / "catalogue")
    page = (tmp_path / "catalogue" / "tangga.html").read_text(encoding="utf-8")
    assert "Anak tangga tiap sumber tidak diketahui: gudang data tidak dapat dihubungi" in page
    assert page.count("– tidak diketahui") == len(WITHOUT.sources) and "0 sumber." not in page
    source = (tmp_path / "catalogue" / "sumber" / "damkar_kejadian.html").read_text(encoding="utf-8")
    assert "Menurut deklarasi: Berkas dari peladen pemiliknya, setiap hari pukul 05.15 WIB; paling tinggi" in source


def test_how_far_a_declaration_could_lead() -> None:
    reached = {
        one: most(WITHOUT, get_source(one)).number for one in ("kelurahan_bulanan", "damkar_kejadian", "kpu_dpt")
    }
    assert reached == {"kelurahan_bulanan": 1, "damkar_kejadian": 2, "kpu_dpt": 5}
    assert most(WITHOUT, get_source("kpu_dpt").model_copy(update={"schedule": None})).number == 1
    assert most(WITHOUT, get_source("diskominfo_zabbix")).number == 4, "what is not for the public stops below it"


def test_what_is_not_for_the_public_is_not_blamed_for_it() -> None:
    restricted = Indicator({**entry("jumlah_kebakaran"), "klasifikasi": "terbatas"}, "", (), ())
    of = replace(WITH, indicators=(restricted,))
    assert answers(of, get_source("damkar_kejadian"))["Diusulkan untuk umum"] == "tidak berlaku"


def test_the_forms_say_what_is_declared(site: Path) -> None:
    heads, *rows = csv.reader((site / "metadata" / "ms-var.csv").open(encoding="utf-8-sig", newline=""))
    variables = {(row[1], row[2]): dict(zip(heads, row, strict=True)) for row in rows}
    count = sum(len(table.columns) for source in WITH.sources for table in source.tables.values())
    assert len(variables) == len(rows) == count
    fleet = variables["damkar_kejadian__kejadian", "armada_unit"]
    assert (fleet["Alias"], fleet["Satuan"], fleet["Tipe data"]) == ("Armada", "unit", "bilangan bulat")
    assert "Jumlah armada antara 0 dan 60 unit" in fleet["Aturan validasi"]
    keg, _, ind = forms(WITH)
    assert [row[0] for row in keg.rows] == [source.source for source in WITH.sources]
    assert {len(row) for row in ind.rows} == {len(ind.heads)} and ind.rows[0][12] == "ya"
