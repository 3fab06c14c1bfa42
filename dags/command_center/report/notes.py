"""After the sections: what changed since earlier editions, how good the data are, and what the indicators mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeGuard

from command_center.idformat import format_moment, format_number, join_words
from command_center.report.blocks import without, without_empty_columns
from command_center.report.document import (
    Block,
    Cell,
    Column,
    Context,
    Earlier,
    Fact,
    Paragraph,
    Section,
    Table,
)
from command_center.report.figures import Figure
from command_center.report.outline import inside
from command_center.report.reading import Reader, knows_earlier
from command_center.report.rows import Now, Rule, SourceState
from command_center.report.wording import ABSENT, amount, plain

CHANGES = "Perubahan sejak Edisi Sebelumnya"
QUALITY = "Catatan Kualitas Data"
QUALITY_IN_FULL = "Mutu Data menurut Sumber"
DEFINITIONS = "Definisi Indikator dan Aturan"
NONE_PROVISIONAL = "Tidak ada angka sementara dalam edisi ini."
FEW_RESTATED = 8
FRESH = "segar"  # as mart.kesegaran_isi says it
COMPLETENESS = ("kelurahan_melapor", "skdr_kelengkapan")


def changes(
    reader: Reader, context: Context, figures: Iterable[Figure], facts: Sequence[Fact], letter: str = ""
) -> Section:
    """Why this edition was made, and which figure of an earlier one is another today; many of them fill an appendix."""
    blocks: list[Block] = []
    if context.reason:
        blocks.append(Paragraph(f"Alasan edisi ke-{context.number} ini dibuat: {context.reason}"))
    blocks.append(Paragraph(moves_sentence(figures)))
    told = _restated(reader, context, facts)
    if letter and is_long(told):
        return Section("", CHANGES, (*blocks, first_of(told)), f"Semua {len(told.rows)} angka: Lampiran {letter}")
    return Section("", CHANGES, (*blocks, told))


def is_long(block: Block) -> TypeGuard[Table]:
    return isinstance(block, Table) and len(block.rows) > FEW_RESTATED


def first_of(table: Table) -> Table:
    left = len(table.rows) - FEW_RESTATED
    return replace(table, rows=table.rows[:FEW_RESTATED], note=f"{format_number(left)} angka lain ada pada lampiran.")


def moves_sentence(figures: Iterable[Figure]) -> str:
    ways: list[str] = [figure.direction for figure in figures if figure.is_of_month]
    counts = {way: ways.count(way) for way in ("membaik", "memburuk", "tetap")}
    return (
        "Terhadap periode sebelumnya "
        + join_words([f"{format_number(count)} indikator {way}" for way, count in counts.items()])
        + "."
    )


def _restated(reader: Reader, context: Context, facts: Sequence[Fact]) -> Table | Paragraph:
    if not context.earlier:
        return Paragraph("Belum ada edisi sebelumnya yang tercatat untuk dibandingkan.")
    rows = restatements(context.earlier, current_values(reader, context, facts))
    if not rows:
        return Paragraph("Semua angka yang disebut edisi sebelumnya masih sama.")
    columns = (
        Column("Indikator", width=1.0),
        Column("Wilayah"),
        Column("Periode"),
        Column("Edisi"),
        Column("Angka semula", "right"),
        Column("Angka sekarang", "right"),
    )
    return Table("Angka edisi sebelumnya yang sekarang berbeda", columns, rows)


def current_values(reader: Reader, context: Context, facts: Sequence[Fact]) -> list[Now]:
    """From the mart for indicators; what else a report tells, from its own facts."""
    keys = knows_earlier(context)
    own = [
        Now(
            fact.indikator_kode,
            fact.wilayah_kode,
            fact.periode_mulai,
            fact.indikator_nama,
            fact.wilayah_nama,
            fact.periode_label,
            fact.nilai,
            fact.satuan,
            2,
        )
        for fact in facts
        if ":" in fact.indikator_kode
    ]
    return [*reader.now([key for key in keys if ":" not in key[0]]), *own]


def restatements(earlier: Iterable[Earlier], now: Iterable[Now]) -> tuple[tuple[Cell, ...], ...]:
    """One row per figure and edition that said another number, the newest edition first."""
    current = {(row.indikator_kode, row.wilayah_kode, row.periode_mulai): row for row in now}
    return tuple(
        _restatement(edition, current[key], value)
        for edition in sorted(earlier, key=lambda edition: (edition.made_at, edition.number), reverse=True)
        for key, value in sorted(edition.values.items())
        if key in current and not is_same(value, current[key].nilai)
    )


def is_same(before: Decimal | None, now: Decimal | None) -> bool:
    return before is None and now is None if before is None or now is None else before == now


def _restatement(edition: Earlier, now: Now, before: Decimal | None) -> tuple[Cell, ...]:
    return (
        Cell(now.indikator_nama),
        Cell(now.wilayah_nama),
        Cell(now.periode_label),
        Cell(f"ke-{edition.number}, {format_moment(edition.made_at)}"),
        Cell(amount(before, now.satuan, now.desimal), number=before),
        Cell(amount(now.nilai, now.satuan, now.desimal), number=now.nilai, is_strong=True),
    )


def quality(reader: Reader, context: Context, figures: Sequence[Figure], facts: Sequence[Fact]) -> Section:
    """Sources until when and how well they answered, then what is provisional, and what is hidden."""
    blocks = (
        *late(context),
        *quality_tables(reader, figures, facts),
        Paragraph(f"{completeness(figures)} {hidden(figures)}"),
    )
    return Section("", QUALITY, blocks)


def quality_in_short(
    reader: Reader, context: Context, figures: Sequence[Figure], facts: Sequence[Fact], letter: str
) -> Section:
    """What somebody who reads the figures must know; which source and which figure it is stands in an appendix."""
    said = (
        states_sentence(quoted_sources(reader, facts)),
        completeness(figures),
        provisional_sentence(figures, letter),
        hidden(figures),
    )
    return Section("", QUALITY, (*late(context), Paragraph(" ".join(said))), f"Tiap sumber: Lampiran {letter}")


def quality_in_full(
    reader: Reader, context: Context, figures: Sequence[Figure], facts: Sequence[Fact], letter: str
) -> Section:
    restated = _restated(reader, context, facts)
    blocks = (*quality_tables(reader, figures, facts), *([restated] if is_long(restated) else []))
    return Section(letter, QUALITY_IN_FULL, blocks, is_appendix=True)


def late(context: Context) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(sentence) for sentence in context.late)


def quality_tables(reader: Reader, figures: Sequence[Figure], facts: Sequence[Fact]) -> tuple[Block, ...]:
    return sources_table(quoted_sources(reader, facts)), provisional_table(figures)


def quoted_sources(reader: Reader, facts: Sequence[Fact]) -> list[SourceState]:
    quoted = {fact.source for fact in facts}
    return [state for state in reader.sources if state.source in quoted]


def states_sentence(states: Sequence[SourceState]) -> str:
    """`22 sumber dikutip; terlambat: dokumen laporan LB1. 2 bagian ditahan.`"""
    known: dict[str, list[str]] = {}
    for state in states:
        if state.status != FRESH:
            known.setdefault(plain(state.status_teks).lower(), []).append(state.judul)
    said = [f"{word}: {join_words(names)}" for word, names in known.items()] or ["semuanya segar"]
    held = sum(state.ditahan for state in states)
    kept = f" {format_number(held)} bagian ditahan dan tidak ikut dihitung." if held else ""
    return f"{format_number(len(states))} sumber dikutip; {'; '.join(said)}.{kept}"


def sources_table(wanted: Sequence[SourceState]) -> Table:
    columns = (
        Column("Sumber", width=1.0),
        Column("Instansi", width=1.0),
        Column("Data sampai"),
        Column("Keadaan"),
        Column("Mutu"),
        Column("Dikarantina", "right"),
        Column("Batch terbaru", "right"),
    )
    states = {plain(state.status_teks) for state in wanted} | {"" for state in wanted if state.ditahan}
    rows = tuple(
        (
            Cell(state.judul),
            Cell(state.opd_nama),
            Cell(plain(state.data_sampai_teks).removeprefix("Data sampai ")),
            Cell(
                plain(state.status_teks) + (f"; {format_number(state.ditahan)} bagian ditahan" if state.ditahan else "")
            ),
            Cell(plain(state.mutu_teks or ABSENT)),
            Cell(ABSENT if state.baris_karantina is None else format_number(state.baris_karantina)),
            Cell(ABSENT if state.batch_id is None else str(state.batch_id)),
        )
        for state in wanted
    )
    note = "Dikarantina: baris yang tidak lolos pemeriksaan dan tidak ikut dihitung."
    table = Table("Sumber data yang dikutip", columns, rows, note)
    if len(states) == 1:  # what all have in common is told once
        table = replace(without(table, "Keadaan"), note=f"Keadaan semua sumber: {states.pop().lower()}. {note}")
    return without_empty_columns(table)


def completeness(figures: Sequence[Figure]) -> str:
    """How much of what was to come has come, where it is counted."""
    known = [figure for figure in figures if figure.indikator_kode in COMPLETENESS and figure.nilai is not None]
    said = [f"{inside(figure.indikator_nama)} {figure.text} ({figure.periode_label})" for figure in known]
    return f"Kelengkapan: {join_words(said)}." if said else "Kelengkapan laporan tidak dihitung untuk wilayah ini."


def provisional_sentence(figures: Iterable[Figure], letter: str) -> str:
    if not any(figure.is_sementara for figure in figures):
        return NONE_PROVISIONAL
    return f"Angka yang sementara atau tidak tersedia, dengan alasannya: Lampiran {letter}."


def provisional_table(figures: Sequence[Figure]) -> Table | Paragraph:
    """What is not final, and what is not there at all, each with the reason that the warehouse gives."""
    found = [figure for figure in figures if figure.is_sementara]
    if not found:
        return Paragraph(NONE_PROVISIONAL)
    alike: dict[tuple[str, ...], list[str]] = {}
    for figure in found:
        alike.setdefault(doubt_of(figure), []).append(inside(figure.indikator_nama))
    rows = tuple((Cell(sentence_case(join_words(names))), *map(Cell, doubt)) for doubt, names in alike.items())
    columns = (
        Column("Indikator", width=2.0),
        Column("Wilayah"),
        Column("Periode"),
        Column("Angka"),
        Column("Alasan", width=1.0),
    )
    return Table("Angka yang sementara atau tidak tersedia", columns, rows)


def doubt_of(figure: Figure) -> tuple[str, ...]:
    """Where, when, what and why; figures that have all of it in common are told together."""
    state = "tidak tersedia" if figure.nilai is None else "sementara"
    return figure.wilayah_nama, figure.periode_label or ABSENT, state, figure.sementara_karena or "belum lengkap"


def sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]


def hidden(figures: Iterable[Figure]) -> str:
    names = sorted({figure.indikator_nama for figure in figures if figure.is_hidden})
    if not names:
        return "Tidak ada nilai yang disembunyikan dalam edisi ini."
    return f"Nilai yang disembunyikan karena terlalu kecil (<10): {join_words(names)}."


def definitions(reader: Reader, facts: Sequence[Fact], named: Iterable[str], letter: str) -> Section:
    """Of every indicator that the report tells, and of the rules that it names; units stand at the numbers."""
    codes = sorted({fact.indikator_kode for fact in facts if ":" not in fact.indikator_kode})
    terms = [(row.nama, row.definisi or ABSENT) for row in reader.definitions(codes)]
    terms += rule_terms([rule for rule in reader.rules.values() if rule.aturan_nama in set(named)])
    columns = (Column("Indikator atau aturan", width=0.8), Column("Definisi", width=2.0))
    rows = tuple((Cell(name), Cell(said)) for name, said in terms)
    table = Table("Definisi indikator dan aturan", columns, rows, is_glossary=True)
    return Section(letter, DEFINITIONS, (table,), is_appendix=True)


def rule_terms(rules: Iterable[Rule]) -> list[tuple[str, str]]:
    """When each rule holds; rules that differ in nothing but the field are told once."""
    alike: dict[str, list[Rule]] = {}
    for rule in rules:
        alike.setdefault(of_any_field(rule), []).append(rule)
    return [
        (
            f"Aturan {join_words([f'“{rule.aturan_nama}”' for rule in ones])}",
            said if len(ones) > 1 else ones[0].penjelasan,
        )
        for said, ones in alike.items()
    ]


def of_any_field(rule: Rule) -> str:
    field = f"bidang {rule.bidang_nama.lower()}" if rule.bidang_nama else ""
    return rule.penjelasan.replace(field, "bidang itu") if field else rule.penjelasan
