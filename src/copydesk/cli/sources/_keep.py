"""copydesk sources keep URL --why TEXT."""

from __future__ import annotations

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("keep")
@click.argument("url")
@click.option("--why", required=True, help="The reason; it is kept in _data/sources.yaml.")
@click.option("--as", "name", default="", help="Who says it; else git's user.")
@common
def keep(invocation: Invocation, url: str, *, why: str, name: str) -> None:
    """Undo a source's move or end; it neither moves nor ends by itself again."""
    with invocation.newsroom() as newsroom:
        by = engine.speaker(newsroom, name)
        report = engine.keep_source(newsroom, url, why, by)
    if invocation.json:
        terminal.as_json(report)
        return
    for text in report.notes:
        terminal.note(f"note: {text}")
    if not report.changed:
        click.echo(f"unchanged: {url}")
        return
    undone = f", its {report.undone} undone" if report.undone else ""
    click.echo(f"kept{undone}: {url}")
    terminal.note("the next round asks it at this address")
