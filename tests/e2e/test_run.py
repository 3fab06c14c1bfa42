"""`make run` and `make serve`: what they leave behind."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

import httpx
import psutil
from command_center.declaration.registry import all_sources, source_names
from command_center.declaration.source import raw_table
from command_center.errors import ServiceError
from command_center.local.environment import already_running
from command_center.report.wording import months_before
from command_center.settings import WIB
from command_center.wilayah import kecamatan_codes
from psycopg.rows import scalar_row

from tests.e2e.conftest import City


def printed_row(output: str, table: str) -> list[int]:
    """The eight numbers of a table in the closing summary."""
    row = re.search(rf"^ *{table}((?: +[\d,]+){{8}}) *$", output, re.MULTILINE)
    assert row is not None, output
    return [int(text.replace(",", "")) for text in row.group(1).split()]


def test_a_run_tells_what_became_of_every_row_of_every_table(city: City) -> None:
    for source in all_sources():
        all_read = all_batches = 0
        for table in source.tables:
            batches, as_before, held, failed, read, published, unchanged, quarantined = printed_row(
                city.first.output, raw_table(source.source, table)
            )
            assert batches >= as_before >= 0
            assert (held, failed) == (0, 0)
            assert read == published + unchanged + quarantined
            all_read, all_batches = all_read + read, all_batches + batches
        may_be_silent = not any(table.volume.min for table in source.tables.values())  # no jam on a Sunday at dawn
        assert all_batches > 0 and (all_read > 0 or may_be_silent), source.source
    assert re.search(r"[1-9]\d* models built, [1-9]\d* tests passed", city.first.output)
    assert "11 PDFs, 11 mails sent" in city.first.output
    assert "All is well." in city.first.output


def test_the_printed_rows_are_those_of_the_ledger(city: City) -> None:
    with city.connect("loader") as connection:
        ledger = connection.execute(
            "select source, table_name, sum(rows_read) from ops.batch where started_at < %s group by 1, 2",
            [city.first.ended],
        ).fetchall()
    printed = {
        (source, table): printed_row(city.first.output, raw_table(source, table))[4] for source, table, _ in ledger
    }
    assert printed == {(source, table): rows for source, table, rows in ledger}


def test_each_line_that_is_logged_while_a_batch_is_loaded_names_it(city: City) -> None:
    logs = city.var.glob("log/airflow/dag_id=ingest_adpem_rfk/*/task_id=load/*.log")
    lines = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    named = {
        (one["batch_id"], one["source"], one["table"], one["part"]) for one in lines if "rows read" in one["event"]
    }
    with city.connect("loader") as connection:
        query = "select batch_id, source, table_name, part from ops.batch where source = 'adpem_rfk' and status = 'published'"
        assert named and set(connection.execute(query).fetchall()) <= named


def test_every_camat_has_a_pdf_and_a_mail_and_the_mayor_a_summary(city: City) -> None:
    pdfs = list((city.var / "reports").rglob("laporan_*.pdf"))
    assert len(list((city.var / "reports").rglob("ringkasan_*.pdf"))) == 1
    mails = [message_from_bytes(file.read_bytes()) for file in (city.var / "mailbox").glob("*.eml")]
    addressed = {mail["To"] for mail in mails if mail.get_content_maintype() == "multipart"}
    assert len(pdfs) == len(kecamatan_codes())
    assert len([address for address in addressed if "camat" in address]) == len(kecamatan_codes())
    assert "wali.kota@padang.invalid" in addressed


def test_each_agency_has_its_rows_that_were_set_aside_in_one_sheet(city: City) -> None:
    mails = [message_from_bytes(file.read_bytes()) for file in (city.var / "mailbox").glob("lembar.*.eml")]
    with city.connect("loader") as connection:
        opds = connection.execute(
            "select distinct opd from ops.rejection_told join ops.rejection_sheet using (sheet_id)"
        )
        assert sorted(mail["To"] for mail in mails) == sorted(f"steward.{opd}@padang.invalid" for (opd,) in opds)
    assert "steward.damkar@padang.invalid" in {mail["To"] for mail in mails}


def test_open_data_and_lineage_come_with_the_figures(city: City) -> None:
    graph = json.loads((city.var / "open_data" / "dcat.jsonld").read_text(encoding="utf-8"))["@graph"]
    files = [node["@id"].rpartition("/")[2] for node in graph if node["@type"] == "dcat:Distribution"]
    assert len(files) > 10 and all((city.var / "open_data" / name).stat().st_size for name in files)
    lines = [line for file in (city.var / "lineage").glob("*.jsonl") for line in file.read_text().splitlines()]
    ended = {event["job"]["name"] for event in map(json.loads, lines) if event["eventType"] == "COMPLETE"}
    assert {"ingest_damkar_kejadian.load", "publish.copy_to_public_database", "dbt.mart__indikator"} <= ended


def test_a_figure_is_followed_back_to_its_bytes(city: City) -> None:
    month = f"{months_before(city.first.began.date(), 1):%Y-%m}"
    said = city.command("explain-figure", "persen_tanggap_15mnt", "13.71.09", month)
    assert said.returncode == 0, said.stderr
    with city.connect("analyst") as connection:
        (shown,) = connection.execute(
            "select nilai_teks from mart.indikator where indikator_kode = 'persen_tanggap_15mnt' "
            "and wilayah_kode = '13.71.09' and to_char(periode_mulai, 'YYYY-MM') = %s",
            [month],
        ).fetchall()[0]
    assert f"shown as   {shown} " in said.stdout
    assert "int_indikator__damkar" in said.stdout and "raw.damkar_kejadian__kejadian" in said.stdout
    (sha256,) = re.findall(r"SHA-256 ([0-9a-f]{64}): read again, \d+ bytes, unchanged", said.stdout)
    assert list((city.var / "landing" / "damkar_kejadian").rglob(f"{sha256}*"))
    missing = city.command("explain-figure", "persen_tanggap_15mnt", "13.71.09", "1999-01")
    assert missing.returncode == 1 and "the newest are of" in missing.stderr


def test_a_second_pass_publishes_nothing_and_mails_nothing(city: City) -> None:
    began = datetime.now(WIB)
    ingested = city.command("ingest", *source_names())
    assert ingested.returncode == 0, ingested.stdout + ingested.stderr
    with city.connect("loader") as connection:
        counts = connection.execute(
            "select count(*), sum(rows_published + rows_deleted) from ops.batch where started_at >= %s and status <> 'unchanged'",
            [began],
        ).fetchone()
    assert counts in ((0, None), (0, 0)), ingested.stdout
    report = city.command("report", "--send")
    assert report.returncode == 0, report.stderr
    with city.connect("loader") as connection:
        assert connection.execute("select count(*) from ops.delivery where sent_at >= %s", [began]).fetchone() == (0,)


def test_another_month_mails_exactly_its_edition(city: City) -> None:
    before = set((city.var / "mailbox").glob("*.eml"))
    month = f"{months_before(city.first.began.date(), 2):%Y-%m}"
    first = city.command("report", "--send", "--edition", month)
    assert first.returncode == 0, first.stderr
    new = set((city.var / "mailbox").glob("*.eml")) - before
    assert len(new) == len(kecamatan_codes()) + 1
    assert city.command("report", "--send", "--edition", month).returncode == 0
    assert set((city.var / "mailbox").glob("*.eml")) - before == new


def test_a_day_later_only_that_day_is_new(city: City) -> None:
    """What had happened before keeps its rows; forecasts are no such thing, and lists of periods come when they come."""
    before_that = (city.first.began - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    old, total = rows_by_table(city, before_that)
    httpx.put(f"{city.demo_city_url}/_demo/clock", json={"advance": "P1D"}, trust_env=False).raise_for_status()
    later = (city.first.began + timedelta(days=1)).isoformat()
    names = [name for name in source_names() if name not in {"kpu_sirekap", "bmkg_prakiraan"}]
    ingested = city.command("ingest", *names, DEMO_NOW=later)
    assert ingested.returncode == 0, ingested.stdout
    assert rows_by_table(city, before_that)[0] == old
    published = sum(int(number) for number in re.findall(r"published (\d+)", ingested.stdout))
    assert 0 < published < total / 10


def rows_by_table(city: City, moment: datetime) -> tuple[dict[str, int], int]:
    """Rows of events before a moment, by table; rows of all tables.

    What is observed again is no event, nor is an edit: both say something new of what is old.
    """
    old = {}
    with city.connect("loader") as connection, connection.cursor(row_factory=scalar_row) as cursor:
        for source in all_sources():
            for name, table in source.tables.items():
                column = next((one for one in table.columns if one.name == table.as_of), None)
                is_event = (
                    table.mode != "observation" and table.as_of != "diubah_at" and source.source != "bmkg_prakiraan"
                )
                if column is not None and column.type == "timestamptz" and is_event:
                    raw = raw_table(source.source, name)
                    query = f'select count(*) from raw."{raw}" where "{column.name}" < %s'
                    old[raw] = cursor.execute(query, [moment]).fetchall()[0]
        total = cursor.execute("select sum(row_count)::bigint from ops.raw_state").fetchall()[0]
    return old, total


def test_everything_listens_on_loopback_only(city: City) -> None:
    family = [psutil.Process(city.serve.pid), *psutil.Process(city.serve.pid).children(recursive=True)]
    sockets = [socket for process in family for socket in listening(process)]
    assert {socket.laddr.ip for socket in sockets} == {"127.0.0.1"}
    assert len({socket.laddr.port for socket in sockets}) >= 6


def listening(process: psutil.Process) -> list[Any]:
    """The scheduler starts and ends processes of its own while one looks."""
    try:
        return [socket for socket in process.net_connections("inet") if socket.status == "LISTEN"]
    except psutil.NoSuchProcess:
        return []


def test_a_second_start_finds_the_first_and_says_so(city: City) -> None:
    for command in ("run", "serve"):
        second = city.command(command)
        said = " ".join(second.stdout.split())
        assert second.returncode == ServiceError.exit_code
        assert "already running since" in said
        assert f"in process {city.serve.pid}" in said
        assert city.airflow_url in said
        assert city.superset_url in said
    assert str(city.serve.pid) in already_running(city.var / "services.lock", city.var)


def test_the_services_refuse_clean_while_they_run(city: City) -> None:
    refused = city.command("clean")
    assert refused.returncode == ServiceError.exit_code
    assert (city.var / "local.env").exists()
