"""The camat's page from hand-made content: what it says, that it stays one page, and what it does when data are missing."""

from __future__ import annotations

import dataclasses
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from command_center.errors import DeliveryError
from command_center.idformat import MISSING
from command_center.report.content import (
    COMPLAINTS,
    Area,
    Cases,
    Content,
    Count,
    Figure,
    Month,
    SourceState,
    epidemiological_weeks,
    months_before,
)
from command_center.report.monthly import last_complete_month, parse_edition, slug_of
from command_center.report.render import card, chart, kelurahan_table, page_texts, render_page
from command_center.report.sentences import change_words, summarise
from pypdf import PdfReader

OCTOBER = date(2026, 10, 1)
LABEL = "DATA SIMULASI"


def figure(kode: str, nilai: float | None, **changes: object) -> Figure:
    unit = {"waktu_tanggap": "menit", "persen_tanggap_15mnt": "persen"}.get(kode, "kejadian")
    values = {
        "indikator_kode": kode,
        "indikator_nama": kode.replace("_", " ").capitalize(),
        "satuan": unit,
        "wilayah_nama": "Kuranji",
        "nilai": None if nilai is None else Decimal(str(nilai)),
        "nilai_sebelumnya": Decimal(4),
        "perubahan": None if nilai is None else Decimal(str(nilai)) - 4,
        "nilai_kota": Decimal("13.5"),
        "rerata_kecamatan": Decimal("5.25"),
        "peringkat": 3,
        "jumlah_wilayah": 11,
        "status": "tanpa_ambang",
        "mutu": "lolos",
        "is_sementara": False,
        "sementara_karena": None,
        "data_per": datetime(2026, 11, 2, 5, 15),
        "label_data": LABEL,
    }
    return Figure(**{**values, **changes})  # type: ignore[arg-type]


def cases(first: date, weeks: int, diseases: list[tuple[str, int | None]]) -> list[Cases]:
    return [
        Cases(name, 39 + week, first + timedelta(7 * week), first + timedelta(7 * week + 6), number, LABEL)
        for week in range(weeks)
        for name, number in diseases
    ]


@pytest.fixture
def content() -> Content:
    first, _ = epidemiological_weeks(OCTOBER)
    diseases: list[tuple[str, int | None]] = [("ISPA", 30), ("Diare akut", 4), ("Suspek dengue", 0), ("Campak", None)]
    return Content(
        edition=OCTOBER,
        area=Area("13.71.09", "Kuranji", Decimal("57.41"), 9),
        figures={
            "jumlah_kebakaran": figure("jumlah_kebakaran", 6),
            "jumlah_penyelamatan": figure("jumlah_penyelamatan", 1),
            "waktu_tanggap": figure("waktu_tanggap", 12.5, status="baik"),
            "persen_tanggap_15mnt": figure("persen_tanggap_15mnt", 83.3, status="waspada"),
        },
        quakes=figure("jumlah_gempa_dirasakan_radius", 3, label_data=None),
        complaints=[],
        months=[Month(months_before(OCTOBER, back), back, 10 + back, LABEL) for back in range(11, -1, -1)],
        cases=cases(first, 5, diseases),
        earlier_cases=cases(first - timedelta(35), 5, [("ISPA", 31)]),
        kelurahan=[
            figure(kode, number, wilayah_nama=name)
            for name, number in (("Ampang", 1), ("Kuranji", 4), ("Anduring", 0))
            for kode in ("jumlah_kebakaran", "jumlah_penyelamatan")
        ],
        counts=[Count("Wali Kota", 120, 130, datetime(2024, 11, 28, 10), True, "Sementara, bukan hasil resmi", LABEL)],
        sources=[SourceState("damkar_kejadian", "Kejadian kebakaran", "Damkar", datetime(2026, 11, 2, 5), "lolos", 0)],
    )


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_page_is_one_tagged_indonesian_page_and_says_what_it_is(content: Content) -> None:
    reader = PdfReader(io.BytesIO(render_page(content)))
    root: Any = reader.trailer["/Root"]
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert str(root["/Lang"]).startswith("id")
    assert root["/MarkInfo"]["/Marked"].value is True
    metadata = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part" in metadata and "pdfaid:part" in metadata
    text = reader.pages[0].extract_text()
    for words in (
        "LAPORAN DATA BULANAN WILAYAH KECAMATAN KURANJI",
        "BULAN OKTOBER 2026",
        "Ringkasan Eksekutif",
        "Catatan Kualitas Data",
        "Dokumen ini dihasilkan oleh sistem",
        "SIFAT: TERBATAS",
        "DATA SIMULASI",
        "57,41 km²",
        "120 dari 130 TPS masuk (92,31 persen)",
    ):
        assert words in text, words


def test_fonts_are_embedded_and_the_sans_one_is_used(content: Content) -> None:
    resources: Any = PdfReader(io.BytesIO(render_page(content))).pages[0]["/Resources"]
    fonts = resources["/Font"]
    names = [str(font.get_object()["/BaseFont"]) for font in fonts.values()]
    assert any("HKGrotesk" in name for name in names)


def test_same_content_gives_the_same_bytes(content: Content) -> None:
    assert render_page(content) == render_page(dataclasses.replace(content))


def test_summary_follows_its_rules(content: Content) -> None:
    incidents, response, diseases = summarise(content)
    assert incidents == (
        "Selama Oktober 2026 di Kecamatan Kuranji tercatat 6 kebakaran (naik 2 dari September 2026), dan tercatat 1 "
        "penyelamatan (turun 3 dari September 2026)."
    )
    assert response == (
        "Waktu tanggap median 12,5 menit, lebih cepat daripada angka kota (13,5 menit) dan peringkat 3 dari 11 "
        "kecamatan; 83,3 persen kejadian ditanggapi dalam 15 menit (kota 13,5 persen)."
    )
    assert diseases == (
        "Penyakit yang paling banyak dilaporkan dalam 5 minggu epidemiologi bulan ini: ISPA (150 kasus) dan Diare akut "
        "(20 kasus); jumlah seluruh kasus naik 15 dibandingkan 5 minggu sebelumnya."
    )


def test_nil_is_a_dash_and_missing_is_said(content: Content) -> None:
    figures = {
        **content.figures,
        "jumlah_kebakaran": figure("jumlah_kebakaran", 0),
        "waktu_tanggap": figure("waktu_tanggap", None),
    }
    texts = page_texts(dataclasses.replace(content, figures=figures))
    cards = texts["cards"]
    assert isinstance(cards, list)
    assert [card["value"] for card in cards] == ["–", "1", "n.a.", "83,3"]
    assert "tidak tercatat kebakaran" in str(texts["summary"])
    assert "Waktu tanggap bulan ini tidak tersedia." in str(texts["summary"])
    assert texts["warnings"] == "Tidak tersedia: Waktu tanggap."


LIMIT = {"is_sementara": True, "sementara_karena": "batas terpanjang belum lewat, matang 29-01-2027"}
RUNNING = {"is_sementara": True, "sementara_karena": "data LAPOR baru sampai 10-10-2026"}


def test_a_provisional_figure_says_why_wherever_it_stands(content: Content) -> None:
    figures = {
        **content.figures,
        "jumlah_kebakaran": figure("jumlah_kebakaran", 6, perubahan=None, **RUNNING),
        "waktu_tanggap": figure("waktu_tanggap", 12.5, **RUNNING),
    }
    complaints = [
        figure("laporan_masuk", 15, satuan="laporan"),
        figure("persen_selesai", 93.333, satuan="persen", **LIMIT),
        figure("persen_tindak_lanjut", None, satuan="persen", **LIMIT),
    ]
    kelurahan = [dataclasses.replace(row, **RUNNING) for row in content.kelurahan]  # type: ignore[arg-type]
    page = dataclasses.replace(content, figures=figures, complaints=complaints, kelurahan=kelurahan)
    texts = page_texts(page)
    said = "sementara: data LAPOR baru sampai 10-10-2026"
    assert "tercatat 6 kebakaran (sementara), dan" in str(texts["summary"])
    assert "12,5 menit (sementara), lebih cepat" in str(texts["summary"])
    assert texts["complaints"] == (
        "Pengaduan warga: Laporan masuk 15 laporan; Persen selesai 93,3 persen (sementara: batas terpanjang belum lewat, "
        "matang 29-01-2027) (DATA SIMULASI)."
    )
    notes = [one["note"] for one in texts["cards"]]  # type: ignore[attr-defined]
    assert notes == ["S" + said[1:], "", "S" + said[1:], ""]
    text = " ".join(read(render_page(page)).split())
    assert text.count(said[1:]) == 3  # two cards, one table
    assert "93,3 persen (sementara: batas terpanjang belum lewat" in text


def test_the_page_is_as_old_as_its_oldest_content(content: Content) -> None:
    """Not as new as its newest source; the count of an election says its own day."""
    skdr = SourceState("dinkes_skdr", "SKDR", "Dinkes", datetime(2026, 11, 1, 0), "lolos", 0)
    count = SourceState("kpu_sirekap", "Sirekap", "KPU", datetime(2024, 12, 5), "lolos", 0)
    old = figure("laporan_masuk", 15, data_per=datetime(2026, 10, 31, 23, 59))
    page = dataclasses.replace(content, sources=[*content.sources, skdr, count])
    assert page.data_per == datetime(2026, 11, 1, 0)
    assert dataclasses.replace(page, complaints=[old]).data_per == datetime(2026, 10, 31, 23, 59)
    assert "(92,31 persen) per 28 November 2024." in str(page_texts(page)["counts"])


def test_a_month_without_data_is_a_gap_not_a_nil(content: Content) -> None:
    without = [month for month in content.months if month.bulan != date(2026, 2, 1)]
    drawn = chart(dataclasses.replace(content, months=without))
    february = drawn["bars"][3]  # type: ignore[index]
    assert (february["label"], february["fires"], february["fires_text"]) == ("Feb", None, "n.a.")
    assert "Februari 2026: n.a. kebakaran, n.a. penyelamatan" in str(drawn["alt"])


def test_real_data_carry_no_simulation_label(content: Content) -> None:
    real = dataclasses.replace(
        content,
        figures={kode: dataclasses.replace(value, label_data=None) for kode, value in content.figures.items()},
        months=[dataclasses.replace(row, label_data=None) for row in content.months],
        cases=[dataclasses.replace(row, label_data=None) for row in content.cases],
        earlier_cases=[],
        kelurahan=[dataclasses.replace(row, label_data=None) for row in content.kelurahan],
        counts=[],
    )
    assert "SIMULASI" not in read(render_page(real))


def test_nothing_known_is_still_a_page(content: Content) -> None:
    empty = dataclasses.replace(
        content,
        figures={},
        quakes=None,
        complaints=[],
        months=[],
        cases=[],
        earlier_cases=[],
        kelurahan=[],
        counts=[],
        sources=[],
    )
    text = read(render_page(empty))
    assert "data kebakaran tidak tersedia" in text
    assert "belum ada laporan mingguan" in text


def crowded(content: Content, kelurahan: int) -> Content:
    first, _ = epidemiological_weeks(OCTOBER)
    names = [f"Tanjung Saba Pitameh Nan {number:02}" for number in range(kelurahan)]
    diseases: list[tuple[str, int | None]] = [(f"Suspek penyakit bernama panjang {n}", 1000 + n) for n in range(20)]
    changes: dict[str, Any] = {"mutu": "peringatan", **LIMIT}
    return dataclasses.replace(
        content,
        area=Area("13.71.05", "Bungus Teluk Kabung", Decimal("100.78"), kelurahan),
        figures={kode: dataclasses.replace(value, **changes) for kode, value in content.figures.items()},
        complaints=[figure(kode, 93.3, satuan="persen", **LIMIT) for kode in COMPLAINTS],
        cases=cases(first, 5, diseases),
        kelurahan=[
            figure(kode, 100, wilayah_nama=name, **LIMIT)
            for name in names
            for kode in ("jumlah_kebakaran", "jumlah_penyelamatan")
        ],
        counts=content.counts * 2,
        sources=content.sources * 4,
    )


def test_the_fullest_page_there_can_be_is_one_page(content: Content) -> None:
    assert len(PdfReader(io.BytesIO(render_page(crowded(content, 15)))).pages) == 1


def test_a_page_that_overflows_is_refused(content: Content) -> None:
    with pytest.raises(DeliveryError, match=r"Bungus Teluk Kabung could not be set: .*more than one page"):
        render_page(crowded(content, 60))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "3 dari 11"),
        ({"peringkat": None}, "belum sebanding"),
        ({"peringkat": None, "jumlah_wilayah": None}, "tidak diperingkat"),
    ],
)
def test_rank_is_shown_only_where_the_warehouse_ranked(changes: dict[str, object], words: str) -> None:
    assert card(figure("waktu_tanggap", 12, **changes))["rank"] == words


def test_a_kelurahan_of_which_only_one_figure_is_known_has_its_row(content: Content) -> None:
    fires = figure("jumlah_kebakaran", 3, wilayah_nama="Anduring")
    unknown = figure("jumlah_penyelamatan", None, wilayah_nama="Ampang")
    table = kelurahan_table(dataclasses.replace(content, kelurahan=[fires, unknown]))
    rows = table["rows"]
    assert isinstance(rows, list)
    shown = [(row["name"], row["fires"], row["rescues"], row["total"]) for row in rows]
    assert shown == [("Anduring", "3", MISSING, 3), ("Ampang", MISSING, MISSING, 0)]
    assert table["highest"] == 3


@pytest.mark.parametrize(("change", "words"), [(Decimal(2), "naik 2"), (Decimal("-0.4"), "tetap"), (None, "n.a.")])
def test_change_in_words(change: Decimal | None, words: str) -> None:
    assert change_words(change) == words


def test_weeks_of_a_month_are_those_that_end_in_it() -> None:
    assert epidemiological_weeks(OCTOBER) == (date(2026, 9, 27), date(2026, 11, 1))
    assert epidemiological_weeks(date(2026, 11, 1)) == (date(2026, 11, 1), date(2026, 11, 29))


def test_edition_is_the_last_complete_month() -> None:
    assert last_complete_month(date(2026, 1, 1)) == date(2025, 12, 1)
    assert last_complete_month(date(2026, 11, 30)) == OCTOBER
    assert parse_edition("2026-10") == OCTOBER
    with pytest.raises(DeliveryError, match="write it as 2026-10"):
        parse_edition("2026-13")


def test_slugs_are_file_names() -> None:
    assert slug_of("Bungus Teluk Kabung") == "bungus_teluk_kabung"
