"""copydesk watch URL."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import dates


@click.command("watch")
@click.argument("url")
@click.option("--web", type=click.Path(path_type=Path), help="Replay a recorded web (WARC).")
@common
def command(invocation: Invocation, url: str, web: Path | None) -> None:
    """Ask one source and print the leads that it lists."""
    with invocation.newsroom(scratch=True) as newsroom:
        reading = engine.watch_url(newsroom, url, web)
    if invocation.json:
        terminal.as_json(reading)
        return
    terminal.note(f"{reading.kind}: {reading.title or url}")
    terminal.table(
        ("published", "title", "url"),
        [
            (dates.rfc3339(lead.published_at) if lead.published_at else "", lead.title, lead.url)
            for lead in reading.leads
        ],
    )
