"""What class a column has, and what is said where it is lower than what it is made of."""

from __future__ import annotations

from typing import Any

import pytest
from command_center.declaration.source import Source
from command_center.errors import DeclarationError
from command_center.govern.classification import Classes, classify
from command_center.govern.lineage import Column
from command_center.govern.telling import tell

from tests.support.file_source import declare


def model(
    schema: str, alias: str, code: str, reads: list[str], penurunan: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    name = f"{schema}__{alias}" if schema in ("mart", "publik") else alias
    return {
        "name": name,
        "resource_type": "model",
        "schema": f"{schema}_next" if schema in ("mart", "publik") else schema,
        "alias": alias,
        "fqn": ["command_center", schema, name],
        "compiled_code": code,
        "config": {"meta": {"penurunan": penurunan} if penurunan else {}},
        "depends_on": {"nodes": reads},
    }


def classes(
    publik: str, penurunan: list[dict[str, Any]] | None = None, reads: tuple[str, ...] = (), *, saksi: str = "terbatas"
) -> Classes:
    """A source whose column `jam` is restricted (`saksi` as given), and one table for the public."""
    nodes = {
        "stg": model("staging", "stg", "select kode, jam, saksi from raw.uji_berkas__baris", []),
        "int_publik__sel": model("intermediate", "int_publik__sel", "select kode from staging.stg", ["stg"]),
        "hasil": model("publik", "hasil", publik, ["stg", *reads], penurunan),
    }
    ledger = {"batch": {"schema": "ops", "identifier": "batch", "config": {}}}
    return classify({"nodes": nodes, "sources": ledger}, [source(saksi)])


def source(saksi: str) -> Source:
    secret = {"treatment": "hmac"} if saksi == "rahasia" else {}
    columns: list[str | dict[str, Any]] = [
        "kode",
        {"source": "jam", "classification": "terbatas"},
        {"source": "saksi", "classification": saksi, **secret},
    ]
    return declare("csv", columns, {})


def of(found: Classes, name: str) -> str:
    return found.of(Column("publik", "hasil", name))


def test_a_column_has_the_highest_class_of_what_it_is_made_of() -> None:
    found = classes("select kode, kode || jam as keduanya from staging.stg")
    assert (of(found, "kode"), of(found, "keduanya")) == ("publik", "terbatas")
    sentence = (
        "publik.hasil.keduanya: is made of raw.uji_berkas__baris.jam, which the public must not see; say in "
        "meta.penurunan of publik__hasil how it is lowered, or leave it out."
    )
    assert found.problems == [sentence]


def test_a_figure_of_many_rows_may_be_lowered() -> None:
    lowering = {"cara": "agregasi", "kolom": ["banyak"], "alasan": "Jumlah."}
    found = classes("select kode, count(jam) as banyak from staging.stg group by kode", [lowering])
    assert (found.problems, of(found, "banyak")) == ([], "publik")


def test_a_column_that_picks_a_row_cannot_be_lowered_as_a_figure_of_many() -> None:
    lowering = {"cara": "agregasi", "kolom": ["terakhir"], "alasan": "Jumlah."}
    found = classes("select kode, max(jam) || count(*) as terakhir from staging.stg group by kode", [lowering])
    assert found.problems == [
        "publik__hasil: terakhir is not a count, sum, mean or median; it cannot be lowered by agregasi."
    ]


def test_what_passes_the_gate_must_read_it() -> None:
    lowering = {"cara": "gerbang_publik", "alasan": "Disetujui."}
    assert classes("select jam from staging.stg", [lowering]).problems == [
        "publik__hasil: does not read int_publik__sel; it cannot be lowered by gerbang_publik."
    ]
    assert classes("select jam from staging.stg", [lowering], ("int_publik__sel",)).problems == []


@pytest.mark.parametrize(
    ("lowering", "sentence"),
    [
        ({"cara": "dirapikan", "alasan": "Rapi."}, "publik__hasil: meta.penurunan: cara is one of agregasi, gerbang_publik, pemilahan, and alasan says why."),
        ({"cara": "pemilahan", "alasan": " "}, "publik__hasil: meta.penurunan: cara is one of agregasi, gerbang_publik, pemilahan, and alasan says why."),
        ({"cara": "pemilahan"}, "publik__hasil: meta.penurunan: Field required; it has cara, alasan and kolom."),
        ({"cara": "pemilahan", "alasan": "Dipilih.", "kolom": ["jamm"]}, "publik__hasil: meta.penurunan names 'jamm', which the model does not have."),
        ({"cara": "pemilahan", "alasan": "Dipilih.", "kolom": ["kode"]}, "publik__hasil: meta.penurunan of kode is not needed any more; remove it."),
    ],
    ids=["unknown way", "no reason", "reason left out", "no such column", "nothing to lower"],
)  # fmt: skip
def test_a_lowering_that_is_wrong_is_told(lowering: dict[str, Any], sentence: str) -> None:
    assert sentence in classes("select kode, jam from staging.stg", [lowering]).problems


def test_what_the_ledger_says_is_restricted_unless_it_is_declared() -> None:
    found = classes("select kode, (select max(batch.reason) from ops.batch) as sebab from staging.stg")
    assert (of(found, "sebab"), len(found.problems)) == ("terbatas", 1)


def test_a_secret_column_is_a_pseudonym_in_the_warehouse_and_not_for_the_public() -> None:
    found = classes("select kode, saksi from staging.stg", saksi="rahasia")
    assert (of(found, "saksi"), len(found.problems)) == ("terbatas", 1)


def test_a_person_is_told_class_origin_and_what_depends_on_it() -> None:
    found = classes("select kode, jam as pukul from staging.stg", [{"cara": "pemilahan", "alasan": "Hanya jam genap."}])
    assert tell("publik.hasil.pukul", found).splitlines() == [
        "publik.hasil.pukul is publik.",
        "It is lowered from terbatas by pemilahan: Hanya jam genap.",
        "Of what it is made of, above publik: raw.uji_berkas__baris.jam",
        "made of 2 columns:",
        "  raw.uji_berkas__baris: jam",
        "  staging.stg: jam",
        "read by 0 columns.",
    ]
    assert "jam                              terbatas" in tell("raw.uji_berkas__baris", found)
    with pytest.raises(DeclarationError, match=r"did you mean publik\.hasil\.pukul\?"):
        tell("publik.hasil.pukull", found)
