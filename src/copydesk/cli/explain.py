"""copydesk explain PATH-or-URL."""

from __future__ import annotations

from collections.abc import Iterable

import click

from copydesk import engine
from copydesk.cli import _out
from copydesk.cli._asked import Asked, common
from copydesk.kit import text


@click.command("explain")
@click.argument("path_or_url", metavar="PATH-or-URL")
@common
def command(asked: Asked, path_or_url: str) -> None:
    """Say why a story is where it is, or why a lead was dropped."""
    with asked.newsroom() as newsroom:
        told = engine.explain(newsroom, path_or_url)
    if asked.json:
        _out.as_json(told)
        return
    click.echo(f"{told.state}: {told.path or told.url} (decided at: {told.stage})")
    for reason in told.reasons:
        click.echo(f"  {reason}")
    if told.verdict:
        click.echo(
            f"  verdict {told.verdict['said']} by {told.verdict['by']} at {told.verdict['at']}: "
            f"{told.verdict['why']}"
        )
    for rule in told.rulings:
        click.echo(f"  rule {rule.number}, {_ruling(rule)}")
    for term in told.terms:
        click.echo(f"  {term.name}: {text.fold(term.value)}")
        for evidence in term.evidence:
            click.echo(f"    {text.fold(evidence)}")
    _list("history", told.history)
    _list("copy", told.copies)
    _list("beside", (f"{path}{' (leads)' if path == told.leader else ''}" for path in told.group))
    _list("otherwise", map(text.fold, told.otherwise))


def _list(name: str, lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(f"  {name}: {line}")


def _ruling(rule: engine.Rule) -> str:
    """Give a rule in a sentence."""
    what = ", ".join((*rule.stories, *rule.values))
    until = f" until {rule.until}" if rule.until else ""
    why = f": {rule.why}" if rule.why else ""
    idle = f" ({rule.note})" if rule.note else ""
    return text.fold(f"{rule.said} {what}{until} by {rule.by} at {rule.at}{why}{idle}")
