"""copydesk sources import FILE | export."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@common
def import_(invocation: Invocation, file: Path) -> None:
    """Add the sources of an OPML file, or a list of addresses, to beat.toml."""
    with invocation.newsroom() as newsroom:
        done = engine.import_sources(newsroom, file)
    if done.no_topics:
        names = ", ".join(done.no_topics[:10]) + (", …" if len(done.no_topics) > 10 else "")
        terminal.note(
            f"folders that are no topics of this beat, left out ({len(done.no_topics)}): {names}"
        )
    if invocation.json:
        terminal.as_json({"named": done.named, "added": done.added})
        return
    click.echo(f"{done.added} of {done.named} sources added")


@click.command("export")
@common
def export(invocation: Invocation) -> None:
    """Print the sources as OPML 2.0."""
    with invocation.newsroom() as newsroom:
        click.echo(engine.export_opml(newsroom).decode(), nl=False)
