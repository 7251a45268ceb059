"""copydesk fetch URL."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.news import NotModified, Page, Refused


@click.command("fetch")
@click.argument("url")
@click.option("--web", type=click.Path(path_type=Path), help="Replay a recorded web (WARC).")
@common
def command(invocation: Invocation, url: str, web: Path | None) -> None:
    """Ask for one address as a round would; print the body."""
    with invocation.newsroom(scratch=True) as newsroom:
        answer = engine.fetch_url(newsroom, url, web)
    if invocation.json:
        terminal.as_json({"answer": type(answer).__name__, **_fields(answer)})
    elif isinstance(answer, Page):
        for status, target in answer.hops:
            terminal.note(f"{status} → {target}")
        terminal.note(f"{answer.status} {answer.final_url} ({len(answer.body)} bytes)")
        click.echo(answer.body, nl=False)
    else:
        terminal.note(f"no page ({_why(answer)}): {url}")
    if isinstance(answer, Refused):
        raise click.exceptions.Exit(1)


def _why(answer: NotModified | Refused) -> str:
    if isinstance(answer, Refused):
        return f"{answer.reason}: {answer.detail or answer.status}"
    return "304 to an unconditional request"


def _fields(answer: object) -> dict[str, object]:
    if isinstance(answer, Page):
        return {
            "url": answer.url,
            "final_url": answer.final_url,
            "status": answer.status,
            "hops": answer.hops,
            "headers": dict(answer.headers),
            "bytes": len(answer.body),
        }
    if isinstance(answer, Refused):
        return {"url": answer.url, "reason": answer.reason, "detail": answer.detail}
    return {}
