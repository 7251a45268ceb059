"""copydesk sources ask URL-or-NAME."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import run, terminal
from copydesk.cli._invocation import Invocation, common


@click.command("ask")
@click.argument("source", metavar="URL-or-NAME")
@click.option("--web", metavar="FILE", type=click.Path(path_type=Path), help="Replay a web (WARC).")
@click.option("--deploy", is_flag=True, help="Then send the site to where [deploy] says.")
@common
def ask(invocation: Invocation, source: str, *, web: Path | None, deploy: bool) -> None:
    """Run a round of one source alone, due or not.

    A rest that it asked for is kept, and one that has ended is not asked.
    """
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        url = engine.find_source(newsroom.beat, source).url
        options = engine.RoundOptions(source=url, web=web, deploy=deploy)
        report = engine.run_round(newsroom, options, progress)
    if invocation.json:
        terminal.as_json(report)
    else:
        run.show(report)
    if not report.complete or any(failure.url == url for failure in report.failed):
        raise click.exceptions.Exit(1)
