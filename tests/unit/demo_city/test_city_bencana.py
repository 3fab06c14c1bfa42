"""The common events, and that book, fire service, call centre and citizens' reports follow from them."""

from __future__ import annotations

import io
import json
import runpy
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from command_center.settings import WIB
from demo_city.agencies import bpbd, bpbd_buku, damkar, diskominfo
from demo_city.ask import Question
from demo_city.causes import published
from demo_city.causes.cuaca import hujan_harian
from demo_city.causes.kalender import days
from demo_city.causes.peristiwa import BANJIR, GENANGAN, POHON_TUMBANG, Peristiwa, gempa_terasa, peristiwa
from demo_city.faults.record_faults import spoiled_records
from demo_city.faults.spoil import Fault
from demo_city.protocols import mysql
from openpyxl import load_workbook

pytestmark = pytest.mark.slow

SEED = 1371
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=WIB)
YEARS = (2024, 2025, 2026)
FIXTURES = Path(__file__).parents[2] / "fixtures"


def year(of: int) -> list[date]:
    return list(days(date(of, 1, 1), date(of, 12, 31)))


def events(jenis: str) -> list[Peristiwa]:
    return [event for of in YEARS for day in year(of) for event in peristiwa(SEED, day) if event.jenis == jenis]


def book(name: str, now: datetime = NOW) -> list[tuple[object, ...]]:
    """The numbered rows of one year's book."""
    answer = bpbd_buku.answer(name, Question(), SEED, now, None)
    assert answer is not None
    sheet = load_workbook(io.BytesIO(answer.body)).worksheets[0]
    return [row for row in sheet.iter_rows(min_row=8, values_only=True) if isinstance(row[0], int)]


@pytest.mark.parametrize("of", YEARS)
def test_a_year_has_as_many_events_as_the_published_ones_and_most_are_trees(of: int) -> None:
    kinds = Counter(one.jenis for day in year(of) for one in bpbd_buku.incidents(SEED, day))
    assert 402 < kinds["Pohon Tumbang"] < 800  # 402 in 2023, 698 in 2019
    assert 420 < sum(kinds.values()) < 900  # 777 in 2019
    assert kinds["Pohon Tumbang"] / sum(kinds.values()) > 0.75
    assert set(kinds) >= {"Banjir/Genangan", "Tanah Longsor", "Abrasi", "Orang Hanyut/Tenggelam", "Gempa Bumi"}


def test_water_stands_only_where_it_rained_and_trees_fall_in_storms() -> None:
    for event in events(GENANGAN) + events(BANJIR):
        assert hujan_harian(SEED, date.fromisoformat(event.id[:8]))[event.kode_kecamatan] > 20
    wet = sum(hujan_harian(SEED, tree.mulai.date())[tree.kode_kecamatan] >= 10 for tree in events(POHON_TUMBANG))
    assert wet / len(events(POHON_TUMBANG)) > 0.5


def test_a_strong_quake_is_rare_and_leaves_cracks_in_the_book() -> None:
    felt = [(day, quake) for of in YEARS for day in year(of) for quake in gempa_terasa(SEED, day) if quake.mmi >= 4]
    assert 10 < len(felt) < 60
    for day, quake in felt:
        booked = [one for one in bpbd_buku.incidents(SEED, day) if one.jenis == bpbd_buku.GEMPA_BUMI]
        assert any(quake.at < one.lapor < quake.at + timedelta(hours=1) for one in booked)


def test_the_book_has_the_rows_of_its_year_and_a_total_that_adds_up() -> None:
    rows = book("rekap_bencana_2025.xlsx")
    booked = [one for day in year(2025) for one in bpbd_buku.incidents(SEED, day)]
    assert len(rows) == len(booked)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row[1] for row in rows}) == len(rows)
    assert {row[2] for row in rows} == {1371}
    answer = bpbd_buku.answer("rekap_bencana_2025.xlsx", Question(), SEED, NOW, None)
    assert answer is not None
    sheet = load_workbook(io.BytesIO(answer.body)).worksheets[0]
    (total,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == "JUMLAH"]
    assert total[11] == sum(one.korban.get("Meninggal", 0) for one in booked)
    assert total[16] == sum(one.rumah.get("Ringan", 0) for one in booked)


def test_blank_is_not_zero_in_the_book() -> None:
    rows = book("rekap_bencana_2025.xlsx")
    blank = sum(row[11] is None for row in rows) / len(rows)
    assert 0.3 < blank < 0.7
    assert any(row[11] == 0 for row in rows)


def test_the_book_of_a_past_year_keeps_its_bytes_and_todays_only_grows() -> None:
    later = NOW + timedelta(days=1)
    names = bpbd_buku.files(SEED, NOW)
    assert names == [f"rekap_bencana_{of}.xlsx" for of in YEARS]
    for name in names[:2]:
        answers = [bpbd_buku.answer(name, Question(), SEED, now, None) for now in (NOW, later)]
        assert answers[0] == answers[1]
    before, after = book(names[2]), book(names[2], later)
    assert len(after) == len(before) + len(bpbd_buku.incidents(SEED, NOW.date()))
    ended = [row for row, same in zip(after, before, strict=False) if row != same]
    assert all(row[10] for row in ended), "nothing but an end that has come may change"
    assert bpbd_buku.answer("rekap_bencana_2027.xlsx", Question(), SEED, NOW, None) is None


def test_a_new_year_has_a_book_from_its_second_day() -> None:
    assert len(bpbd_buku.files(SEED, datetime(2027, 1, 1, 12, tzinfo=WIB))) == 3
    assert len(bpbd_buku.files(SEED, datetime(2027, 1, 2, 12, tzinfo=WIB))) == 4


def test_the_fixture_of_the_book_is_what_its_program_makes() -> None:
    made = runpy.run_path(str(FIXTURES / "make_bpbd_kejadian.py"))["fixture"]()
    assert (FIXTURES / "bpbd_kejadian" / "rekap_bencana_2026.xlsx").read_bytes() == made


def test_a_fault_of_the_reports_records_leaves_the_workbook_alone() -> None:
    answer = bpbd_buku.answer("rekap_bencana_2024.xlsx", Question(), SEED, NOW, None)
    assert answer is not None
    assert spoiled_records("bpbd", answer, Fault("column_lost")) == answer


def test_rescues_at_trees_and_floods_are_at_the_common_events() -> None:
    places = {
        (event.mulai.date(), event.kelurahan.kode) for of in YEARS for day in year(of) for event in peristiwa(SEED, day)
    }
    at_events = [
        (at.date(), row["Kode Kelurahan"])
        for at, row in damkar.incidents(SEED, NOW.date())
        if row["Objek"] in ("Pohon tumbang", "Evakuasi warga banjir")
    ]
    known = [one for one in at_events if one[1] and not one[1].endswith("1099")]
    assert len(known) > 200
    assert set(known) <= places


def test_fires_are_fewer_when_it_rains_hard_and_as_many_as_published() -> None:
    fires = [at for of in YEARS[:2] for month in range(1, 13) for at, _ in damkar.kebakaran(SEED, of, month)]
    rain = {day: max(hujan_harian(SEED, day).values()) for of in YEARS[:2] for day in year(of)}
    dry, wet = (
        [day for day, mm in rain.items() if mm == 0],
        [day for day, mm in rain.items() if mm >= 50],
    )
    per_day = Counter(at.date() for at in fires)
    assert sum(per_day[day] for day in dry) / len(dry) > 1.3 * sum(per_day[day] for day in wet) / len(wet)
    known = sum(1 for at in fires if at.year == 2024)
    assert 0.97 * sum(published.FIRES_2024) <= known <= sum(published.FIRES_2024)


def test_floods_trees_quakes_and_fires_make_people_call() -> None:
    calls = [call for of in YEARS for day in year(of) for call in diskominfo.calls(SEED, day)]
    about = Counter(call.kejadian for call in calls if call.kind == "darurat")
    assert min(about["BANJIR"], about["POHON TUMBANG"], about["KEBAKARAN"]) > 100
    wet = {(event.mulai.date(), event.kelurahan) for event in events(GENANGAN) + events(BANJIR)}
    for call in calls:
        if call.kejadian == "BANJIR":
            begun = {(call.at.date() - timedelta(days=back), call.kelurahan) for back in (0, 1)}
            assert begun & wet, "nobody reports water where there is none"
    usual = len(calls) / (3 * 365)
    shaken = [quake for of in YEARS for day in year(of) for quake in gempa_terasa(SEED, day) if quake.mmi >= 5]
    assert all(len(diskominfo.calls(SEED, quake.at.date())) > 2 * usual for quake in shaken) and shaken


def test_tickets_reach_back_to_the_beginning_and_the_past_does_not_change() -> None:
    before, after = (
        {str(row["id"]): row for row in diskominfo.table(SEED, now).rows} for now in (NOW, NOW + timedelta(days=1))
    )
    assert min(str(row["updated_at"]) for row in before.values()).startswith("2024-01-01")
    changed = [number for number, row in before.items() if after[number] != row]
    assert len(changed) < 40
    limit = (NOW.date() - diskominfo.BEGINNING).days - diskominfo.SETTLED_DAYS
    assert all(int(number) // 1000 >= limit for number in changed)


def test_more_people_call_from_where_more_live_and_hardly_anybody_at_night() -> None:
    rows = diskominfo.table(SEED, NOW).rows
    places = Counter(row["kec"] for row in rows if row["kec"])
    assert places.most_common(1)[0][0] == "13.71.11"
    assert places["13.71.11"] > 3 * places["13.71.05"]
    hours = Counter(str(row["tanggal_terima"])[-5:-3] for row in rows)
    assert hours["18"] > 3 * hours["03"]


def test_a_minute_later_the_database_shares_all_tickets_that_are_settled() -> None:
    first, second = (diskominfo.table(SEED, NOW + timedelta(minutes=minute)) for minute in (0, 1))
    assert first.rows[5000] is second.rows[5000], "a new minute may not draw the whole past again"
    rows = mysql._memory(second, "lokasi").execute("select count(*) from lokasi").fetchone()
    assert rows == (len(second.rows),)


def reports(now: datetime) -> list[dict[str, object]]:
    asked = Question(query={"timeperiod": "604800", "geoformat": "geojson"})
    answer = bpbd.answer("reports", asked, SEED, now)
    assert answer is not None
    return [feature["properties"] for feature in json.loads(answer.body)["result"]["features"]]


def test_citizens_report_floods_of_the_city_only_where_there_were_some() -> None:
    worst = max(events(BANJIR), key=lambda event: event.parah)
    days_after = worst.mulai + timedelta(days=2)
    told = [one for one in reports(days_after) if one["disaster_type"] == "flood" and "1371" in str(one["tags"])]
    assert any(worst.kelurahan.nama in str(one["text"]) for one in told)
    wet = {event.mulai.date() for event in events(GENANGAN) + events(BANJIR)}
    for one in told:
        at = datetime.fromisoformat(str(one["created_at"])).astimezone(WIB).date()
        assert {at, at - timedelta(days=1)} & wet


def test_a_report_keeps_its_number_from_week_to_week() -> None:
    weeks = [{one["pkey"]: one for one in reports(NOW - timedelta(days=back))} for back in (2, 1, 0)]
    for before, after in pairwise(weeks):
        assert all(after[number] == before[number] for number in before.keys() & after.keys())
        assert before.keys() & after.keys()
