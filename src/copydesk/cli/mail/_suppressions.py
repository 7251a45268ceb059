"""copydesk mail readers suppress and suppressions: to whom nothing is sent."""

from __future__ import annotations

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.cli.mail._typed import read_address


@click.command("suppress")
@click.argument("address")
@click.option("--why", required=True, metavar="TEXT", help="The reason; it is kept.")
@common
def suppress(invocation: Invocation, address: str, *, why: str) -> None:
    """Send nothing to ADDRESS from now on, whatever anybody asks for."""
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        engine.suppress_address(newsroom, store, read_address(address), why)
    if invocation.json:
        terminal.as_json({"suppressed": True})
    else:
        click.echo("suppressed")


@click.group("suppressions", invoke_without_command=True)
@common
def suppressions(invocation: Invocation) -> None:
    """List to whom nothing is sent, the newest first; or lift that of one address."""
    if click.get_current_context().invoked_subcommand is None:
        _list(invocation)


@click.command("list")
@common
def list_all(invocation: Invocation) -> None:
    """List to whom nothing is sent, the newest first."""
    _list(invocation)


@click.command("lift")
@click.argument("address")
@common
def lift(invocation: Invocation, address: str) -> None:
    """Send to ADDRESS again, if its reader gets a letter."""
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        engine.lift_suppression(newsroom, store, read_address(address))
    if invocation.json:
        terminal.as_json({"lifted": True})
    else:
        click.echo("lifted")


def _list(invocation: Invocation) -> None:
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        rows = engine.list_suppressions(store)
    if invocation.json:
        terminal.as_json(rows)
        return
    terminal.table(
        ("address", "reason", "since", "detail"),
        [
            (row.address or "(not known any more)", row.reason, f"{row.since:%Y-%m-%d}", row.detail)
            for row in rows
        ],
    )


for word in (list_all, lift):
    suppressions.add_command(word)
