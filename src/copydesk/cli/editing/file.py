"""copydesk file URL."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import text
from copydesk.news import Dropped


@click.command("file")
@click.argument("url")
@click.option("--topic", default="", help="The topic that it is to have, by name or id.")
@click.option("--why", default="", help="The reason; it is kept with the story.")
@click.option("--as", "name", default="", help="Who says it; else git's user.")
@click.option("--web", metavar="FILE", type=click.Path(path_type=Path), help="Replay a web (WARC).")
@click.option("--deploy", is_flag=True, help="Then send the site to where [deploy] says.")
@common
def command(
    invocation: Invocation,
    url: str,
    *,
    topic: str,
    why: str,
    name: str,
    web: Path | None,
    deploy: bool,
) -> None:
    """Take in a page that you found, whatever its source.

    It is read, judged and filed as any other story, but never dropped as off the beat or too old.
    What its publisher forbids, what an editor blocked or removed, and what is no article is not.
    """
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        tip = engine.new_tip(newsroom, url, topic=topic, why=why, by=name)
        options = engine.RoundOptions(tip=tip, web=web, deploy=deploy)
        report = engine.run_round(newsroom, options, progress)
    if invocation.json:
        terminal.as_json(report)
    else:
        _show(report)
    is_there = report.declined is not None and report.declined.reason == "seen"
    if not (report.filed or is_there) or not report.complete:
        raise click.exceptions.Exit(1)


def _show(report: engine.RoundReport) -> None:
    terminal.failures(report.failed)
    for words in report.notes:
        terminal.note(f"note: {text.fold(words)}")
    if report.declined is not None:
        _show_refusal(report.declined)
    for headline in report.headlines:
        if headline.path in report.filed:
            terminal.show_story(headline)
            if not headline.published:
                words = f"copydesk verdict {headline.path} publish --why TEXT"
                terminal.note(f"it is not on the site; to overrule that: {words}")
    if report.deploy is not None:
        terminal.show_deploy(report.deploy)


def _show_refusal(declined: Dropped) -> None:
    if declined.reason == "seen":
        click.echo(f"filed already: {declined.detail}")
        return
    detail = f" ({text.fold(declined.detail)})" if declined.detail else ""
    terminal.note(f"not filed: {declined.reason}{detail}: {text.fold(declined.url)}")
