"""copydesk new DIR."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import _out
from copydesk.cli._invocation import Invocation, common


@click.command("new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@common
def command(invocation: Invocation, folder: Path) -> None:
    """Make a newsroom with a working example beat in DIR."""
    made = engine.new(folder, invocation.clock())
    if invocation.json:
        _out.as_json({"path": str(folder), "files": made})
        return
    click.echo(f"a newsroom is in {folder}: {len(made)} files")
    _out.note("next: write [fetch] contact and your sources into beat.toml, then")
    _out.note(f"  copydesk -C {folder} run")
    _out.note(f"  copydesk -C {folder} serve")
