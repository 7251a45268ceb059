"""copydesk mail who: who got an issue, when, and in which words the server took it."""

from __future__ import annotations

import sys

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import dates

_NO_TIME = "-".ljust(20)  # as wide as a time


@click.command("who")
@click.argument("issue_or_address")
@click.option("--state", default="", help="Of an issue those alone: accepted, refused, waiting …")
@common
def who(invocation: Invocation, issue_or_address: str, *, state: str) -> None:
    """Say who got an issue, or with an address which issues that reader got. `-`: read it.

    A line each: when, how it stands, the server's code and words. `accepted`: the server took it.
    `uncertain`: nobody knows. Exit 2 for an address that nobody has here.
    """
    asked = sys.stdin.readline().strip() if issue_or_address == "-" else issue_or_address
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        if "@" in asked:
            lines = engine.list_issues_of(store, engine.find_number(newsroom, store, asked))
        else:
            lines = list(engine.list_who(store, asked, state))
    if invocation.json:
        terminal.as_json({"deliveries": lines})
        return
    if not lines:
        terminal.note("no letter was to go there yet" if "@" in asked else "no letter stands so")
    for line in lines:
        whom = line.address or ("a service" if line.state == "handed-over" else "(erased)")
        place = line.issue if "@" in asked else whom
        code = str(line.code) if line.code else ""
        at = dates.rfc3339(line.at) if line.at else _NO_TIME
        click.echo(f"{at}  {line.state:<12} {place}  {code} {line.words}".rstrip())
