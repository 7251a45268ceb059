"""copydesk sources: the list of them, and the larger words below it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.cli.sources._add import add
from copydesk.cli.sources._ask import ask
from copydesk.cli.sources._check import NONE_YET, check
from copydesk.cli.sources._keep import keep
from copydesk.cli.sources._opml import export, import_
from copydesk.cli.sources._remove import remove
from copydesk.cli.terminal import Columns, ago, until
from copydesk.kit import text


@click.group("sources", invoke_without_command=True)
@click.pass_context
@common
def command(invocation: Invocation, context: click.Context) -> None:
    """List where leads come from and how each source stands."""
    if context.invoked_subcommand is not None:
        return
    with invocation.newsroom() as newsroom:
        rows = engine.source_rows(newsroom)
    if invocation.json:
        terminal.as_json(rows)
        return
    if not rows:
        terminal.note(NONE_YET)
    elif sys.stdout.isatty():
        _show(rows, invocation.clock())
    else:
        for row in rows:
            cells = (row.url, row.name, row.kind, _state(row), row.last_ok, text.fold(row.error))
            click.echo("\t".join(cells))


def _show(rows: Sequence[engine.SourceRow], now: datetime) -> None:
    columns = Columns(0, 7, 6, 6, 0, right=frozenset({2, 3}))
    click.secho(columns.line(("source", "state", "answer", "next", "error")), bold=True)
    for row in rows:
        name = row.name or row.url.partition("://")[2]
        times = (ago(row.last_ok, now), until(row.next, now))
        click.echo(columns.line((name, _state(row), *times, text.fold(row.error))))


def _state(row: engine.SourceRow) -> str:
    """Return how a source stands in one word, as `sources check` does for one never asked."""
    return "new" if any(finding.kind == "never-asked" for finding in row.findings) else row.state


command.add_command(add)
command.add_command(ask)
command.add_command(check)
command.add_command(keep)
command.add_command(remove)
command.add_command(import_)
command.add_command(export)
