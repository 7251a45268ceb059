"""copydesk stories."""

from __future__ import annotations

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import text
from copydesk.news import Standing

_STANDINGS = (*(standing.value for standing in Standing), "gone")


@click.command("stories")
@click.option(
    "--standing",
    "standings",
    multiple=True,
    type=click.Choice(_STANDINGS),
    help="Where they stand; more than once: any of these.",
)
@click.option("--topic", "topics", multiple=True, metavar="NAME", help="Of this topic.")
@click.option("--source", metavar="SOURCE", default="", help="A publisher's domain, or a source.")
@click.option("--since", metavar="DAYS", type=float, default=0, help="Published since so long.")
@click.option("--search", metavar="WORDS", default="", help="These words, in headline or text.")
@click.option("--near-gate", is_flag=True, help="Within 20 points of the gate, below and above.")
@click.option("--today", is_flag=True, help="What the rounds of today filed and dropped.")
@click.option("--limit", type=click.IntRange(min=1), default=20, help="At most so many (20).")
@common
def command(
    invocation: Invocation,
    *,
    standings: tuple[str, ...],
    topics: tuple[str, ...],
    source: str,
    since: float,
    search: str,
    near_gate: bool,
    today: bool,
    limit: int,
) -> None:
    """List what is filed, the newest first: time, quality, standing, topics, headline."""
    question = engine.StoryQuestion(
        standings=frozenset(standings),
        topics=frozenset(topics),
        source=source,
        since_days=since,
        search=search,
        near_gate=near_gate,
        today=today,
        limit=limit,
    )
    with invocation.newsroom() as newsroom:
        listed = engine.list_stories(newsroom, question)
    if invocation.json:
        terminal.as_json(listed)
        return
    _show(listed)


def _show(listed: engine.StoryList) -> None:
    columns = terminal.Columns(16, 3, 13, 24, 0, right=frozenset({1}))
    for story in listed.stories:
        time = story.published_at[:16].replace("T", " ") or "-"
        standing = f"{story.standing}{', gone' if story.gone else ''}"
        topics, title = text.fold(", ".join(story.topics)), text.fold(story.title)
        quality = "-" if story.quality is None else str(story.quality)
        click.echo(columns.line((time, quality, standing, topics, title)))
        if story.why and story.standing == Standing.HELD:
            click.echo(f"{'':18}{text.fold(story.why)}")
    for lead in listed.dropped:
        time = lead.at[:16].replace("T", " ")
        click.echo(columns.line((time, "", Standing.DROPPED, lead.reason, text.fold(lead.url))))
    _note_more("stories", len(listed.stories), listed.total)
    _note_more("dropped leads", len(listed.dropped), listed.dropped_total)
    if listed.gate:
        terminal.note_gate_passage(listed.gate)
    terminal.failures(listed.failed)
    for words in listed.notes:
        terminal.note(f"note: {words}")


def _note_more(what: str, shown: int, total: int) -> None:
    if total > shown:
        terminal.note(f"{shown} of {total:,} {what}; --limit shows more")
