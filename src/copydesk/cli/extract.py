"""copydesk extract URL|FILE."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import _out
from copydesk.cli._asked import Asked, common
from copydesk.errors import PageError
from copydesk.news import Article, Dropped


@click.command("extract")
@click.argument("url_or_file", metavar="URL|FILE")
@click.option("--web", type=click.Path(path_type=Path), help="Replay a recorded web (WARC).")
@click.option("--url", "address", default="", help="The address that a FILE came from.")
@common
def command(asked: Asked, url_or_file: str, web: Path | None, address: str) -> None:
    """Read one page and print what it says, each field with where it came from."""
    with asked.newsroom(scratch=True) as newsroom:
        outcome = _extracted(newsroom, url_or_file, web, address)
    if isinstance(outcome, Dropped):
        _out.note(f"no article ({outcome.reason}: {outcome.detail}): {outcome.url}")
        raise click.exceptions.Exit(1)
    fields = engine.article_fields(outcome)
    if asked.json:
        _out.as_json(fields)
        return
    _out.table(
        ("field", "from", "value"),
        [(name, str(one["from"]), _words(one["value"])) for name, one in fields.items()],
    )


def _words(value: object) -> str:
    """Give a value as a person reads it: a list's parts, a mapping's parts that say something."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {_words(part)}" for key, part in value.items() if part)
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return str(value)


def _extracted(
    newsroom: engine.Newsroom, url_or_file: str, web: Path | None, address: str
) -> Article | Dropped:
    path = Path(url_or_file)
    if "://" not in url_or_file and path.exists():
        return engine.extract_file(newsroom, path, address)
    if "://" not in url_or_file:
        raise PageError(
            "no such file, and no web address",
            subject=url_or_file,
            hint="an address begins with https://",
        )
    return engine.extract_url(newsroom, url_or_file, web)
