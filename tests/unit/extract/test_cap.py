"""Warnings: each alert's infos, and the kecamatan of the city that they affect, by name or by polygon."""

from __future__ import annotations

import json

import pytest
from command_center.errors import DeclarationError, PayloadError
from command_center.wilayah import wilayah
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.support.document_source import bundled, declare, dicts, read, rejected

SUMBAR = "Sumatera Barat"
FAR = "-6.1,106.1 -6.2,106.1 -6.2,106.2 -6.1,106.1"
KURANJI = "-0.85,100.42 -0.85,100.45 -0.91,100.45 -0.91,100.42 -0.85,100.42"  # holds the centre of kelurahan Kuranji


def alert(
    description: str = "",
    *,
    area: str = SUMBAR,
    polygons: tuple[str, ...] = (),
    more: str = "",
    identifier: str = "x.1",
    info: str = "",
) -> str:
    shapes = "".join(f"<polygon>{polygon}</polygon>" for polygon in polygons)
    return f"""<?xml version="1.0"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
      <identifier>{identifier}</identifier><sender>cuaca@uji.invalid</sender><sent>2025-05-05T10:00:00+07:00</sent>
      <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
      <info><language>id</language><category>Met</category><event>Hujan Lebat</event><urgency>Immediate</urgency>
        <severity>Moderate</severity><certainty>Observed</certainty>
        <eventCode><valueName>OET</valueName><value>OET-1</value></eventCode>
        <effective>2025-05-05T10:10:00+07:00</effective><expires>2025-05-05T13:00:00+07:00</expires>
        <headline>Hujan Lebat di {area}</headline><description>{description}</description>{info}
        <area><areaDesc>{area}</areaDesc>{shapes}{more}</area></info></alert>"""


def kecamatan(content: str) -> list[tuple[str | None, str | None]]:
    source = declare("cap", ["identifier", "kode_kecamatan", "nama_kecamatan", "dasar"], records=["kecamatan"], min=0)
    found = dicts(read(source, content))
    assert all(wilayah()[str(row["kode_kecamatan"])].nama == row["nama_kecamatan"] for row in found)
    return [(row["nama_kecamatan"], row["dasar"]) for row in found]


def test_an_info_is_a_row_with_its_digits_as_sent() -> None:
    polygons = ("-0.850,100.42 -0.85,100.45 -0.91,100.45 -0.850,100.42", FAR)
    columns = ["identifier", "msgType", "event", "eventCode", "category", "expires", "areaDesc", "geocode", "polygon", "references",
               "onset"]  # fmt: skip
    more = "<geocode><valueName>kode</valueName><value>13.71</value></geocode>"
    reading = read(declare("cap", columns), alert(polygons=polygons, more=more))
    [row] = dicts(reading)
    assert reading.warnings == []
    assert [row[c.lower()] for c in columns if c != "polygon"] == [
        "x.1", "Alert", "Hujan Lebat", "OET-1", "Met", "2025-05-05T13:00:00+07:00", SUMBAR, "kode=13.71", None, None,
    ]  # fmt: skip
    assert str(row["polygon"]).startswith(
        '{"type": "MultiPolygon", "coordinates": [[[[100.42, -0.850], [100.45, -0.85], [100.45, -0.91], [100.42, -0.850]]], [[[106.1, -6.1]'
    )
    assert len(json.loads(str(row["polygon"]))["coordinates"]) == 2


def test_every_info_and_every_area_of_it_is_taken() -> None:
    second = "</info><info><language>en</language><event>Heavy Rain</event><area><areaDesc>A</areaDesc></area><area><areaDesc>B</areaDesc></area>"
    content = alert().replace("</info></alert>", f"{second}</info></alert>")
    reading = read(declare("cap", ["language", "event", "areaDesc", "polygon"]), content)
    assert [list(row.values()) for row in dicts(reading)] == [
        ["id", "Hujan Lebat", SUMBAR, None],
        ["en", "Heavy Rain", "A; B", None],
    ]


def test_a_cancellation_keeps_what_it_refers_to() -> None:
    content = """<alert><identifier>x.2</identifier><sender>s</sender><sent>2025-05-05T11:00:00+07:00</sent><status>Actual</status>
      <msgType>Cancel</msgType><scope>Public</scope><references>s,x.1,2025-05-05T10:00:00+07:00</references></alert>"""
    assert dicts(read(declare("cap", ["identifier", "msgType", "references", "event"]), content)) == [
        {"identifier": "x.2", "msgtype": "Cancel", "references": "s,x.1,2025-05-05T10:00:00+07:00", "event": None}
    ]
    assert kecamatan(content) == []


def test_a_bundle_has_the_alerts_of_a_feed() -> None:
    feed = "<rss><channel><item><title>x</title></item></channel></rss>"
    both = bundled(f__xml=feed, a__xml=alert(), b__xml=alert(identifier="x.2"))
    reading = read(declare("cap", ["identifier"]), both)
    assert [row["identifier"] for row in dicts(reading)] == ["x.1", "x.2"]
    assert [(s.start, s.label) for s in reading.sections] == [
        (0, "berkas 'a.xml' peringatan ke-"),
        (1, "berkas 'b.xml' peringatan ke-"),
    ]
    assert dicts(read(declare("cap", ["identifier"], min=0), bundled(f__xml=feed))) == []
    with pytest.raises(PayloadError, match="there is no warning in it"):
        read(declare("cap", ["identifier"]), feed)


@pytest.mark.parametrize(
    ("description", "names"),
    [
        ("Hujan di sebagian wilayah Sumatera Barat, khususnya di Koto Tangah, Kuranji, dan Pauh.", ["Pauh", "Kuranji", "Koto Tangah"]),
        ("Hujan meliputi wilayah Kec. Bungus Teluk Kabung, Kec. Lubuk\n Begalung. Padang Barat aman.", ["Bungus Teluk Kabung", "Lubuk Begalung"]),
        ("Hujan, khususnya di Nanggalo. Dan dapat meluas ke wilayah Padang Utara, Solok.", ["Padang Utara", "Nanggalo"]),
        ("Hujan khususnya di Kab. Solok: Kubung, Kuranji; Kota Padang: LUBUK KILANGAN, Kota Pariaman: Pauh.", ["Lubuk Kilangan"]),
        ("Hujan khususnya di Koto Tangah Barat, Pauh Duo.", []),
        ("Masyarakat Kuranji agar waspada.", []),
        ("", []),
    ],
)  # fmt: skip
def test_kecamatan_that_the_prose_lists(description: str, names: list[str]) -> None:
    assert kecamatan(alert(description)) == [(name, "nama") for name in names]


def test_where_only_the_city_is_named_all_are_affected() -> None:
    assert len(kecamatan(alert("Hujan khususnya di Kota Padang, Pariaman."))) == 11
    assert len(kecamatan(alert(area="Kota Padang"))) == 11
    assert kecamatan(alert("Hujan khususnya di Pauh.", area="Kota Padang")) == [("Pauh", "nama")]


def test_the_area_and_its_codes_name_too() -> None:
    assert kecamatan(alert(area="Kec. Nanggalo, Kec. Kuranji")) == [("Kuranji", "nama"), ("Nanggalo", "nama")]
    for code in ("13.71.10", "137110", "13.71.10.1001", "1371101001"):
        more = f"<geocode><valueName>Kemendagri</valueName><value>{code}</value></geocode>"
        assert kecamatan(alert(area="Jambi", more=more)) == [("Nanggalo", "nama")]
    assert kecamatan(alert(area="Jambi", more="<geocode><value>1371080</value></geocode>")) == []


def test_names_of_another_province_do_not_count() -> None:
    assert kecamatan(alert("Hujan khususnya di Pauh, Kuranji.", area="Jambi", polygons=(FAR,))) == []


def test_a_polygon_that_holds_a_centre_affects_also_where_the_prose_says_nothing() -> None:
    assert kecamatan(alert(area="Banten", polygons=(FAR, KURANJI))) == [("Kuranji", "poligon")]
    both = kecamatan(alert("khususnya di Kuranji, Nanggalo.", polygons=(KURANJI,)))
    assert both == [("Kuranji", "nama"), ("Nanggalo", "nama")]


def test_a_circle_is_a_shape() -> None:
    content = alert(area="", more="<circle>-0.8829,100.4331 0.5</circle>")
    assert kecamatan(content) == [("Kuranji", "poligon")]
    [row] = dicts(read(declare("cap", ["circle", "polygon"]), content))
    ring = json.loads(str(row["polygon"]))["coordinates"][0][0]
    assert row["circle"] == "-0.8829,100.4331 0.5"
    assert len(ring) == 65 and ring[0] == ring[-1]
    assert len(kecamatan(alert(area="", more="<circle>-0.93,100.40 60</circle>"))) == 11


def test_a_ring_that_crosses_itself_is_still_a_place() -> None:
    bow = "-0.80,100.30 -1.00,100.50 -0.80,100.50 -1.00,100.30 -0.80,100.30"
    assert {dasar for _, dasar in kecamatan(alert(area="", polygons=(bow,)))} == {"poligon"}


@pytest.mark.parametrize(
    ("polygon", "reason"),
    [
        ("-0.8,100.4 -0.9,100.4 -0.9 -0.8,100.4", "poligon ke-2 memuat '-0.9', yang bukan pasangan lintang,bujur."),
        ("-0.8,100.4 -0.9,100.4 -0.9,100.5", "poligon ke-2 hanya memiliki 3 titik, seharusnya sedikitnya 4."),
        ("-0.8,100.4 -0.9,100.4 -0.9,100.5 -0.8,100.5", "poligon ke-2 tidak tertutup: titik pertama -0.8,100.4, titik terakhir -0.8,100.5."),
        ("100.4,-0.8 100.4,-0.9 100.5,-0.9 100.4,-0.8", "poligon ke-2 memuat '100.4,-0.8': lintang atau bujur di luar batas; mungkin tertukar."),
        ("nan,100.4 -0.9,100.4 -0.9,100.5 nan,100.4", "poligon ke-2 memuat 'nan,100.4', yang bukan pasangan lintang,bujur."),
        ("-0,8,100,4 -0,9,100,4 -0,9,100,5 -0,8,100,4", "poligon ke-2 memuat '-0,8,100,4', yang bukan pasangan lintang,bujur."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("records", ["info", "kecamatan"])
def test_an_alert_with_a_broken_polygon_is_rejected_and_the_others_go_on(
    polygon: str, reason: str, records: str
) -> None:
    broken = alert("khususnya di Pauh.", polygons=(FAR, polygon), identifier="x.9")
    reading = read(
        declare("cap", ["identifier"], records=[records]), bundled(a__xml=broken, b__xml=alert("khususnya di Kuranji."))
    )
    assert [row["identifier"] for row in dicts(reading)] == ["x.1"]
    [(place, said)] = rejected(reading)
    assert said == f"Peringatan x.9: {reason}"
    assert place.startswith("berkas 'a.xml'")
    assert reading.rejects[0].payload == {"identifier": "x.9"}


def test_a_file_of_a_bundle_that_is_no_alert_is_rejected_alone() -> None:
    files = bundled(a__xml=alert()[:300], b__xml="<html/>", c__xml="<lain/>", d__xml=alert(identifier="x.4"))
    reading = read(declare("cap", ["identifier"]), files)
    assert [row["identifier"] for row in dicts(reading)] == ["x.4"]
    assert [reason for _, reason in rejected(reading)] == [
        f"Berkas {name}.xml bukan peringatan CAP yang utuh; minta kirim ulang." for name in "abc"
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (alert()[:300], "not XML: .* at line"),
        ("<lain/>", "the outermost element is 'lain', not a CAP alert"),
        ("<html><title>Masuk</title></html>", "a web page titled 'Masuk'"),
    ],
)
def test_a_single_answer_that_is_no_alert_holds_the_batch(content: str, sentence: str) -> None:
    with pytest.raises(PayloadError, match=sentence):
        read(declare("cap", ["identifier"]), content)


def test_an_alert_without_identifier_is_rejected() -> None:
    reading = read(declare("cap", ["identifier"]), alert(identifier=""))
    assert rejected(reading) == [
        (
            "peringatan ke-1",
            "Peringatan tanpa identifier: Unsur identifier wajib ada dalam peringatan CAP tetapi kosong.",
        )
    ]


def test_only_what_cap_does_not_know_is_told_as_new() -> None:
    [warning] = read(declare("cap", ["identifier"]), alert(info="<tingkatBahaya>3</tingkatBahaya>")).warnings
    assert "the column 'tingkatBahaya' is not declared" in warning
    with pytest.raises(PayloadError, match="declared column 'wilayah' is missing"):
        read(declare("cap", ["wilayah"]), alert())


def test_another_record_kind_is_a_mistake_of_the_declaration() -> None:
    with pytest.raises(DeclarationError, match="kind cap has the records 'info', 'kecamatan' or 'items', not"):
        read(declare("cap", ["identifier"], records=["alert[]"]), alert())


COORDINATES = st.tuples(st.decimals(-90, 90, places=4), st.decimals(-180, 180, places=4))


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.lists(COORDINATES, min_size=3, max_size=8))
def test_every_corner_comes_back_in_the_other_order(corners: list[tuple[object, object]]) -> None:
    ring = [*corners, corners[0]]
    [row] = dicts(read(declare("cap", ["polygon"]), alert(polygons=(" ".join(f"{lat},{lon}" for lat, lon in ring),))))
    shape = json.loads(str(row["polygon"]), parse_float=str, parse_int=str)
    assert [(lat.lstrip("-"), lon.lstrip("-")) for lon, lat in shape["coordinates"][0][0]] == [
        (str(lat).lstrip("-"), str(lon).lstrip("-")) for lat, lon in ring
    ]
