"""copydesk sources remove URL-or-NAME."""

from __future__ import annotations

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("remove")
@click.argument("source", metavar="URL-or-NAME")
@click.option("--as", "name", default="", help="Who says it; else git's user.")
@common
def remove(invocation: Invocation, source: str, *, name: str) -> None:
    """Take a source out of beat.toml, in one commit; what it brought stays filed."""
    with invocation.newsroom() as newsroom:
        url = engine.find_source(newsroom.beat, source).url
        by = engine.speaker(newsroom, name)
        report = engine.end_source(newsroom, url, by)
    if invocation.json:
        terminal.as_json(report)
        return
    for text in report.notes:
        terminal.note(f"note: {text}")
    click.echo(f"removed: {url}")
