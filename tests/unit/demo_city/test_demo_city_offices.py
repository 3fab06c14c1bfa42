"""The finance agency, the call centre and the open data portal: sums that agree, tickets that go on, pages that end."""

from __future__ import annotations

import io
import json
import runpy
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from command_center.declaration.registry import get_source
from command_center.extract import ckan, spreadsheetml, xlsx
from command_center.extract.reading import Answer as Landed
from command_center.extract.reading import Reading
from command_center.intake.trial import match_file
from command_center.settings import WIB
from demo_city.agencies import bpkad, damkar, diskominfo, satudata
from demo_city.answer import Answer
from demo_city.ask import Question
from demo_city.causes.apbd import ACCOUNTS, GROUPS, NOTHING, Amount, amounts, spending
from demo_city.causes.regions import all_kelurahan
from openpyxl import load_workbook

SEED = 1371
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=WIB)
DAY = date(2026, 10, 31)
FIXTURES = Path(__file__).parents[2] / "fixtures"
PADANG = {"provinsi": "03", "pemda": "12", "tahun": "2026"}


def landed(body: bytes, **known: str) -> Landed:
    return Landed("uji", lambda: iter([body]), known)


def given(found: Answer | None) -> bytes:
    assert found is not None
    return found.body


def report(name: str) -> Reading:
    source = get_source("bpkad_sipd_lra")
    match = match_file(source, name)
    assert match.is_certain, name
    body = given(bpkad.answer(name, Question(), SEED, NOW))
    return xlsx.read(source, source.tables[match.request.tables[0]], landed(body, **match.known))


def records(reading: Reading) -> Iterator[dict[str, str | None]]:
    for _, _, row in reading.rows:
        yield dict(zip(reading.columns, row, strict=True))
    assert not reading.rejects


def indonesian(text: str | None) -> Decimal:
    return Decimal((text or "0").replace(".", "").replace(",", "."))


def export(**query: str) -> list[dict[str, str | None]]:
    source = get_source("bpkad_djpk")
    body = given(bpkad.answer("csv_apbd", Question(query=query), SEED, NOW))
    return list(records(spreadsheetml.read(source, source.tables["apbd"], landed(body, tahun="2026"))))


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2025, 12, 31), DAY])
def test_a_group_of_accounts_is_the_sum_of_what_lies_below(day: date) -> None:
    found = amounts(SEED, day)
    for group in GROUPS.keys() - {"6"}:
        below = [account.kode for account in ACCOUNTS if account.kode.startswith(f"{group}.")]
        assert found[group] == sum((found[kode] for kode in below), NOTHING), group
    assert found["6"] == found["6.1"] + -found["6.2"]


def test_what_the_programmes_spend_is_what_the_city_spends() -> None:
    leaves = [line for line in spending(SEED, DAY) if len(line.kode) == 4]
    assert sum((amount for line in leaves for amount in line.amounts.values()), NOTHING) == amounts(SEED, DAY)["5"]
    assert len({line.kode for line in leaves}) == len(leaves)
    repeated = [line.kode[3] for line in leaves]
    assert len(set(repeated)) < len(repeated), "an account stands under several sub-kegiatan"


def test_the_three_reports_tell_the_same_amounts() -> None:
    by_programme = list(records(report("LRA Per Program-31-10-2026.xlsx")))
    tops = [row for row in by_programme if " " not in str(row["kode_jalur"]) and "." not in str(row["kode_jalur"])]
    accounts = [
        row for row in records(report("LRA Pendapatan-31-10-2026.xlsx")) if row["kolom_realisasi"] == "REALISASI 2026"
    ]
    [belanja] = [row for row in accounts if row["kode_rekening"] == "5"]
    [djpk] = [row for row in export(**PADANG) if row["akun"] == "Belanja Daerah"]
    for ours, theirs in (("anggaran", "anggaran_idr"), ("realisasi", "realisasi_idr")):
        told = sum(indonesian(row[f"jumlah_{ours}_idr"]) for row in tops)
        assert told == indonesian(belanja[theirs]) == Decimal(djpk[theirs] or "0") > 0


def test_every_month_of_the_year_is_laid_into_the_folder_as_two_reports() -> None:
    names = bpkad.file_paths(NOW)
    assert len(names) == 22 and "LRA Per Program-31-12-2025.xlsx" in names
    assert bpkad.file_paths(datetime(2026, 1, 5, tzinfo=WIB)) == [
        "LRA Per Program-31-12-2025.xlsx",
        "LRA Pendapatan-31-12-2025.xlsx",
    ]
    assert bpkad.answer("LRA Per Program-30-11-2026.xlsx", Question(), SEED, NOW) is None
    parts = {match_file(get_source("bpkad_sipd_lra"), name).part for name in names}
    assert len(parts) == len(names)


def test_sipd_writes_amounts_as_text_in_one_report_and_as_numbers_in_the_other() -> None:
    sheets: list[Any] = [
        load_workbook(io.BytesIO(given(bpkad.answer(f"{name}-31-10-2026.xlsx", Question(), SEED, NOW)))).active
        for name in bpkad.REPORTS
    ]
    assert isinstance(sheets[0]["F10"].value, str) and sheets[0]["F10"].value.count(",") == 1
    assert isinstance(sheets[1]["D8"].value, float)
    assert "DATA SIMULASI" in sheets[0]["A1"].value and "DATA SIMULASI" in sheets[1]["B1"].value
    assert str(sheets[0].cell(sheets[0].max_row, 13).value).startswith("NIP."), "a signature block"


def test_totals_numbers_and_signature_are_no_records() -> None:
    reading = report("LRA Pendapatan-31-10-2026.xlsx")
    kodes = [row["kode_rekening"] for row in records(reading)]
    assert set(kodes) == {*GROUPS, *(account.kode for account in ACCOUNTS)}
    assert sum(reading.ignored.values()) == 6


def test_djpk_tells_each_line_in_its_place_even_where_names_repeat() -> None:
    lines = export(**PADANG)
    assert [int(row["baris"] or 0) for row in lines] == list(range(2, len(bpkad.DJPK) + 2))
    assert [row["akun"] for row in lines] == [name for name, _ in bpkad.DJPK]
    assert [row["akun"] for row in lines].count("Belanja Pegawai") == 2
    for row in lines:
        share = Decimal(row["realisasi_idr"] or "0") / Decimal(row["anggaran_idr"] or "1") * 100
        assert abs(share - Decimal(row["persen_lapor"] or "0")) <= Decimal("0.005"), row["akun"]


def test_djpk_gives_another_place_or_an_unknown_year_no_lines() -> None:
    for query in ({**PADANG, "pemda": "01"}, {**PADANG, "tahun": "2031"}, {**PADANG, "tahun": "x"}):
        body = given(bpkad.answer("csv_apbd", Question(query=query), SEED, NOW))
        assert body.count(b"<Row>") == 1


def test_the_same_seed_and_day_give_the_same_files() -> None:
    first = given(bpkad.answer("LRA Per Program-31-10-2026.xlsx", Question(), SEED, NOW))
    bpkad.report.cache_clear()
    later = NOW + timedelta(days=5)
    assert given(bpkad.answer("LRA Per Program-31-10-2026.xlsx", Question(), SEED, later)) == first
    assert given(bpkad.answer("LRA Per Program-31-10-2026.xlsx", Question(), SEED + 1, NOW)) != first


def test_the_fixtures_are_what_their_program_makes() -> None:
    made = runpy.run_path(str(FIXTURES / "make_bpkad_sipd_lra.py"))["fixtures"]()
    assert made and {name: (FIXTURES / "bpkad_sipd_lra" / name).read_bytes() for name in made} == made


def test_an_amount_is_exact() -> None:
    amount = Amount(Decimal("28914603157.35"), Decimal("0.05"))
    assert (amount + -amount) == NOTHING


def tickets(now: datetime = NOW) -> dict[str, dict[str, Any]]:
    return {str(row["id"]): dict(row) for row in diskominfo.table(SEED, now).rows}


def test_a_ticket_keeps_its_number_and_goes_on() -> None:
    assert 30_000 < len(tickets()) < 45_000
    changes = 0
    for hour in range(12):
        at = NOW.replace(minute=0) + timedelta(hours=hour)
        before, after = tickets(at), tickets(at + timedelta(hours=1))
        assert before.keys() <= after.keys()
        assert all(after[n]["updated_at"] > at.replace(tzinfo=None) for n in after.keys() - before.keys())
        changed = [n for n in before if before[n] != after[n]]
        assert all(after[n]["updated_at"] > before[n]["updated_at"] for n in changed)
        changes += len(changed)
    assert changes, "tickets are forwarded and closed later than they are opened"


def test_tickets_have_the_defects_of_the_real_ones() -> None:
    rows = list(tickets().values())
    codes = {kelurahan.kode for kelurahan in all_kelurahan()}
    assert all(row["desa"] in codes | {""} and row["tanggal_terima"][:2].isdigit() for row in rows)
    assert any(not row["tanggal_selesai"] for row in rows if row["kejadian"] == "KEBAKARAN")
    assert {row["jenis_panggilan"] for row in rows} == set(diskominfo.CALLS)
    assert all(row["nama_pelapor"].split()[1] in damkar.LAST_NAMES for row in rows)
    assert all(row["updated_at"] <= (NOW + timedelta(minutes=1)).replace(tzinfo=None) for row in rows)


def test_every_column_of_the_tickets_is_declared_or_left_out_on_purpose() -> None:
    table = get_source("diskominfo_112").tables["tiket"]
    declared = {name for column in table.columns for name in (column.source, *column.aliases)} | set(table.ignore)
    assert set(diskominfo.COLUMNS) <= declared
    assert {c.source for c in table.columns if c.treatment == "drop"} >= {
        "nama_pelapor",
        "noTelp_pelapor",
        "ket",
        "alamat",
    }


def ask(action: str, **query: str) -> Any:
    question = Question(query=query, base="http://127.0.0.1/satudata")
    found = satudata.answer(f"api/3/action/{action}", question, SEED, NOW, None)
    assert found is not None
    return json.loads(found.body)


def test_the_catalogue_comes_in_pages_by_name() -> None:
    pages = [ask("package_search", rows="5", start=str(start))["result"] for start in (0, 5, 10, 15)]
    names = [package["name"] for page in pages for package in page["results"]]
    assert names == sorted(names) and len(names) == len(set(names)) == pages[0]["count"] == len(satudata.DATASETS)
    assert pages[-1]["results"] == []
    assert not ask("datastore_search", resource_id="x")["success"]


@pytest.mark.parametrize("table", ["dataset", "sumber_daya"])
def test_one_data_set_reads_as_a_search_that_finds_it(table: str) -> None:
    source = get_source("satudata_katalog")
    name = ask("package_search", rows="1")["result"]["results"][0]["name"]
    shown, searched = ask("package_show", id=name), ask("package_search", rows="1")
    listed = {"success": True, "result": searched["result"]["results"]}
    found = [
        list(records(ckan.read(source, source.tables[table], landed(json.dumps(one).encode()))))
        for one in (shown, searched, listed)
    ]
    assert found[0] == found[1] == found[2] != []


@pytest.mark.parametrize("now", [NOW, datetime(2026, 1, 2, 9, tzinfo=WIB)])
def test_the_portal_knows_nothing_of_tomorrow(now: datetime) -> None:
    for package in satudata.packages(SEED, now.date(), ""):
        moments = [package["metadata_modified"], *(resource["created"] for resource in package["resources"])]
        assert len(moments) > 1 and max(moments) < now.astimezone(UTC).isoformat(), package["name"]
