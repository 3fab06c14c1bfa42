"""The sentences of the Ringkasan Eksekutif: fixed rules over the figures of the page, nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from command_center.idformat import format_month, format_number, format_short, join_words
from command_center.report.content import Cases, Content, Figure, months_before


def summarise(content: Content) -> list[str]:
    """Two or three sentences in the order of the page."""
    return [incident_sentence(content), *response_sentence(content), *disease_sentence(content)]


def incident_sentence(content: Content) -> str:
    month = format_month(content.edition)
    before = format_month(months_before(content.edition, 1))
    fires = _events(content.figures.get("jumlah_kebakaran"), "kebakaran", before)
    rescues = _events(content.figures.get("jumlah_penyelamatan"), "penyelamatan", before)
    return f"Selama {month} di Kecamatan {content.area.nama} {fires}, dan {rescues}."


def response_sentence(content: Content) -> list[str]:
    response = content.figures.get("waktu_tanggap")
    within = content.figures.get("persen_tanggap_15mnt")
    if response is None or response.nilai is None:
        return ["Waktu tanggap bulan ini tidak tersedia."]
    text = f"Waktu tanggap median {format_short(response.nilai)} menit{_mark(response)}, {_against_city(response)}"
    if within is not None and within.nilai is not None:
        text += f"; {format_short(within.nilai)} persen kejadian ditanggapi dalam 15 menit"
        text += f" (kota {format_short(within.nilai_kota)} persen)" if within.nilai_kota is not None else ""
        text += _mark(within)
    return [text + "."]


def disease_sentence(content: Content) -> list[str]:
    totals = {name: total for name, total in disease_totals(content.cases).items() if total}
    if not totals:
        return []
    weeks = len({row.minggu_mulai for row in content.cases})
    leading = sorted(totals, key=lambda name: (-totals[name], name))[:3]
    words = [f"{name} ({format_number(totals[name])} kasus)" for name in leading]
    text = f"Penyakit yang paling banyak dilaporkan dalam {weeks} minggu epidemiologi bulan ini: {join_words(words)}"
    earlier = sum(disease_totals(content.earlier_cases).values())
    if len({row.minggu_mulai for row in content.earlier_cases}) == weeks:
        change = Decimal(sum(totals.values()) - earlier)
        text += f"; jumlah seluruh kasus {change_words(change)} dibandingkan {weeks} minggu sebelumnya"
    return [text + "."]


def disease_totals(cases: Iterable[Cases]) -> dict[str, int]:
    """Cases per disease; a week without a report adds nothing."""
    totals: dict[str, int] = defaultdict(int)
    for row in cases:
        totals[row.penyakit] += row.kasus or 0
    return dict(totals)


def change_words(change: Decimal | None, decimals: int = 0) -> str:
    """`naik 2`, `turun 1,5`, `tetap`, or `n.a.` when there is nothing to compare with."""
    if change is None:
        return format_number(None)
    size = format_number(abs(change), decimals)
    if size == format_number(0, decimals):
        return "tetap"
    return f"naik {size}" if change > 0 else f"turun {size}"


def _events(figure: Figure | None, noun: str, before: str) -> str:
    if figure is None or figure.nilai is None:
        return f"data {noun} tidak tersedia"
    said = f"tercatat {format_number(figure.nilai)} {noun}" if figure.nilai else f"tidak tercatat {noun}"
    if figure.perubahan is not None:
        said += f" ({change_words(figure.perubahan)} dari {before})"
    return said + _mark(figure)


def _mark(figure: Figure) -> str:
    """Why it is not final stands at the figure itself."""
    return " (sementara)" if figure.is_sementara else ""


def provisional(figure: Figure) -> str:
    """What stands behind a figure that is not final, and why."""
    return f" ({provisional_note(figure)})" if figure.is_sementara else ""


def provisional_note(figure: Figure) -> str:
    if not figure.is_sementara:
        return ""
    return f"sementara: {figure.sementara_karena}" if figure.sementara_karena else "sementara"


def _against_city(figure: Figure) -> str:
    rank = f"peringkat {figure.peringkat} dari {figure.jumlah_wilayah} kecamatan"
    if figure.nilai is None or figure.nilai_kota is None:
        return rank if figure.peringkat is not None else "tanpa pembanding kota"
    words = {-1: "lebih cepat daripada", 0: "sama dengan", 1: "lebih lambat daripada"}
    sign = int(figure.nilai.compare(figure.nilai_kota))
    text = f"{words[sign]} angka kota ({format_short(figure.nilai_kota)} menit)"
    return f"{text} dan {rank}" if figure.peringkat is not None else text
