"""copydesk new DIR."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@common
def command(invocation: Invocation, folder: Path) -> None:
    """Make a newsroom with a working example beat in DIR."""
    made = engine.new(folder, invocation.clock())
    if invocation.json:
        terminal.as_json({"path": str(folder), "files": made})
        return
    click.echo(f"a newsroom is in {folder}: {len(made)} files")
    terminal.note("next: write [fetch] contact and your sources into beat.toml, then")
    terminal.note(f"  copydesk -C {folder} run")
    terminal.note(f"  copydesk -C {folder} serve")
