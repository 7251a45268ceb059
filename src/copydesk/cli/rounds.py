"""`copydesk run`, `demo`, `build`, `serve`: fetch and store stories, build and serve the site."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from copydesk import building
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.newsroom import open_newsroom, reports

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("run")
@click.option("--web", metavar="FILE", type=_FILE, help="Replay a recorded web (WARC).")
@click.option("--record", metavar="FILE", type=_FILE, help="Record what comes in (WARC).")
@click.option("--dry-run", is_flag=True, help="Say what would be filed; change nothing.")
@click.option("--all-due", is_flag=True, help="Ask every source, due or not.")
@click.option("--deploy", is_flag=True, help="Then send the site to where [deploy] says.")
@common
def run_command(
    invocation: Invocation,
    *,
    web: Path | None,
    record: Path | None,
    dry_run: bool,
    all_due: bool,
    deploy: bool,
) -> None:
    """Run one round: sources, pages, articles, stories, records, site."""
    from copydesk import rounds

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM acts like Ctrl-C
    options = rounds.RoundOptions(
        web=web, record=record, dry_run=dry_run, all_due=all_due, deploy=deploy
    )
    with invocation.newsroom(scratch=dry_run) as opened, terminal.progress() as progress:
        report = rounds.run_round(opened, options, progress)
    if invocation.json:
        terminal.as_json(report)
    else:
        show_round(report, dry_run=dry_run)
    if report.offline:
        terminal.note("no source could be reached: does this computer have a network connection?")
    if report.offline or not report.complete:
        raise click.exceptions.Exit(1)


def show_round(report: reports.RoundReport, *, dry_run: bool = False) -> None:
    """Print the counts of a run that fetched and stored stories, then their headlines."""
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


def _count_lines(report: reports.RoundReport, would: str) -> Iterator[str]:
    """Yield lines that count found links by outcome; known links do not count as dropped."""
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


_EDITOR = "Demo editor"


@click.command("demo")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("copydesk-demo"),
    show_default=True,
    help="Where the demo's newsroom is made.",
)
@click.option("--no-serve", is_flag=True, help="End when the site is built.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Where to serve; 0: any.",
)
@common
def demo_command(invocation: Invocation, folder: Path, no_serve: bool, port: int) -> None:
    """Run the whole line over an invented news web, offline, and serve site and desk."""
    from copydesk import rounds, serve
    from copydesk.editing import applying
    from copydesk.newsroom.starts import demo, demo_newsroom

    with demo() as world:
        now = invocation.now or world.now
        demo_newsroom(folder, now)
        options = rounds.RoundOptions(web=world.web, all_due=True)
        with open_newsroom(folder, now, {}) as opened, terminal.progress() as progress:
            report = rounds.run_round(opened, options, progress)
    if invocation.json:
        terminal.as_json(report)
    else:
        show_round(report)
    site = folder / ".copydesk" / "site"
    if report.failed:
        terminal.note("(what failed is part of the example: real sources do such things, too)")
    terminal.note(f"records: {folder / '_news'}   site: {site / 'index.html'}")
    terminal.note(f"why a story is where it is: copydesk -C {folder} explain _news/FILE.md")
    terminal.note("its web is recorded, so further rounds need it: copydesk demo runs one")
    if not no_serve:
        with open_newsroom(folder, now, {}) as opened:
            waiting = applying.let_stories_wait(opened)
            if waiting:
                terminal.note(f"{waiting} stories that the gate keeps back wait at the desk")
            serve.serve_demo(opened, serve.Address(port=port), _EDITOR, terminal.note)


@click.command("build")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The web root.")
@click.option("--full", is_flag=True, help="Write everything anew.")
@click.option("--deploy", is_flag=True, help="Send the site to where [deploy] says.")
@click.option("--dry-run", is_flag=True, help="With --deploy: say what would be sent.")
@common
def build_command(
    invocation: Invocation, out: Path | None, full: bool, deploy: bool, dry_run: bool
) -> None:
    """Publish what is filed: site, API, feeds, sitemaps; only what changed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM acts like Ctrl-C
    _refuse_nonsense(out, deploy=deploy, dry_run=dry_run)
    with invocation.newsroom() as opened, terminal.progress() as progress:
        report = building.build(opened, progress, building.BuildOptions(out=out, full=full))
        if deploy:
            options = building.DeployOptions(dry_run=dry_run, anew=full)
            report = replace(report, deploy=building.deploy(opened, progress, options))
    if invocation.json:
        terminal.as_json(report)
        return
    terminal.failures(report.failed)
    click.echo(
        f"{report.stories} stories, {report.pages} pages: {report.written} written, "
        f"{report.deleted} deleted, {report.unchanged} unchanged in {report.seconds:.1f} s"
    )
    if report.deploy is not None:
        terminal.show_deploy(report.deploy)


def _refuse_nonsense(out: Path | None, *, deploy: bool, dry_run: bool) -> None:
    if deploy and out is not None:
        raise click.UsageError("--deploy sends the newsroom's own site: leave --out away.")
    if dry_run and not deploy:
        raise click.UsageError("--dry-run goes with --deploy.")


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
def serve_command(invocation: Invocation, host: str, port: int) -> None:
    """Run rounds on schedule and serve the site until SIGTERM or Ctrl-C."""
    from copydesk import serve

    with invocation.newsroom() as opened:
        serve.serve(opened, serve.Address(host=host, port=port), terminal.note)
