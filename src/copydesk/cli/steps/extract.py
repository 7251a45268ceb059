"""copydesk extract URL|FILE."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.errors import PageError
from copydesk.news import Article, Dropped


@click.command("extract")
@click.argument("url_or_file", metavar="URL|FILE")
@click.option("--web", type=click.Path(path_type=Path), help="Replay a recorded web (WARC).")
@click.option("--url", "address", default="", help="The address that a FILE came from.")
@click.option("--text", "is_text", is_flag=True, help="Print the text alone, as Markdown.")
@common
def command(
    invocation: Invocation, url_or_file: str, web: Path | None, address: str, *, is_text: bool
) -> None:
    """Read one page and print what it says, each field with where it came from."""
    outcome = _extract(invocation, url_or_file, web, address)
    if isinstance(outcome, Dropped):
        terminal.note(f"no article ({outcome.reason}: {outcome.detail}): {outcome.url}")
        terminal.note(
            "hint: a round drops such a page too; docs/reference/drop-reasons.md says why"
        )
        raise click.exceptions.Exit(1)
    fields = engine.article_fields(outcome)
    if invocation.json:
        terminal.as_json({"text": fields["text"]} if is_text else fields)
        return
    for line in [terminal.words(fields)] if is_text else terminal.sheet(fields):
        click.echo(line)


def _extract(
    invocation: Invocation, url_or_file: str, web: Path | None, address: str
) -> Article | Dropped:
    path = Path(url_or_file)
    if "://" not in url_or_file and path.exists():
        return _extract_file(invocation, path, address)
    if "://" not in url_or_file:
        raise PageError(
            "no such file, and no web address",
            subject=url_or_file,
            hint="an address begins with https://",
        )
    with invocation.newsroom(scratch=True) as newsroom:
        return engine.extract_url(newsroom, url_or_file, web)


def _extract_file(invocation: Invocation, path: Path, address: str) -> Article | Dropped:
    """Read a file by the beat of the newsroom that is named or is here, else by none."""
    if invocation.root == Path() and not Path("beat.toml").exists():
        return engine.extract_file(path, invocation.clock(), address)
    with invocation.newsroom(scratch=True) as newsroom:
        return engine.extract_file(path, newsroom.now, address, newsroom.beat)
