"""What the command line says to a slip: one sentence, a code, and no traceback."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import psycopg
import pytest
from command_center import cli
from command_center.errors import CommandCenterError, ServiceError
from command_center.paths import SOURCES, private_file
from command_center.settings import settings

SAID = "--jabatan J --alasan A"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ingest damkar_kejadian --window-start kemarin", "'kemarin' is no moment; write it as 2026-10-01"),
        ("ingest damkar_kejadian --window-end 0001-01-01", "'0001-01-01' is no moment"),
        ("backfill diskominfo_112 01/10/2026 02/10/2026", "'01/10/2026' is no day; write it as 2026-10-01"),
        ("backfill diskominfo_112 2026-10-01 9999-12-31", "'9999-12-31' is no day"),
        ("backfill diskominfo_112 2026-10-01 2026-10-02 --each 0", "'0' is no whole number from 1 to 36500"),
        ("backfill diskominfo_112 2026-10-01 2026-10-02 --each 99999999999", "no whole number from 1 to 36500"),
        ("held --batch x", "'x' is no whole number from 1"),
        ("held --batch 99999999999999999999", "'99999999999999999999' is no whole number from 1"),
        ("quarantine --batch 99999999999999999999", "no whole number from 1"),
        ("trail --limit -5", "'-5' is no whole number from 1"),
        ("trail --since 01/02/2026", "'01/02/2026' is no day"),
        ("preview damkar_kejadian --rows -3", "'-3' is no whole number from 0"),
        ("metrics --serve 99999", "'99999' is no whole number from 1 to 65535"),
        (f"approve publik.gempa --as ppid {SAID} --until kemarin", "'kemarin' is no day"),
        (f"erase --nik 1 {SAID} --diminta kemarin", "'kemarin' is no day"),
        ("incident buka --diketahui kemarin", "'kemarin' is no moment"),
        ("incident tutup 99999999999999999999", "no whole number from 1"),
        ("release a b c --jabatan= --alasan A", "--jabatan: nothing is said"),
        ("discard a b c --jabatan J --alasan=", "--alasan: nothing is said"),
    ],
)
def test_a_value_of_another_kind_is_told_with_what_was_expected(
    line: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(line.split())
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert sentence in told and "invalid" not in told


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ingest damkar_kejadian --window-start 2026-10-02 --window-end 2026-10-01", "give the earlier moment first"),
        ("backfill diskominfo_112 2026-11-01 2026-11-24", "2026-11-24 is after today, 2026-11-23"),
        ("replay damkar_kejadian kejadia", "damkar_kejadian.yml has no table 'kejadia'; there are: kejadian."),
        ("exec", "Name the program, e.g. exec airflow dags list."),
    ],
)
def test_what_cannot_be_asked_for_is_told(
    line: str, sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_NOW", "2026-11-23T09:00:00+07:00")
    settings.cache_clear()
    assert cli.main(line.split()) == 2
    settings.cache_clear()
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (FileNotFoundError(2, "No such file or directory", "/x/y.csv"), 1, "/x/y.csv: No such file or directory."),
        (
            psycopg.OperationalError("connection failed:\n refused"),
            ServiceError.exit_code,
            "The database does not answer",
        ),
        (
            psycopg.errors.UndefinedTable('relation "mart.indikator" does not exist\nLINE 1: select'),
            ServiceError.exit_code,
            'The database lacks what this command reads (relation "mart.indikator" does not exist); `bootstrap` makes',
        ),
        (
            CommandCenterError("Berkas \x1b[31m\x9b salah."),
            1,
            "Berkas \N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}",
        ),
    ],
)
def test_what_is_around_the_program_is_one_sentence_that_steers_no_terminal(
    error: Exception, code: int, sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(cli, "COMMANDS", [("settings", fail, "fail")])
    assert cli.main(["settings"]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {sentence}")


def test_every_command_speaks_by_the_one_way_that_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    cli._say("jejak", "a\x1b[31m\x9b\u202eb")
    assert capsys.readouterr().out == "jejak a{0}[31m{0}{0}b\n".format("\N{REPLACEMENT CHARACTER}")
    assert Path(str(cli.__file__)).read_text(encoding="utf-8").count("print(") == 1


def test_a_mistake_of_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "COMMANDS", [("settings", lambda _: int("x"), "fail")])
    with pytest.raises(ValueError, match="invalid literal"):
        cli.main(["settings"])


def test_a_sheet_is_for_its_owner_also_where_a_file_stood_that_others_could_read(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    shutil.copy(SOURCES / "damkar_kejadian.yml", file)
    file.chmod(0o644)
    private_file(file)
    assert (file.stat().st_mode & 0o777, file.read_bytes()) == (0o600, b"")
