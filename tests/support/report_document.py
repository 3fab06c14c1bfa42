"""Hand-made documents of each kind, with what real ones hold: gaps, zero, negative and missing values, long names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from command_center import drawing
from command_center.idformat import format_short
from command_center.report.document import (
    Block,
    Cell,
    Column,
    Context,
    Document,
    Drawing,
    Fact,
    Finding,
    Kind,
    Letterhead,
    Paragraph,
    Section,
    Status,
    Summary,
    Table,
)

LABEL = "DATA SIMULASI"
KELURAHAN = (
    "Anduring",
    "Pasar Ambacang",
    "Lubuk Lintah",
    "Ampang",
    "Kalumbuk",
    "Korong Gadang",
    "Kuranji",
    "Gunung Sarik",
    "Sungai Sapih",
)
MONTHS = ("Nov", "Des", "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt")
WORDS: dict[Status, str] = {
    "baik": "Baik",
    "waspada": "Waspada",
    "siaga": "Siaga",
    "buruk": "Buruk",
    "tanpa_ambang": "–",
    "tidak_tersedia": "n.a.",
}


def number(value: Decimal | int | str | None, status: Status | None = None, *, is_strong: bool = False) -> Cell:
    if value is None:
        return Cell("n.a.", None, status, is_strong)
    return Cell(format_short(Decimal(value), 1), Decimal(value), status, is_strong)


def people() -> Table:
    men = (7012, 9420, 5301, 6655, 5230, 10233, 12007, 8450, 6610)
    rows = [
        (
            Cell(name),
            number(one),
            number(one + 113),
            number(2 * one + 113, is_strong=True),
            number("-12" if one > 9000 else 8),
        )
        for name, one in zip(KELURAHAN, men, strict=True)
    ]
    total = (
        Cell("Kecamatan", is_strong=True),
        *(number(value, is_strong=True) for value in (70918, 71935, 142853)),
        number(0),
    )
    columns = (
        Column("Kelurahan"),
        Column("Laki-laki", "right"),
        Column("Perempuan", "right"),
        Column("Jumlah", "right"),
        Column("Perubahan", "right"),
    )
    return Table(
        "Jumlah penduduk menurut kelurahan dan jenis kelamin",
        columns,
        (*rows, total),
        "DKB semester I 2026, satuan jiwa.",
    )


def indicators(prefix: str, count: int) -> Table:
    statuses: tuple[Status, ...] = ("baik", "waspada", "siaga", "buruk", "tanpa_ambang", "tidak_tersedia")
    rows = []
    for place in range(count):
        status = statuses[place % len(statuses)]
        value = None if status == "tidak_tersedia" else Decimal(place * 7) / 2
        rows.append(
            (
                Cell(f"{prefix} nomor {place + 1}"),
                number(value),
                Cell("persen"),
                Cell(WORDS[status], status=status),
                Cell("≥ 75" if place % 2 else "–"),
                number(-place),
                number(place + 1),
                Cell(f"{place + 1} dari 11"),
            )
        )
    columns = (
        Column("Indikator"),
        Column("Nilai", "right"),
        Column("Satuan"),
        Column("Status"),
        Column("Target", "right"),
        Column("Ubah", "right"),
        Column("Kota", "right"),
        Column("Peringkat", "right"),
    )
    return Table(f"Indikator {prefix.lower()}", columns, tuple(rows), "Sumber: perangkat daerah, diolah.")


def incidents() -> Drawing:
    fires = (3, 5, 4, None, 6, 7, 5, 4, 3, 2, 4, 6)
    rescues = (7, 8, 6, 9, 12, 10, 8, 7, 9, 8, 10, 9)
    series = [
        drawing.Series(
            name,
            [(month, None if value is None else Decimal(value)) for month, value in zip(MONTHS, values, strict=True)],
        )
        for name, values in (("Kebakaran", fires), ("Penyelamatan", rescues))
    ]
    table = Table(
        "Kejadian dua belas bulan terakhir",
        (Column("Bulan"), Column("Kebakaran", "right"), Column("Penyelamatan", "right")),
        tuple(
            (Cell(month), number(one), number(other)) for month, one, other in zip(MONTHS, fires, rescues, strict=True)
        ),
    )
    return Drawing(
        "Kejadian dua belas bulan terakhir",
        drawing.lines(series, title="Kejadian dua belas bulan terakhir", unit="kejadian"),
        "Grafik garis kejadian per bulan, November 2025 sampai Oktober 2026.",
        table,
        "Februari: tidak tersedia.",
        0.5,
    )


def response() -> Drawing:
    known: list[tuple[str, str | None, Status]] = [
        ("Kuranji", "16.2", "buruk"),
        ("Bungus Teluk Kabung", "14.1", "waspada"),
        ("Pauh", "12.5", "baik"),
        ("Koto Tangah", "0", "baik"),
        ("Padang Barat", None, "tidak_tersedia"),
    ]
    bars = [
        drawing.Bar(
            name, None if value is None else Decimal(value), (value or "").replace(".", ","), status, name == "Kuranji"
        )
        for name, value, status in known
    ]
    svg = drawing.bars(bars, title="Waktu tanggap", unit="menit", threshold=drawing.Threshold(Decimal(15), "standar"))
    return Drawing(
        "Waktu tanggap menurut kecamatan", svg, "Grafik batang waktu tanggap menurut kecamatan.", None, "", 0.5
    )


def region_map() -> Drawing:
    regions = []
    for place, name in enumerate(KELURAHAN):
        x, y = place % 3, place // 3
        ring = [
            [100.3 + x / 50, -0.9 - y / 50],
            [100.32 + x / 50, -0.9 - y / 50],
            [100.32 + x / 50, -0.88 - y / 50],
            [100.3 + x / 50, -0.88 - y / 50],
            [100.3 + x / 50, -0.9 - y / 50],
        ]
        regions.append(
            drawing.Region(
                str(place),
                name,
                {"type": "Polygon", "coordinates": [ring]},
                None if place == 4 else Decimal(place),
                str(place),
            )
        )
    table = Table(
        "Kejadian per 10.000 penduduk",
        (Column("Kelurahan"), Column("Nilai", "right"), Column("Peringkat", "right")),
        tuple(
            (Cell(name), number(None if place == 4 else place), number(place + 1))
            for place, name in enumerate(KELURAHAN)
        ),
    )
    classes = drawing.classify([one.value for one in regions])
    svg = drawing.choropleth(
        regions,
        title="Kejadian per 10.000 penduduk",
        unit="kejadian per 10.000 penduduk",
        classes=classes,
        size=(330, 270),
    )
    return Drawing(
        "Kejadian per 10.000 penduduk menurut kelurahan", svg, "Peta kelurahan di Kecamatan Kuranji.", table, "", 0.5
    )


def finding(words: str, status: Status, *, is_to_do: bool = False) -> Finding:
    if not is_to_do:
        return Finding(words, status, since="sejak Agustus 2026", section="III")
    return Finding(
        words,
        status,
        "sejak Agustus 2026",
        "Periksa pos pemadam terdekat dan jalur armada.",
        "Dinas Pemadam Kebakaran",
        "tanggap-15-menit",
        "III",
    )


SUMMARY = Summary(
    (
        finding("Waktu tanggap naik 2,3 menit menjadi 16,2 menit, di atas standar 15 menit.", "buruk"),
        finding("Pengaduan melewati batas naik 4 menjadi 11 laporan.", "siaga"),
        finding("Suspek dengue naik 6 menjadi 14 kasus.", "waspada"),
    ),
    (
        finding("Persen pengaduan selesai naik 5,1 poin menjadi 91,3 persen.", "baik"),
        finding("Kebakaran turun 2 menjadi 6 kejadian.", "tanpa_ambang"),
    ),
    (
        finding("Tanggap dalam 15 menit 61,5 persen, target 75 persen.", "buruk", is_to_do=True),
        finding("11 pengaduan melewati batas waktu.", "siaga", is_to_do=True),
        finding("Dua kegiatan fisik tertinggal lebih dari 10 poin.", "buruk", is_to_do=True),
    ),
    "5 hal lain berstatus buruk atau waspada: III (2), IV (1), VII (2).",
)

TITLES = (
    ("I", "Gambaran Umum Wilayah"),
    ("II", "Kependudukan"),
    ("III", "Ketenteraman, Ketertiban Umum, dan Kebencanaan"),
    ("IV", "Kesehatan Masyarakat"),
    ("V", "Pelayanan Publik dan Pengaduan Masyarakat"),
    ("VI", "Perhubungan dan Prasarana"),
    ("VII", "Pelaksanaan Program dan Anggaran"),
    ("VIII", "Perbandingan Antarkelurahan"),
    ("IX", "Permasalahan dan Rekomendasi Tindak Lanjut"),
    ("", "Catatan Kualitas Data"),
)


def definitions(count: int = 3) -> Table:
    said = "Banyaknya kejadian menurut laporan yang diterima. " * 3
    rows = tuple((Cell(f"Istilah {place}"), Cell(said.strip())) for place in range(1, count + 1))
    return Table("Definisi indikator", (Column("Indikator"), Column("Definisi")), rows, is_glossary=True)


def appendices(count: int = 3) -> tuple[Section, ...]:
    """Figures in detail, and so many definitions."""
    return (
        Section("A", "Rincian", (indicators("Rincian", 15),), is_appendix=True),
        Section("B", "Definisi Indikator", (definitions(count),), is_appendix=True),
    )


def blocks_of(number: str) -> tuple[Block, ...]:
    known: dict[str, tuple[Block, ...]] = {
        "I": (Paragraph("Luas 57,41 km² dengan 9 kelurahan, 58 RW, dan 241 RT."),),
        "II": (people(),),
        "III": (
            Paragraph("Selama Oktober 2026 tercatat 6 kebakaran dan 9 penyelamatan."),
            incidents(),
            response(),
            indicators("Ketenteraman", 8),
        ),
        "IV": (indicators("Kesehatan", 6),),
        "V": (indicators("Pengaduan", 5),),
        "VI": (Paragraph("Tidak ada indikator untuk wilayah ini pada bulan ini.", is_note=True),),
        "VII": (indicators("Program", 5),),
        "VIII": (region_map(),),
        "IX": (follow_up(),),
    }
    sources = Paragraph("Sumber: perangkat daerah, diolah. Data per tanggal 31 Oktober 2026.")
    return known.get(number, (sources, Paragraph("Angka sementara ditandai.", is_note=True)))


def follow_up() -> Table:
    columns = (
        Column("Permasalahan", width=2),
        Column("Rekomendasi", width=2),
        Column("Penanggung jawab", width=1.3),
        Column("Aturan"),
    )
    row = (
        Cell("Tanggap 15 menit 61,5 persen, di bawah target 75 persen", status="buruk"),
        Cell("Periksa pos pemadam terdekat dan jalur armada."),
        Cell("Dinas Pemadam Kebakaran"),
        Cell("tanggap-15-menit"),
    )
    return Table(
        "Rekomendasi yang disusun menurut aturan",
        columns,
        (row, row, row),
        "Disusun oleh sistem menurut aturan; bukan keputusan.",
    )


def facts(count: int = 12) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            f"indikator_{place}",
            f"=Indikator {place}" if place == 1 else f"Indikator {place}",
            "13.71.09",
            "Kuranji",
            date(2026, 10, 1),
            date(2026, 10, 31),
            "Oktober 2026",
            None if place == 3 else Decimal(place) - 2,
            "n.a." if place == 3 else format_short(Decimal(place) - 2),
            "persen",
            "tidak_tersedia" if place == 3 else "baik",
            place == 2,
            "damkar_kejadian",
            datetime(2026, 10, 31, 17, tzinfo=UTC),
            LABEL,
            (17,),
        )
        for place in range(count)
    )


def sample(kind: Kind = "bulanan", **changes: Any) -> Document:
    """A document of the kind, whole; `changes` replace its fields."""
    place = {"lurah": "Kelurahan Anduring", "wali_kota": "Kota Padang"}.get(kind, "Kecamatan Kuranji")
    wanted: Sequence[str] = {
        "bulanan": [number for number, _ in TITLES[:9]],
        "mingguan": ["III", "IV"],
        "lurah": ["I", "III", "IV"],
        "wali_kota": ["III", "IV", "V", "VII"],
    }[kind]
    sections = tuple(
        Section(number, title, blocks_of(number), "Menurut kelurahan: Lampiran A" if number == "II" else "")
        for number, title in TITLES
        if number in wanted or (not number and kind != "mingguan")
    )
    period = "Minggu ke-44, 25 s.d. 31 Oktober 2026" if kind == "mingguan" else "Bulan Oktober 2026"
    values: dict[str, Any] = {
        "kind": kind,
        "wilayah_kode": "13.71.09",
        "wilayah_nama": place.split(" ", 1)[1],
        "kode_kecamatan": None if kind == "wali_kota" else "13.71.09",
        "periode": date(2026, 10, 25) if kind == "mingguan" else date(2026, 10, 1),
        "title": f"Laporan Data {'Mingguan' if kind == 'mingguan' else 'Bulanan'} Wilayah {place}",
        "period_text": period,
        "letterhead": Letterhead(
            "400.14/0042/Diskominfo/2026",
            "Terbatas",
            "1 berkas data (xlsx)",
            f"Laporan data wilayah {place}",
            "Plt. Camat Kuranji",
        ),
        "context": Context(number=2, reason="Angka kebakaran September diperbaiki."),
        "label": LABEL,
        "data_per": datetime(2026, 10, 31, 17, tzinfo=UTC),
        "notices": ("Edisi 2 menggantikan edisi 1: angka kebakaran September diperbaiki.",),
        "summary": SUMMARY,
        "sections": sections if kind == "mingguan" else (*sections, *appendices()),
        "facts": facts(),
    }
    return Document(**{**values, **changes})
