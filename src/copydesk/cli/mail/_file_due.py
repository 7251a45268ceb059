"""copydesk mail file-due: the letters whose hour has come; `serve` and cron call it."""

from __future__ import annotations

import sys

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("file-due")
@common
def file_due(invocation: Invocation) -> None:
    """File the letters whose hour has come, or that have enough new stories.

    `copydesk serve` does so by itself, and `copydesk run` at the end of a round.
    """
    with invocation.newsroom() as newsroom:
        outcomes = engine.file_due_letters(newsroom)
    if invocation.json:
        terminal.as_json({"letters": outcomes})
    else:
        for outcome in outcomes:
            click.echo(f"{outcome.letter}: {outcome.what}")
    if any(outcome.state == "failed" for outcome in outcomes):
        sys.exit(1)
