"""copydesk mail bounces: what came back of letters, and the ways by which it comes in."""

from __future__ import annotations

import sys

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.errors import CopydeskError
from copydesk.kit import dates, text

_PIECE = 1 << 20
_KEPT = 1 << 20  # of a message: more than is read of it
_UNPROVED = (
    "those with a ? came by no return path: whoever read the letter can have written them, and "
    "nothing followed; copydesk mail readers suppress ADDRESS, if you believe one"
)
_TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits(3): a mail server keeps the message and pipes it again


@click.command("bounces")
@click.option("--stdin", "is_piped", is_flag=True, help="Take in the one message on stdin.")
@click.option("--imap", "asks_box", is_flag=True, help="Take in what waits in the IMAP box.")
@common
def bounces(invocation: Invocation, *, is_piped: bool, asks_box: bool) -> None:
    """List what came back of letters, the newest first, or take in more of it.

    For a mail server's pipe: `--stdin`. What is about no letter of yours changes nothing and is
    counted. Where the newsroom cannot keep it for now the exit code is 75, and it is piped again.
    """
    if is_piped:
        _take_in(invocation)
    elif asks_box:
        _ask_box(invocation)
    else:
        _show_list(invocation)


def _take_in(invocation: Invocation) -> None:
    stream = sys.stdin.buffer
    message = stream.read(_KEPT)
    while stream.read(_PIECE):  # a server that cannot write all of it takes that for a failure
        pass
    try:
        with invocation.newsroom() as newsroom:
            taken = engine.take_in_message(newsroom, message)
    except CopydeskError as error:
        click.echo(f"error: {text.fold(str(error))}", err=True)
        sys.exit(_TRY_AGAIN)
    if invocation.json:
        terminal.as_json(taken)


def _ask_box(invocation: Invocation) -> None:
    with invocation.newsroom() as newsroom:
        report = engine.look_into_mailbox(newsroom)
    if invocation.json:
        terminal.as_json(report)
        return
    effects = ", ".join(f"{count} {effect}" for effect, count in sorted(report.effects.items()))
    click.echo(f"{report.taken} messages taken in{': ' if effects else ''}{effects}")
    if report.is_more:
        terminal.note("more wait in the box: ask again")


def _show_list(invocation: Invocation) -> None:
    with invocation.newsroom() as newsroom:
        found = engine.list_returns(newsroom)
    if invocation.json:
        terminal.as_json(found)
        return
    for row in found.returns:
        said = f"{row.status} {row.words}".strip()
        kind = row.kind if row.is_proved else f"{row.kind}?"
        whom = row.address or "(erased)"
        if row.is_from_former_address:
            whom = f"(a former address of {whom})"
        click.echo(f"{dates.rfc3339(row.at)}  {kind:<10}  {row.issue}  {whom}  {said}".rstrip())
    terminal.note(
        f"{len(found.returns)} shown; {found.not_ours} messages were about no letter of yours"
    )
    if not all(row.is_proved for row in found.returns):
        terminal.note(_UNPROVED)
