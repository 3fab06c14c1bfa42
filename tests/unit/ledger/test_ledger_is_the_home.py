"""SQL on the ledger stands in the ledger's wing only, and no row of a database is read by its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_center.paths import PACKAGE

LEDGER = PACKAGE / "ledger"
SQL_ON_OPS = re.compile(
    r"\b(from|join|into|update|table|truncate|only|using)\s+ops\.(?!\w+\()|'ops\.\w+'", re.IGNORECASE
)
READERS = {
    PACKAGE / "database.py",
    PACKAGE / "extract" / "sql_mysql.py",
}  # the second reads servers of others, not by psycopg
FILES = sorted(PACKAGE.rglob("*.py"))


def constants(tree: ast.Module) -> Iterator[ast.Constant]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def called(node: ast.AST) -> str:
    """The last name of what is called: `fetchone` of `cursor.fetchone()`."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def sql_on_ops(source: str) -> list[int]:
    tree = ast.parse(source)
    lines = [node.lineno for node in constants(tree) if SQL_ON_OPS.search(str(node.value))]
    named = [node for node in ast.walk(tree) if called(node) == "Identifier" and isinstance(node, ast.Call)]
    return lines + [
        node.lineno
        for node in named
        if node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == "ops"
    ]


def read_by_place(source: str) -> list[int]:
    found = [node for node in ast.walk(ast.parse(source)) if is_by_place(node)]
    return [node.iter.lineno if isinstance(node, ast.comprehension) else node.lineno for node in found]  # type: ignore[attr-defined]


def is_by_place(node: ast.AST) -> bool:
    if isinstance(node, (ast.For, ast.comprehension)):
        return called(node.iter) == "execute"
    if called(node) in ("fetchone", "fetchall", "fetchmany"):
        return True
    if isinstance(node, ast.Call) and node.args:
        first = node.args[0]
        if called(node) == "int" and called(first) == "str":
            return True
        words = first.value if isinstance(first, ast.Constant) else ""
        return called(node) == "cast" and isinstance(words, str) and words.startswith(("tuple", "list[tuple"))
    return False


def short(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 100
    assert sum(bool(sql_on_ops(path.read_text())) for path in LEDGER.glob("*.py")) >= 10


@pytest.mark.parametrize("path", [path for path in FILES if LEDGER not in path.parents], ids=short)
def test_only_the_ledger_knows_its_tables(path: Path) -> None:
    assert sql_on_ops(path.read_text()) == [], f"move the SQL on ops of {short(path)} to command_center/ledger"


@pytest.mark.parametrize("path", [path for path in FILES if path not in READERS], ids=short)
def test_no_row_is_read_by_its_place(path: Path) -> None:
    assert read_by_place(path.read_text()) == [], f"{short(path)}: use all_rows, one_row or one_value of database.py"


@pytest.mark.parametrize(
    "fault",
    [
        'connection.execute("select status from ops.batch")',
        'connection.execute("insert into\\n  ops.outbox (edition) values (1)")',
        'connection.execute(f"update ops.{table} set part = 1")',
        "connection.execute(\"select nextval(pg_get_serial_sequence('ops.batch', 'batch_id'))\")",
        'sql.Identifier("ops", "batch")',
    ],
)
def test_sql_on_the_ledger_is_found(fault: str) -> None:
    assert sql_on_ops(fault)


@pytest.mark.parametrize(
    "harmless",
    [
        'sql.SQL("ops.iso_tanggal({})")',
        'sql.SQL("select * from ops.iso_zona({})")',
        'raise BatchHeld("3 rows break a rule, see ops.quarantine")',
    ],
)
def test_functions_and_sentences_may_name_it(harmless: str) -> None:
    assert not sql_on_ops(harmless)


@pytest.mark.parametrize(
    "fault",
    [
        "row = connection.execute(query).fetchone()",
        "rows = cursor.fetchall()",
        "names = [name for (name,) in connection.execute(query)]",
        "for row in cursor.execute(query):\n    print(row[0])",
        "count = int(str(found[0]))",
        'row = cast("tuple[object, ...]", found)',
    ],
)
def test_a_row_read_by_its_place_is_found(fault: str) -> None:
    assert read_by_place(fault)
