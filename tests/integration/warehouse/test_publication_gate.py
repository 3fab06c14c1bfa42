"""What the public reads: nothing that walidata and PPID did not both approve, as it is defined now, for as long as that lasts.

The tests of this file are one story on one warehouse and run in the order in which they stand.
"""

from __future__ import annotations

import itertools
import os
import pwd
import re
import shlex
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from command_center import cli
from command_center.database import all_values, connect, one_value
from command_center.errors import NotDecided
from command_center.local.scenario import approve_publications
from command_center.operate import publications
from command_center.operate.publications import decide, listed, operator
from command_center.paths import DBT_PROJECT, ROOT
from command_center.settings import Settings, settings
from command_center.warehouse import definitions
from command_center.warehouse.bootstrap import bootstrap
from command_center.warehouse.publik_database import publish_publik

WALIDATA, PPID = "Kepala Bidang Statistik", "Sekretaris PPID"
FIRST, SECOND = "jumlah_gempa_dirasakan_radius", "laporan_masuk"
TABLES = f"""
    create schema publik;
    create table publik.gempa as select n as magnitudo from generate_series(1, 3) as n;
    create table publik.wilayah as select n as kode_wilayah from generate_series(1, 9) as n;
    create table publik.indikator as
        select indikator_kode, n as nilai from unnest(array['{FIRST}', '{SECOND}', null]) as indikator_kode, generate_series(1, 2) as n;
    create table publik.tak_dikenal as select 1 as n;
    grant usage on schema publik to cc_publisher;
    grant select on all tables in schema publik to cc_publisher;
"""


@pytest.fixture(scope="module")
def config(cluster: object) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("WAREHOUSE_URL", "PUBLIK_URL"):
            patch.setenv(
                variable, os.environ[variable].rsplit("/", 1)[0] + f"/gerbang_{variable.split('_')[0].lower()}"
            )
        settings.cache_clear()
        bootstrap(settings())
        with connect(settings().dsn("admin")) as connection:
            connection.execute(TABLES.encode())
            connection.execute("grant connect on database gerbang_warehouse to cc_publisher")
        yield settings()
    settings.cache_clear()


@pytest.fixture(autouse=True)
def _own_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever decides does so from an account of their own."""
    accounts = itertools.count()
    monkeypatch.setattr(publications, "operator", lambda: f"akun{next(accounts)}")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is approved, which a test may change."""
    for part in ("models/publik", "macros"):
        shutil.copytree(DBT_PROJECT / part, tmp_path / part)
    (tmp_path / "seeds").mkdir()
    shutil.copy(DBT_PROJECT / "seeds" / "ref_indikator.csv", tmp_path / "seeds")
    monkeypatch.setattr(definitions, "DBT_PROJECT", tmp_path)
    return tmp_path


def seen(config: Settings, table: str) -> int:
    with connect(config.dsn("public")) as connection:
        return one_value(connection, int, f"select count(*) from publik.{table}")


def there(config: Settings, table: str) -> int:
    """What the public's database holds of a table, whoever may read it."""
    with connect(config.dsn("publisher")) as connection:
        return one_value(connection, int, f"select count(*) from publik.{table}")


def approve(*objects: str) -> None:
    for body, jabatan in (("walidata", WALIDATA), ("ppid", PPID)):
        assert cli.main(["approve", *objects, "--as", body, "--jabatan", jabatan, "--alasan", "Uji konsekuensi"]) == 0


def change(config: Settings, statement: str) -> None:
    with connect(config.dsn("admin")) as connection:
        connection.execute(statement.encode())


def entered(config: Settings, objek: str) -> list[str]:
    """The decisions on an object that the audit trail has."""
    query = "select rincian ->> 'jenis' from ops.jejak_audit where rincian ? 'jenis' and objek = %s order by nomor"
    with connect(config.dsn("loader")) as connection:
        return all_values(connection, str, query, [objek])


def line(objek: str) -> str:
    return next(one for one in listed(with_approved=True).splitlines() if one.startswith(f"{objek} "))


def test_what_would_open_a_source_is_entered_with_its_declaration(config: Settings) -> None:
    with connect(config.dsn("admin")) as connection:
        entered = all_values(
            connection,
            str,
            "select syarat.objek || ' ' || syarat.checksum from ops.source_catalogue "
            "cross join jsonb_path_query(declared, '$.openings[*].syarat') as satu "
            "cross join jsonb_each_text(satu) as syarat(objek, checksum) where source = 'bmkg_gempa' and declared ->> 'access' = 'antarmuka'",
        )
    present = definitions.definitions()
    assert set(entered) == {
        f"{name} {present[name]}" for name in ("publik.gempa", f"indikator.{FIRST}", "publik.indikator")
    }


def test_without_approval_nothing_reaches_the_public_and_it_meets_no_error(config: Settings) -> None:
    assert set(publish_publik(config).values()) == {0}
    for table in ("gempa", "wilayah", "indikator", "tak_dikenal"):
        assert seen(config, table) == there(config, table) == 0
    assert "waits for walidata and PPID" in line("publik.gempa") and "waits" in line(f"indikator.{FIRST}")


@pytest.mark.parametrize(("body", "jabatan"), [("walidata", WALIDATA), ("ppid", PPID)])
def test_one_approval_of_two_opens_nothing(config: Settings, body: str, jabatan: str) -> None:
    table = {"walidata": "gempa", "ppid": "wilayah"}[body]
    asked = ["approve", f"publik.{table}", "--as", body, "--jabatan", jabatan, "--alasan", "Sesuai"]
    assert cli.main(asked) == 0
    assert seen(config, table) == 0
    assert "waits for" in line(f"publik.{table}")
    other = "ppid" if body == "walidata" else "walidata"
    same = ["approve", f"publik.{table}", "--as", other, "--jabatan", jabatan, "--alasan", "Sesuai"]
    assert cli.main(same) == NotDecided.exit_code, "one person is not both"
    assert seen(config, table) == 0


def test_one_login_with_two_titles_is_one_person(
    config: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(publications, "operator", operator)
    monkeypatch.setenv("CC_LOGIN", "rina")
    settings.cache_clear()
    table = "publik.gempa"
    words = ["approve", table, "--alasan", "Sesuai"]
    assert cli.main([*words, "--as", "walidata", "--jabatan", WALIDATA]) == 0
    assert cli.main([*words, "--as", "ppid", "--jabatan", PPID]) == NotDecided.exit_code
    assert "by the login 'rina'" in capsys.readouterr().err
    assert seen(config, "gempa") == 0
    with connect(config.dsn("loader")) as connection:
        query = "select rincian ->> 'login' from ops.jejak_audit where jenis = 'keputusan' and objek = %s order by nomor desc"
        assert all_values(connection, str, query, [table])[0] == "rina"
    monkeypatch.setenv("CC_LOGIN", "")
    settings.cache_clear()
    assert operator() == pwd.getpwuid(os.getuid()).pw_name


def test_both_open_the_relation_and_of_its_indicators_those_that_are_approved(config: Settings) -> None:
    approve("publik.gempa", "publik.indikator")
    assert (seen(config, "gempa"), seen(config, "wilayah")) == (3, 0)
    assert seen(config, "indikator") == there(config, "indikator") == 2, "rows that are of no indicator"
    approve(f"indikator.{FIRST}")
    assert seen(config, "indikator") == 4
    with connect(config.dsn("public")) as connection:
        connection.execute("set row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select from publik.gempa")


def test_a_later_edition_passes_by_itself(config: Settings) -> None:
    change(config, "insert into publik.gempa values (4)")
    before = entered(config, "publik.gempa")
    publish_publik(config)
    assert seen(config, "gempa") == 4 and entered(config, "publik.gempa") == before


def test_another_definition_is_closed_until_it_is_approved_itself(config: Settings, project: Path) -> None:
    model, registry = project / "models/publik/publik__gempa.yml", project / "seeds/ref_indikator.csv"
    told, rows = model.read_text(), registry.read_text()
    model.write_text(told.replace("name: gempa_kode", "name: kode_gempa", 1))
    registry.write_text(rows.replace(f"\n{FIRST},", f"\n{FIRST},Dinamai lain "))
    publish_publik(config)
    assert (seen(config, "gempa"), seen(config, "indikator")) == (0, 2)
    assert " v2 " in line("publik.gempa") and "waits" in line("publik.gempa")
    model.write_text(told)
    registry.write_text(rows)
    publish_publik(config)
    assert (seen(config, "gempa"), seen(config, "indikator")) == (4, 4), "what was approved before still is"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["publik.tiada"], "is called 'publik.tiada'"),
        (["publik.gempa", "--until", "2020-01-01"], "is over"),
    ],
)
def test_a_decision_that_cannot_be_entered_is_not(
    config: Settings, capsys: pytest.CaptureFixture[str], asked: list[str], told: str
) -> None:
    before = entered(config, "publik.gempa")
    words = ["approve", *asked, "--as", "ppid", "--jabatan", PPID, "--alasan", "Sesuai"]
    assert cli.main(words) == NotDecided.exit_code
    assert told in capsys.readouterr().err and entered(config, "publik.gempa") == before


def test_an_approval_ends_by_itself_and_that_is_entered_once(config: Settings) -> None:
    change(
        config,
        "update ops.keputusan set berlaku_sampai = clock_timestamp() + interval '8 s' where objek = 'publik.gempa'",
    )
    publish_publik(config)
    deadline = time.monotonic() + 60
    while seen(config, "gempa") and time.monotonic() < deadline:
        time.sleep(0.2)
    assert (seen(config, "gempa"), there(config, "gempa")) == (0, 4), "nobody did anything"
    for _ in range(2):
        publish_publik(config)
        assert entered(config, "publik.gempa").count("publik_berakhir") == 1
    assert there(config, "gempa") == 0 and "has ended" in line("publik.gempa")
    decide(["publik.gempa"], "walidata", approves=True, jabatan=WALIDATA, alasan="Diperpanjang")
    publish_publik(config)
    assert seen(config, "gempa") == 0, "the other approval has ended too"
    approve("publik.gempa")
    assert seen(config, "gempa") == 4


def test_a_deadline_without_both_is_a_refusal(config: Settings) -> None:
    change(config, "update ops.pengajuan_publik set deadline = clock_timestamp() where objek = 'publik.wilayah'")
    decide(["publik.wilayah"], "walidata", approves=True, jabatan=WALIDATA, alasan="Terlambat")
    for _ in range(2):
        publish_publik(config)
        assert entered(config, "publik.wilayah") == ["publik_setuju_ppid", "publik_tenggat", "publik_setuju_walidata"]
    assert seen(config, "wilayah") == 0, "what came too late does not join what was there in time"
    assert "nobody decided in time" in line("publik.wilayah")


def test_a_refusal_closes_at_once_and_no_pattern_opens_it_again(config: Settings) -> None:
    words = ["refuse", f"indikator.{FIRST}", "--as", "ppid", "--jabatan", PPID, "--alasan", "Dikecualikan"]
    assert cli.main(words) == 0
    assert seen(config, "indikator") == there(config, "indikator") == 2
    approve_publications()
    publish_publik(config)
    assert (seen(config, "indikator"), seen(config, "wilayah")) == (4, 9), "all but what was refused"
    assert "refused (Dikecualikan)" in line(f"indikator.{FIRST}")
    assert entered(config, f"indikator.{FIRST}")[-1] == "publik_tolak_ppid"
    decided = len(entered(config, "publik.wilayah"))
    approve_publications()
    assert len(entered(config, "publik.wilayah")) == decided, "a second run asks nobody again"


def test_what_is_closed_stays_closed_while_editions_are_swapped(config: Settings) -> None:
    words = ["refuse", "publik.wilayah", "--as", "walidata", "--jabatan", WALIDATA, "--alasan", "Salah"]
    assert cli.main(words) == 0
    counts: set[tuple[object, ...]] = set()
    stop = threading.Event()

    def read() -> None:
        with connect(config.dsn("public"), autocommit=True) as connection:
            while not stop.is_set():
                query = "select (select count(*) from publik.wilayah), (select count(*) from publik.gempa)"
                counts.update(connection.execute(query).fetchall())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(8):
            publish_publik(config)
    finally:
        stop.set()
        reader.join(timeout=30)
    assert counts == {(0, 4)}


def test_the_commands_of_the_page_decide(config: Settings) -> None:
    page = (ROOT / "docs" / "publication.md").read_text(encoding="utf-8")
    *approvals, refusal = [
        line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()
    ]
    for one in approvals:
        assert cli.main(shlex.split(one)[3:]) == 0, one
    assert (seen(config, "wilayah"), seen(config, "gempa")) == (9, 4)
    assert "until 31 Desember 2099" not in line("publik.gempa"), "the approval that ends first counts"
    assert cli.main(shlex.split(refusal)[3:]) == 0
    assert (seen(config, "wilayah"), seen(config, "gempa")) == (0, 4)
