"""What a source still lacks, in one sentence each; and what the model says to a wrong declaration."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from command_center.declaration.registry import all_sources, get_source, load_source, readable_sources
from command_center.declaration.source import Source
from command_center.errors import DeclarationError
from command_center.intake.coverage import first_kept
from command_center.lint import pages
from command_center.lint.sources import shared_connection_problems, source_problems
from command_center.paths import SOURCES
from command_center.settings import settings

from tests.support.newcomer import Newcomer

DAMKAR = (SOURCES / "damkar_kejadian.yml").read_text()


def test_there_are_sources() -> None:
    assert len(all_sources()) >= 4


@pytest.mark.parametrize("source", all_sources(), ids=lambda source: source.source)
def test_a_source_lacks_nothing(source: Source) -> None:
    assert source_problems(source) == []


def test_a_connection_has_one_address() -> None:
    assert shared_connection_problems(all_sources()) == []


def test_elections_stay_until_two_others_were_held() -> None:
    """A year in which a part is asked for by its number would be removed the night after it came."""
    asked = {
        (source.source, int(year))
        for source in all_sources()
        for request in source.extract.requests
        for year in re.findall(
            r"(?<!\d)20\d\d(?!\d)", f"{request.part} {request.path} {request.params} {source.extract.for_each}"
        )
    }
    assert {year for _, year in asked} >= {2018, 2024}
    now = settings().now()
    assert [one for one in asked if first_kept(get_source(one[0]), now).year > one[1]] == []


DECLARATION = "dags/sources/dlh_sampah.yml"
EXPECTATIONS = "expectations/dlh_sampah.yml"
STAGING = "dbt_project/models/staging/dlh_sampah/dlh_sampah.yml"


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        (DECLARATION, "Sampah organik yang diangkut", "", "organik_ton: the description is empty"),
        (DECLARATION, "Sampah organik yang", "TODO: Sampah", "dlh_sampah.yml, line 34: still to do: Sampah diangkut"),
        (DECLARATION, "unit: ton, ", "", "organik_ton: a number without a unit"),
        (DECLARATION, "future: refused, ", "", "bulan: one wrong date would open a period that has not begun"),
        (DECLARATION, "legal_basis: [UU 18/2008]", "legal_basis: []", "legal_basis is empty"),
        (DECLARATION, "owner: Kepala Dinas Lingkungan Hidup", 'owner: ""', "owner is empty"),
        (DECLARATION, "freshness: P40D", "freshness: P20D", "freshness is 480 h, but '0 7 5 * *' leaves up to 744 h"),
        (DECLARATION, '"0 7 5 * *"', '"0 7 * *"', "is not a cron expression of five fields"),
        (DECLARATION, "{min: 1, max: 11}", "{min: 1, max: 900000000}", "never holds anything back"),
        (DECLARATION, "{min: 1, max: 11}", "{min: 12, max: 11}", "volume.min 12 is above volume.max 11"),
        (DECLARATION, "{min: 1, max: 11}", "{min: 0, max: 11}", "an empty file would delete every row"),
        (DECLARATION, "    key: [bulan, kecamatan]\n", "", "mode snapshot without a key"),
        (DECLARATION, "description: One row per", "description: Rows per", "the description should say the grain"),
        (DECLARATION, "name: kecamatan,", "name: telepon_kantor,", "looks like personal data but is publik"),
        (DECLARATION, "opd: dlh", "opd: dishub", "the key should begin with the agency, dishub_"),
        (
            DECLARATION,
            'required: true, classification: publik, description: "Nama kec',
            'required: true, treatment: hmac, description: "Nama kec',
            "kecamatan: it is not classified",
        ),
        (EXPECTATIONS, "column: organik_ton", "column: organik", "diangkut has no column 'organik'"),
        (EXPECTATIONS, '"Kecamatan tanpa angka sampah organik."', '""', "has no reason; the agency reads it"),
        (EXPECTATIONS, "diangkut:", "terangkut:", "there is no table 'terangkut'"),
        (STAGING, "{name: organik_ton, description", "{name: organik, description", "describe column 'organik_ton'"),
        (STAGING, "name: stg_dlh_sampah__diangkut", "name: stg_x", "does not describe stg_dlh_sampah__diangkut"),
    ],
)
def test_what_a_source_lacks_is_told_in_one_sentence(
    newcomer: Newcomer, file: str, before: str, after: str, sentence: str
) -> None:
    assert newcomer.problems() == []
    newcomer.change(file, before, after)
    if before.startswith("    key"):
        newcomer.change(DECLARATION, "    as_of: bulan\n", "")
    if "name: telepon" in after:
        newcomer.change(DECLARATION, "key: [bulan, kecamatan]", "key: [bulan, telepon_kantor]")
    assert any(sentence in problem for problem in newcomer.problems()), newcomer.problems()


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (EXPECTATIONS, "expectations/dlh_sampah.yml is missing"),
        (STAGING, "dlh_sampah.yml is missing; it states source, grain and columns"),
        (STAGING.replace("dlh_sampah.yml", "stg_dlh_sampah__diangkut.sql"), "every raw table needs a staging model"),
        ("tests/fixtures/dlh_sampah/sampah_2026-10.xlsx", "tests/fixtures/dlh_sampah/ is missing or empty"),
    ],
)
def test_each_of_the_five_files_is_missed(newcomer: Newcomer, missing: str, sentence: str) -> None:
    (newcomer.root / missing).unlink()
    assert [sentence in problem for problem in newcomer.problems()] == [True]


def test_two_addresses_of_one_connection_are_told(newcomer: Newcomer) -> None:
    source = newcomer.source()
    connection = source.connection.model_copy(update={"address": "sftp://elsewhere.padang.go.id/x"})
    (sentence,) = shared_connection_problems([source, source.model_copy(update={"connection": connection})])
    assert "connection 'dlh_sampah' has different addresses" in sentence


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("schedule:", "schedul:", "the key 'schedul' does not exist; did you mean 'schedule'?"),
        (
            "title: ",
            "title: No #",
            "title: expected a text, but YAML reads Yes, No, On, Off, True and False",
        ),
        (
            "title: ",
            "title: 2026-10-01 #",
            "title: expected a text, but YAML reads a date without quotes as a date; put it in quotes",
        ),
        ("type: date,", "type: dat,", "Input should be 'text', 'integer'"),
        ("key: [no_kejadian]", "key: [nomor]", "'nomor' is used as key, window_column or as_of but is not a stored"),
        ('treatment: drop, description: "Nama', 'description: "Nama', "is rahasia and needs 'treatment: drop'"),
        (
            'classification: rahasia, treatment: drop, description: "Telepon',
            'description: "Telepon',
            "is rahasia and needs",
        ),
        ("tables: [kejadian]}", "tables: [kejadia]}", "feeds table 'kejadia', which is not declared"),
        ("source: damkar_kejadian", "source: damkar", "'source' is 'damkar' but the file's stem is 'damkar_kejadian'"),
        ("mode: register", "mode: register: x", "not readable as YAML"),
        (
            'connection: {id: damkar, address: "sftp://data.damkar.padang.go.id/ekspor"}',
            'monitored_as: svc-damkar\nconnection: {id: damkar, address: "file:///srv/unggah"}',
            "'monitored_as: svc-damkar' names a server, but 'file:///srv/unggah' is a folder that is asked over no network",
        ),
        ("tables:\n  kejadian:", f"tables:\n  {'k' * 45}:", "would have 66 letters, a name in the database at most 63"),
        ("- {name: no_kejadian", f"- {{name: {'k' * 64}", "String should have at most 63 characters"),
        ("title: ", "opd: bpbd\ntitle: ", "the key 'opd' stands in line 2 and again in line 4; keep one"),
        ("  kind: csv", "  kind: xlsx\n  kind: csv", "the key 'kind' stands in line 17 and again in line 18"),
        ("freshness: ", "freshness: 5 #", "freshness: expected a duration like PT36H or P10D, not 5"),
        ("freshness: ", "freshness: 5 hari #", "freshness: expected a duration like PT36H or P10D, not '5 hari'"),
        ("freshness: ", "freshness: -P3D #", "freshness: expected a duration like PT36H or P10D, not '-P3D'"),
        ("freshness: ", "freshness: P0D #", "freshness: Input should be greater than"),
        (
            "title: ",
            f"title: &a [{'x, ' * 99}x]\nb: &b [{'*a, ' * 99}*a]\nc: [{'*b, ' * 99}*b] #",
            "aliases (*name) repeat more",
        ),
        (
            "title: ",
            f"title: x # {'x' * (1 << 20)}",
            "bytes, a declaration at most 1048576; data do not belong into it",
        ),
    ],
)
def test_a_wrong_declaration_is_told_in_one_sentence(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    assert before in DAMKAR
    file = tmp_path / "damkar_kejadian.yml"
    file.write_text(DAMKAR.replace(before, after, 1))
    with pytest.raises(DeclarationError) as caught:
        load_source(file)
    assert sentence in str(caught.value)
    assert "damkar_kejadian.yml" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "nothing stands in the file; expected keys such as source"),
        (b"# later\n", "nothing stands in the file; expected keys such as source"),
        (b"- source: x\n", "the file is a list; expected keys such as source"),
        ("title: café".encode("latin-1"), "byte 11 is not UTF-8; save the file as UTF-8"),
        (DAMKAR.encode("utf-16"), "byte 1 is not UTF-8; save the file as UTF-8"),
    ],
)
def test_a_file_that_is_no_declaration_is_told_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "damkar_kejadian.yml"
    file.write_bytes(content)
    with pytest.raises(DeclarationError, match=rf"^damkar_kejadian\.yml: {sentence}"):
        load_source(file)


def test_a_declaration_that_is_no_file_is_neither_waited_for_nor_called_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_SOURCES_DIR", str(tmp_path))
    settings.cache_clear()
    os.mkfifo(tmp_path / "a_pipe.yml")
    (tmp_path / "b_link.yml").symlink_to(tmp_path / "gone")
    (tmp_path / "c_folder.yml").mkdir()
    found, problems = readable_sources()
    settings.cache_clear()
    assert (found, [*problems]) == ([], ["a_pipe", "b_link", "c_folder"])
    assert all("is no file that can be read" in sentence for sentence in problems.values())


def test_a_declaration_is_the_same_after_its_way_to_the_process_that_parses() -> None:
    for source in all_sources():
        assert Source.model_validate(source.model_dump(mode="json")) == source


def test_an_unknown_source_names_the_nearest() -> None:
    with pytest.raises(DeclarationError, match="did you mean 'damkar_kejadian'"):
        get_source("damkar_kejadia")


def test_generated_pages_say_what_the_code_says() -> None:
    assert pages.drifted() == []
