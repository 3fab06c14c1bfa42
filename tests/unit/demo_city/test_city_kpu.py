"""KPU's archive: published figures as published and unmarked, every split of them simulated and summing to them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from demo_city.agencies import kpu, kpu_arsip
from demo_city.agencies.kpu_arsip import ELECTIONS, Election, archive, kecamatan_lists, kelurahan_lists
from demo_city.answer import ALL, NOTHING
from demo_city.causes import published

SEED = 1371


def rows(path: str, seed: int = SEED) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive(seed)[path].body.decode())))


def number(row: dict[str, str], name: str) -> int:
    return int(row[name] or 0)


def lists(year: int) -> dict[str, list[dict[str, Any]]]:
    """The records of every list page of kelurahan, by path."""
    start = f"pilkada{year}/pemilih/dpt/1/SUMATERA BARAT/PADANG/"
    found = {path: file for path, file in archive(SEED).items() if path.startswith(start)}
    return {path: json.loads(file.body)["aaData"] for path, file in found.items()}


def test_only_files_of_published_figures_are_unmarked() -> None:
    unmarked = {path for path, file in archive(SEED).items() if file.simulated == NOTHING}
    assert unmarked == {
        *(f"tahapan/pilkada{year}.csv" for year in (2018, 2024)),
        *(f"dpt/pilkada{year}_kecamatan.csv" for year in (2018, 2020)),
        *(f"pilkada{year}/pemilih/dpt/1/SUMATERA BARAT/listDps.json" for year in (2018, 2024)),
        *(f"rekap/{election.key}_{part}.csv" for election in ELECTIONS for part in ("suara", "kota")),
    }
    assert {file.simulated for path, file in archive(SEED).items() if path not in unmarked} == {ALL}


@pytest.mark.parametrize("path", [path for path, file in archive(SEED).items() if file.simulated == NOTHING])
def test_published_figures_do_not_depend_on_the_seed(path: str) -> None:
    assert archive(SEED)[path].body == archive(7)[path].body


def test_the_official_results_are_the_published_ones() -> None:
    (official, preliminary) = rows("rekap/pkwkk2018_kota.csv")
    assert [official[name] for name in ("dpt", "pengguna", "suara_sah", "suara_tidak_sah", "tps")] == [
        *("535265", "341281", "337764", "3517", "1600")
    ]
    assert round(number(official, "pengguna") / number(official, "dpt") * 100, 2) == 63.76
    short = number(preliminary, "suara_sah") - number(preliminary, "suara_1") - number(preliminary, "suara_2")
    assert (preliminary["status"], short) == ("sementara", 35)
    (mayor,) = rows("rekap/pkwkk2024_kota.csv")
    assert number(mayor, "pengguna") == published.VOTERS_CAME_2024 == 320192 + 6440
    (governor,) = rows("rekap/pkwkp2024_kota.csv")
    assert (governor["suara_1"], governor["suara_2"], governor["suara_tidak_sah"]) == ("266781", "51599", "")


@pytest.mark.parametrize("election", ELECTIONS, ids=lambda election: election.key)
def test_the_split_of_a_result_sums_to_what_was_published(election: Election) -> None:
    city, split = rows(f"rekap/{election.key}_kota.csv")[0], rows(f"rekap/{election.key}_kecamatan.csv")
    assert len(split) == 11
    known = [name for name, value in city.items() if value.isdigit()]
    assert {"tps", "dpt", "suara_1", "suara_2", "suara_sah"} <= set(known)
    for name in known:
        assert sum(number(row, name) for row in split) == number(city, name), name


@pytest.mark.parametrize("election", ELECTIONS, ids=lambda election: election.key)
@pytest.mark.parametrize("seed", [SEED, 7, 99])
def test_the_forms_of_the_kecamatan_add_up(election: Election, seed: int) -> None:
    for row in rows(f"rekap/{election.key}_kecamatan.csv", seed):
        value = {name: number(row, name) for name in row if row[name].isdigit() or not row[name]}
        assert value["suara_1"] + value["suara_2"] + value["suara_3"] == value["suara_sah"]
        assert value["suara_sah"] + value["suara_tidak_sah"] == value["suara_total"] == value["surat_digunakan"]
        users = value["pengguna_dpt"] + value["pengguna_dpph"] + value["pengguna_dptb"]
        assert users == value["pengguna"] == value["surat_digunakan"]
        assert value["dpt_l"] + value["dpt_p"] == value["dpt"]
        spent = value["surat_digunakan"] + value["surat_rusak"] + value["surat_sisa"]
        assert value["surat_diterima"] == spent
        assert value["dpt"] * 1.025 <= value["surat_diterima"] <= value["dpt"] * 1.025 + value["tps"]
        assert 0 < value["pengguna_dpt"] <= value["dpt"] and value["surat_sisa"] > 0


def test_the_mayor_s_split_is_the_one_of_the_count() -> None:
    split = {row["kode_wilayah"]: row for row in rows("rekap/pkwkk2024_kecamatan.csv")}
    for code, count in kpu.mayor_split(SEED).items():
        row = split[kpu_arsip.dotted(code)]
        assert [number(row, f"suara_{place}") for place in (1, 2, 3)] == list(count.votes.values())


def test_the_governor_s_split_is_the_web_count_where_that_was_complete() -> None:
    split = {row["kode_wilayah"]: row for row in rows("rekap/pkwkp2024_kecamatan.csv")}
    for code, region in published.GOVERNOR_CITY.items():
        row = split[kpu_arsip.dotted(code)]
        votes = (number(row, "suara_1"), number(row, "suara_2"))
        assert (votes == region.votes) is (region.tps == region.reported), code


@pytest.mark.parametrize("year", [2018, 2024])
def test_the_lists_of_kelurahan_sum_to_their_kecamatan(year: int) -> None:
    places, above = kelurahan_lists(SEED, year), kecamatan_lists(SEED, year)
    assert len(places) == 104
    for kode, whole in above.items():
        inside = [place for code, place in places.items() if code.startswith(kode)]
        assert sum(place.voters for place in inside) == whole.voters
        assert sum(place.men for place in inside) == whole.men
        assert sum(place.tps for place in inside) == whole.tps
    if year == 2018:
        assert {kode: whole.voters for kode, whole in above.items()} == published.VOTERS_2018
    most = 800 if year == 2018 else 600
    assert all(place.tps > 0 and place.voters / place.tps <= most for place in places.values())


@pytest.mark.parametrize(("year", "nameless"), [(2018, 1), (2024, 0)])
def test_a_list_page_counts_voters_and_names_none(year: int, nameless: int) -> None:
    pages = lists(year)
    assert len(pages) == 11
    records = [record for page in pages.values() for record in page]
    named = [record for record in records if record["namaKelurahan"]]
    assert (len(named), len(records) - len(named)) == (104, nameless)
    for record in named:
        assert record["jmlPemilihLaki"] + record["jmlPemilihPerempuan"] == record["totalPemilih"] > 0
    assert not any("nik" in key.lower() or key.lower() in ("nama", "tempatlahir") for key in records[0])


def test_the_tree_of_regions_has_every_kelurahan_once() -> None:
    files = [archive(SEED)[f"wilayah/pilkada/pkwkk/13/1371/{code}.json"] for code in published.GOVERNOR_CITY]
    codes = [(row["kode"], row["tingkat"]) for file in files for row in json.loads(file.body)]
    assert len(set(codes)) == len(codes) == 104
    assert {level for _, level in codes} == {4}


@pytest.mark.parametrize("year", [2018, 2024])
def test_stages_have_days_in_order_and_names_of_their_own(year: int) -> None:
    stages = rows(f"tahapan/pilkada{year}.csv")
    assert len({row["tahapan"] for row in stages}) == len({row["kode"] for row in stages}) == len(stages) >= 13
    assert all(row["mulai"] <= row["selesai"] for row in stages)
    (voting,) = [row for row in stages if row["kode"] == "pemungutan"]
    assert voting["mulai"] == {2018: "2018-06-27", 2024: "2024-11-27"}[year]
