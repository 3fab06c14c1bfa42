"""Runs dbt in this process, as the transformer."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.conninfo import conninfo_to_dict

from command_center.errors import TransformError
from command_center.ledger.build import Node
from command_center.paths import DBT_PROJECT
from command_center.settings import settings
from command_center.warehouse import parsed
from command_center.warehouse.parsed import Parsed

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

OnEvent = Callable[[str], None]
MANIFEST = "manifest.json"
RESULTS = "run_results.json"
BUILDING = ("build", "retry")
NOT_YET = "_next"  # ends the schemas of what is being built (dbt_project.yml)


REFUSED = {"error", "fail", "runtime error", "partial success"}


def read_invocation_id(results: Path) -> str:
    return str(json.loads(results.read_text(encoding="utf-8"))["metadata"]["invocation_id"])


def read_compiled(results: Path) -> dict[str, str]:
    """The SQL of each node that was run."""
    found = json.loads(results.read_text(encoding="utf-8"))["results"]
    return {one["unique_id"]: one["compiled_code"] for one in found if one.get("compiled_code")}


def read_manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((dbt_target() / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def dbt_target() -> Path:
    return settings().cc_var_dir / "dbt"


def as_node(result: Any) -> Node:
    return Node(
        unique_id=str(result.node.unique_id),
        resource_type=str(result.node.resource_type.value),
        status=str(result.status.value),
        message=result.message,
        failures=result.failures,
        seconds=float(result.execution_time),
    )


def invoke(arguments: list[str], target: Path, on_event: OnEvent | None) -> list[Any]:
    """Run one dbt command on the warehouse; its results per node. Raises TransformError when it did not get that far."""
    with connection_variables():
        return run_dbt_command(arguments, target, on_event)


def run_dbt_command(arguments: list[str], target: Path, on_event: OnEvent | None) -> list[Any]:
    """Run one dbt command in this process, with the connection that the environment names.

    Its results are written as dbt does; the manifest as it was parsed, for making it anew takes longer than most models.
    """
    project = parse(arguments, target)
    result = _run(arguments, target, project.manifest(), on_event)
    if arguments[0] in BUILDING:
        (target / MANIFEST).write_text(project.text, encoding="utf-8")
        result.write(str(target / RESULTS))
    return list(getattr(result, "results", None) or [])


def write_docs(target: Path) -> None:
    """dbt's documentation, with relations where people read them, as one file among others below `target`.

    It is made of what the builds were parsed from: to read the files anew for other names of schemas takes longer than all else.
    """
    unseen = ["--exclude", "resource_type:test", "resource_type:unit_test"]
    with connection_variables():
        manifest = shown(parse([], dbt_target()).manifest())
        _run(["docs", "generate", "--static", *unseen], target, manifest)


def shown(manifest: Manifest) -> Manifest:
    """With the schemas that people read; a build fills others, which then take their place."""
    for node in manifest.nodes.values():
        there = node.schema.removesuffix(NOT_YET)
        node.config.schema = (node.config.schema or "").removesuffix(NOT_YET) or None
        node.relation_name = node.relation_name and node.relation_name.replace(f'"{node.schema}"', f'"{there}"')
        node.schema = there
    return manifest


def parse(arguments: list[str], target: Path) -> Parsed:
    """What dbt makes of the project's files for a command with these arguments; they are read only when they have changed."""
    place = parsed.place_of(DBT_PROJECT, arguments)
    found = parsed.kept(place)
    if found is None:
        variables = json.dumps(parsed.variables_of(arguments))
        manifest = _run(["parse", "--no-partial-parse", "--vars", variables], target)
        found = parsed.parsed(manifest, (target / MANIFEST).read_text(encoding="utf-8"))
        parsed.keep(found, place)
    return found


def _run(arguments: list[str], target: Path, manifest: Manifest | None = None, on_event: OnEvent | None = None) -> Any:
    from dbt.cli.main import dbtRunner

    from command_center.warehouse.kept_connections import keep_connections

    keep_connections()
    folders = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(target)]
    log = settings().cc_var_dir / "log" / "dbt"
    output = ["--log-path", str(log), "--log-level", "none", "--log-level-file", "info", "--no-use-colors"]
    output += ["--no-write-json"] if arguments[0] in BUILDING else []
    callbacks = [_teller(on_event)] if on_event else []
    outcome = dbtRunner(manifest, callbacks).invoke([*output, *arguments, *folders])
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        raise outcome.exception  # a signal or a time limit, which dbt hands back like an error
    if outcome.exception is not None:
        raise TransformError(
            f"dbt {arguments[0]} could not run: {one_line(str(outcome.exception))}; see {log / 'dbt.log'}. "
            "What people see is unchanged."
        )
    return outcome.result


def _teller(on_event: OnEvent) -> Callable[[Any], None]:
    """Tells the outcome of each node, in dbt's words."""

    def tell(event: Any) -> None:
        if event.info.name.startswith("Log") and event.info.name.endswith("Result"):
            on_event(str(event.info.msg))

    return tell


# The planner knows nothing of a table that was made a moment ago, takes it for small and goes through it once for each row of
# another: 36,750 rows 35 times. Whoever changes a few rows of a large table switches this on again (dbt_project/macros/changes.sql).
PLANNING = "-c enable_nestloop=off"


@contextlib.contextmanager
def connection_variables() -> Iterator[None]:
    """The variables that profiles.yml and the driver read; dbt keeps the one named SECRET out of its logs."""
    parts = conninfo_to_dict(settings().dsn("transformer"))
    values = {
        "CC_DBT_HOST": str(parts["host"]),
        "CC_DBT_PORT": str(parts.get("port", 5432)),
        "CC_DBT_DBNAME": str(parts["dbname"]),
        "CC_DBT_USER": str(parts["user"]),
        "CC_DBT_SSLMODE": str(parts.get("sslmode", "prefer")),
        "DBT_ENV_SECRET_CC_PASSWORD": str(parts["password"]),
        "PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} {PLANNING}".strip(),
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def short_name(node: Node) -> str:
    """model.command_center.fct_gempa -> model fct_gempa; a unit test goes by its own name, not by its model's."""
    parts = node.unique_id.split(".")
    return f"{node.resource_type} {parts[-1] if node.resource_type == 'unit_test' else parts[2]}"


def one_line(message: str | None) -> str:
    return " ".join((message or "no message").split())
