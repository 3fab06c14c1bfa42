"""Lists, results and stages of elections that no declaration has seen, in files of other names and with fewer columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_center.newcomer.conformance import Bench, Report, bench, examine

from tests.conftest import Cluster

VOTERS = "kode_kemendagri,kecamatan,dpt\n13.71.03,Padang Barat,30100\n13.71.04,Padang Utara,banyak\n"
RESULT = (
    "tanggal,sumber,status,nomor_urut,paslon,suara,persen\n"
    "2031-07-04,KPU,resmi,1,Fulan - Badu,1200,60.00\n2031-07-04,KPU,resmi,2,Polan - Anu,800,40.00\n"
)
STAGES = "mulai,selesai,tahapan,catatan\n2031-02-01,2031-02-28,Pendaftaran,\n2031-02-10,2031-03-20,Penelitian,\n"
LIST = {"namaPropinsi": "SUMATERA BARAT", "namaKabKota": "PADANG", "namaKecamatan": "PAUH", "namaKelurahan": "PISANG"}
COUNTS = {"jmlTps": 3, "jmlPemilihLaki": 400, "jmlPemilihPerempuan": 410, "totalPemilih": 810}


@pytest.fixture(scope="module")
def tools(cluster: Cluster) -> Iterator[Bench]:
    with bench() as tools:
        yield tools


@pytest.mark.parametrize(
    ("content", "connector", "typed", "rejected"),
    [
        (VOTERS, "kpu_rekap.dpt", 1, 1),
        (RESULT, "kpu_rekap.suara", 2, 0),
        (STAGES, "kpu_tahapan.tahapan", 2, 0),
    ],
)
def test_tables_of_a_past_election(
    tools: Bench, tmp_path: Path, content: str, connector: str, typed: int, rejected: int
) -> None:
    (report,) = examined(tools, tmp_path, "kpu/pilkada2031/unduhan (1).csv", content)
    assert (report.connector, report.refused) == (connector, None)
    assert (report.typed, report.rejected_rows) == (typed, rejected)


def test_a_page_of_voters_per_kelurahan(tools: Bench, tmp_path: Path) -> None:
    content = json.dumps({"aaData": [LIST | COUNTS]})
    reports = {one.connector: one for one in examined(tools, tmp_path, "pilkada2031/listDps.json", content)}
    page = reports["kpu_dpt.kelurahan"]
    assert (page.refused, page.typed, page.rejected_rows) == (None, 1, 0)


def examined(tools: Bench, folder: Path, name: str, content: str) -> list[Report]:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return examine(tools, file)
