"""copydesk sources [add URL | import FILE.opml | export]."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import _out
from copydesk.cli._asked import Asked, common


@click.group("sources", invoke_without_command=True)
@click.pass_context
@common
def command(asked: Asked, context: click.Context) -> None:
    """List where leads come from and how each source stands."""
    if context.invoked_subcommand is not None:
        return
    with asked.newsroom() as newsroom:
        rows = engine.source_rows(newsroom)
    if asked.json:
        _out.as_json(rows)
        return
    _out.table(
        ("url", "name", "kind", "state", "last answer", "error"),
        [(row.url, row.name, row.kind, row.state, row.last_ok, row.error) for row in rows],
    )


@command.command("add")
@click.argument("url")
@click.option("--name", default="", help="The publisher's name.")
@common
def add(asked: Asked, url: str, name: str) -> None:
    """Add a source to beat.toml."""
    added = engine.add_source(asked.root, url, name)
    if asked.json:
        _out.as_json({"url": url, "added": added})
        return
    click.echo(f"{'added' if added else 'there already'}: {url}")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@common
def import_(asked: Asked, file: Path) -> None:
    """Add the sources of an OPML file to beat.toml."""
    added, named = engine.import_opml(asked.root, file)
    if asked.json:
        _out.as_json({"named": named, "added": added})
        return
    click.echo(f"{added} of {named} sources added")


@command.command("export")
@common
def export(asked: Asked) -> None:
    """Print the sources as OPML 2.0."""
    with asked.newsroom() as newsroom:
        click.echo(engine.export_opml(newsroom).decode(), nl=False)
