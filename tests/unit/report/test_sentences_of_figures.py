"""Every rule by which a figure becomes a sentence, a cell or a place in an order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from command_center.report import wording
from command_center.report.blocks import classes_of, figure_table, without_empty_columns
from command_center.report.build import days_of
from command_center.report.comparison import range_message
from command_center.report.document import Cell, Column, Status, Table, names_group
from command_center.report.figures import Figure
from command_center.report.notes import hidden, is_same, moves_sentence, provisional_table
from command_center.report.outline import inside, section_of
from command_center.report.problems import in_order, others_sentence, progress
from command_center.report.rows import Cases
from command_center.report.sections import disease_table, service_sentence

OCTOBER = date(2026, 10, 1)


def figure(**changed: Any) -> Figure:
    """Response within 15 minutes, which got worse and misses its target."""
    usual = Figure(
        indikator_kode="persen_tanggap_15mnt",
        indikator_nama="Tanggap dalam 15 menit",
        domain="kebakaran",
        urutan=1,
        satuan="persen",
        arah="naik_baik",
        desimal=1,
        wilayah_kode="13.71.09",
        wilayah_nama="Kuranji",
        bulan=OCTOBER,
        periode_mulai=OCTOBER,
        periode_selesai=date(2026, 10, 31),
        periode_label="Oktober 2026",
        nilai=Decimal("68.9"),
        nilai_teks="68,9 %",
        status="waspada",
        target=Decimal(75),
        nilai_sebelumnya=Decimal("75.1"),
        perubahan=Decimal("-6.2"),
        sebelum_label="September 2026",
        nilai_tahun_lalu=None,
        perubahan_tahunan=None,
        rerata=Decimal("70.2"),
        nilai_kota=Decimal(72),
        peringkat=3,
        jumlah_wilayah=11,
        berjalan_teks=None,
        pembilang=None,
        penyebut=None,
        is_sementara=False,
        sementara_karena=None,
        mutu="lolos",
        source="damkar_kejadian",
        sumber="Dinas Pemadam Kebakaran",
        data_per=datetime(2026, 10, 31, 23, 59, 59),
        label_data=None,
    )
    return replace(usual, **changed)


FIRES = {
    "indikator_kode": "jumlah_kebakaran", "indikator_nama": "Jumlah kebakaran", "satuan": "kejadian", "arah": "turun_baik",
    "desimal": 0, "target": None, "status": "tanpa_ambang", "nilai": Decimal(3), "nilai_sebelumnya": Decimal(4),
    "perubahan": Decimal(-1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "changed", "sentence"),
    [
        ("worse", {}, "Tanggap dalam 15 menit turun 6,2 poin dari September 2026 menjadi 68,9 %, di bawah target 75 % (memburuk)."),
        (
            "better",
            {"nilai": Decimal("81.3"), "perubahan": Decimal("6.2"), "status": "baik"},
            "Tanggap dalam 15 menit naik 6,2 poin dari September 2026 menjadi 81,3 %, di atas target 75 % (membaik).",
        ),
        (
            "tie",
            {"perubahan": Decimal("0.04"), "nilai": Decimal(75)},
            "Tanggap dalam 15 menit tetap dibandingkan September 2026, yaitu 75,0 %, tepat pada target 75 %.",
        ),
        ("none", {"nilai": None, "perubahan": None}, "Tanggap dalam 15 menit tidak tersedia."),
        (
            "nothing to compare with",
            {"perubahan": None, "target": None},
            "Tanggap dalam 15 menit adalah 68,9 %.",
        ),
        (
            "provisional",
            {"is_sementara": True, "sementara_karena": "33 dari 34 pos"},
            (
                "Tanggap dalam 15 menit turun 6,2 poin dari September 2026 menjadi 68,9 %, di bawah target 75 % (memburuk) "
                "(sementara: 33 dari 34 pos)."
            ),
        ),
        ("zero", FIRES | {"nilai": Decimal(0)}, "Jumlah kebakaran turun 1 kejadian dari September 2026 menjadi 0 kejadian (membaik)."),
        (
            "a limit passed by less than is shown",
            {"arah": "turun_baik", "satuan": "menit", "nilai": Decimal("15.04"), "target": Decimal(15), "perubahan": Decimal(1)},
            (
                "Tanggap dalam 15 menit naik 1,0 menit dari September 2026 menjadi 15,0 menit, sedikit di atas batas 15 menit "
                "(memburuk)."
            ),
        ),
        (
            "no direction is good",
            FIRES | {"arah": "netral", "perubahan": Decimal(5)},
            "Jumlah kebakaran naik 5 kejadian dari September 2026 menjadi 3 kejadian.",
        ),
        (
            "another period than the month, with nothing before it",
            {"perubahan": None, "periode_mulai": date(2026, 1, 1), "periode_selesai": date(2026, 6, 30), "periode_label": "Semester I 2026"},
            "Tanggap dalam 15 menit pada Semester I 2026 adalah 68,9 %, di bawah target 75 %.",
        ),
    ],
)  # fmt: skip
def test_a_figure_in_a_sentence(case: str, changed: dict[str, Any], sentence: str) -> None:
    assert figure(**changed).sentence == sentence


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (Decimal("86.05"), "persen", 1, "86,1 %"),
        (Decimal(0), "kejadian", 0, "0 kejadian"),
        (None, "kejadian", 0, "–"),
        (Decimal("-6.2"), "poin", 2, "−6,20 poin"),
        (Decimal("0.8123"), "rasio", 2, "0,81"),
        (Decimal("99.9"), "per 100 P", 1, "99,9 per 100 perempuan"),
        (Decimal("1.234"), "persen/tahun", 2, "1,23 % per tahun"),
        (Decimal(950000), "Rp", 0, "Rp950.000"),
        (Decimal(1234500000), "Rp", 0, "Rp1.234,5 juta"),
        (Decimal(12340000000), "Rp", 0, "Rp12,3 miliar"),
        (Decimal(-12340000000000), "Rp", 0, "−Rp12,3 triliun"),
        (Decimal(0), "Rp", 0, "Rp0"),
    ],
)
def test_a_number_with_its_unit_is_as_screens_have_it(
    value: Decimal | None, unit: str, decimals: int, text: str
) -> None:
    assert wording.amount(value, unit, decimals) == text


@pytest.mark.parametrize(
    ("change", "unit", "decimals", "good", "cell"),
    [
        (Decimal("8.2"), "persen", 1, "naik_baik", "+8,2 poin, membaik"),
        (Decimal("-8.2"), "persen", 1, "naik_baik", "−8,2 poin, memburuk"),
        (Decimal("-0.5"), "poin", 2, "naik_baik", "−0,50 poin, memburuk"),
        (Decimal(3), "kejadian", 0, "turun_baik", "+3, memburuk"),
        (Decimal(3), "kejadian", 0, "netral", "+3"),
        (Decimal("0.04"), "persen", 1, "naik_baik", "tetap"),
        (Decimal(-950000), "Rp", 0, "turun_baik", "−Rp950.000, membaik"),
        (None, "persen", 1, "naik_baik", "–"),
    ],
)
def test_a_change_in_a_cell(change: Decimal | None, unit: str, decimals: int, good: str, cell: str) -> None:
    assert wording.change_cell(change, unit, decimals, good) == cell


def test_signs_limits_and_means_in_cells() -> None:
    assert [wording.signed(value, "kejadian", 0) for value in (Decimal(3), Decimal(-3), Decimal("0.2"), None)] == [
        "+3",
        "−3",
        "±0",
        "",
    ]
    assert wording.limit(Decimal("83.3333"), "persen", 1, "naik_baik") == "≥ 83,3 %"
    assert wording.limit_cell(Decimal("75.0"), "persen", 1, "turun_baik") == "≤ 75"
    assert wording.limit_cell(None, "persen", 1, "turun_baik") == "–"
    assert (
        wording.mean(Decimal("1.0909"), "kejadian", 0) == "1,1"
        and wording.mean(Decimal("120.6"), "kejadian", 0) == "121"
    )


def test_texts_of_screens_lose_their_shapes() -> None:
    assert wording.plain("■ 3 buruk") == "3 buruk" and wording.plain("– tanpa target") == "tanpa target"
    assert (
        wording.plain("–") == "–"
        and wording.plain("Data sampai 31 Okt 2026 · ▲ lama") == "Data sampai 31 Okt 2026 · lama"
    )
    assert wording.spoken("▼ 0,07 dari September 2026, membaik") == "turun 0,07 dari September 2026, membaik"


def test_the_last_second_of_a_day_is_its_end() -> None:
    assert wording.moment(datetime(2026, 10, 31, 23, 59, 59)) == datetime(2026, 10, 31, 17, tzinfo=UTC)
    assert wording.moment(datetime(2026, 10, 31, 5, 15)) == datetime(2026, 10, 30, 22, 15, tzinfo=UTC)
    assert wording.moment(None) is None


def test_months_before_and_behind() -> None:
    assert wording.months_before(date(2026, 1, 1), 1) == date(2025, 12, 1)
    assert wording.months_before(date(2026, 12, 1), -1) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        ("buruk", {"status": "baik", "nilai": Decimal(80)}, "teratasi"),
        ("buruk", {"status": "waspada", "nilai": Decimal(70), "perubahan": None}, "belum teratasi, membaik"),
        ("waspada", {"status": "buruk", "nilai": Decimal(40), "perubahan": None}, "belum teratasi, memburuk"),
        ("buruk", {"status": "buruk", "nilai": Decimal(40), "perubahan": Decimal(-3)}, "belum teratasi, memburuk"),
        ("buruk", {"status": "buruk", "nilai": Decimal(40), "perubahan": Decimal(0)}, "belum teratasi, tetap"),
        (
            "buruk",
            {"status": "buruk", "nilai": Decimal(40), "perubahan": None},
            "belum teratasi, belum dapat dibandingkan",
        ),
        ("buruk", {"status": "tanpa_ambang", "nilai": Decimal(40)}, "tidak lagi dinilai"),
        ("buruk", {"nilai": None}, "belum ada angka baru"),
        ("buruk", {"periode_mulai": date(2026, 9, 1), "nilai": Decimal(50)}, "belum ada angka baru"),
        ("buruk", None, "belum ada angka baru"),
    ],
)
def test_what_became_of_a_problem(before: Status, now: dict[str, Any] | None, text: str) -> None:
    earlier = figure(status=before, bulan=date(2026, 9, 1), periode_mulai=date(2026, 9, 1), nilai=Decimal(50))
    assert progress(earlier, None if now is None else figure(**now)) == text


def test_what_fell_into_a_worse_status_is_told_first_and_what_has_no_target_last() -> None:
    fell = figure(indikator_kode="a", status="waspada")
    grave = figure(indikator_kode="b", status="buruk")
    great = figure(indikator_kode="c", status="waspada", perubahan=Decimal(-30))
    small = figure(indikator_kode="d", status="waspada", perubahan=Decimal(-1))
    untargeted = figure(indikator_kode="e", status="tanpa_ambang", perubahan=Decimal(-900))
    before = {
        "a": figure(status="baik"),
        "b": figure(status="buruk"),
        "c": figure(status="waspada"),
        "d": figure(status="waspada"),
    }
    told = in_order([untargeted, small, great, grave, fell], before, "memburuk")
    assert [one.indikator_kode for one in told] == ["a", "b", "c", "d", "e"]


def test_how_many_more_there_are() -> None:
    assert (
        others_sentence(5, 9, [], "")
        == "Seluruhnya 5 indikator memburuk dan 9 membaik bulan ini. Tidak ada permasalahan menurut aturan."
    )
    assert moves_sentence([figure(), figure(perubahan=Decimal(2)), figure(perubahan=None)]) == (
        "Terhadap periode sebelumnya 1 indikator membaik, 1 indikator memburuk, dan 0 indikator tetap."
    )
    told = hidden([figure(nilai=None, nilai_teks="<10")])
    assert told == "Nilai yang disembunyikan karena terlalu kecil (<10): Tanggap dalam 15 menit."


def test_a_hidden_value_is_not_a_missing_one() -> None:
    hidden = figure(nilai=None, nilai_teks="<10", status="tidak_tersedia")
    missing = figure(nilai=None, nilai_teks="–", status="tidak_tersedia")
    assert (hidden.text, hidden.status_text) == ("<10", "Disembunyikan")
    assert (missing.text, missing.status_text) == ("–", "Tidak tersedia")


def test_what_is_not_there_is_not_called_provisional() -> None:
    missing = figure(nilai=None, is_sementara=True, sementara_karena="tidak ada data dari wilayah ini")
    given = figure(is_sementara=True, sementara_karena="33 dari 34 pos")
    assert (missing.name, given.name) == ("Tanggap dalam 15 menit", "Tanggap dalam 15 menit (sementara)")
    table = provisional_table([missing, given, figure()])
    assert isinstance(table, Table)
    assert [[cell.text for cell in row[3:]] for row in table.rows] == [
        ["tidak tersedia", "tidak ada data dari wilayah ini"],
        ["sementara", "33 dari 34 pos"],
    ]


def test_a_number_that_was_unknown_and_is_known_is_another() -> None:
    assert is_same(Decimal("1.50"), Decimal("1.5")) and is_same(None, None)
    assert not is_same(None, Decimal(0)) and not is_same(Decimal(0), None) and not is_same(Decimal(1), Decimal(2))


def test_the_city_has_no_column_of_itself_and_a_kelurahan_has_means() -> None:
    fires = figure(**FIRES, rerata=Decimal("2.0909"), nilai_kota=Decimal(23))
    assert fires.beside() == ("2,1", "23")
    assert replace(fires, wilayah_kode="13.71").beside() == ("2,1", "–")
    assert replace(fires, wilayah_kode="13.71.09.1004", nilai_kota=Decimal("0.22")).beside() == ("2,1", "0,2")


def test_figures_of_several_periods_share_a_table_in_which_each_period_is_named() -> None:
    of_half_year = figure(
        periode_mulai=date(2026, 1, 1), periode_selesai=date(2026, 6, 30), periode_label="Semester I 2026"
    )
    alone = figure_table("Kependudukan", [of_half_year])
    assert alone is not None and alone.caption == "Kependudukan, Semester I 2026" and len(alone.rows) == 1
    table = figure_table("Kependudukan", [figure(), of_half_year, figure()], note="Catatan.")
    assert table is not None and table.caption == "Kependudukan"
    assert table.note == "Catatan. Sumber: Dinas Pemadam Kebakaran (sampai 31 Okt 2026), diolah."
    assert [(row[0].text, names_group(row)) for row in table.rows] == [
        ("Oktober 2026", True),
        *[("Tanggap dalam 15 menit", False)] * 2,
        ("Semester I 2026", True),
        ("Tanggap dalam 15 menit", False),
    ]
    assert {len(row) for row in table.rows} == {len(table.columns)}
    assert [cell.text for cell in table.rows[1]] == [
        "Tanggap dalam 15 menit", "68,9 %", "Waspada", "≥ 75", "75,1", "−6,2 poin, memburuk", "70,2", "72,0", "3 dari 11",
    ]  # fmt: skip


def test_where_nothing_has_a_target_that_is_said_once() -> None:
    table = figure_table("Kebakaran", [figure(**FIRES, nilai_kota=Decimal(23))])
    assert table is not None and figure_table("Kebakaran", []) is None
    assert "Status" not in [column.title for column in table.columns] and table.note.startswith("Tanpa target. Sumber:")


def test_a_column_in_which_nothing_is_known_is_left_out() -> None:
    table = Table("T", (Column("a"), Column("b")), ((Cell("x"), Cell("–")), (Cell("y"), Cell(""))))
    assert [column.title for column in without_empty_columns(table).columns] == ["a"]
    assert len(without_empty_columns(Table("T", table.columns, ())).columns) == 2


def test_classes_of_a_map_hold_every_value_and_say_their_bounds() -> None:
    values = [Decimal("96.48"), Decimal("97.27"), Decimal("97.93")]
    classes = classes_of(values, figure(desimal=2))
    assert [one.label for one in classes] == ["< 96,84", "96,84 – < 97,20", "97,20 – < 97,57", "≥ 97,57"]  # fmt: skip
    assert [[one.holds(value) for one in classes].count(True) for value in values] == [1, 1, 1]
    assert [one.label for one in classes_of([Decimal(5), Decimal(5)], figure())] == ["semua nilai"]


def test_a_disease_of_which_not_all_is_known_is_none_without_cases() -> None:
    def week(penyakit: str, number: int, kasus: int | None, unknown: int, posisi: str = "● Dalam rentang") -> Cases:
        first = date(2026, 10, 4) + timedelta(weeks=number - 40)
        told = ("0–4", posisi, "1 tahun: 2025", None, None, "13.71.08", "Pauh")
        return Cases(penyakit, 2026, number, first, first + timedelta(days=6), kasus, unknown, *told)

    table = disease_table(
        [
            *(week("Campak", 40, 0, 0), week("Campak", 41, None, 1, "– Tidak diketahui")),
            *(week("Diare", 40, 0, 0), week("Diare", 41, 0, 1, "– Belum lengkap")),
            *(week("ISPA", 40, 2, 0), week("ISPA", 41, 3, 0), week("Difteri", 41, 0, 0)),
        ]
    )
    assert table is not None
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Campak", "0", "–", "0–4", "Tidak diketahui"],
        ["Diare", "0", "≥ 0", "0–4", "Belum lengkap"],
        ["ISPA", "2", "3", "0–4", "Dalam rentang"],
    ]
    assert table.note.endswith("≥: angka sebagian puskesmas tidak diketahui. Tanpa kasus (0): Difteri.")


def test_messages_of_charts() -> None:
    low, high = figure(nilai=Decimal(10), wilayah_nama="Ampang"), figure(nilai=Decimal(90), wilayah_nama="Kuranji")
    assert (
        range_message([low, high])
        == "Tanggap dalam 15 menit tertinggi di Kuranji (90,0 %), terendah di Ampang (10,0 %)"
    )
    assert (
        service_sentence([figure(), figure(status="baik")])
        == "1 dari 2 layanan SPM kesehatan di bawah target bulan ini."
    )
    assert service_sentence([figure(status="baik")] * 12) == "Semua 12 layanan SPM kesehatan mencapai target bulan ini."
    assert service_sentence([figure()] * 12) == "Semua 12 layanan SPM kesehatan di bawah target bulan ini."
    assert inside("Lampu jalan padam") == "lampu jalan padam" and inside("SPM ibu hamil") == "SPM ibu hamil"


def test_each_field_has_its_section() -> None:
    assert section_of("wilayah", "gangguan_ketertiban") == "III" and section_of("wilayah", "kelurahan_melapor") == "V"
    assert section_of("agenda") == "" and section_of("program") == "VII"


def test_days_of_a_week() -> None:
    assert days_of(date(2026, 11, 15), date(2026, 11, 21)) == "15–21 NOVEMBER 2026"
    assert days_of(date(2026, 11, 29), date(2026, 12, 5)) == "29 NOVEMBER – 5 DESEMBER 2026"
    assert days_of(date(2026, 12, 27), date(2027, 1, 2)) == "27 DESEMBER 2026 – 2 JANUARI 2027"
