"""docs/runbook.md has a place for every sentence that an engineer can get from intake, and for every exit code."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_center import cli
from command_center.errors import CLASSES
from command_center.paths import PACKAGE, ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "runbook.md").read_text(encoding="utf-8")
CELLS = re.findall(r"^\| ([^|\n]+) \|", PAGE, re.MULTILINE)
SPANS = [span for cell in CELLS for span in re.findall(r"`([^`]+)`", cell)]
GAP = "…"


def pattern(span: str) -> re.Pattern[str]:
    return re.compile(".*?".join(re.escape(piece) for piece in span.split(GAP)))


PATTERNS = [pattern(span) for span in SPANS]


def told(node: ast.AST) -> str:
    """A sentence with a gap for whatever is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(told(value) if isinstance(value, ast.Constant) else GAP for value in node.values)
    if isinstance(node, ast.BinOp):
        return told(node.left) + told(node.right)
    return GAP


def sentences(path: Path) -> Iterator[str]:
    """Every text with gaps that is long enough to be a sentence; how a time is written is none."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr) and len(told(node)) > 12 and not told(node).startswith("%"):
            yield told(node)


def raised(path: Path, *errors: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in errors and node.args:
            yield told(node.args[0])


def is_in_runbook(sentence: str) -> bool:
    return any(one.search(sentence) for one in PATTERNS)


TELLING = [PACKAGE / "intake" / f"{name}.py" for name in ("verdict", "agreement", "recount")]


def all_sentences() -> set[str]:
    found = {one for path in (PACKAGE / "extract").glob("*.py") for one in raised(path, "PayloadError")}
    for wing in ("archive", "intake"):
        found |= {
            one for path in (PACKAGE / wing).glob("*.py") for one in raised(path, "IntegrityError", "PayloadError")
        }
    found |= {one for path in TELLING for one in sentences(path)}
    return {one for one in found if len(one.replace(GAP, "").strip()) >= 12}


@pytest.mark.parametrize("sentence", sorted(all_sentences()))
def test_every_sentence_has_its_place(sentence: str) -> None:
    assert is_in_runbook(sentence), f"docs/runbook.md does not say what to do about: {sentence}"


def test_there_are_many_and_another_one_is_found() -> None:
    assert len(all_sentences()) > 60
    assert not is_in_runbook("x.y, part 'z': the moon is full; wait.")


def reasons() -> list[str]:
    """What agencies read: the texts of quarantine.py and agreement.py in their language."""
    found = [*sentences(PACKAGE / "intake" / "quarantine.py"), *sentences(PACKAGE / "intake" / "agreement.py")]
    return [one.replace(f"{GAP} ", "Kolom … ", 1) for one in found if re.match(rf"({GAP}|Kolom|Kunci) ", one)]


@pytest.mark.parametrize("reason", reasons())
def test_every_reason_of_a_row_has_its_place(reason: str) -> None:
    assert is_in_runbook(reason)


@pytest.mark.parametrize("name", CLASSES)
def test_every_exit_code_has_its_place(name: str) -> None:
    (row,) = re.findall(rf"^\| (\d+) \| [^|]*`{name}`", PAGE, re.MULTILINE)
    assert int(row) == CLASSES[name].exit_code


PROGRAM = "python -m command_center "
NAMES = {name for name, _, _ in cli.COMMANDS}
PLACEHOLDERS = {"N": "1", "FIRST": "2026-10-01", "LAST": "2026-10-02"}


def written_out(page: Path) -> set[str]:
    """Each command that a page writes out, in a block, a sentence or a cell, without its comment."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(rf"{PROGRAM}([^`\n]+)", text)
    return {re.split(r"\s+# |$", one, maxsplit=1)[0].strip() for one in found if not one.startswith("-")}


def in_cells() -> set[str]:
    """What the runbook says to run within a text or a cell: a name of a command, with its words."""
    spans = re.findall(r"`([^`\n]+)`", PAGE)
    return {span for span in spans if span.split()[0] in NAMES and len(span.split()) > 1}


COMMANDS = sorted(in_cells() | {one for page in [*DOCS.glob("*.md"), ROOT / "README.md"] for one in written_out(page)})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_pages_can_be_given(command: str) -> None:
    words = [PLACEHOLDERS.get(word, word) for word in shlex.split(command.translate({ord("["): None, ord("]"): None}))]
    if words[-1] == "…" or (len(words) == 1 and words[0] in NAMES):  # the name alone is spoken of
        assert words[0] in NAMES
    else:
        cli._parser().parse_args(words)


def test_the_cells_of_the_runbook_are_among_them() -> None:
    assert {"ingest SOURCE --replay --force", "deliveries --open", "rejections OPD --file FILE"} <= set(COMMANDS)
