"""Preview as a person runs it: a file, or what the source answers now; nothing is published and nothing stays behind."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from command_center.database import connect
from command_center.declaration.registry import load_source
from command_center.declaration.source import Source
from command_center.errors import BatchHeld, DeclarationError, PayloadError
from command_center.extract.isolated import Parser
from command_center.intake.trial import Trial, answer_of, attempt, match_file
from command_center.local.cluster import template_folder
from command_center.newcomer.preview import exit_code, verdict
from command_center.paths import DAGS
from command_center.settings import settings

from tests.conftest import Cluster
from tests.support import guide

HEAD = "Nomor;Tanggal;Berat\n"
DECLARATION = """
source: uji_timbang
title: Timbangan
opd: uji
opd_name: Dinas Uji
description: Weighings.
owner: Kepala Dinas Uji
steward: Kepala Seksi Uji
deputy_steward: Kasubbag Uji
legal_basis: [Uji]
maturity: 1
schedule: null
freshness: P3650D
connection: {id: uji_timbang, address: "http://127.0.0.1:9/uji"}
extract:
  kind: csv
  conditional: false
  layout: {separator: ";"}
  requests:
    - {part: timbang, path: timbang.csv, tables: [timbang]}
    - {part: lain, path: lain.csv, tables: [timbang], params: {pos: lain}}
tables:
  timbang:
    description: One row per weighing.
    mode: snapshot
    key: [nomor]
    volume: {min: 1, max: 100}
    max_quarantined_pct: 40
    columns:
      - {name: nomor, source: Nomor, required: true, classification: publik, description: Nomor}
      - {name: tanggal, source: Tanggal, type: date, date: dd-MM-yyyy, classification: publik, description: Tanggal}
      - {name: berat_kg, source: Berat, type: numeric, number: id, unit: kg, on_bad: row, classification: publik, description: Berat}
      - {name: pos, source: "@pos", classification: publik, description: Pos}
      - {name: petugas, source: Petugas, optional: true, treatment: drop, classification: rahasia, description: Petugas}
"""


@dataclass
class Desk:
    """A checkout of its own with one source, and the command as a person gives it."""

    root: Path

    def write_local_env(self, port: int) -> None:
        """What local services leave behind: the address of the demo city, and connections that lead to it."""
        address = f"http://127.0.0.1:{port}"
        connection = json.dumps({"conn_type": "http", "host": f"{address}/uji"})
        (self.root / "var").mkdir()
        lines = [f"CC_DEMO_CITY_URL={address}", f"AIRFLOW_CONN_UJI_TIMBANG={connection}", ""]
        (self.root / "var" / "local.env").write_text("\n".join(lines))

    def preview(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_CONN_")}
        environment |= {"PYTHONPATH": str(DAGS), "CC_VAR_DIR": str(self.root / "var"), "COLUMNS": "160"}
        environment |= {"CC_SOURCES_DIR": str(self.root / "sources"), "DEMO_NOW": "2026-11-05T09:00:00+07:00"}
        environment |= {"CC_EXPECTATIONS_DIR": str(self.root / "expectations")}
        environment |= {"CC_TEMPLATE_DIR": str(template_folder())}
        return subprocess.run(
            [sys.executable, "-m", "command_center", "preview", *arguments],
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
            check=False,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    for folder in ("sources", "expectations"):
        (tmp_path / folder).mkdir()
    (tmp_path / "sources" / "uji_timbang.yml").write_text(DECLARATION)
    return Desk(tmp_path)


@pytest.fixture
def served(desk: Desk) -> Iterator[dict[str, bytes]]:
    """Answers of a real server on 127.0.0.1, to which the source's connection points."""
    answers: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = answers.get(urlsplit(self.path).path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    desk.write_local_env(server.server_port)
    yield answers
    server.shutdown()
    server.server_close()


def test_the_example_of_the_guide(desk: Desk) -> None:
    (desk.root / "sources" / "dlh_sampah.yml").write_text(guide.files()["dags/sources/dlh_sampah.yml"])
    (desk.root / "expectations" / "dlh_sampah.yml").write_text(guide.files()["expectations/dlh_sampah.yml"])
    file = guide.workbook(desk.root / "sampah_2026-10.xlsx")
    done = desk.preview("dlh_sampah", "--file", str(file), "--rows", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "dlh_sampah.diangkut, part 2026-10" in done.stdout
    assert "11 read: 11 typed, 0 identical, 0 rejected; 1 ignored, 1 by '^JUMLAH$'" in done.stdout
    assert "2026-10-01" in done.stdout and "1230.50" in done.stdout and "numeric, ton" in done.stdout
    assert (
        "left out, the first in" in done.stdout and "baris 13" in done.stdout and "tidak ditimbang" not in done.stdout
    )
    assert "The batch would be published." in done.stdout
    assert [path.name for path in (desk.root / "var").rglob("*") if path.is_file()] == []


def test_what_the_source_answers_now_without_expectations(desk: Desk, served: dict[str, bytes]) -> None:
    served["/uji/timbang.csv"] = (HEAD + "1;01-02-2026;1.234,5\n2;31-02-2026;2,0\n3;02-02-2026;7\n").encode()
    done = desk.preview("uji_timbang")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 read: 2 typed" in done.stdout
    assert "expectations/uji_timbang.yml is missing; nothing was audited" in done.stdout
    assert "(dibuang)" in done.stdout
    assert "31-02-2026" in done.stdout and "Kolom 'Tanggal' seharusnya tanggal" in done.stdout


def test_a_chosen_part(desk: Desk, served: dict[str, bytes]) -> None:
    served["/uji/lain.csv"] = (HEAD + "1;01-02-2026;1\n").encode()
    done = desk.preview("uji_timbang", "--part", "lain")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "part lain" in done.stdout


def test_connections_of_services_that_ended_are_forgotten_and_a_source_without_answer_is_one_sentence(
    desk: Desk,
) -> None:
    folder = desk.root / "kosong"
    folder.mkdir()
    desk.write_local_env(9)
    declared = DECLARATION.replace("http://127.0.0.1:9/uji", folder.as_uri())
    (desk.root / "sources" / "uji_timbang.yml").write_text(declared)
    done = desk.preview("uji_timbang")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "error: uji_timbang, part 'timbang'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["uji_timbang", "--table", "tumbang"], "uji_timbang.yml has no table 'tumbang'"),
        (["uji_timbang", "--part", "tidak"], "uji_timbang.yml has no part 'tidak'"),
        (["uji_timbang", "--file", "/nowhere"], "/nowhere is not a file"),
        (["uji_timbng"], "did you mean 'uji_timbang'?"),
    ],
)
def test_a_wrong_wish_is_told_at_once(desk: Desk, arguments: list[str], sentence: str) -> None:
    done = desk.preview(*arguments)
    assert done.returncode == DeclarationError.exit_code
    assert sentence in done.stderr


@dataclass
class Attempts:
    """Files of the source, tried against this session's cluster."""

    connection: psycopg.Connection[tuple[object, ...]]
    parser: Parser
    root: Path
    text: str = DECLARATION

    def source(self) -> Source:
        file = self.root / "sources" / "uji_timbang.yml"
        file.write_text(self.text)
        return load_source(file)

    def __call__(self, content: str, name: str = "timbang.csv", *, is_judged: bool = True) -> Trial:
        (self.root / name).write_text(content)
        source, match = self.source(), match_file(self.source(), name)
        answer = answer_of(source, "timbang", self.root / name, match.known)
        return attempt(
            self.connection, self.parser, source, "timbang", answer, part=match.part, rows=5, is_judged=is_judged
        )

    def count(self, query: str) -> object:
        return self.connection.execute(query).fetchall()


LEFT = (
    "select (select count(*) from ops.batch), (select count(*) from ops.quarantine), (select count(*) from ops.audit), "
)
LEFT += "(select count(*) from ops.landing), (select count(*) from pg_tables where schemaname = 'stage')"


@pytest.fixture
def attempts(cluster: Cluster, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attempts]:
    monkeypatch.setenv("CC_EXPECTATIONS_DIR", str(desk.root / "expectations"))
    settings.cache_clear()
    with connect(settings().dsn("loader")) as connection, Parser() as parser:
        trying = Attempts(connection, parser, desk.root)
        before = trying.count(LEFT)
        yield trying
        assert trying.count(LEFT) == before, "a trial leaves nothing behind"
    monkeypatch.undo()
    settings.cache_clear()


def rows(*records: str) -> str:
    return HEAD + "".join(f"{record}\n" for record in records)


def test_a_good_file_would_be_published(attempts: Attempts) -> None:
    trial = attempts(rows("1;01-02-2026;1.234,5", "1;01-02-2026;1.234,5"))
    assert (trial.read, trial.typed, trial.duplicates, trial.held, trial.refused) == (2, 1, 1, None, None)
    assert [str(value) for value in trial.rows[0].values()] == ["1", "2026-02-01", "1234.5", "None"]
    assert exit_code([trial]) == 0
    assert verdict(trial) == "The batch would be published."


def test_too_few_rows_and_too_many_broken_ones_hold_the_batch(attempts: Attempts) -> None:
    attempts.text = DECLARATION.replace("min: 1", "min: 2")
    trial = attempts(rows("1;01-02-2026;1"))
    assert "1 rows arrived, expected 2 to 100" in verdict(trial)
    trial = attempts(rows("1;kemarin;1", "2;01-02-2026;x", "3;01-02-2026;3"))
    assert "2 of 3 rows break a rule" in verdict(trial)
    assert [(one.place, one.column, one.value) for one in trial.rejections] == [
        ("baris 2", "Tanggal", "kemarin"),
        ("baris 3", "Berat", "x"),
    ]
    assert exit_code([trial]) == BatchHeld.exit_code


def test_drift_is_told_new_lost_and_retyped(attempts: Attempts) -> None:
    trial = attempts("Nomor;Tanggal;Berat;Supir\n1;01-02-2026;1;Fulan\n")
    assert any("'Supir' is not declared" in warning for warning in trial.warnings)
    assert trial.held is None
    trial = attempts("Nomor;Tanggal;Berat Kg\n1;01-02-2026;1\n")
    assert trial.refused is not None and "'Berat' is missing ('Berat' may now be 'Berat Kg')" in trial.refused
    assert exit_code([trial]) == PayloadError.exit_code
    attempts.text = DECLARATION.replace("max_quarantined_pct: 40", "max_quarantined_pct: 100")
    trial = attempts(rows("1;2026/02/01;1", "2;2026/02/02;1"))
    assert trial.held is not None and "2 of 2 values of column 'Tanggal' are not of the declared format" in trial.held


def test_expectations_set_aside_footnote_and_hold(attempts: Attempts) -> None:
    (attempts.root / "expectations" / "uji_timbang.yml").write_text(
        "timbang:\n"
        "  - {type: expect_column_values_to_be_between, kwargs: {column: berat_kg, max_value: 10}, quarantine: true, reason: Terlalu berat.}\n"
        "  - {type: expect_column_values_to_not_be_null, kwargs: {column: tanggal}, severity: warning, reason: Tanpa tanggal.}\n"
        "  - {type: expect_column_values_to_be_in_set, kwargs: {column: nomor, value_set: ['1', '2', '3', '4']}, reason: Nomor asing.}\n"
    )
    trial = attempts(rows("1;01-02-2026;1", "2;;2", "3;01-02-2026;11", "4;01-02-2026;4"))
    assert [(one.place, one.reason) for one in trial.rejections] == [("baris 4", "Terlalu berat.")]
    assert any("Tanpa tanggal." in warning for warning in trial.warnings)
    assert trial.held is None
    trial = attempts(rows("9;01-02-2026;1"))
    assert trial.held is not None and "Nomor asing." in trial.held


def test_a_file_of_another_name_is_read_as_the_first_part(attempts: Attempts) -> None:
    source = attempts.source()
    assert [match_file(source, name).part for name in ("timbang.csv", "lain.csv", "lain")] == [
        "timbang",
        "lain",
        "lain",
    ]
    assert match_file(source, "lain.csv").known["pos"] == "lain"
    match = match_file(source, "unduhan (3).csv")
    assert (match.request.part, match.part, match.is_certain) == ("timbang", "unduhan (3)", False)
    assert match.known["pos"] == "?", "only one of the requests says it"
    attempts.text = (
        DECLARATION.replace("path: timbang.csv,", "path: ., files: 'pos_(?P<pos>[a-z]+)[.]csv',")
        .replace("http://127.0.0.1:9/uji", "file:///srv/uji")
        .replace("part: timbang,", 'part: "{pos}",')
    )
    source = attempts.source()
    assert match_file(source, "pos_utara.csv").known["pos"] == "utara"
    assert match_file(source, "pos_utara.csv").part == "utara"
    assert match_file(source, "x.csv").known["pos"] == "?"


def test_a_year_that_the_name_does_not_tell_is_not_that_of_the_first_request(attempts: Attempts) -> None:
    attempts.text = (
        DECLARATION.replace("  requests:", "  for_each: {tahun: ['2023', '2024']}\n  requests:")
        .replace('part: timbang, path: timbang.csv, tables: [timbang]', 'part: "timbang_{tahun}", path: timbang.csv, '
                 'tables: [timbang], params: {pos: "{tahun}", kota: padang}')
        .replace("    - {part: lain, path: lain.csv, tables: [timbang], params: {pos: lain}}\n", "")
    )  # fmt: skip
    source = attempts.source()
    told = {name: match_file(source, name) for name in ("timbang_2024.csv", "timbang.csv", "unduhan.csv")}
    assert [(one.known["pos"], one.known["kota"], one.is_certain) for one in told.values()] == [
        ("2024", "padang", True),
        ("?", "padang", False),
        ("?", "padang", False),
    ]


def test_a_name_that_no_request_asks_for_is_told_and_rejects_no_row(desk: Desk) -> None:
    text = DECLARATION.replace("path: timbang.csv,", "path: ., files: 'pos_(?P<pos>[0-9]{4})[.]csv',")
    text = text.replace("    - {part: lain, path: lain.csv, tables: [timbang], params: {pos: lain}}\n", "")
    text = text.replace("http://127.0.0.1:9/uji", "file:///srv/uji").replace(
        '"@pos"', '"@pos", type: integer, required: true'
    )
    (desk.root / "sources" / "uji_timbang.yml").write_text(text)
    (desk.root / "expectations" / "uji_timbang.yml").write_text("timbang: []\n")
    for name, told in (("pos_2024.csv", 0), ("pos 2024 (1).csv", 1)):
        (desk.root / name).write_text(rows("1;01-02-2026;1,5"))
        done = desk.preview("uji_timbang", "--file", str(desk.root / name))
        assert "1 read: 1 typed, 0 identical, 0 rejected" in done.stdout
        sentence = f"{name!r} does not tell which request it answers; expected is a name matching"
        assert done.stdout.count(sentence) == told
        assert done.stdout.count("@pos is shown as '?' and nothing was audited") == told


def test_without_judgement_only_what_cannot_be_typed_is_rejected(attempts: Attempts) -> None:
    attempts.text = DECLARATION.replace("source: Nomor, required", "source: Nomor, references: kelurahan, required")
    content = rows("13.71.01.1001;01-02-2026;1", "32.01.01.1001;01-02-2026;1", "13.71.01.1002;x;1")
    assert attempts(content).quarantined == 2
    trial = attempts(content, is_judged=False)
    assert (trial.typed, trial.quarantined, trial.outside) == (2, 1, 1)


def test_pages_bundled_in_a_zip_are_read_as_one_answer(attempts: Attempts) -> None:
    with zipfile.ZipFile(attempts.root / "pages", "w") as archive:
        for number in (1, 2):
            archive.writestr(f"{number}.json", json.dumps({"rows": [{"Nomor": number, "Tanggal": None, "Berat": 1}]}))
    attempts.text = (
        DECLARATION.replace("kind: csv", "kind: http_json").replace("  layout: {separator: ';'}\n", "")
    ).replace("    key: [nomor]", '    key: [nomor]\n    records: ["rows[]"]')
    source = attempts.source()
    answer = answer_of(source, "timbang", attempts.root / "pages", {"pos": "x"})
    trial = attempt(attempts.connection, attempts.parser, source, "timbang", answer)
    assert (trial.refused, trial.typed) == (None, 2)
