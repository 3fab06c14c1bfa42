"""What the ledger says in English of a held batch, in words of dbt_project.yml."""

from __future__ import annotations

import pytest
from command_center.operate.watch import cause


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("x: expect_y on z failed (Bulan wajib diisi.), 3 rows; ask", "satu aturan tidak dipenuhi: Bulan wajib diisi"),
        ("x: 12 of 20 rows break a rule (60.0 %)", "terlalu banyak baris yang salah isi"),
        ("x: 12 published rows would go (40 % fewer)", "banyak baris yang sudah terbit tidak ada lagi di dalamnya"),
        ("x: 3 rows arrived, 900 the last time; ask", "jumlah barisnya tidak wajar"),
        (
            "x: 9 of 9 values of column 'a' are not of the declared format",
            "isi suatu kolom tidak lagi ditulis seperti yang disepakati",
        ),
        ("x: the workbook is protected by a password", "berkasnya terkunci kata sandi"),
        ("x: the column 'a' is missing", "susunan kolomnya berubah"),
        ("x: the file is empty; it is asked for again", "berkasnya kosong"),
        ("x: the file cannot be unpacked: y", "berkasnya tidak dapat dibaca"),
        ("x: something that nobody has thought of", "isinya tidak seperti yang disepakati"),
    ],
)
def test_a_reason_is_told_in_plain_words(reason: str, words: str) -> None:
    assert cause(reason) == words
