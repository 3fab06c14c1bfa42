"""KPU's regions, stages, voters' lists and official results: from the demo city through the real connectors, twice."""

from __future__ import annotations

import json

import pytest

from tests.integration.conftest import Intake

# Parts that are asked for, rows per table, and how many of them are known to be wrong
EXPECTED = {
    "kpu_wilayah": (14, {"wilayah": (1 + 19 + 11 + 104, 0)}),
    "kpu_tahapan": (2, {"tahapan": (17 + 13, 0)}),
    "kpu_dpt": (24, {"kota": (2, 0), "kelurahan": (2 * 104 + 1, 1)}),
    "kpu_rekap": (11, {"suara": (4 + 3 + 2, 0), "rekap": (3 * (4 + 3 * 11), 0), "dpt": (2 * 11, 0)}),
}
HOLDS_SIMULATED = {"kpu_wilayah": {"wilayah"}, "kpu_dpt": {"kelurahan"}, "kpu_rekap": {"rekap"}}


@pytest.fixture(autouse=True)
def _connections(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("kpu_infopemilu", "kpu_padang"):
        content = {"conn_type": "http", "host": f"{intake.url}/kpu", "extra": {"tls": "none"}}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(content))


@pytest.mark.parametrize("source", [*EXPECTED])
def test_every_row_arrives_once_and_the_known_defects_are_set_aside(intake: Intake, source: str) -> None:
    parts, tables = EXPECTED[source]
    first = intake.load(source)
    assert {outcome.status for outcome in first} == {"published"}, [outcome.reason for outcome in first]
    assert len({outcome.part for outcome in first}) == parts
    for table, (read, quarantined) in tables.items():
        mine = [outcome for outcome in first if outcome.table == table]
        assert (sum(o.read for o in mine), sum(o.quarantined for o in mine)) == (read, quarantined)
        assert sum(outcome.published for outcome in mine) == read - quarantined
        simulated = intake.value(f"select coalesce(bool_or(_is_simulasi), false) from raw.{source}__{table}")
        assert simulated is (table in HOLDS_SIMULATED.get(source, set())), table
    before = intake.rows("select * from ops.raw_state order by 1")
    assert {outcome.published for outcome in intake.load(source)} <= {0}
    assert intake.rows("select * from ops.raw_state order by 1") == before


def test_published_totals_are_unmarked_and_the_split_sums_to_them(intake: Intake) -> None:
    intake.load("kpu_rekap")
    query = """
        select tahun::text || pemilihan, length(kode_wilayah) = 5 as is_kota, bool_or(_is_simulasi), bool_and(_is_simulasi),
            sum(suara) filter (where nomor_urut = 1), sum(suara) filter (where nomor_urut = 2),
            sum(suara_sah) filter (where nomor_urut = 1), sum(dpt_jiwa) filter (where nomor_urut = 1)
        from raw.kpu_rekap__rekap where status = 'resmi' group by 1, 2 order by 1, 2
    """
    found = intake.rows(query)
    assert len(found) == 6
    for split, city in zip(found[::2], found[1::2], strict=True):
        assert (split[2:4], city[2:4]) == ((True, True), (False, False))
        assert split[4:] == city[4:]


def test_the_preliminary_count_that_does_not_add_up_is_published_with_a_footnote(intake: Intake) -> None:
    outcomes = intake.load("kpu_rekap")
    (city,) = [o for o in outcomes if (o.table, o.part) == ("rekap", "pkwkk2018_kota")]
    assert (city.published, city.quarantined) == (2 * 3, 0)
    assert any("K1: suara sah angka sementara" in warning for warning in city.warnings)


def test_an_official_row_that_does_not_add_up_is_set_aside(intake: Intake) -> None:
    path = "kpu/rekap/pkwkk2024_kecamatan.csv"
    text = intake.get(path).decode()
    row = next(line for line in text.splitlines() if line.startswith("13.71.05"))
    cells = row.split(",")
    cells[16] = str(int(cells[16]) + 36)  # two digits of the first pair's votes changed places
    intake.serve(path, text.replace(row, ",".join(cells)).encode())
    outcome = intake.one("kpu_rekap", "rekap", "pkwkk2024_kecamatan")
    assert (outcome.published, outcome.quarantined) == (10 * 3, 3), "the whole form, with all its pairs"
    reasons = intake.value("select string_agg(reason, ' ') from ops.quarantine where source = 'kpu_rekap'")
    assert "K1" in str(reasons)


def test_a_contest_of_four_pairs_changes_no_file(intake: Intake) -> None:
    """A fourth column is a fourth row of each form, its votes belong to the valid ones, and nothing is held or warned of."""
    path = "kpu/rekap/pkwkk2024_kecamatan.csv"
    header, *lines = [line.split(",") for line in intake.get(path).decode().splitlines()]
    third = header.index("suara_3")
    fourth = [[*cells[: third + 1], str(int(cells[third - 2]) // 4), *cells[third + 1 :]] for cells in lines]
    for cells in fourth:
        cells[third - 2] = str(int(cells[third - 2]) - int(cells[third + 1]))
    table = [[*header[: third + 1], "suara_4", *header[third + 1 :]], *fourth]
    intake.serve(path, "\n".join(",".join(cells) for cells in table).encode())
    outcome = intake.one("kpu_rekap", "rekap", "pkwkk2024_kecamatan")
    assert (outcome.published, outcome.quarantined, outcome.warnings) == (11 * 4, 0, [])
    query = """
        select count(*), count(distinct nomor_urut), bool_and(suara_sah = suara_paslon)
        from (
            select *, sum(suara) over (partition by kode_wilayah) as suara_paslon from raw.kpu_rekap__rekap
            where _part = 'pkwkk2024_kecamatan'
        ) as rekap
    """
    assert intake.rows(query) == [(44, 4, True)]


def test_a_stage_whose_days_are_revised_replaces_the_old_ones(intake: Intake) -> None:
    intake.load("kpu_tahapan")
    path = "kpu/tahapan/pilkada2024.csv"
    intake.serve(path, intake.get(path).replace(b"2024-11-24,2024-11-26", b"2024-11-23,2024-11-26"), simulated="")
    changed = intake.one("kpu_tahapan", "tahapan", "pilkada2024")
    assert (changed.published, changed.unchanged) == (1, 12)
    query = "select mulai_tanggal::text from raw.kpu_tahapan__tahapan where tahun = 2024 and kode = 'masa_tenang'"
    assert intake.rows(query) == [("2024-11-23",)]
