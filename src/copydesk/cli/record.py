"""copydesk record check [DIR]."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.group("record")
def command() -> None:
    """Look after the records themselves."""


@command.command("check")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@common
def check(invocation: Invocation, folder: Path | None) -> None:
    """Read and re-write every record in memory and compare the bytes."""
    with terminal.progress() as progress:
        report = engine.check_records(folder or invocation.root, progress)
    if invocation.json:
        terminal.as_json(as_dict(report))
    else:
        show(report)
    if not report.is_clean:
        raise click.exceptions.Exit(1)


def as_dict(report: engine.CheckReport) -> Mapping[str, object]:
    """Return the report under the keys of the contract."""
    return {
        "records": report.records,
        "identical": report.identical,
        "different": report.different,
        "errors": [{"path": path, "what": what} for path, what in report.errors],
        "collections": report.collections,
        "data": report.data,
    }


def show(report: engine.CheckReport) -> None:
    """Print the report for a person."""
    click.echo(f"{report.records} records, {report.identical} identical when written again")
    for collection, count in report.collections.items():
        click.echo(f"  {count:6} {collection}")
    for path in (*report.different, *report.data.different):
        terminal.note(f"different: {path}")
    for path, what in (*report.errors, *report.data.errors):
        terminal.note(f"error: {what}: {path}")
