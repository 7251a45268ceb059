"""copydesk mail preview LETTER: the mail that a letter's issue would be, in both its forms."""

from __future__ import annotations

from datetime import datetime

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, TimeParam, common


@click.command("preview")
@click.argument("letter")
@click.option("--at", type=TimeParam(), help="The time to compose it for; by itself now.")
@common
def preview(invocation: Invocation, letter: str, *, at: datetime | None) -> None:
    """Show the mail that LETTER would be now: its plain text; with --json its HTML, too."""
    with invocation.newsroom() as newsroom:
        edits = engine.read_edits(newsroom, letter).edits
        issue = engine.compose_issue(newsroom, letter, at or newsroom.now, edits)
        rendered = engine.render_issue(newsroom, issue)
    if invocation.json:
        stories = [story.name for story in issue.stories]
        terminal.as_json(
            {
                "subject": rendered.subject,
                "preheader": rendered.preheader,
                "html": rendered.html,
                "text": rendered.text,
                "stories": stories,
                "bytes": rendered.bytes,
            }
        )
        return
    click.echo(rendered.text, nl=False)
    terminal.note(f"{rendered.bytes:,} bytes with the HTML, which --json prints")
