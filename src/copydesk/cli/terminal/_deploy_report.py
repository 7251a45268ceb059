"""What a person sees of a deploy."""

from __future__ import annotations

import click

from copydesk import engine
from copydesk.cli.terminal._print import note
from copydesk.kit import text


def show_deploy(report: engine.DeployReport) -> None:
    """Print the summary of a deploy; of a dry run each file, too."""
    for words in report.notes:
        note(f"note: {text.fold(words)}")
    for path in report.sending:
        click.echo(f"would send    {text.fold(path)}")
    for path in report.deleting:
        click.echo(f"would delete  {text.fold(path)}")
    would = "would be " if report.dry_run else ""
    pinged = f", {report.pinged} told" if report.pinged else ""
    click.echo(
        f"{text.fold(report.target)}: {report.sent} {would}sent ({report.bytes / 1e6:.1f} MB), "
        f"{report.deleted} {would}deleted, {report.unchanged} unchanged{pinged} "
        f"in {report.seconds:.1f} s"
    )
