"""From the content of a page to tagged PDF bytes; Python says what stands there, template.typ where."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import typst

from command_center.errors import DeliveryError
from command_center.idformat import (
    MISSING,
    MONTHS,
    NIL,
    format_cell,
    format_date,
    format_moment,
    format_month,
    format_number,
    format_short,
)
from command_center.report.content import KEY_FIGURES, Content, Count, Figure, Month, SourceState, months_before
from command_center.report.fonts import font_folder
from command_center.report.sentences import (
    change_words,
    disease_totals,
    provisional,
    provisional_note,
    summarise,
)
from command_center.settings import CITY_NAME, WIB

TEMPLATE = Path(__file__).with_name("template.typ")
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
OVERFLOW = "needs more than one page"  # said by the template
MOST_DISEASES = 6
STATUS_WORDS = {
    "baik": "Baik",
    "waspada": "Waspada",
    "siaga": "Siaga",
    "buruk": "Perlu perhatian",
    "tanpa_ambang": "",
    "tidak_tersedia": "Tidak tersedia",
}


def render_page(content: Content) -> bytes:
    """The PDF of one kecamatan: A4, one page, PDF/UA-1 and PDF/A-2a, the same bytes for the same content."""
    texts = json.dumps(page_texts(content), ensure_ascii=False, sort_keys=True)
    moment = content.data_per or datetime.combine(content.edition, datetime.min.time())
    stamp = moment.replace(tzinfo=WIB).astimezone(UTC)
    try:
        return compile_page({"page": texts, "compact": "no"}, stamp)
    except typst.TypstError as error:
        if OVERFLOW not in error.message:
            raise unsettable(content, error) from None
    try:
        return compile_page({"page": texts, "compact": "yes"}, stamp)
    except typst.TypstError as error:
        raise unsettable(content, error) from None


def compile_page(inputs: dict[str, str], stamp: datetime) -> bytes:
    pdf = compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS, timestamp=stamp)
    if not isinstance(pdf, bytes):
        raise DeliveryError(f"{TEMPLATE.name} gave no PDF.")
    return pdf


def unsettable(content: Content, error: typst.TypstError) -> DeliveryError:
    return DeliveryError(f"The page of kecamatan {content.area.nama} could not be set: {error.message}.")


@cache
def compiler() -> typst.Compiler:
    """One compiler for all pages: it keeps the parsed template and the fonts."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])
    return typst.Compiler(input=str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts, ignore_system_fonts=True)


def page_texts(content: Content) -> dict[str, object]:
    """Every text of the page, formatted for people in Indonesia."""
    month = format_month(content.edition)
    return {
        "title": f"Laporan Data Bulanan Wilayah Kecamatan {content.area.nama}, Bulan {month}",
        "kecamatan": content.area.nama,
        "month": month,
        "label": content.label or "",
        "label_note": "angka pada halaman ini dibuat untuk peragaan sistem dan bukan data resmi.",
        "provisional": any(figure.is_sementara for figure in content.figures.values()),
        "data_per": format_moment(content.data_per),
        "area": area_line(content),
        "summary": " ".join(summarise(content)),
        "cards": [card(content.figures.get(kode)) for kode in KEY_FIGURES],
        "chart": chart(content),
        "quakes": quake_line(content),
        "complaints": complaint_line(content),
        "diseases": disease_table(content),
        "kelurahan": kelurahan_table(content),
        "counts": [count_line(count) for count in content.counts],
        "sources": [source_row(source) for source in content.sources],
        "warnings": warning_line(content),
    }


def area_line(content: Content) -> str:
    area = content.area
    return (
        f"Kode wilayah {area.kode}  ·  Luas {format_number(area.luas_km2, 2)} km²  ·  "
        f"{format_number(area.jumlah_kelurahan)} kelurahan"
    )


def card(figure: Figure | None) -> dict[str, str]:
    """One key figure with its comparisons, all of them read, none computed."""
    if figure is None:
        return {
            "name": "Tidak tersedia",
            "value": MISSING,
            "unit": "",
            "status": "tidak_tersedia",
            "word": "",
            "note": "",
            **no_rows(),
        }
    decimals = 0 if figure.satuan == "kejadian" else 1
    return {
        "name": figure.indikator_nama,
        "value": format_cell(figure.nilai, decimals),
        "unit": "%" if figure.satuan == "persen" else figure.satuan,
        "status": figure.status,
        "word": STATUS_WORDS[figure.status],
        "note": sentence_case(provisional_note(figure)),
        "before": format_cell(figure.nilai_sebelumnya, decimals),
        "change": change_of(figure, decimals),
        "mean": format_cell(figure.rerata_kecamatan, 1),
        "city": format_cell(figure.nilai_kota, decimals),
        "rank": rank_of(figure),
    }


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def rank_of(figure: Figure) -> str:
    """Only comparable rates are ranked, and only where there are enough cases; the warehouse decides."""
    if figure.peringkat is not None:
        return f"{figure.peringkat} dari {figure.jumlah_wilayah}"
    return "tidak diperingkat" if figure.jumlah_wilayah is None else "belum sebanding"


def no_rows() -> dict[str, str]:
    return dict.fromkeys(("before", "change", "mean", "city", "rank"), MISSING)


def change_of(figure: Figure, decimals: int) -> str:
    words = change_words(figure.perubahan, decimals)
    return f"{words} poin" if figure.satuan == "persen" and words.startswith(("naik", "turun")) else words


def chart(content: Content) -> dict[str, object]:
    """Twelve months, the edition's last; a month without data leaves a gap and says so."""
    known = {month.bulan: month for month in content.months}
    wanted = [months_before(content.edition, back) for back in range(11, -1, -1)]
    months = [known.get(bulan, Month(bulan, None, None, None)) for bulan in wanted]
    highest = max((value or 0 for month in months for value in (month.kebakaran, month.penyelamatan)), default=0)
    bars = [
        {
            "label": MONTHS[month.bulan.month - 1][:3],
            "year": str(month.bulan.year) if month.bulan.month == 1 or month is months[0] else "",
            "fires": month.kebakaran,
            "rescues": month.penyelamatan,
            "fires_text": format_cell(month.kebakaran),
            "rescues_text": format_cell(month.penyelamatan),
        }
        for month in months
    ]
    return {"bars": bars, "highest": highest, "alt": chart_alt(content.area.nama, months)}


def chart_alt(kecamatan: str, months: list[Month]) -> str:
    said = [
        f"{format_month(month.bulan)}: {format_number(month.kebakaran)} kebakaran, "
        f"{format_number(month.penyelamatan)} penyelamatan"
        for month in months
    ]
    return f"Bagan batang kejadian per bulan di Kecamatan {kecamatan}. {'; '.join(said)}."


def quake_line(content: Content) -> str:
    quakes = content.quakes
    if quakes is None or quakes.nilai is None:
        return ""
    label = f" ({quakes.label_data})" if quakes.label_data else ""
    return f"{quakes.indikator_nama} ({CITY_NAME}): {format_number(quakes.nilai)} {quakes.satuan}{provisional(quakes)}{label}."


def complaint_line(content: Content) -> str:
    """What citizens reported and what became of it; ratios are provisional until the longest limit has passed."""
    known = [figure for figure in content.complaints if figure.nilai is not None]
    if not known:
        return ""
    said = "; ".join(f"{figure.indikator_nama} {amount(figure)}{provisional(figure)}" for figure in known)
    label = max((figure.label_data for figure in known if figure.label_data), key=len, default=None)
    return f"Pengaduan warga: {said}{f' ({label})' if label else ''}."


def amount(figure: Figure) -> str:
    return f"{format_number(figure.nilai, 1 if figure.satuan == 'persen' else 0)} {figure.satuan}"


def disease_table(content: Content) -> dict[str, object]:
    """The diseases with most cases, one column per epidemiological week that ends in the month."""
    weeks = sorted({(row.minggu_mulai, row.minggu, row.minggu_selesai) for row in content.cases})
    known = {(row.penyakit, row.minggu_mulai): row.kasus for row in content.cases}
    totals, earlier = disease_totals(content.cases), disease_totals(content.earlier_cases)
    leading = sorted(totals, key=lambda name: (-totals[name], name))[:MOST_DISEASES]
    rows = [
        [name, *(format_cell(known.get((name, week[0]))) for week in weeks), *totals_of(name, totals, earlier)]
        for name in leading
    ]
    return {
        "weeks": [f"M-{number}" for _, number, _ in weeks],
        "rows": rows,
        "period": f"{format_date(weeks[0][0])} s.d. {format_date(weeks[-1][2])}" if weeks else "",
        "others": len(totals) - len(leading),
    }


def totals_of(name: str, totals: dict[str, int], earlier: dict[str, int]) -> list[str]:
    """The month's cases of a disease and those of as many weeks before; weeks without any report are not nil."""
    return [format_cell(totals[name]), format_cell(earlier.get(name, 0)) if earlier else MISSING]


def kelurahan_table(content: Content) -> dict[str, object]:
    """Incidents per kelurahan, most first; the stored mean of its kelurahan closes the table."""
    names = list(dict.fromkeys(figure.wilayah_nama for figure in content.kelurahan))
    known = {(figure.wilayah_nama, figure.indikator_kode): figure for figure in content.kelurahan}
    rows = [kelurahan_row(name, known) for name in names]
    rows.sort(key=lambda row: -row["total"])
    notes = dict.fromkeys(provisional_note(figure) for figure in content.kelurahan if figure.is_sementara)
    return {"rows": rows, "highest": max((row["total"] for row in rows), default=0), "note": "; ".join(notes)}


def kelurahan_row(name: str, known: dict[tuple[str, str], Figure]) -> dict[str, Any]:
    fires, rescues = known.get((name, "jumlah_kebakaran")), known.get((name, "jumlah_penyelamatan"))
    values = [figure.nilai if figure and figure.nilai is not None else Decimal(0) for figure in (fires, rescues)]
    return {
        "name": name,
        "fires": format_cell(fires.nilai if fires else None),
        "fires_change": signed(fires.perubahan if fires else None),
        "rescues": format_cell(rescues.nilai if rescues else None),
        "rescues_change": signed(rescues.perubahan if rescues else None),
        "fires_size": int(values[0]),
        "rescues_size": int(values[1]),
        "total": int(sum(values)),
    }


def signed(change: Decimal | None) -> str:
    if change is None:
        return MISSING
    return NIL if change == 0 else ("+" if change > 0 else "") + format_number(change)


def count_line(count: Count) -> str:
    share = format_short(Decimal(100 * count.tps_masuk) / count.tps_total, 2)
    label = f" {count.label_data or 'DATA SIMULASI'}" if count.is_simulasi else ""
    return (
        f"Pilkada {count.waktu.year}, {count.pemilihan_nama}: {format_number(count.tps_masuk)} dari "
        f"{format_number(count.tps_total)} TPS masuk ({share} persen) per {format_date(count.waktu.date())}. {count.catatan or ''}{'.' if count.catatan else ''}{label}"
    )


def source_row(source: SourceState) -> list[str]:
    quality = {"lolos": "Lolos", "peringatan": "Peringatan", None: "Belum ada data"}[source.mutu]
    return [source.judul, source.opd_nama, format_moment(source.data_per), quality, format_cell(source.baris_karantina)]


def warning_line(content: Content) -> str:
    """What the reader must know before quoting a figure."""
    warned = [figure.indikator_nama for figure in content.figures.values() if figure.mutu == "peringatan"]
    missing = [figure.indikator_nama for figure in content.figures.values() if figure.nilai is None]
    said = [f"Terbit dengan peringatan: {', '.join(warned)}."] if warned else []
    said += [f"Tidak tersedia: {', '.join(missing)}."] if missing else []
    return " ".join(said)
