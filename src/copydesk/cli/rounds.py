"""`copydesk run`, `demo`, `build`, `serve`: fetch and store stories, build and serve the site."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from copydesk import building, writing
from copydesk.cli import terminal
from copydesk.cli._invocation import DASK_HELP, DEPLOY_HELP, WEB_HELP, Invocation, command
from copydesk.errors import UsageError
from copydesk.kit import dates, logs, urls
from copydesk.news import Standing
from copydesk.newsroom import Newsroom, open_newsroom, reports

if TYPE_CHECKING:
    from copydesk.newsroom import starts

_FILE = click.Path(path_type=Path, dir_okay=False)


@command(
    "run",
    context_settings={"token_normalize_func": lambda name: "all" if name == "all-due" else name},
)
@click.option("--web", metavar="FILE", type=_FILE, help=WEB_HELP)
@click.option("--record", metavar="FILE", type=_FILE, help="Save all responses to this WARC file.")
@click.option("--dry-run", is_flag=True, help="Show what would be saved; change nothing.")
@click.option("--all", "all_due", is_flag=True, help="Fetch all sources, not only those due now.")
@click.option("--deploy", is_flag=True, help=DEPLOY_HELP)
@click.option("--no-texts", is_flag=True, help="Do not ask the language model afterwards.")
@click.option("--dask", metavar="ADDRESS", default="", help=DASK_HELP)
def run_command(
    invocation: Invocation,
    *,
    web: Path | None,
    record: Path | None,
    dry_run: bool,
    all_due: bool,
    deploy: bool,
    no_texts: bool,
    dask: str,
) -> None:
    """Fetch all due sources once, save new stories, and build the site.

    The stories are saved as Markdown files in one git commit.
    """
    from copydesk import rounds
    from copydesk.newsroom import starts
    from copydesk.newsroom.settings import describe_user_edits

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM acts like Ctrl-C
    options = rounds.RoundOptions(
        web=web, record=record, dry_run=dry_run, all_due=all_due, deploy=deploy
    )
    with invocation.newsroom(scratch=dry_run, dask=dask) as opened, terminal.progress() as progress:
        if web is None and sys.stderr.isatty():
            _note_pause(opened)
        report = rounds.run_round(opened, options, progress)
    if not invocation.print_json(report):
        show_round(report, dry_run=dry_run)
        _note_next_step(invocation, report, dry_run=dry_run)
    if edits := describe_user_edits(invocation.root):
        terminal.note(f"note: {edits}")
    if report.offline:
        terminal.note("no source could be reached: check the network connection")
        if starts.find_demo(invocation.root):
            terminal.note("the demo's sources exist only in its recording: use copydesk demo")
    if report.offline or not report.complete:
        raise click.exceptions.Exit(1)
    if not any((web, dry_run, no_texts)):
        _write_texts(invocation, _AFTER_A_RUN)


_AFTER_A_RUN = 60.0  # seconds in which `run` begins calls of a model, after all else


def _write_texts(invocation: Invocation, seconds: float) -> writing.WritingReport | None:
    """Ask the model for texts, if one is set, and say what came of it."""
    from copydesk.newsletters.issue_filing import prepare_digests

    with invocation.newsroom() as opened:
        if not opened.settings.model.uses:
            return None
        prepare_digests(opened)
        report = writing.write_texts(opened, seconds)
    terminal.notes(report.notes)
    lost = report.lost + report.failed + report.wrong
    counts = {"written": len(report.written), "refused by the checks": report.refused}
    counts |= {"without a usable answer": lost, "tokens": report.tokens}
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    if report.calls or report.written:
        terminal.note(f"texts by {opened.settings.model.name}: {told}")
    return report


@command("summaries")
@click.option("--seconds", default=600.0, show_default=True, help="Begin no call after this time.")
def summaries_command(invocation: Invocation, seconds: float) -> None:
    """Ask your language model for the short texts that the newest stories lack.

    Which ones it is asked for stands in [model] of beat.toml. Each answer is checked by rules. A
    text is asked for once, and never beyond the budget of the day.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM acts like Ctrl-C
    report = _write_texts(invocation, seconds)
    if report is None:
        raise UsageError("no model is set", hint="set url, name and uses in [model] of beat.toml")
    invocation.print_json(report)


def _note_pause(newsroom: Newsroom) -> None:
    """Say how to fetch hosts of one's own without pauses, if sources are there."""
    options = newsroom.settings.fetch
    hosts = sorted({urls.host(source.url) for source in newsroom.beat.sources})
    if own := [host for host in hosts if options.allows(host) and options.delay(host)]:
        terminal.note(
            f"copydesk waits {options.delay(own[0]):g} s between requests to {', '.join(own)}; "
            "for your own servers, set delay_seconds = 0 in [fetch] of beat.toml"
        )


def show_round(report: reports.RoundReport, *, dry_run: bool = False) -> None:
    """Print the counts of a run that fetched and stored stories, then their headlines."""
    terminal.failures(report.failed)
    for path in report.skipped:
        terminal.note(f"skipped, because the file has uncommitted edits: {path}")
    terminal.notes(report.notes)
    for path in report.held:
        terminal.note(f"not published until an editor decides: {path}")
    for line in _count_lines(report, "would be " if dry_run else ""):
        click.echo(line)
    if report.deploy is not None:
        terminal.show_deploy(report.deploy)
    if dry_run:
        terminal.show_rehearsal(report.headlines)
    else:
        terminal.show_headlines(report.headlines)


def _note_next_step(invocation: Invocation, report: reports.RoundReport, *, dry_run: bool) -> None:
    """Print on a terminal which command comes next."""
    if not sys.stdout.isatty():
        return
    if dry_run:
        terminal.note(f"next: {invocation.command('run')}")
    elif report.stories.get(Standing.PUBLISHED):
        terminal.note(f"next: {invocation.command('serve')} shows the site and the desk")
    elif report.stories:
        terminal.note(f"no story is on the site; next: {invocation.command('stories')} shows why")
    elif report.failed:
        terminal.note(f"next: {invocation.command('sources', 'check')} shows the faults of sources")


_PLANS = {
    "later": "read not long ago",
    "failing": "failed before",
    "blocked": "refused copydesk before",
    "paused": "asked for a pause",
    "ended": "ended",
}


def _list_not_due(report: reports.RoundReport) -> Iterator[str]:
    """Yield a line on the sources that were not fetched, with the reasons and the next time."""
    count = sum(report.not_due.values())
    if not count:
        return
    why = ", ".join(f"{number} {_PLANS[plan]}" for plan, number in report.not_due.items())
    due = dates.parse(report.next_due)
    when = f"; next at {due.astimezone():%H:%M}" if due else ""
    now = ": to fetch them now, run with --all" if set(report.not_due) - {"paused", "ended"} else ""
    yield f"{count} {'sources are' if count > 1 else 'source is'} not due ({why}{when}){now}"


def _count_lines(report: reports.RoundReport, would: str) -> Iterator[str]:
    """Yield lines that count found links by outcome; known links do not count as dropped."""
    lost = {reason: count for reason, count in report.dropped.items() if reason != "seen"}
    reasons = ", ".join(f"{count} {reason}" for reason, count in lost.items())
    yield f"{report.leads} links found in {report.seconds:.1f} s"
    yield from _list_not_due(report)
    yield f"  {would}saved    {len(report.filed)}"
    yield from _list_standings(report.standings, indent=4)
    yield f"  {would}updated  {len(report.updated)}"
    if report.looked_again:
        yield f"  checked  {report.looked_again} saved pages again for changes"
    yield f"  dropped  {sum(lost.values())}{f' ({reasons})' if reasons else ''}"
    yield f"  failed   {len(report.failed) - len(report.incomplete)}"
    yield from _count_incomplete(report)
    if report.missing and report.missing.waiting:
        yield f"  {report.missing.describe()}"
    if report.commit:
        yield f"  commit   {report.commit[:12]}"
    if report.waiting_stories:
        yield f"  waiting  {report.waiting_stories} stories for an editor's decision"
    if report.stories != report.standings:
        yield from _count_stories(report)


def _count_incomplete(report: reports.RoundReport) -> Iterator[str]:
    if report.incomplete:
        items = sum(source.items for source in report.incomplete)
        count = len(report.incomplete)
        feeds, them = ("feed was", "it") if count == 1 else ("feeds were", "them")
        yield f"  {count} {feeds} incomplete: {items} items read from {them}"


def _count_stories(report: reports.RoundReport) -> Iterator[str]:
    """Yield lines that count all stories of the newsroom by status."""
    if report.stories:
        published = report.stories.get(Standing.PUBLISHED, 0)
        yield f"{published} of {sum(report.stories.values())} stories are on the site; the others:"
    others = {name: count for name, count in report.stories.items() if name != "published"}
    yield from _list_standings(others, indent=2)


def _list_standings(counts: Mapping[Standing, int], indent: int) -> Iterator[str]:
    for standing, count in counts.items():
        yield f"{'':{indent}}{terminal.STANDINGS[standing]:<{38 - indent}}{count:>6}"


_EDITOR = "Demo editor"


@command("demo")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("copydesk-demo"),
    show_default=True,
    help="Folder for the example newsroom (settings and stories).",
)
@click.option("--no-serve", is_flag=True, help="Build the site, but do not serve it.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Port of the web server; 0 takes any unused port.",
)
def demo_command(invocation: Invocation, folder: Path, no_serve: bool, port: int) -> None:
    """Build and serve an example site, offline.

    Reads a recording of invented news sites, saves their stories, builds the site, and serves the
    site and its desk (web editor) until Ctrl-C. A new folder gets the dates of this week, or of
    the week of --now, and keeps them.
    """
    from copydesk import serve
    from copydesk.newsroom import starts

    demo = starts.find_demo(folder)
    port = port or starts.find_unused_port()
    if demo is None:
        demo = starts.demo_newsroom(folder, invocation.clock(), port)
        ran = _fill_demo(folder, demo)
    else:
        terminal.note(_describe_demo(folder, demo))
        if not no_serve and starts.set_demo_port(folder, port):
            terminal.note(f"the addresses in beat.toml now have the port {port}")
        ran = {demo.now: _run_demo(folder, demo, demo.now)}
    report = ran[demo.now]
    if not invocation.print_json(report):
        for now, one in ran.items():
            terminal.note(f"the run of {now:%A, %Y-%m-%d}:")
            show_round(one)
    site = folder / ".copydesk" / "site"
    if report.failed:
        terminal.note("(the failures are part of the example: real sources fail like this, too)")
    place = shlex.quote(str(folder))
    terminal.note(f"stories: {folder / '_news'}   site: {site}")
    if no_serve:
        terminal.note(f"to see the site in a browser: copydesk demo --dir {place}")
    terminal.note(f"to see why a story is published: copydesk -C {place} explain _news/FILE.md")
    terminal.note("the example needs its recorded web pages: to run it again, use copydesk demo")
    if not no_serve:
        with open_newsroom(folder, demo.now, {}) as opened:
            serve.serve_demo(opened, serve.Address(port=port), _EDITOR, terminal.note)


def _fill_demo(folder: Path, demo: starts.Demo) -> dict[datetime, reports.RoundReport]:
    """Run the new demo as on two days, with editors' decisions and page views; return the reports
    by time.
    """
    from copydesk.editing import applying
    from copydesk.newsroom import starts
    from copydesk.newsroom.cataloguing import ask_catalogue
    from copydesk.newsroom.standings import count_standings

    first, last = demo.runs
    ran = {first: _run_demo(folder, demo, first)}
    with open_newsroom(folder, first, {}) as opened:
        applying.let_stories_wait(opened)
        applying.decide_on_some(opened)
    report = _run_demo(folder, demo, last)
    with open_newsroom(folder, last, {}) as opened:
        waiting = report.waiting_stories + applying.let_stories_wait(opened)
        starts.count_example_reads(opened, demo.made)
        stories = ask_catalogue(opened, count_standings)
    return {**ran, last: replace(report, waiting_stories=waiting, stories=stories)}


def _run_demo(folder: Path, demo: starts.Demo, now: datetime) -> reports.RoundReport:
    from copydesk import rounds

    options = rounds.RoundOptions(web=demo.web, all_due=True)
    with open_newsroom(folder, now, {}) as opened, terminal.progress() as progress:
        return rounds.run_round(opened, options, progress)


def _describe_demo(folder: Path, demo: starts.Demo) -> str:
    """Return a sentence on the demo that a folder has already: its stories, its age."""
    stories = sum(1 for _ in (folder / "_news").glob("*.md"))
    return (
        f"the folder has a demo with {stories} stories, made on {demo.made:%Y-%m-%d}, with the "
        f"dates of that week; to start anew, delete the folder and run the command again: {folder}"
    )


@command("build")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the site (default: .copydesk/site).",
)
@click.option("--full", is_flag=True, help="Write all files again, even unchanged files.")
@click.option("--deploy", is_flag=True, help=DEPLOY_HELP)
@click.option("--dry-run", is_flag=True, help="With --deploy: show what would be uploaded.")
def build_command(
    invocation: Invocation, out: Path | None, full: bool, deploy: bool, dry_run: bool
) -> None:
    """Build the site from the saved stories: pages, feeds, sitemaps, API.

    Only files that changed since the last build are written.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM acts like Ctrl-C
    _refuse_nonsense(out, deploy=deploy, dry_run=dry_run)
    with invocation.newsroom() as opened, terminal.progress() as progress:
        report = building.build(opened, progress, building.BuildOptions(out=out, full=full))
        if deploy:
            options = building.DeployOptions(dry_run=dry_run, anew=full)
            report = replace(report, deploy=building.deploy(opened, progress, options))
    if invocation.print_json(report):
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
        raise click.UsageError("--deploy uploads .copydesk/site: leave out --out.")
    if dry_run and not deploy:
        raise click.UsageError("--dry-run needs --deploy.")


@command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="IP address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes any unused port.",
)
@click.option(
    "--log",
    "form",
    type=click.Choice(["lines", "json"]),
    default="lines",
    envvar=logs.FORMAT,
    show_default=True,
    show_envvar=True,
    help="Write messages as plain lines, or as a JSON object a line.",
)
def serve_command(invocation: Invocation, host: str, port: int, form: str) -> None:
    """Serve the site and fetch its sources on schedule.

    Also serves the desk (web editor), and sends newsletters that are due. Runs until Ctrl-C or
    SIGTERM.
    """
    from copydesk import serve

    logs.begin_log(form)
    with invocation.newsroom() as opened:
        serve.serve(opened, serve.Address(host=host, port=port), terminal.note)
