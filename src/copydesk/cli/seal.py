"""copydesk seal open PATH."""

from __future__ import annotations

import click

from copydesk import engine
from copydesk.cli._invocation import Invocation, common


@click.group("seal")
def command() -> None:
    """Work on the private part of records."""


@command.command("open")
@click.argument("path")
@common
def open_(invocation: Invocation, path: str) -> None:
    """Print the private part of the record at PATH."""
    with invocation.newsroom() as newsroom:
        click.echo(engine.open_seal(newsroom, path))
