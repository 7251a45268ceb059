"""`copydesk stories` lists stored stories; `copydesk explain` says why a story has its status."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from dataclasses import fields, replace

import click

from copydesk import building, editing
from copydesk.cli import terminal
from copydesk.cli._invocation import SINCE_HELP, Invocation, Since, SinceParam, command
from copydesk.editing import stories
from copydesk.editing.trail import Trail, TrailEntry, trace_story
from copydesk.errors import CopydeskError
from copydesk.kit import text
from copydesk.news import Standing
from copydesk.newsroom import Newsroom, reports

_STANDINGS = (*(standing.value for standing in Standing), "gone")
_SHOWN_AS = {words: standing.value for standing, words in terminal.STANDINGS.items()}


class _StandingParam(click.Choice[str]):
    """A status by its name, or by the words in which lists show it."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the name of the status."""
        return super().convert(_SHOWN_AS.get(str(value), value), param, ctx)


@command("stories")
@click.option(
    "--standing",
    "standings",
    multiple=True,
    type=_StandingParam(_STANDINGS),
    help="Only stories with this status, by this name or as lists show it; can be repeated.",
)
@click.option("--topic", "topics", multiple=True, metavar="NAME", help="Only stories of a topic.")
@click.option("--source", metavar="SOURCE", default="", help="Only stories of a domain or source.")
@click.option("--since", metavar="TIME", type=SinceParam(), default="0", help=SINCE_HELP)
@click.option("--search", metavar="WORDS", default="", help="Only stories that contain WORDS.")
@click.option("--near-gate", is_flag=True, help="Only stories near the threshold (20 points).")
@click.option("--today", is_flag=True, help="Only stories and dropped pages of today's runs.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, help="Show at most this many stories (20)."
)
def stories_command(
    invocation: Invocation,
    *,
    standings: tuple[str, ...],
    topics: tuple[str, ...],
    source: str,
    since: Since,
    search: str,
    near_gate: bool,
    today: bool,
    limit: int,
) -> None:
    """List saved stories, newest first.

    Each line has the time (UTC), quality, status, topics and headline of a story.
    """
    with invocation.newsroom() as newsroom:
        question = stories.StoryQuestion(
            standings=frozenset(standings),
            topics=frozenset(topics),
            source=source,
            since_days=since(newsroom),
            search=search,
            near_gate=near_gate,
            today=today,
            limit=limit,
        )
        listed = stories.list_stories(newsroom, question)
    if invocation.print_json(listed):
        return
    _show(listed)


def _show(listed: stories.StoryList) -> None:
    columns = terminal.Columns(
        16, 7, terminal.find_status_width(), 20, 0, right=frozenset({1}), spare=(3, 0, 1)
    )
    if listed.stories or listed.dropped:
        columns.head(("time (UTC)", "quality", "status", "topics", "headline"))
    for story in listed.stories:
        _show_story(columns, story)
    for lead in listed.dropped:
        time = lead.at[:16].replace("T", " ")
        click.echo(columns.line((time, "", "dropped", lead.reason, text.fold(lead.url))))
    _note_more("stories", len(listed.stories), listed.total)
    _note_more("dropped pages", len(listed.dropped), listed.dropped_total)
    if listed.gate:
        terminal.note_gate_passage(listed.gate)
    terminal.failures(listed.failed)
    terminal.notes(listed.notes)


def _show_story(columns: terminal.Columns, story: stories.ListedStory) -> None:
    time = story.published_at[:16].replace("T", " ") or "-"
    standing = terminal.STANDINGS[Standing(story.standing)] + ", gone" * story.gone
    topics, title = text.fold(", ".join(story.topics)), text.fold(story.title)
    quality = "-" if story.quality is None else str(story.quality)
    click.echo(columns.line((time, quality, standing, topics, title)))
    if sys.stdout.isatty():
        click.secho(f"  {story.path}", dim=True)
    if story.why and story.standing == Standing.HELD:
        click.echo(f"{'':18}{text.fold(story.why)}")


def _note_more(what: str, shown: int, total: int) -> None:
    if total > shown:
        terminal.note(f"{shown} of {total:,} {what} shown; --limit shows more")


_DECIDING = frozenset({"published", "held", "copy"})  # subjects of the reasons of a status
_DECIDED = {"judge": "by the rules", "review": "by an editor"}  # by the step that decided
_SHORT = 10  # characters of a commit id


@command("explain")
@click.argument("path_or_url", metavar="PATH-or-URL")
def explain_command(invocation: Invocation, path_or_url: str) -> None:
    """Explain why a story is published or not, or why a page was dropped.

    PATH-or-URL is the path of a story file, or the URL of a page.
    """
    with invocation.newsroom() as newsroom:
        why = editing.explain(newsroom, path_or_url)
        trail = trace_story(newsroom, why.path, why.url)
        user = newsroom.repository.user() if newsroom.repository.usable else ""
        front = _find_on_front(newsroom, why)
    if invocation.json:
        told = {field.name: getattr(why, field.name) for field in fields(why)}
        told["front"] = _sum_up(front) if front else None
        terminal.as_json({**told, "trail": trail.entries, "trail_rest": trail.rest})
        return
    reason = "--why REASON" if user else "--why REASON --as NAME"
    command = f"run {invocation.command()} "  # such as a person can type it here
    otherwise = (line.replace("run copydesk ", command) for line in why.otherwise)
    otherwise = (line.replace("--why REASON", reason) for line in otherwise)
    _print_status(replace(why, otherwise=tuple(otherwise)))
    _print_reasons(why)
    for rule in why.rulings:
        click.echo(f"  rule {rule.number}, {_format_rule(rule)}")
    for term in why.terms:
        click.echo(f"  {term.name}: {text.fold(term.value)}")
        for evidence in term.evidence:
            click.echo(f"    {text.fold(evidence)}")
    _print_lines("history", why.history)
    _print_lines("copy", (f"{_name(why, path)}: {path}" for path in why.copies))
    _print_lines(
        "same group",
        (
            f"{_name(why, path)}{' (main story)' if path == why.leader else ''}: {path}"
            for path in why.group
        ),
    )
    matter = f"{why.matter_title}: {why.matter}" if why.matter_title else why.matter
    _print_lines("matter", [text.fold(matter)] if matter else ())
    _print_lines("rank", map(_format_place, why.places))
    _print_lines("front page", [_format_sum(front)] if front else ())
    _print_trail(trail)


def _find_on_front(newsroom: Newsroom, why: reports.Explanation) -> building.FrontStory | None:
    """Return the published story's place on the front page, None if it is not near it."""
    if why.standing != Standing.PUBLISHED:
        return None
    with contextlib.suppress(CopydeskError):  # such as a broken theme
        found = building.explain_front(newsroom)
        shown = (one for one in (*found.stories, *found.near) if one.story.path == why.path)
        return next(shown, None)
    return None


def _sum_up(one: building.FrontStory) -> dict[str, int | None]:
    parts = {"heat": one.heat, "reads": one.reads, "sole": -one.sole, "age": -one.aged}
    return {"place": one.place, **parts, "counts": sum(parts.values())}


def _format_sum(one: building.FrontStory) -> str:
    """Return the points that decide a story's place on the front page, as a sum."""
    reads = f" + {one.reads} (page views)" if one.reads else ""
    sole = f" - {one.sole} (only one publisher)" if one.sole else ""
    age = f" - {one.aged} (age {one.hours:.0f} hours)" if one.aged else ""
    place = f"place {one.place}" if one.place else "no place"
    pinned = ", pinned" if one.is_pinned else ""
    if one.is_led_firmly:
        pinned = ", before a hotter one because it is confirmed or its publisher is known"
    return f"{place}{pinned}: heat {one.heat}{reads}{sole}{age} = {_sum_up(one)['counts']}"


def _name(why: reports.Explanation, path: str) -> str:
    return text.fold(why.titles[path])


def _print_trail(trail: Trail) -> None:
    """Print the history of a story, a line for each event, in order."""
    if trail.entries:
        click.echo("  full history:")
    for entry in trail.entries:
        click.echo(f"    {entry.at or '?':20}  {_format_entry(entry)}")
    if trail.rest:
        click.echo(f"    {'':20}  and {trail.rest} more events")
    for note in trail.notes:
        click.echo(f"    {'':20}  {text.fold(note)}")


def _format_entry(entry: TrailEntry) -> str:
    times = f" ({entry.count} times, last at {entry.until})" if entry.until else ""
    by = f" by {entry.by}" if entry.by else ""
    why = f": {entry.why}" if entry.why else ""
    changed = f" [{', '.join(entry.fields)}]" if entry.fields else ""
    commit = f" {entry.commit[:_SHORT]}" if entry.commit else ""
    return text.fold(f"{entry.what}{times}{by}{why}{changed}{commit}")


def _print_status(why: reports.Explanation) -> None:
    """Print a story's status, the reasons that decided it, and what would change it."""
    status = terminal.STANDINGS[Standing(why.standing)] if why.standing else why.state
    decided = _DECIDED.get(why.stage, f"in step {why.stage}")
    click.echo(f"{status}: {why.path or why.url} (decided {decided})")
    _print_lines("headline", [_name(why, why.path)] if why.path in why.titles else ())
    if why.verdict:
        click.echo(
            f"  decision: {why.verdict['said']} by {why.verdict['by']} at {why.verdict['at']}, "
            f"reason: {why.verdict['why']}"
        )
    reasons = (text.fold(reason).partition(": ") for reason in why.reasons)
    label = "without the decision" if why.verdict else "status"
    _print_lines(label, (why_so for about, _, why_so in reasons if about in _DECIDING))
    _print_lines("to change this", map(text.fold, why.otherwise))


def _print_reasons(why: reports.Explanation) -> None:
    """Print the other reasons of a story, with the points of its quality as a table."""
    counted = {evidence.reason for row in why.parts for evidence in row.evidence}
    table = terminal.quality_table(why.parts, why.quality)
    for reason in why.reasons:
        about, _, why_so = text.fold(reason).partition(": ")
        if reason in counted:
            for line in table:  # all lines at the first such reason
                click.echo(f"  {line}")
        elif about not in _DECIDING:
            click.echo(f"  {about}: {why_so}")


def _format_place(place: reports.Place) -> str:
    of_topic = f" on {text.fold(place.topic)}" if place.topic else ""
    return (
        f"{place.place} by quality among the last {place.stories} stories{of_topic} "
        f"(median quality {place.median}, {place.published} published)"
    )


def _print_lines(name: str, lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(f"  {name}: {line}")


def _format_rule(rule: reports.Rule) -> str:
    """Return an editor's rule as a sentence."""
    what = ", ".join((*rule.stories, *rule.values))
    until = f" until {rule.until}" if rule.until else ""
    why = f": {rule.why}" if rule.why else ""
    idle = f" ({rule.note})" if rule.note else ""
    return text.fold(f"{rule.said} {what}{until} by {rule.by} at {rule.at}{why}{idle}")
