"""`copydesk watch`, `fetch`, `extract` and `judge`: run one step of the pipeline on one URL."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk.cli import terminal
from copydesk.cli._invocation import WEB_HELP, Invocation, command
from copydesk.errors import PageError
from copydesk.kit import dates
from copydesk.kit.options import take
from copydesk.news import Article, Dropped, NotModified, Page, Refused
from copydesk.rounds import steps


@command("watch")
@click.argument("url")
@click.option("--web", type=click.Path(path_type=Path), help=WEB_HELP)
def watch_command(invocation: Invocation, url: str, web: Path | None) -> None:
    """Fetch one source (a feed or page) and list the articles it links to."""
    with invocation.newsroom(scratch=True) as newsroom:
        reading = steps.watch_url(newsroom, url, web)
    if invocation.print_json(reading):
        return
    terminal.note(f"{reading.kind}: {reading.title or url}")
    terminal.table(
        ("published", "title", "url"),
        [
            (dates.rfc3339(lead.published_at) if lead.published_at else "", lead.title, lead.url)
            for lead in reading.leads
        ],
    )


@command("fetch")
@click.argument("url")
@click.option("--web", type=click.Path(path_type=Path), help=WEB_HELP)
def fetch_command(invocation: Invocation, url: str, web: Path | None) -> None:
    """Fetch one URL with the robots.txt, pauses and limits of a run; print the response body."""
    with invocation.newsroom(scratch=True) as newsroom:
        answer = steps.fetch_url(newsroom, url, web)
    if invocation.json:
        terminal.as_json({"answer": type(answer).__name__, **_fields(answer)})
    elif isinstance(answer, Page):
        for status, target in answer.hops:
            terminal.note(f"{status} → {target}")
        terminal.note(f"{answer.status} {answer.final_url} ({len(answer.body)} bytes)")
        click.echo(answer.body, nl=False)
    else:
        terminal.note(f"received no page ({_why(answer)}): {url}")
    if isinstance(answer, Refused):
        raise click.exceptions.Exit(1)


def _why(answer: NotModified | Refused) -> str:
    if isinstance(answer, Refused):
        return f"{answer.reason}: {answer.detail or answer.status}"
    return "the server answered 304 to an unconditional request"


def _fields(answer: object) -> dict[str, object]:
    if isinstance(answer, Page):
        return {
            **take(answer, "url", "final_url", "status", "hops"),
            "headers": dict(answer.headers),
            "bytes": len(answer.body),
        }
    if isinstance(answer, Refused):
        return take(answer, "url", "reason", "detail")
    return {}


@command("extract")
@click.argument("url_or_file", metavar="URL|FILE")
@click.option("--web", type=click.Path(path_type=Path), help=WEB_HELP)
@click.option("--url", "address", default="", help="The URL that FILE was saved from.")
@click.option("--text", "is_text", is_flag=True, help="Print only the article's text, as Markdown.")
def extract_command(
    invocation: Invocation, url_or_file: str, web: Path | None, address: str, *, is_text: bool
) -> None:
    """Extract the article from one page and print its fields.

    Each field is printed with the part of the page that it comes from.
    """
    outcome = _extract(invocation, url_or_file, web, address)
    if isinstance(outcome, Dropped):
        terminal.note(f"found no article ({outcome.reason}: {outcome.detail}): {outcome.url}")
        terminal.note("hint: a run drops such a page, too; see docs/reference/drop-reasons.md")
        raise click.exceptions.Exit(1)
    fields = steps.article_fields(outcome)
    if invocation.print_json({"text": fields["text"]} if is_text else fields):
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
            "expected a file or a URL", subject=url_or_file, hint="URLs begin with https://"
        )
    with invocation.newsroom(scratch=True) as newsroom:
        return steps.extract_url(newsroom, url_or_file, web)


def _extract_file(invocation: Invocation, path: Path, address: str) -> Article | Dropped:
    """Extract the article in an HTML file, with a newsroom's settings if there is one."""
    if invocation.root == Path() and not Path("beat.toml").exists():
        return steps.extract_file(path, invocation.clock(), address)
    with invocation.newsroom(scratch=True) as newsroom:
        return steps.extract_file(path, newsroom.now, address, newsroom.beat)


@command("judge")
@click.argument("url")
@click.option("--web", type=click.Path(path_type=Path), help=WEB_HELP)
def judge_command(invocation: Invocation, url: str, web: Path | None) -> None:
    """Fetch one page and print its topics and score.

    The page is not saved as a story.
    """
    with invocation.newsroom(scratch=True) as newsroom:
        outcome = steps.judge_url(newsroom, url, web)
    if invocation.print_json({"outcome": type(outcome).__name__, "value": outcome}):
        return
    if isinstance(outcome, Dropped):
        click.echo(f"dropped: {outcome.reason} ({outcome.detail})")
        return
    click.echo(f"{outcome.title}")
    click.echo(f"  topics {', '.join(outcome.topics) or '-'}")
    click.echo(f"  quality {outcome.quality}  heat {outcome.heat}  published {outcome.published}")
    for reason in outcome.reasons:
        click.echo(f"  {reason}")
