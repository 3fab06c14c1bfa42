"""What a source still lacks, in one sentence each; and what the model says to a wrong declaration."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_center import catalogue
from command_center.checks import source_problems
from command_center.errors import DeclarationError
from command_center.paths import SOURCES
from command_center.source import Source, all_sources, get_source, load_source

DAMKAR = (SOURCES / "damkar_kejadian.yml").read_text()


def test_there_are_sources() -> None:
    assert len(all_sources()) >= 4


@pytest.mark.parametrize("source", all_sources(), ids=lambda source: source.source)
def test_a_source_lacks_nothing(source: Source) -> None:
    assert source_problems(source) == []


@pytest.mark.parametrize("source", all_sources(), ids=lambda source: source.source)
def test_every_column_is_classified_on_purpose(source: Source) -> None:
    for table in source.tables.values():
        for column in table.columns:
            assert "classification" in column.model_fields_set, column.name


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("schedule:", "schedul:", "the key 'schedul' does not exist; did you mean 'schedule'?"),
        ("type: date,", "type: dat,", "Input should be 'text', 'integer'"),
        ("key: [no_kejadian]", "key: [nomor]", "'nomor' is used as key or window_column but is not a stored column"),
        ('treatment: drop, description: "Nama', 'description: "Nama', "is rahasia and needs 'treatment: drop'"),
        (
            'classification: rahasia, treatment: drop, description: "Telepon',
            'description: "Telepon',
            "is rahasia and needs",
        ),
        ("tables: [kejadian]}", "tables: [kejadia]}", "feeds table 'kejadia', which is not declared"),
        ("source: damkar_kejadian", "source: damkar", "'source' is 'damkar' but the file's stem is 'damkar_kejadian'"),
        ("mode: upsert", "mode: upsert: x", "not readable as YAML"),
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


def test_an_unknown_source_names_the_nearest() -> None:
    with pytest.raises(DeclarationError, match="did you mean 'damkar_kejadian'"):
        get_source("damkar_kejadia")


def test_generated_pages_say_what_the_code_says() -> None:
    assert catalogue.drifted() == []
