"""Where records stand in a JSON answer, and columns that lie deeper in a record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from command_center.declaration.source import Source
from command_center.errors import PayloadError
from command_center.extract import http_json
from command_center.extract.json_paths import beside, find, is_there, parse, text_of
from command_center.extract.reading import Answer, Reading

PLACES = {"data": [{"cuaca": [[{"t": 1}, {"t": 2}], [], [{"t": 3}], None]}, {"cuaca": [[{"t": 4}]]}]}


@pytest.mark.parametrize(
    ("root", "path", "found"),
    [
        (PLACES, "data[].cuaca[][]", [{"t": 1}, {"t": 2}, {"t": 3}, {"t": 4}]),
        (PLACES, "data[].cuaca[]", [[{"t": 1}, {"t": 2}], [], [{"t": 3}], None, [{"t": 4}]]),
        ({"cuaca": {"t": 1}}, "cuaca[][]", [{"t": 1}]),
        ({"cuaca": [{"t": 1}, {"t": 2}]}, "cuaca[][]", [{"t": 1}, {"t": 2}]),
        ([[1, 2], [3]], "[].[]", [1, 2, 3]),
        ({"cuaca": []}, "cuaca[][]", []),
        ({"lain": 1}, "cuaca[][]", []),
    ],
)
def test_arrays_of_arrays_are_walked(root: Any, path: str, found: list[Any]) -> None:
    assert [record for _, _, record in find(root, path)] == found


def source(**change: Any) -> Source:
    columns: list[dict[str, object]] = [
        {"name": "kode", "source": "properties.pkey", "required": True},
        {"name": "dalam", "source": "properties.data.depth", "optional": True},
        {"name": "titik", "source": "geometry.coordinates", "aliases": ["coordinates"]},
    ]
    described = [{"description": "-", "classification": "publik", **column} for column in columns]
    table = {
        "description": "One row per report.",
        "mode": "upsert",
        "key": ["kode"],
        "records": ["features[]", "result.geometries[]"],
        "ignore": ["type", "geometry.type"],
        "volume": {"max": 10},
        "columns": described,
        **change,
    }
    return Source.model_validate(
        {
            **dict.fromkeys(("title", "opd_name", "description", "owner", "steward", "deputy_steward"), "-"),
            "source": "contoh_laporan",
            "opd": "contoh",
            "legal_basis": ["-"],
            "maturity": 1,
            "schedule": None,
            "freshness": "P1D",
            "connection": {"id": "contoh", "address": "https://contoh.invalid"},
            "extract": {"kind": "http_json", "requests": [{"part": "a", "path": "a", "tables": ["laporan"]}]},
            "tables": {"laporan": table},
        }
    )


def reading(content: object, declared: Source) -> Reading:
    answer = Answer("contoh", lambda: iter([json.dumps(content).encode()]), {})
    return http_json.read(declared, declared.tables["laporan"], answer)


def feature(**properties: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [100.35, -0.9500]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def test_columns_lie_deeper_in_a_record() -> None:
    found = reading({"features": [feature(pkey="7", data={"depth": 70}), feature(pkey="8", data=None)]}, source())
    assert [texts for _, _, texts in found.rows] == [["7", "70", "[100.35, -0.95]"], ["8", None, "[100.35, -0.95]"]]
    assert found.warnings == []


def test_an_alias_may_lie_elsewhere() -> None:
    geometries = [{"type": "Point", "properties": {"pkey": "7"}, "coordinates": [0, 12]}]
    found = reading({"result": {"geometries": geometries}}, source())
    assert [texts for _, _, texts in found.rows] == [["7", None, "[0, 12]"]]


def test_what_is_new_in_an_opened_member_is_told_by_its_path() -> None:
    found = reading({"features": [feature(pkey="7", data={"depth": 1, "width": 2}, note="x")]}, source())
    [sentence] = found.warnings
    assert "'properties.data.width', 'properties.note' is not declared" in sentence


def test_what_is_lost_in_an_opened_member_holds() -> None:
    with pytest.raises(PayloadError, match=r"'properties\.pkey' is missing"):
        reading({"features": [feature(kunci="7")]}, source())


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("1e-05", "0.00001"),
        ("1E3", "1000"),
        ("-2.5e2", "-250"),
        ("1.0500", "1.0500"),
        ("-0.0", "-0.0"),
        ('"1e-05"', "1e-05"),
        ("1e999", "1e999"),
        ("1e99999999999999999999", "1e99999999999999999999"),
        ("123456789012345678901.000000000001e0", "123456789012345678901.000000000001"),
    ],
)
def test_a_number_keeps_its_digits_and_a_power_of_ten_is_written_out(sent: str, text: str) -> None:
    answer = Answer("contoh", lambda: iter([f'{{"nilai": {sent}}}'.encode()]), {})
    record = parse(answer)
    assert isinstance(record, dict) and text_of(record["nilai"]) == text


def reading_of_text(text: str, **change: Any) -> Reading:
    columns = [
        {"name": "kode", "source": "kode", "description": "-", "classification": "publik"},
        {
            "name": "nilai",
            "source": "nilai",
            "aliases": ["dalam.nilai"],
            "description": "-",
            "classification": "publik",
        },
        {"name": "isi", "source": "isi", "optional": True, "description": "-", "classification": "publik"},
    ]
    declared = source(**{"records": ["data[]"], "columns": columns, "key": [], "mode": "snapshot", **change})
    answer = Answer("contoh", lambda: iter([text.encode()]), {})
    return http_json.read(declared, declared.tables["laporan"], answer)


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ('{"kode":"B","nilai":1,"nilai":2}', "nilai"),
        ('{"nilai":1,"kode":"B","nilai":null}', "nilai"),
        ('{"kode":"B","dalam":{"nilai":1,"nilai":2}}', "nilai"),
        ('{"kode":"B","dalam":{"nilai":1},"dalam":{"nilai":2}}', "dalam"),
        ('{"kode":"B","nilai":1,"isi":{"a":[{"b":1,"b":2}]}}', "b"),
    ],
)
def test_a_record_in_which_a_key_says_two_things_is_set_aside_with_its_name(record: str, key: str) -> None:
    found = reading_of_text(f'{{"data":[{{"kode":"A","nilai":7}},{record}]}}')
    assert [texts for _, _, texts in found.rows] == [["A", "7", None]]
    [reject] = found.rejects
    assert reject.row_number == 2
    assert reject.reason.startswith(f"Kunci {key!r} muncul lebih dari sekali")


@pytest.mark.parametrize("record", ['{"kode":"A","nilai":7,"nilai":7}', '{"kode":"A","nilai":7,"lain":1,"lain":2}'])
def test_a_key_that_says_the_same_twice_or_that_nobody_reads_harms_no_record(record: str) -> None:
    found = reading_of_text(f'{{"data":[{record}]}}', ignore=["lain"])
    assert [texts for _, _, texts in found.rows] == [["A", "7", None]] and found.rejects == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"data":[{"kode":"A"}],"data":[{"kode":"B"}]}', "data[]"),
        ('{"meta":1,"x":{"data":[]},"x":{"data":[{"kode":"A"}]}}', "x.data[]"),
        ('{"1371":{"kode":"A","nilai":1},"1371":{"kode":"B","nilai":1}}', r"{wilayah:\d+}"),
    ],
)
def test_records_that_stand_below_a_doubled_key_are_not_taken_in(text: str, path: str) -> None:
    with pytest.raises(PayloadError, match=r"contoh: the key '(data|x|1371)' stands more than once"):
        reading_of_text(text, records=[path])


@pytest.mark.parametrize(
    ("root", "paths", "names"),
    [
        ({"chart": {"21": 19, "null": 1}, "suara_sah": 132}, [r"chart.{paslon:\d+}"], ["chart.null", "suara_sah"]),
        ({"data": [{"a": 1}], "jumlah": 9}, ["data[]"], ["jumlah"]),
        ({"data": {"a": 1}, "jumlah": 9}, ["data[]"], ["jumlah"]),
        ({"data": [{"isi": [[{"a": 1}]], "total": 2}], "ts": "x"}, ["data[].isi[][]", "ts"], ["data.total"]),
        ({"table": {"137101": {"1": 5, "psu": None}}}, [r"table.{kode:\d+}.{paslon:\d+}"], ["table.{kode}.psu"]),
        ({"x": {"rekap": 1, "rows": []}}, ["x.rows[]", "x.meta.ts"], ["x.rekap"]),
        ([{"a": 1}], ["[]"], []),
        ({"a": 1}, ["[]"], []),
        ([{"a": [{"b": 1}], "c": 1}], ["[].a[]"], ["c"]),
        ("teks", ["data[]"], []),
    ],
)
def test_what_stands_beside_the_records_has_a_path(root: Any, paths: list[str], names: list[str]) -> None:
    assert beside(root, paths) == names


def test_totals_beside_the_records_are_told_unless_they_are_read_or_ignored() -> None:
    text = '{"jumlah": 2, "rekap": {"sah": 132, "ts": "x"}, "versi": 3, "data": [{"kode": "A", "nilai": 1}]}'
    [sentence] = reading_of_text(text, ignore=["versi"]).warnings
    assert "beside the records stands 'jumlah', 'rekap', which was not taken in" in sentence
    columns = [
        {"name": "kode", "source": "kode", "description": "-", "classification": "publik"},
        {"name": "nilai", "source": "nilai", "description": "-", "classification": "publik"},
        {"name": "sah", "source": "$.rekap.sah", "description": "-", "classification": "publik"},
    ]
    found = reading_of_text(text, ignore=["versi", "jumlah", "rekap.ts"], columns=columns)
    assert found.warnings == [] and [texts for _, _, texts in found.rows] == [["A", "1", "132"]]
    with pytest.raises(PayloadError, match="'jumlah', which was not taken in; declare and classify it"):
        reading_of_text(text, ignore=["versi", "rekap"], drift={"new": "hold"})


@pytest.mark.parametrize(
    ("root", "path", "expected"),
    [
        ({"a": {"b": []}}, "a.b[]", True),
        ({"a": {"b": None}}, "a.b[]", True),
        ({"a": {}}, "a.b[]", False),
        ({"a": None}, "a.b[]", False),
        ({"a": []}, "a.b[]", False),
        ({"a": [{"x": 1}, {"b": []}]}, "a[].b[]", True),
        ({"a": []}, "a[].b[]", True),
        ([], "[]", True),
        ([], "a[]", False),
        ({"a": {"x": 1}}, r"a.{kode:\d+}.n", True),
        ({"a": []}, r"a.{kode:\d+}.n", True),
        ({"a": {"13": {}}}, r"a.{kode:\d+}.n", False),
        ({"c": [[]]}, "c[][]", True),
    ],
)
def test_an_empty_list_is_there_and_an_absent_one_is_not(root: Any, path: str, expected: bool) -> None:
    assert is_there(root, path) is expected
