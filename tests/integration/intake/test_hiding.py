"""What is personal in free text is hidden on the way in, in every source, and stays only in the sealed archive."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Sequence
from datetime import datetime

import psycopg
import pytest
import zstandard
from command_center.archive.store import read
from command_center.database import all_values
from command_center.declaration.registry import all_sources
from command_center.declaration.source import Source
from command_center.extract.reading import Reading
from command_center.intake import stage
from command_center.intake.hiding import hide
from command_center.intake.quarantine import quarantine
from command_center.intake.stage import Stage
from command_center.ledger import batch, landing
from command_center.personal import masked
from command_center.settings import WIB
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from psycopg import sql

from tests.conftest import Cluster
from tests.integration.conftest import Intake
from tests.unit.ground.test_personal import EMAILS, disguised, telephones, written_niks
from tests.unit.ground.test_personal_names import named

NIK, TELEPHONE, EMAIL = "1371014508900017", "0812-3456-7819", "fulan.bin@contoh.id"
ZSTD = b"\x28\xb5\x2f\xfd"
NAME = "Fulan Rekaan"
PERSON = {
    "nik": (NIK, "[NIK/KK dihapus]"),
    "telepon": (TELEPHONE, "[telepon dihapus]"),
    "surel": (EMAIL, "[surel dihapus]"),
}
PERSON |= {"nama": (NAME, "[nama dihapus]")}
PLANTED = f"a.n. {NAME}, NIK {NIK}, hp {TELEPHONE}, {EMAIL}; {NAME} ({TELEPHONE}), Bpk. {NAME}, {NIK} {NAME}"
PARTS = st.one_of(
    written_niks(), telephones(), disguised(), EMAILS, named(), st.text("0123456789 .-@x()+Rp,;:", max_size=24)
)


@hypothesis_settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.lists(PARTS, max_size=4).map(" ".join), min_size=1, max_size=300))
def test_sql_hides_what_python_hides_and_its_first_look_misses_nothing(cluster: Cluster, texts: list[str]) -> None:
    query = """
        select case when ops.memuat_pribadi(t) then ops.samarkan(t) else t end
        from unnest(%s::text[]) with ordinality as n(t, i) order by i
    """
    with cluster.connect("loader") as connection:
        found = connection.execute(query, [texts]).fetchall()
    assert [row[0] for row in found] == [masked(text) for text in texts]


@pytest.mark.parametrize("kept", ["typed", "set aside"])
def test_nothing_personal_of_any_text_column_of_any_source_goes_on(cluster: Cluster, kept: str) -> None:
    with cluster.connect("loader") as connection:
        connection.execute("set timezone = 'Asia/Jakarta'")
        for source in all_sources():
            for name in source.tables:
                _plant(connection, source, name, kept)
                connection.rollback()


def _plant(connection: psycopg.Connection[tuple[object, ...]], source: Source, name: str, kept: str) -> None:
    """Both ways that a row can take: to raw, where nothing else is wrong with it, and to quarantine."""
    table = source.tables[name]
    if kept == "typed":
        free = [column.model_copy(update={"required": False, "capture": None}) for column in table.columns]
        table = table.model_copy(update={"columns": free, "key": []})
    steps = Stage(batch.next_id(connection), table, datetime(2026, 11, 5, 9, tzinfo=WIB))
    batch.open_trial(connection, steps.batch_id, source.source, name)
    stage.create(connection, steps, is_simulated=False)
    texts = {column.name for column in table.free_texts}
    planted = [c.name for c in table.stored if c.name in texts or (kept == "set aside" and c.treatment is None)]
    if not planted:
        return
    insert = sql.SQL("insert into {} ({}) values ({})")
    columns = sql.SQL(", ").join(map(sql.Identifier, planted))
    values = sql.SQL(", ").join([sql.Literal(PLANTED)] * len(planted))
    connection.execute(insert.format(steps.text, columns, values))
    stage.type_rows(connection, steps)
    found = hide(connection, steps)
    quarantine(connection, steps, source, name, "", Reading([], ()), {})
    typed = all_values(connection, dict, sql.SQL("select to_jsonb(t) from {} as t").format(steps.typed))
    query = "select to_jsonb(q) from ops.quarantine as q where batch_id = %s"
    aside = all_values(connection, dict, query, [steps.batch_id])
    if kept == "typed":
        assert {one.column for one in found} == texts, source.source
        assert [{c.name: row[c.name] for c in table.free_texts} for row in typed] == [
            {c.name: _shown(c.kept) for c in table.free_texts}
        ], source.source
    assert typed or aside
    stays = {column.name: column.kept for column in table.stored}
    left = [
        (name, kind)
        for row in typed
        for name, value in row.items()
        for kind in _told(value)
        if kind not in stays.get(name, []) or kind == "nama"
    ]
    assert (left, _told(aside)) == ([], []), (source.source, name)


def _shown(kept: Sequence[str]) -> str:
    """What a column shows whose declaration says that these kinds stay; names do not beside what was hidden."""
    text, stays = PLANTED, set(kept) - ({"nama"} if PERSON.keys() - kept - {"nama"} else set())
    for kind, (written, mark) in PERSON.items():
        text = text if kind in stays else text.replace(written, mark)
    return text


def _told(value: object) -> list[str]:
    """Which of the kinds can be read in it."""
    return [kind for kind, (written, _) in PERSON.items() if written in json.dumps(value)]


def test_a_person_in_the_text_of_an_answer_is_only_in_the_sealed_archive(
    intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    """Damkar's book goes row by row and sets one row aside; KPU's stages are public and name their rows by a text."""
    caplog.set_level(logging.DEBUG, "command_center")
    _rewrite(intake, "damkar/kejadian.csv", ";", {1: "Objek", 2: "Jenis", 3: "No Kejadian"})
    _rewrite(intake, "kpu/tahapan/pilkada2024.csv", ",", {1: "catatan"})
    outcomes = [*intake.load("damkar_kejadian"), *intake.load("kpu_tahapan")]
    assert {one.status for one in outcomes} == {"published"}
    told = [one.hidden for one in outcomes if one.hidden]
    assert [len(one) for one in told] == [2, 1]
    assert "hidden in 1 text of column 'Objek', the first in baris 3;" in " ".join(told[0])
    assert (
        intake.value("select count(*)::int from ops.quarantine where reason like '%adalah kunci, tetapi memuat NIK%'")
        == 1
    )
    assert _everywhere(intake) == {"raw": [], "ops": []}
    assert _told(caplog.text) == []
    _is_only_sealed(intake)


def _rewrite(intake: Intake, path: str, separator: str, planted: dict[int, str]) -> None:
    head, *lines = list(csv.reader(io.StringIO(intake.get(path).decode("utf-8-sig")), delimiter=separator))[:300]
    for number, column in planted.items():
        lines[number][head.index(column)] = PLANTED
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows([head, *lines])
    intake.serve(path, written.getvalue().encode())


def _is_only_sealed(intake: Intake) -> None:
    """What was archived is what arrived, and none of it can be read in the folder."""
    ids = [int(str(row[0])) for row in intake.rows("select landing_id from ops.landing")]
    answers = [read(landing.get(intake.connection, landing_id)) for landing_id in ids]
    assert sum(NIK.encode() in answer for answer in answers) == 2
    kept = [file.read_bytes() for file in (intake.folder / "landing").rglob("*") if file.is_file()]
    assert len(kept) == len(answers)
    plain = [zstandard.ZstdDecompressor().decompressobj().decompress(one) for one in kept if one[:4] == ZSTD]
    assert plain == []


def test_a_person_in_the_name_of_a_column_is_told_to_nobody(intake: Intake) -> None:
    path = "damkar/kejadian.csv"
    header, *records = intake.get(path).decode("utf-8-sig").splitlines()
    intake.serve(path, "\n".join([f"{header};Hp {TELEPHONE}", *(f"{record};1" for record in records)]).encode())
    assert [outcome.status for outcome in intake.load("damkar_kejadian")] == ["published"]
    assert "'Hp [telepon dihapus]' is not declared" in str(intake.value("select reason from ops.batch"))
    assert _everywhere(intake) == {"raw": [], "ops": []}


def test_a_file_of_one_endless_line_has_a_reason_that_can_be_read(intake: Intake) -> None:
    intake.serve("damkar/kejadian.csv", b"x " * 1_000_000)
    (outcome,) = intake.load("damkar_kejadian")
    assert (outcome.status, len(str(outcome.reason)) < 10_000) == ("held", True)
    assert str(outcome.reason).endswith("ask the steward, or mend the declaration.")


def _everywhere(intake: Intake) -> dict[str, list[str]]:
    """Tables of each schema with a row that holds one of the numbers."""
    tables = intake.rows("select schemaname::text, tablename::text from pg_tables where schemaname in ('raw', 'ops')")
    found: dict[str, list[str]] = {"raw": [], "ops": []}
    for schema, table in tables:
        query = sql.SQL("select from {} as t where to_jsonb(t)::text like any(%s) limit 1").format(
            sql.Identifier(str(schema), str(table))
        )
        if intake.connection.execute(query, [[f"%{written}%" for written, _ in PERSON.values()]]).fetchone():
            found[str(schema)].append(str(table))
    intake.connection.rollback()
    return found
