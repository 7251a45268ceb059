"""copydesk judge URL."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.news import Dropped


@click.command("judge")
@click.argument("url")
@click.option("--web", type=click.Path(path_type=Path), help="Replay a recorded web (WARC).")
@common
def command(invocation: Invocation, url: str, web: Path | None) -> None:
    """Fetch, read and judge one page; nothing is filed."""
    with invocation.newsroom(scratch=True) as newsroom:
        outcome = engine.judge_url(newsroom, url, web)
    if invocation.json:
        terminal.as_json({"outcome": type(outcome).__name__, "value": outcome})
        return
    if isinstance(outcome, Dropped):
        click.echo(f"dropped: {outcome.reason} ({outcome.detail})")
        return
    click.echo(f"{outcome.title}")
    click.echo(f"  topics {', '.join(outcome.topics) or '-'}")
    click.echo(f"  quality {outcome.quality}  heat {outcome.heat}  published {outcome.published}")
    for reason in outcome.reasons:
        click.echo(f"  {reason}")
