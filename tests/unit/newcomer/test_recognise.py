"""Each kind's answers are known by their content, whatever they are called, by the source that declares them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from command_center.declaration.source import FILE_KINDS, Kind, Source
from command_center.errors import PayloadError
from command_center.newcomer.recognise import Recogniser, recognise

CAP = """<?xml version="1.0"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>2.49.0.1</identifier>
<sender>a@b.id</sender><sent>2026-02-16T14:00:00+07:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>id</language><category>Met</category><event>Hujan Lebat</event><urgency>Immediate</urgency><severity>Moderate</severity>
<certainty>Observed</certainty><effective>2026-02-16T14:00:00+07:00</effective><expires>2026-02-16T17:00:00+07:00</expires>
<headline>Hujan Lebat</headline><description>khususnya di Kuranji</description><area><areaDesc>Sumatera Barat</areaDesc></area></info></alert>"""
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n"
    "DTSTART:{day}T010000Z\r\nDTEND:{day}T020000Z\r\nSUMMARY:Rapat\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
SHEET = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table><Row><Cell><Data ss:Type="String">Akun</Data></Cell>
<Cell><Data ss:Type="String">Anggaran</Data></Cell></Row><Row><Cell><Data ss:Type="String">Belanja</Data></Cell><Cell>
<Data ss:Type="Number">1</Data></Cell></Row></Table></Worksheet></Workbook>"""
VECTOR = {"resultType": "vector", "result": [{"metric": {"__name__": "up", "instance": "a"}, "value": [1.5, "1"]}]}


def workbook() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Simpang", "Arah"])
    book.active.append(["Lapai", "utara"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# kind: record paths, columns as the answer names them, an answer
CASES: dict[Kind, tuple[list[str], list[str], str | bytes]] = {
    "http_json": (["data.jalan[]"], ["ruas"], json.dumps({"data": {"jalan": [{"ruas": "a"}]}})),
    "ckan": ([], ["rth"], json.dumps({"success": True, "result": {"records": [{"_id": 1, "rth": "x"}], "total": 1}})),
    "arcgis_rest": ([], ["LUAS"], json.dumps({"features": [{"attributes": {"OBJECTID": 1, "LUAS": "2"}}]})),
    "json_rpc": ([], ["hostid"], json.dumps({"jsonrpc": "2.0", "result": [{"hostid": "1"}], "id": 1})),
    "prometheus": ([], ["instance", "value"], json.dumps({"status": "success", "data": VECTOR})),
    "xml": (["Daftar.pos[]"], ["tinggi"], "<Daftar><pos><tinggi>1</tinggi></pos></Daftar>"),
    "rss": ([], ["title"], "<rss version='2.0'><channel><item><title>a</title></item></channel></rss>"),
    "cap": (["info"], ["identifier", "event"], CAP),
    "icalendar": ([], ["uid", "summary"], CALENDAR),
    "csv": ([], ["nomor", "pelanggan"], "nomor,pelanggan\n1,2\n"),
    "xlsx": ([], ["Simpang", "Arah"], workbook()),
    "spreadsheetml": ([], ["Akun", "Anggaran"], SHEET),
    "html_table": (
        [],
        ["Desa", "KK"],
        "<html><table><tr><td>Desa</td><td>KK</td></tr><tr><td>a</td><td>1</td></tr></table>",
    ),
    "sql": ([], ["id_panggilan", "jenis"], "id_panggilan,jenis\n1,api\n"),
}


def source(kind: Kind) -> Source:
    records, columns, _ = CASES[kind]
    texts = dict.fromkeys(("title", "opd_name", "description", "owner", "steward", "deputy_steward"), "x")
    declared = [
        {"name": f"c{at}", "source": name, "description": "x", "classification": "publik", "required": True}
        for at, name in enumerate(columns)
    ]
    scheme = "sftp" if kind in FILE_KINDS else "postgresql" if kind == "sql" else "https"
    return Source.model_validate(
        {
            **texts,
            "source": f"uji_{kind}",
            "opd": "uji",
            "legal_basis": [],
            "maturity": 1,
            "schedule": None,
            "freshness": "P1D",
            "connection": {"id": "uji", "address": f"{scheme}://a.padang.go.id/b"},
            "extract": {"kind": kind, "requests": [{"part": "x", "path": "x", "tables": ["t"]}]},
            "tables": {
                "t": {
                    "description": "x",
                    "mode": "snapshot",
                    "records": records,
                    "volume": {"max": 9},
                    "columns": declared,
                }
            },
        }
    )


def content(kind: Kind) -> bytes:
    from command_center.settings import settings

    answer = CASES[kind][2]
    if isinstance(answer, bytes):
        return answer
    return (answer.replace("{day}", f"{settings().now():%Y%m%d}") if kind == "icalendar" else answer).encode()


@pytest.mark.parametrize("name", ["unduhan", "unduhan.txt", "unduhan.xls"])
@pytest.mark.parametrize("kind", CASES)
def test_each_kind_knows_its_own_answer_and_no_other_does(tmp_path: Path, kind: Kind, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(content(kind))
    (found,) = recognise(file, [source(one) for one in CASES if one != kind] + [source(kind)], {"part": "x"})
    assert (found.source, found.tables) == (f"uji_{kind}", ("t",))


def test_bundled_pages_are_known_by_what_is_in_them(tmp_path: Path) -> None:
    file = tmp_path / "halaman.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("1.json", content("http_json"))
        archive.writestr("2.json", content("http_json"))
    found = recognise(file, [source("http_json"), source("xlsx")], {})
    assert [one.source for one in found if one.tables] == ["uji_http_json"]


def test_a_file_that_kills_its_reader_is_one_sentence_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from command_center.settings import settings

    file = tmp_path / "a.json"
    file.write_text("[" * 100_000_000)
    monkeypatch.setenv("CC_PARSER_MEMORY_MB", "400")
    settings.cache_clear()
    with Recogniser() as recogniser:
        try:
            found = recogniser.recognise(file, [source("http_json")], {})
            assert [one.tables for one in found] == [()] and found[0].refusal
        except PayloadError as error:
            assert "a.json" in str(error)
        file.write_bytes(content("http_json"))
        assert recogniser.recognise(file, [source("http_json")], {})[0].tables == ("t",)
    monkeypatch.undo()
    settings.cache_clear()
