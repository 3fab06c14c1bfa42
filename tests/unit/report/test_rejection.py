"""What of a row that was set aside its agency sees, and what nobody does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from command_center.ledger.rejection import Counted, SetAside
from command_center.report.rejection import BadTable, RejectionSheet, _table
from command_center.report.rejection_workbook import build_sheet
from command_center.settings import WIB

from tests.support.rejection_sheet import sheets_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=WIB)
Rule = tuple[str, str | None, str, Mapping[str, object]]  # column, value, reason, payload
CUT = "Baris berisi 3 kolom, seharusnya 9; periksa pemisah dan tanda kutip."


def table(source: str, name: str, *rules: Rule) -> BadTable:
    found = [
        SetAside(
            n,
            str(n),
            source,
            name,
            "Uji",
            "a",
            1,
            n,
            f"baris {n}",
            column,
            value,
            reason,
            payload,
            None,
            "Uji",
            "-",
            False,
        )
        for n, (column, value, reason, payload) in enumerate(rules)
    ]
    return _table(Counted(source, name, "Uji", len(found), len(found)), found)


def test_a_row_that_fits_no_columns_is_shown_as_a_whole_and_a_cell_that_could_not_be_read_in_its_place() -> None:
    unread: Rule = ("kecepatan_km_jam", "#DIV/0!", "Sel K9 tidak terbaca.", {})
    bad = table("dishub_hitung", "hitungan", ("", None, CUT, {"isi": ["2026", None, "=1+1"]}), unread)
    sheet = RejectionSheet("dishub", "Dinas Uji", "-", NOW, False, (bad,), ())
    (shown,) = sheets_of(build_sheet(sheet)).values()
    assert shown.rows[0]["Isi baris"] == "2026 |  | =1+1" and shown.notes[0, "Tempat"] == CUT
    assert shown.rows[1]["kecepatan"] == "#DIV/0!" and (1, "kecepatan") in shown.marked


def test_what_is_rahasia_is_not_shown_even_where_it_is_what_is_wrong() -> None:
    rule = ("Nama Pelapor", "Siti", "Kolom 'Nama Pelapor' wajib diisi.", {"no_kejadian": "1", "nama_pelapor": "Siti"})
    bad = table("damkar_kejadian", "kejadian", rule)
    assert "Siti" not in bad.rows[0].cells and "Nama Pelapor" in bad.left_out
    assert bad.rows[0].faults[0].at is None


def test_a_table_that_is_no_longer_declared_is_shown_as_it_was_set_aside() -> None:
    bad = table("uji_tiada", "baris", ("Nilai", "x", "Nilai salah.", {"Nomor": "1", "Nilai": "x"}))
    assert (bad.columns, bad.rows[0].cells) == (("Nomor", "Nilai"), ("1", "x"))
    assert bad.rows[0].faults[0].at == 1
