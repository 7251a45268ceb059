"""copydesk catalogue."""

from __future__ import annotations

import signal

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("catalogue")
@common
def command(invocation: Invocation) -> None:
    """Bring the catalogue up to date with every record, edited or committed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended as by Ctrl-C: cleanly
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        report = engine.refresh_catalogue(newsroom, progress)
    if invocation.json:
        terminal.as_json(report)
        return
    terminal.failures(report.failed)
    click.echo(
        f"{report.stories} stories in the catalogue: {report.read} read, "
        f"{report.lost} lost in {report.seconds:.1f} s"
    )
