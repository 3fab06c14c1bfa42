"""A hostile file writes nothing to the terminal of whoever looks at it but signs."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from command_center.idformat import plain
from command_center.newcomer import conformance, preview
from command_center.newcomer.terminal import PlainConsole
from rich.table import Table
from rich.text import Text

HOSTILE = ["\x1b]52;c;ZXZpbA==\x07", "\x1b[2J\x1b[H", "\x9b31m", "\x1bc", "a\rb", "a\x08b", "\u202egnp.exe", "\x00"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("is_terminal", [True, False])
def test_signs_that_steer_a_terminal_are_shown_as_marks(text: str, is_terminal: bool) -> None:
    written = io.StringIO()
    console = PlainConsole(file=written, width=160, force_terminal=is_terminal, color_system=None)
    table = Table(title=f"judul {text}")
    table.add_column(Text(f"kolom {text}"))
    table.add_row(Text(plain(f"isi {text} habis")))
    table.add_row(Text(f"mentah {text}"))
    console.rule(Text(f"bagian {text}"))
    console.print(table)
    console.print(f"warning: {text}", highlight=False, markup=False)
    console.print(Text(f"putusan {text}", style="bold"))
    told = written.getvalue().replace("\x1b[1m", "").replace("\x1b[3m", "").replace("\x1b[0m", "")  # rich's own bold
    assert set(told) & {"\x1b", "\x9b", "\x07", "\r", "\x08", "\u202e", "\x00"} == set()
    assert "isi" in told and "habis" in told


def test_whatever_shows_files_of_others_uses_it() -> None:
    for module in (preview, conformance):
        source = Path(str(sys.modules[module.__name__].__file__)).read_text("utf-8")
        assert "PlainConsole(" in source and " Console(" not in source
