"""What a person sees: JSON or lines on stdout, progress and notes on stderr."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from copydesk import engine
from copydesk.errors import UsageError
from copydesk.kit import text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


# what JSON lets stand inside its strings, and a terminal may obey: C1 controls, turns of direction
_STEERING = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def as_json(value: object) -> None:
    """Print a report as JSON."""
    import msgspec

    written = json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False)
    click.echo(_STEERING.sub(lambda control: f"\\u{ord(control[0]):04x}", written))


def note(words: str) -> None:
    """Print on stderr what is not data."""
    click.echo(words, err=True)


def ask(risk: str, *, is_answered: bool) -> None:
    """Ask on a terminal whether somebody wants what follows; `--yes` has answered before.

    Ends the command where they do not. Raises UsageError where nobody is there to be asked.
    """
    if is_answered:
        return
    if not is_somebody_there():
        raise UsageError(risk, hint="if that is meant, say so: --yes")
    click.confirm(f"{risk}. Go on?", abort=True, err=True)


def is_somebody_there() -> bool:
    """Decide whether a person can be asked: stdin is a terminal."""
    return sys.stdin.isatty()


def failures(failed: Sequence[engine.Failure], most: int = 20) -> None:
    """Print what failed, each with its hint; the rest is counted."""
    for failure in failed[:most]:
        note(text.fold(f"failed: {failure.what}: {failure.url}"))
        if failure.hint:
            note(f"  hint: {text.fold(failure.hint)}")
    if len(failed) > most:
        note(f"… and {len(failed) - most} more; --json lists them all")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; tab-separated where nobody looks.

    What strangers said in a cell steers no terminal and makes no further line.
    """
    rows = [[text.fold(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for name in head:
        grid.add_column(name, overflow="fold")
    for row in rows:
        grid.add_row(*(cell.replace("[", "\\[") for cell in row))
    Console().print(grid)


@contextlib.contextmanager
def progress() -> Iterator[engine.Progress]:
    """Show a bar on a terminal's stderr, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield engine.Silence()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True
    ) as bars:
        yield _Bars(bars)


class _Bars:
    """Pass the engine's progress on to a bar."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a bar of its own for a stage."""
        self._task = self._bars.add_task(name, total=total)

    def step(self, count: int = 1) -> None:
        """Move the stage's bar."""
        if self._task is not None:
            self._bars.advance(self._task, count)
