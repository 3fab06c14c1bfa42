"""The file of recipients: what is refused, and the one of the demo city."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from command_center.errors import DeclarationError
from command_center.paths import DAGS
from command_center.report.recipients import read_recipients, title_of
from command_center.wilayah import kecamatan_codes

HEAD = "wilayah_kode,jabatan,is_plt,address,since,until\n"
GOOD = "13.71.09,camat,false,camat.kuranji@padang.invalid,2024-01-01,2026-10-31\n"
WRONG = {
    "13.71.99,camat,false,a@padang.invalid,2024-01-01,": "line 3: '13.71.99' is no kecamatan",
    "13.71,camat,false,a@padang.invalid,2024-01-01,": "line 3: '13.71' is no kecamatan with a camat",
    "13.71.08,kades,false,a@padang.invalid,2024-01-01,": "line 3: jabatan is 'kades'",
    "13.71.08,camat,false,a b@padang.invalid,2024-01-01,": "line 3: address is 'a b@padang.invalid'",
    '13.71.08,camat,false,"a@x.invalid,b@x.invalid",2024-01-01,': "line 3: address is",
    "13.71.08,camat,false,a@padang.invalid,01-01-2024,": "line 3: since is '01-01-2024'",
    "13.71.08,camat,false,a@padang.invalid,2024-01-01,2023-01-01": "line 3: the term ends on 2023-01-01, before",
    "13.71.08,camat,false,a@padang.invalid,2024-01-01,,lebih": "line 3: ",
    "13.71.09,camat,true,plt@padang.invalid,2026-10-31,": "two people hold the office camat of 13.71.09 on 2026-10-31",
    "13.71.08,camat,false,CAMAT.kuranji@padang.invalid,2026-10-01,": "would get the reports of 13.71.09 and of 13.71.08",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_file_is_refused_by_line(line: str, tmp_path: Path) -> None:
    file = tmp_path / "recipients.csv"
    file.write_text(HEAD + GOOD + line + "\n")
    with pytest.raises(DeclarationError, match=WRONG[line]):
        read_recipients(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"The file of recipients .*keine\.csv cannot be read"):
        read_recipients(tmp_path / "keine.csv")


def test_terms_that_follow_one_another_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "recipients.csv"
    file.write_text(HEAD + GOOD + "13.71.09,camat,true,camat.kuranji@padang.invalid,2026-11-01,\n")
    assert [title_of(term) for term in read_recipients(file)] == ["Camat Kuranji", "Plt. Camat Kuranji"]


def test_the_demo_city_has_somebody_for_every_report() -> None:
    terms = read_recipients(DAGS / "recipients.csv")
    valid = [
        term for term in terms if term.since <= date(2026, 11, 1) and (term.until or date.max) >= date(2026, 11, 1)
    ]
    held = Counter((term.jabatan, term.wilayah_kode) for term in valid)
    wanted = [(office, kode) for office in ("camat", "sekretaris_camat") for kode in kecamatan_codes()]
    assert held == Counter([*wanted, ("wali_kota", "13.71")])
    assert all(term.address.endswith("@padang.invalid") for term in terms)
    assert {title_of(term) for term in valid} >= {"Wali Kota Padang", "Plt. Camat Bungus Teluk Kabung", "Camat Pauh"}
