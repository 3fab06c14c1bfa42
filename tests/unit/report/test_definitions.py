"""What stands at the end of a report, and how wide the columns of its tables are."""

from __future__ import annotations

from command_center.drawing.letters import wrap
from command_center.report.columns import PADDING, grow
from command_center.report.notes import rule_terms
from command_center.report.rows import Rule


def rule(kode: str, nama: str, bidang: str | None, penjelasan: str) -> Rule:
    return Rule(kode, nama, 50, "", bidang, "Periksa.", None, penjelasan)


def test_rules_that_differ_in_the_field_alone_are_told_once() -> None:
    rules = [
        rule("target_a", "Target kebakaran", "Kebakaran", "Indikator bidang kebakaran meleset."),
        rule("klb", "Tanda KLB", "Kesehatan", "Satu penyakit memenuhi kriteria."),
        rule("target_b", "Target agenda", "Agenda", "Indikator bidang agenda meleset."),
        rule("lain", "Sumber terlambat", None, "Sumber melewati batas."),
    ]
    assert rule_terms(rules) == [
        ("Aturan “Target kebakaran” dan “Target agenda”", "Indikator bidang itu meleset."),
        ("Aturan “Tanda KLB”", "Satu penyakit memenuhi kriteria."),
        ("Aturan “Sumber terlambat”", "Sumber melewati batas."),
    ]


def test_one_rule_of_a_kind_keeps_its_field() -> None:
    assert rule_terms([rule("target_a", "Target", "Kebakaran", "Indikator bidang kebakaran meleset.")]) == [
        ("Aturan “Target”", "Indikator bidang kebakaran meleset.")
    ]


def test_a_column_grows_where_words_wrap_most() -> None:
    """By its letters the agency would take two lines of its least width; its words take four."""
    agency, sentence = "Dinas Komunikasi dan Informatika", "Tugaskan penyelesaian kepada OPD"
    rows = [(agency, sentence)] * 3
    least = [7.0, 8.0]
    widths = grow(least, rows, 34.0)
    assert sum(widths) <= 34.0 + 1e-9
    lines = [[len(wrap(text, width - PADDING, 1)) for text, width in zip(row, widths, strict=True)] for row in rows]
    assert {max(row) for row in lines} == {2}


def test_a_table_of_one_column_takes_all_the_room() -> None:
    assert grow([5.0], [("Satu kalimat yang panjang sekali",)], 20.0) == [20.0]
