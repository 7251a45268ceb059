"""copydesk run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("run")
@click.option("--web", metavar="FILE", type=_FILE, help="Replay a recorded web (WARC).")
@click.option("--record", metavar="FILE", type=_FILE, help="Record what comes in (WARC).")
@click.option("--dry-run", is_flag=True, help="Say what would be filed; change nothing.")
@click.option("--all-due", is_flag=True, help="Ask every source, due or not.")
@click.option("--deploy", is_flag=True, help="Then send the site to where [deploy] says.")
@common
def command(
    invocation: Invocation,
    *,
    web: Path | None,
    record: Path | None,
    dry_run: bool,
    all_due: bool,
    deploy: bool,
) -> None:
    """Run one round: sources, pages, articles, stories, records, site."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended as by Ctrl-C: cleanly
    options = engine.RoundOptions(
        web=web, record=record, dry_run=dry_run, all_due=all_due, deploy=deploy
    )
    with invocation.newsroom(scratch=dry_run) as newsroom, terminal.progress() as progress:
        report = engine.run_round(newsroom, options, progress)
    if invocation.json:
        terminal.as_json(report)
    else:
        show(report, dry_run=dry_run)
    if not report.complete:
        raise click.exceptions.Exit(1)


def show(report: engine.RoundReport, *, dry_run: bool = False) -> None:
    """Print the summary of a round, then its headlines."""
    terminal.failures(report.failed)
    for path in report.skipped:
        terminal.note(f"skipped, it has edits that are not committed: {path}")
    for text in report.notes:
        terminal.note(f"note: {text}")
    for path in report.held:
        terminal.note(f"held for an editor: {path}")
    for line in _count_lines(report, "would be " if dry_run else ""):
        click.echo(line)
    if report.deploy is not None:
        terminal.show_deploy(report.deploy)
    if dry_run:
        terminal.show_rehearsal(report.headlines)
    else:
        terminal.show_headlines(report.headlines)


def _count_lines(report: engine.RoundReport, would: str) -> Iterator[str]:
    """Write what came of the leads, in numbers; what is known already is no loss."""
    lost = {reason: count for reason, count in report.dropped.items() if reason != "seen"}
    reasons = ", ".join(f"{count} {reason}" for reason, count in lost.items())
    yield f"{report.leads} leads in {report.seconds:.1f} s"
    yield f"  {would}filed    {len(report.filed)}"
    yield f"  {would}updated  {len(report.updated)}"
    if report.looked_again:
        yield f"  looked   {report.looked_again} filed pages again"
    yield f"  held     {len(report.held)}"
    yield f"  dropped  {sum(lost.values())}{f' ({reasons})' if reasons else ''}"
    yield f"  failed   {len(report.failed)}"
    if report.missing and report.missing.waiting:
        yield f"  {report.missing.describe()}"
    if report.commit:
        yield f"  commit   {report.commit[:12]}"
    if report.waiting_stories:
        yield f"  waiting  {report.waiting_stories} for an editor"
