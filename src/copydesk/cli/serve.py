"""copydesk serve."""

from __future__ import annotations

import click

from copydesk import serve
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="0 takes a free one.",
)
@common
def command(invocation: Invocation, host: str, port: int) -> None:
    """Run rounds on schedule and serve the site until SIGTERM or Ctrl-C."""
    with invocation.newsroom() as newsroom:
        serve.serve(newsroom, serve.Address(host=host, port=port), terminal.note)
