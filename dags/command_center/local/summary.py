"""The closing summary of a run."""

from __future__ import annotations

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from command_center.local.result import Result
from command_center.settings import settings


def print_summary(console: Console, result: Result) -> None:
    for table in (tables_table(result), stages_table(result)):
        console.print(table)
    for line in where_to_look(result):
        console.print(line, highlight=False, soft_wrap=True)
    for problem in result.problems:
        console.print(f"[red]✗ {escape(str(problem))}[/red]", highlight=False, soft_wrap=True)
    verdict = (
        f"[red]{len(result.problems)} problems; exit code {result.exit_code}[/red]"
        if result.problems
        else "[green]All is well.[/green]"
    )
    console.print(verdict, highlight=False)


def tables_table(result: Result) -> Table:
    table = Table(
        title="Batches of each table (as before: nothing new since the last), and their rows: read = published + unchanged + quarantined",
        title_justify="left",
        box=SIMPLE,
    )
    table.add_column("raw table", no_wrap=True)
    for heading in ("batches", "as before", "held", "failed", "read", "published", "unchanged", "quarantined"):
        table.add_column(heading, justify="right")
    for row in result.tables:
        batches = (row.batches, row.as_before, row.held, row.failed)
        rows = (row.read, row.published, row.unchanged, row.quarantined)
        table.add_row(row.name, *(f"{number:,}" for number in (*batches, *rows)))
    return table


def stages_table(result: Result) -> Table:
    table = Table(title="What became of them, and how long it took", title_justify="left", box=SIMPLE)
    table.add_column("Step")
    table.add_column("Result")
    before = f", {result.mails_sent_before} were sent before" if result.mails_sent_before else ""
    built = f"{result.models_built} models built, {result.tests_passed} tests passed"
    table.add_row("Warehouse", built if result.models_built else "up to date: raw has not changed since the last build")
    table.add_row("Dashboards", f"{result.charts_answered} of {result.charts_asked} charts answered with data")
    table.add_row("Reports", f"{len(result.reports)} PDFs, {result.mails_sent} mails sent{before}")
    table.add_section()
    for stage, seconds in result.durations.items():
        table.add_row(stage, f"{seconds:.1f} s")
    return table


def where_to_look(result: Result) -> list[str]:
    var = settings().cc_var_dir
    reports = result.reports[0].parent if result.reports else var / "reports"
    return [
        f"PDFs:            {reports}",
        f"Mails:           {var / 'mailbox'}",
        f"Data Docs:       {var / 'data_docs' / 'index.html'}",
        f"Logs:            {var / 'log'}",
        "Look at it live: make serve",
    ]
