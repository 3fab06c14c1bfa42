"""What calls for attention: the summary, the list of problems with what is to be done, and what became of last month's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from string import ascii_lowercase

from command_center.idformat import MONTHS, format_month, format_number, join_words
from command_center.report.blocks import short_month, status_cell
from command_center.report.document import Block, Cell, Column, Finding, Paragraph, Section, Summary, Table
from command_center.report.figures import Figure, by_code
from command_center.report.outline import TITLES, inside, section_of
from command_center.report.reading import Reader
from command_center.report.rows import Attention, Rule
from command_center.report.wording import ABSENT, SEVERITY, months_before

FEW = 3  # findings of each kind in the summary
GENERATED = (
    "Bagian ini dihasilkan oleh sistem menurut aturan tetap yang disebut pada tiap baris; isinya usulan dan bukan "
    "keputusan pejabat."
)


def worse(reader: Reader) -> list[Finding]:
    """What got worse in the month: first what fell into a worse status, then the worst, then the greatest change."""
    return _moved(reader, "memburuk")


def better(reader: Reader) -> list[Finding]:
    return _moved(reader, "membaik")


def _moved(reader: Reader, way: str) -> list[Finding]:
    before = by_code(reader.figures_before)
    found = [figure for figure in reader.figures if figure.is_of_month and figure.direction == way]
    ordered = in_order(found, before, way)
    since = since_when(reader)
    return [
        Finding(
            figure.sentence,
            figure.status,
            since=since.get(figure.indikator_kode, "") if figure.is_problem else "",
            section=section_of(figure.domain, figure.indikator_kode),
        )
        for figure in ordered
    ]


def in_order(figures: Sequence[Figure], before: Mapping[str, Figure], way: str) -> list[Figure]:
    return sorted(figures, key=lambda figure: _weight(figure, before.get(figure.indikator_kode), way))


def _weight(figure: Figure, before: Figure | None, way: str) -> tuple[int, int, int, Decimal, str]:
    """The less, the earlier it is told: another status first, then what is bad; without a target it says least."""
    step = abs(SEVERITY[figure.status] - SEVERITY[before.status]) if before and has_target(before, figure) else 0
    grave = SEVERITY[figure.status] if way == "memburuk" else 0
    return -int(has_target(figure)), -step, -grave, -relative_change(figure), figure.indikator_kode


def has_target(*figures: Figure) -> bool:
    return all(SEVERITY[figure.status] > 0 for figure in figures)


def relative_change(figure: Figure) -> Decimal:
    """How great a change is beside what was there before; for the order alone, it is shown nowhere."""
    if figure.perubahan is None:
        return Decimal(0)
    return abs(figure.perubahan) / max(abs(figure.nilai_sebelumnya or Decimal(0)), Decimal(1))


def problems(reader: Reader) -> list[Finding]:
    """The list of attention for the newest month, and every figure that misses its target; the gravest first."""
    attention = reader.attention if reader.is_newest else []
    told = {row.indikator_kode for row in attention if row.aturan_kode.startswith("target_")}
    missed = [figure for figure in reader.figures if figure.is_problem and figure.indikator_kode not in told]
    called = (of_attention(reader, row) for row in attention)
    found = [*called, *(_of_figure(reader, figure) for figure in _gravest_first(reader, missed))]
    return found if reader.is_newest else sorted(found, key=lambda finding: -SEVERITY[finding.status])


def of_attention(reader: Reader, row: Attention) -> Finding:
    """As the list says it, but for the area, which is that of the whole report; a provisional figure says so."""
    is_own = row.aturan_kode.startswith("target_") and row.subjek_jenis == reader.area.tingkat
    figure = by_code(reader.figures).get(row.indikator_kode or "") if is_own else None
    said = row.kalimat.replace(f" di {reader.area.title}:", ":").removesuffix(".")
    return Finding(
        sentence=f"{said}{figure.provisional if figure else ''}.",
        status=row.status,
        since=(row.sejak_teks or "").replace(" (", ", ").removesuffix(")"),
        action=row.tindakan,
        responsible=row.penanggung_jawab or "",
        rule=row.aturan_nama,
        section=section_of(row.domain, row.indikator_kode or ""),
        indikator_kode=(row.indikator_kode or "") if is_own else "",
    )


def _gravest_first(reader: Reader, figures: Sequence[Figure]) -> list[Figure]:
    return sorted(
        figures,
        key=lambda figure: (-SEVERITY[figure.status] * _rule_weight(reader, figure), figure.domain, figure.urutan),
    )


def _rule_weight(reader: Reader, figure: Figure) -> int:
    rule = rule_of(reader, figure)
    return rule.bobot if rule else 0


def rule_of(reader: Reader, figure: Figure) -> Rule | None:
    return reader.rules.get(f"target_{figure.domain}")


def _of_figure(reader: Reader, figure: Figure) -> Finding:
    rule = rule_of(reader, figure)
    return Finding(
        sentence=figure.problem_sentence,
        status=figure.status,
        since=since_when(reader).get(figure.indikator_kode, ""),
        action=rule.tindakan if rule else "",
        responsible=(rule.penanggung_jawab or "") if rule else "",
        rule=rule.aturan_nama if rule else "",
        section=section_of(figure.domain, figure.indikator_kode),
        indikator_kode=figure.indikator_kode,
    )


def since_when(reader: Reader) -> dict[str, str]:
    """`sejak Juli 2026`, of each figure that is not good."""
    return {kode: f"sejak {day.day} {MONTHS[day.month - 1][:3]} {day.year}" for kode, day in reader.since.items()}


def summary(reader: Reader, where: str = "diuraikan pada Bagian IX") -> Summary:
    """Three of each; what is left out is told, and `where` every `buruk` stands."""
    got_worse, got_better, to_do = worse(reader), better(reader), problems(reader)
    return Summary(
        tuple(got_worse[:FEW]),
        tuple(got_better[:FEW]),
        tuple(to_do[:FEW]),
        others_sentence(len(got_worse), len(got_better), to_do, where),
    )


def others_sentence(got_worse: int, got_better: int, to_do: Sequence[Finding], where: str) -> str:
    """`Seluruhnya 5 indikator memburuk … 8 permasalahan, 3 di antaranya buruk, diuraikan pada Bagian IX.`"""
    moves = moved_sentence(got_worse, got_better)
    bad = sum(finding.status == "buruk" for finding in to_do)
    if not to_do:
        return f"{moves} Tidak ada permasalahan menurut aturan."
    grave = f", {format_number(bad)} di antaranya buruk," if bad else ""
    return f"{moves} {format_number(len(to_do))} permasalahan{grave} {where}."


def moved_sentence(worse: int, better: int) -> str:
    return f"Seluruhnya {format_number(worse)} indikator memburuk dan {format_number(better)} membaik bulan ini."


def problems_section(reader: Reader) -> Section:
    found = problems(reader)
    blocks: list[Block] = [Paragraph(GENERATED, is_note=True)]
    if not reader.is_newest:
        blocks.append(Paragraph(OLDER, is_note=True))
    if found:
        letters = letters_of(found)
        blocks += [followed_table(reader, found, letters), actions_table(found, letters)]
    else:
        blocks.append(Paragraph(NONE_MISSED))
    blocks.append(Paragraph(settled_sentence(reader, found)))
    return Section("IX", TITLES["IX"], tuple(blocks))


Step = tuple[str, str, str]  # what is to be done, by whom, by which rule


def step_of(finding: Finding) -> Step:
    return finding.action, finding.responsible, finding.rule


def letters_of(found: Sequence[Finding]) -> dict[Step, str]:
    """Many problems call for the same: each step is told once, under a letter."""
    return {step: numbered(place) for place, step in enumerate(dict.fromkeys(map(step_of, found)))}


def numbered(place: int) -> str:
    """`a` to `z`, then `aa`."""
    return (numbered(place // 26 - 1) if place >= 26 else "") + ascii_lowercase[place % 26]


def followed_table(reader: Reader, found: Sequence[Finding], letters: Mapping[Step, str]) -> Table:
    """Each problem on a line of its own, with what it was a month ago and how it went on."""
    before, now = by_code(reader.figures_before), by_code(reader.figures)
    columns = (
        Column("No.", "center"),
        Column("Permasalahan", width=1.0),
        Column("Status"),
        Column("Sejak"),
        Column(short_month(months_before(reader.month, 1)), "right"),
        Column("Perkembangan"),
        Column("Tindak lanjut", "center"),
    )
    rows = tuple(
        (
            Cell(str(number)),
            Cell(finding.sentence),
            status_cell(finding.status),
            Cell(finding.since.removeprefix("sejak ") or ABSENT),
            *_history(before.get(finding.indikator_kode), now.get(finding.indikator_kode)),
            Cell(letters[step_of(finding)]),
        )
        for number, finding in enumerate(found, start=1)
    )
    return Table("Permasalahan", columns, rows, "Tindak lanjut: huruf pada tabel berikut.")


def _history(before: Figure | None, now: Figure | None) -> tuple[Cell, Cell]:
    if before is None or before.nilai is None:
        return Cell(ABSENT), Cell(ABSENT)
    word = progress(before, now) if before.is_problem else "baru"
    return Cell(before.text, number=before.nilai), Cell(word.removeprefix("belum teratasi, "))


def actions_table(found: Sequence[Finding], letters: Mapping[Step, str]) -> Table:
    columns = (
        Column("", "center"),
        Column("Tindak lanjut yang diusulkan", width=2.4),
        Column("Penanggung jawab", width=1.4),
        Column("Aturan", width=1.5),
        Column("Permasalahan no.", width=1.0),
    )
    rows = tuple(
        (
            Cell(letter),
            *(Cell(text or ABSENT) for text in step),
            Cell(", ".join(str(number) for number, one in enumerate(found, start=1) if step_of(one) == step)),
        )
        for step, letter in letters.items()
    )
    return Table("Tindak lanjut yang diusulkan", columns, rows)


def settled_sentence(reader: Reader, found: Sequence[Finding]) -> str:
    """What was not good a month ago and is not among the problems any more, with what became of it."""
    earlier, now = format_month(months_before(reader.month, 1)), by_code(reader.figures)
    before = [figure for figure in reader.figures_before if figure.is_problem]
    if not before:
        return f"Pada {earlier} tidak ada indikator yang meleset dari targetnya, atau datanya belum ada."
    still = {finding.indikator_kode for finding in found}
    gone = [figure for figure in before if figure.indikator_kode not in still]
    if not gone:
        return f"Semua permasalahan {earlier} masih ada."
    return f"Permasalahan {earlier} yang tidak ada lagi: {join_words([_settled(one, now.get(one.indikator_kode)) for one in gone])}."


def _settled(before: Figure, now: Figure | None) -> str:
    values = f"{before.text} menjadi {now.text}" if now and now.nilai is not None else before.text
    return f"{inside(before.indikator_nama)} ({values}, {progress(before, now)})"


NONE_MISSED = "Tidak ada indikator yang meleset dari targetnya."
OLDER = (
    "Edisi ini tentang bulan yang sudah lebih lama: daftarnya disusun dari status indikator bulan itu; tanda lain, seperti "
    "sinyal KLB, hanya tersimpan untuk keadaan terbaru."
)


def problems_table(found: Sequence[Finding], caption: str = "Permasalahan dan tindak lanjut yang diusulkan") -> Table:
    columns = (
        Column("No.", "center"),
        Column("Permasalahan", width=2.4),
        Column("Status"),
        Column("Sejak", width=1.1),
        Column("Tindak lanjut yang diusulkan", width=2.4),
        Column("Penanggung jawab", width=1.4),
        Column("Aturan", width=1.5),
    )
    rows = tuple(
        (
            Cell(str(number)),
            Cell(finding.sentence),
            status_cell(finding.status),
            Cell(finding.since.removeprefix("sejak ") or ABSENT),
            Cell(finding.action or ABSENT),
            Cell(finding.responsible or ABSENT),
            Cell(finding.rule or ABSENT),
        )
        for number, finding in enumerate(found, start=1)
    )
    return Table(caption, columns, rows)


def follow_up(reader: Reader) -> Table | Paragraph:
    """What was not good a month ago, and what it is now."""
    now = by_code(reader.figures)
    before = [figure for figure in reader.figures_before if figure.is_problem]
    earlier, this = format_month(months_before(reader.month, 1)), format_month(reader.month)
    if not before:
        return Paragraph(f"Pada {earlier} tidak ada indikator yang meleset dari targetnya, atau datanya belum ada.")
    ordered = sorted(before, key=lambda figure: (-SEVERITY[figure.status], figure.domain, figure.urutan))
    columns = (
        Column("Permasalahan bulan lalu", width=1.0),
        Column(earlier, "right"),
        Column("Status"),
        Column(this, "right"),
        Column("Status"),
        Column("Perkembangan"),
    )
    rows = tuple(_followed(figure, now.get(figure.indikator_kode)) for figure in ordered)
    return Table("Perkembangan permasalahan bulan lalu", columns, rows)


def _followed(before: Figure, now: Figure | None) -> tuple[Cell, ...]:
    return (
        Cell(before.indikator_nama),
        Cell(before.text, number=before.nilai),
        status_cell(before.status, before.status_text),
        Cell(now.text if now else ABSENT, number=now.nilai if now else None),
        status_cell(now.status, now.status_text) if now else Cell(ABSENT),
        Cell(progress(before, now)),
    )


def progress(before: Figure, now: Figure | None) -> str:
    """How a problem went on: by its status, and within one status by its value."""
    if now is None or now.nilai is None:
        return "belum ada angka baru"
    if (now.periode_mulai, now.nilai) == (before.periode_mulai, before.nilai):
        return "belum ada angka baru"
    if not now.is_problem:
        return "teratasi" if SEVERITY[now.status] else "tidak lagi dinilai"
    step = SEVERITY[now.status] - SEVERITY[before.status]
    word = "memburuk" if step > 0 else "membaik" if step < 0 else now.direction or "belum dapat dibandingkan"
    return f"belum teratasi, {word}"
