"""copydesk adopt DIR."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import record, terminal
from copydesk.cli._invocation import Invocation, common


@click.command("adopt")
@click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@common
def command(invocation: Invocation, folder: Path) -> None:
    """Take over a site of everyday.cc: check its records, write beat.toml."""
    with terminal.progress() as progress:
        report = engine.check_records(folder, progress)
    changed = engine.adopt(folder)
    if invocation.json:
        terminal.as_json({"changed": changed, "records": record.as_dict(report)})
        return
    record.show(report)
    click.echo(f"changed: {', '.join(changed) or 'nothing'}")
    terminal.note(f"next: copydesk -C {folder} build")
