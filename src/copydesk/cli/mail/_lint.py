"""copydesk mail lint FILE: what mail programs do not show of a letter."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import text


@click.command("lint")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--clients", default="", metavar="NAMES", help="Mail programs, with commas between.")
@common
def lint(invocation: Invocation, file: Path, *, clients: str) -> None:
    """Hold the HTML of FILE against what mail programs show, by caniemail's data.

    Names each feature that one of them does not show, or not wholly, with what it shows instead.
    Exit 1 where that is not known.
    """
    names = tuple(name for part in clients.split(",") if (name := part.strip().lower()))
    report = engine.lint_mail(file, names)
    if invocation.json:
        terminal.as_json(report)
    else:
        _show(report)
    if report.without_fallback:
        sys.exit(1)


def _show(report: engine.LintReport) -> None:
    for finding in report.findings:
        times = "once" if finding.count == 1 else f"{finding.count} times"
        click.echo(f"{finding.feature}: {finding.title} (line {finding.line}, {times})")
        for lack in finding.lacks:
            said = "not shown" if lack.support == "unsupported" else "in part"
            notes = f": {' '.join(lack.notes)}" if lack.notes else ""
            click.echo(f"  {lack.program} {said} since {lack.since}{text.fold(notes)}")
        click.echo(f"  instead: {finding.fallback or 'not known'}")
    terminal.note(
        f"{len(report.findings)} features not shown by all of {', '.join(report.clients)}; "
        f"{report.without_fallback} without a known fallback"
    )
