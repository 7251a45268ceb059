"""copydesk explain PATH-or-URL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import text

_SHORT = 10  # characters of a commit's id
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


@click.command("explain")
@click.argument("path_or_url", metavar="PATH-or-URL")
@common
def command(invocation: Invocation, path_or_url: str) -> None:
    """Say why a story is where it is, or why a lead was dropped."""
    with invocation.newsroom() as newsroom:
        why = engine.explain(newsroom, path_or_url)
        trail = engine.trace_story(newsroom, why.path, why.url)
    if invocation.json:
        told = {field.name: getattr(why, field.name) for field in fields(why)}
        terminal.as_json({**told, "trail": trail.entries, "trail_rest": trail.rest})
        return
    click.echo(f"{why.state}: {why.path or why.url} (decided at: {why.stage})")
    _print_reasons(why)
    if why.verdict:
        click.echo(
            f"  verdict {why.verdict['said']} by {why.verdict['by']} at {why.verdict['at']}: "
            f"{why.verdict['why']}"
        )
    for rule in why.rulings:
        click.echo(f"  rule {rule.number}, {_format_rule(rule)}")
    for term in why.terms:
        click.echo(f"  {term.name}: {text.fold(term.value)}")
        for evidence in term.evidence:
            click.echo(f"    {text.fold(evidence)}")
    _print_lines("history", why.history)
    _print_lines("copy", why.copies)
    _print_lines(
        "beside",
        (f"{path}{' (leads)' if path == why.leader else ''}" for path in why.group),
    )
    _print_lines("place", map(_format_place, why.places))
    _print_lines("otherwise", map(text.fold, why.otherwise))
    _print_trail(trail)


def _print_trail(trail: engine.Trail) -> None:
    """Print what befell a story, a line each, in its order."""
    if trail.entries:
        click.echo("  trail:")
    for entry in trail.entries:
        click.echo(f"    {entry.at or '?':20}  {_format_entry(entry)}")
    if trail.rest:
        click.echo(f"    {'':20}  and {trail.rest} more")
    for note in trail.notes:
        click.echo(f"    {'':20}  {text.fold(note)}")


def _format_entry(entry: engine.TrailEntry) -> str:
    times = f" ({entry.count} times, last at {entry.until})" if entry.until else ""
    by = f" by {entry.by}" if entry.by else ""
    why = f": {entry.why}" if entry.why else ""
    changed = f" [{', '.join(entry.fields)}]" if entry.fields else ""
    commit = f" {entry.commit[:_SHORT]}" if entry.commit else ""
    return text.fold(f"{entry.what}{times}{by}{why}{changed}{commit}")


def _print_reasons(why: engine.Explanation) -> None:
    """Print why a story is where it is; what adds up to its quality as a table, in its place."""
    counted = {evidence.reason for row in why.parts for evidence in row.evidence}
    is_told = False
    for reason in why.reasons:
        if reason not in counted:
            click.echo(f"  {text.fold(reason)}")
        elif not is_told:
            is_told = True
            for line in terminal.quality_table(why.parts, why.quality):
                click.echo(f"  {line}")


def _format_place(place: engine.Place) -> str:
    of_topic = f" on {text.fold(place.topic)}" if place.topic else ""
    return (
        f"{_format_ordinal(place.place)} by quality of the last {place.stories}{of_topic} "
        f"(median {place.median}, {place.published} published)"
    )


def _format_ordinal(number: int) -> str:
    teens = number % 100 in range(11, 14)
    return f"{number}{'th' if teens else _ORDINALS.get(number % 10, 'th')}"


def _print_lines(name: str, lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(f"  {name}: {line}")


def _format_rule(rule: engine.Rule) -> str:
    """Write a rule as a sentence."""
    what = ", ".join((*rule.stories, *rule.values))
    until = f" until {rule.until}" if rule.until else ""
    why = f": {rule.why}" if rule.why else ""
    idle = f" ({rule.note})" if rule.note else ""
    return text.fold(f"{rule.said} {what}{until} by {rule.by} at {rule.at}{why}{idle}")
