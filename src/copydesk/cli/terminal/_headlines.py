"""The stories of a round, a line each: cut to a terminal's width, in columns by tabs elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from copydesk import engine
from copydesk.cli.terminal._columns import Columns
from copydesk.kit import text

_MOST = 20  # headlines on a terminal; the rest is counted
_WIDTHS = (7, 4, 0)
_INDENT = "  "


def show_headlines(headlines: Sequence[engine.Headline]) -> None:
    """Print what became of each story, its quality and headline; the first ones on a terminal."""
    shown = headlines[:_MOST] if sys.stdout.isatty() else headlines
    for headline in shown:
        _show_line(headline)
    if len(headlines) > len(shown):
        click.echo(f"… and {len(headlines) - len(shown)} more")


def show_rehearsal(headlines: Sequence[engine.Headline]) -> None:
    """Print every story that would be filed or change, each with the first reasons below it."""
    for headline in headlines:
        _show_line(headline)
        for reason in headline.why:
            click.echo(f"{_INDENT}{text.fold(reason)}")


def show_story(headline: engine.Headline) -> None:
    """Print where one story is filed, what it is worth and where it stands, with its reasons."""
    standing = "published" if headline.published else "not published"
    topics = ", ".join(map(text.fold, headline.topics)) or "no topic"
    click.echo(f"{headline.became}: {headline.path}")
    click.echo(f"{_INDENT}{text.fold(headline.title)}")
    click.echo(f"{_INDENT}{standing}, quality {headline.quality}, {topics}")
    for reason in headline.why:
        click.echo(f"{_INDENT}{text.fold(reason)}")


def _show_line(headline: engine.Headline) -> None:
    quality = "" if headline.quality is None else str(headline.quality)
    cells = (headline.became, quality, text.fold(headline.title))
    if sys.stdout.isatty():
        click.echo(Columns(*_WIDTHS, right=frozenset({1})).line(cells))
    else:
        click.echo("\t".join((*cells[:2], headline.path, cells[2])))
