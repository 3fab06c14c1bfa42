"""Statistical metadata as BPS asks for them (MS-Keg, MS-Var, MS-Ind), from what is declared; nothing is typed twice.

What no declaration says stays empty, to be filled in by the producer of the data.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from command_center.catalogue import words
from command_center.catalogue.content import Catalogue
from command_center.declaration.source import Column, Source, Table
from command_center.idformat import no_formula
from command_center.intake.quality import Expectation
from command_center.settings import CITY_NAME

Row = tuple[str, ...]
ACTIVITY = (
    "Kode kegiatan",
    "Judul kegiatan",
    "Penyelenggara",
    "Penanggung jawab",
    "Walidata pendukung",
    "Dasar hukum",
    "Cara pengumpulan",
    "Frekuensi",
    "Cakupan wilayah",
    "Penjaminan kualitas",
    "Jadwal rilis",
    "Kategori informasi (usulan)",
    "Retensi",
)
VARIABLE = (
    "Kode kegiatan",
    "Tabel",
    "Nama variabel",
    "Alias",
    "Definisi",
    "Referensi waktu",
    "Tipe data",
    "Satuan",
    "Klasifikasi isian",
    "Aturan validasi",
    "Aksesibilitas",
    "Data pribadi disandikan atau tidak disimpan",
)
INDICATOR = (
    "Kode",
    "Nama indikator",
    "Konsep",
    "Definisi",
    "Interpretasi",
    "Metode/rumus",
    "Ukuran",
    "Satuan",
    "Klasifikasi penyajian",
    "Komposit",
    "Variabel pembangun",
    "Level estimasi",
    "Aksesibilitas umum",
    "Sumber",
    "Dasar hukum",
)
AREAS = {
    "kelurahan": f"daftar kelurahan {CITY_NAME}",
    "kelurahan_name": f"daftar kelurahan {CITY_NAME}",
    "kecamatan": f"daftar kecamatan {CITY_NAME}",
    "kecamatan_name": f"daftar kecamatan {CITY_NAME}",
}


@dataclass(frozen=True)
class Form:
    """One form: all its rows as a table."""

    name: str
    about: str
    file: str
    heads: Sequence[str]
    rows: tuple[Row, ...]

    def write(self, folder: Path) -> Path:
        """With signs that a spreadsheet would compute made harmless, and a mark by which it knows the encoding."""
        path = folder / self.file
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            written = csv.writer(file)
            written.writerow(self.heads)
            written.writerows([no_formula(cell) for cell in row] for row in self.rows)
        return path


def forms(catalogue: Catalogue) -> tuple[Form, ...]:
    return (
        Form(
            "MS-Keg", "kegiatan statistik, satu per sumber data", "ms-keg.csv", ACTIVITY, tuple(activities(catalogue))
        ),
        Form("MS-Var", "variabel, satu per kolom sumber", "ms-var.csv", VARIABLE, tuple(variables(catalogue))),
        Form("MS-Ind", "indikator", "ms-ind.csv", INDICATOR, tuple(indicators(catalogue))),
    )


def activities(catalogue: Catalogue) -> Iterator[Row]:
    for source in catalogue.sources:
        count = sum(len(rules) for rules in catalogue.rules[source.source].values())
        yield (
            source.source,
            source.title,
            source.opd_name,
            source.owner,
            source.steward,
            "; ".join(source.legal_basis),
            f"kompilasi produk administrasi, {words.KINDS[source.extract.kind]}",
            words.schedule(source.schedule),
            CITY_NAME,
            f"{count} aturan pemeriksaan pada tiap kiriman",
            f"paling lambat {words.span(source.freshness)} sesudah masa yang diliput",
            words.KIP[source.kip] if source.kip else "",
            f"jawaban asli {source.retention.landing_days} hari, data terolah {source.retention.curated_years} tahun",
        )


def variables(catalogue: Catalogue) -> Iterator[Row]:
    for source in catalogue.sources:
        for name, table in source.tables.items():
            rules = catalogue.rules[source.source].get(name, [])
            for column in table.columns:
                yield _variable(source, name, table, column, [one for one in rules if one.about == column.name])


def _variable(source: Source, name: str, table: Table, column: Column, rules: Sequence[Expectation]) -> Row:
    required = ["wajib terisi"] if column.required else []
    return (
        source.source,
        f"{source.source}__{name}",
        column.name,
        column.source,
        column.description,
        ", ".join(table.as_of_names),
        words.TYPES[column.type],
        column.unit or "",
        AREAS.get(column.references or "", ""),
        "; ".join([*required, *(rule.reason.rstrip(".") for rule in rules)]),
        column.classification,
        words.TREATMENTS.get(column.treatment or "", ""),
    )


def indicators(catalogue: Catalogue) -> Iterator[Row]:
    titles = {source.source: f"{source.title}, {source.opd_name}" for source in catalogue.sources}
    for one in catalogue.indicators:
        told = one.entry
        parts = " dan ".join(filter(None, (told["numerator"], told["denominator"])))
        yield (
            one.kode,
            one.nama,
            told["konsep"],
            told["definisi"],
            told["interpretasi"],
            told["rumus"],
            told["ukuran"],
            told["satuan"],
            told["klasifikasi_penyajian"],
            "tidak",
            parts,
            told["level_estimasi"],
            "ya" if one.is_proposed else "tidak",
            titles.get(one.source, ""),
            told["dasar_hukum"],
        )
