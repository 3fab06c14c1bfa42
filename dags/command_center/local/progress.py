"""What a person sees while the services start and DAGs run: a line for each thing that happened, and a bar for each stage at work."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterator
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

REMIND_S = 20.0
NAMED = 3  # of what a stage waits for


def make_console() -> Console:
    """Wide enough for the tables where the output is no terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=128)


class Progress:
    """One line for each thing that happened, with the time since the start; below them, on a terminal, a bar for each stage."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.started = time.monotonic()
        self.durations: dict[str, float] = {}
        self.bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[waits]}[/dim]"),
            console=console,
            transient=True,
            refresh_per_second=2,
            disable=not console.is_terminal,
        )
        self._shown = 0
        self._lock = Lock()

    def say(self, text: str) -> None:
        seconds = int(time.monotonic() - self.started)
        self.console.print(
            f"[dim]{seconds // 60:02}:{seconds % 60:02}[/dim]  {text}",
            highlight=False,
            soft_wrap=True,
        )

    def step(self, text: str) -> None:
        """What a bar shows on a terminal, a log needs as a line."""
        if not self.console.is_terminal:
            self.say(text)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note how long a stage takes."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.durations[name] = time.monotonic() - begun

    @contextlib.contextmanager
    def bar(self, name: str, waits_for: Collection[str]) -> Iterator[Bar]:
        """How far a stage is: stages beside one another have a bar each, which goes when the stage ends."""
        with self._lock:
            self._shown += 1
            self.bars.start()
            task = self.bars.add_task(name, total=len(waits_for), waits=named(waits_for))
        try:
            yield Bar(self, name, task, len(waits_for))
        finally:
            with self._lock:
                self._shown -= 1
                self.bars.remove_task(task)
                if not self._shown:
                    self.bars.stop()


class Bar:
    """The bar of one stage; where there is no terminal, a line now and then."""

    def __init__(self, progress: Progress, name: str, task: TaskID, total: int) -> None:
        self.progress = progress
        self.name = name
        self.task = task
        self.total = total
        self.reminded = time.monotonic()

    def show(self, waits_for: Collection[str]) -> bool:
        """Show what is left; whether it was time for a reminder."""
        done = self.total - len(waits_for)
        self.progress.bars.update(self.task, completed=done, waits=named(waits_for))
        if not waits_for or time.monotonic() < self.reminded + REMIND_S:
            return False
        self.reminded = time.monotonic()
        self.progress.step(f"[dim]{self.name}: {done} of {self.total}, at work: {named(waits_for)}[/dim]")
        return True


def named(waits_for: Collection[str]) -> str:
    """`ingest_dishub_hitung, transform, watch and 12 more`."""
    names = sorted(waits_for)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
