"""`copydesk desk` manages accounts of the editors' web interface; `mcp` serves AI agents."""

from __future__ import annotations

from datetime import timedelta

import click

from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.cli.terminal import Columns
from copydesk.desk_store.accounts import ROLES, Role
from copydesk.desk_store.sessions import TOKEN_SCOPES, TokenGrant, TokenScope
from copydesk.editing import applying
from copydesk.kit import text
from copydesk.newsroom.accounts import (
    AccountLink,
    AccountRow,
    add_account,
    end_sessions,
    list_accounts,
    make_token,
    remove_account,
    reset_account,
)

port_option = click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=8000,
    show_default=True,
    help="Where copydesk serve listens.",
)


@click.group("desk")
@common
def desk_command(invocation: Invocation) -> None:  # stored in the context for the subcommand
    """Say who may use the desk, the editors' web app."""


@desk_command.command("file-actions")
@common
def file_actions(invocation: Invocation) -> None:
    """File in git what editors did at the desk and what still waits; serve does it by itself.

    Whatever waits is taken in order, at most 50 words of one editor in a commit.
    """
    with invocation.newsroom() as newsroom:
        done = applying.file_actions(newsroom, lambda error: terminal.note(f"waiting: {error}"))
    if invocation.json:
        terminal.as_json(done)
        return
    for outcome in done.outcomes:
        click.echo(": ".join(filter(None, (outcome.state, outcome.what, outcome.hint))))
    terminal.failures(done.failed)
    terminal.note(f"{len(done.outcomes)} filed")


@desk_command.group("user")
@common
def user(invocation: Invocation) -> None:  # stored in the context for the subcommand
    """Add, list, reset and remove those who may use the desk."""


@user.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="editor",
    show_default=True,
    help="A viewer looks on; an owner also says who may use the desk.",
)
@click.option("--subject", default="", help="What the provider of [desk.oidc] calls NAME.")
@port_option
@common
def add(invocation: Invocation, name: str, role: Role, port: int, *, subject: str) -> None:
    """Let NAME use the desk, and print a link in: good once, for a quarter of an hour."""
    with invocation.newsroom() as newsroom:
        _print_link(invocation, add_account(newsroom, name, role, port, subject), "added")


@user.command("token")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(TOKEN_SCOPES),
    multiple=True,
    default=("read",),
    show_default=True,
    help="What the program may do; give it once for each.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 366),
    default=90,
    show_default=True,
    help="How long the token is good for.",
)
@click.option("--label", default="token", show_default=True, help="What the program is called.")
@common
def token(
    invocation: Invocation,
    name: str,
    scopes: tuple[TokenScope, ...],
    days: int,
    *,
    label: str,
) -> None:
    """Make and print a token with which a program acts for NAME at the desk's API."""
    lifetime = timedelta(days=days)
    grant = TokenGrant(label=label, scopes=scopes, lifetime=lifetime)
    with invocation.newsroom() as newsroom:
        made = make_token(newsroom, name, grant)
    if invocation.json:
        terminal.as_json(made)
        return
    terminal.note(f"made: a token of {made.name} for {', '.join(made.scopes)}")
    click.echo(made.token)
    terminal.note(f"shown this once, good until {made.expires:%Y-%m-%d}; the account page ends it")


@user.command("reset")
@click.argument("name")
@port_option
@common
def reset(invocation: Invocation, name: str, port: int) -> None:
    """Take NAME's password, passkeys, tokens and sessions away, and print a new link in."""
    with invocation.newsroom() as newsroom:
        _print_link(invocation, reset_account(newsroom, name, port), "reset")


@user.command("list")
@common
def list_(invocation: Invocation) -> None:
    """List who may use the desk, by which proofs, and where they are signed in."""
    with invocation.newsroom() as newsroom:
        accounts = list_accounts(newsroom)
    if invocation.json:
        terminal.as_json({"accounts": accounts})
        return
    columns = Columns(0, 6, 22, 12)
    for account in accounts:
        sessions = f"{account.sessions} sessions" if account.sessions else ""
        click.echo(columns.line((account.name, account.role, _describe_proofs(account), sessions)))
    terminal.note(f"{len(accounts)} may use the desk")


@user.command("end")
@click.argument("name")
@common
def end(invocation: Invocation, name: str) -> None:
    """Sign NAME out everywhere; they may sign in again."""
    with invocation.newsroom() as newsroom:
        ended = end_sessions(newsroom, name)
    if invocation.json:
        terminal.as_json(ended)
    else:
        click.echo(f"ended: {ended.sessions} sessions of {ended.name}")


@user.command("remove")
@click.argument("name")
@common
def remove(invocation: Invocation, name: str) -> None:
    """Let NAME use the desk no more; what they did stays."""
    with invocation.newsroom() as newsroom:
        ended = remove_account(newsroom, name)
    if invocation.json:
        terminal.as_json(ended)
    else:
        click.echo(f"removed: {ended.name}")


def _print_link(invocation: Invocation, link: AccountLink, done: str) -> None:
    if invocation.json:
        terminal.as_json(link)
        return
    terminal.note(f"{done}: {link.name} ({link.role})")
    click.echo(link.link)
    terminal.note(f"good once, until {link.expires:%H:%M} UTC; give it to {link.name} alone")


def _describe_proofs(account: AccountRow) -> str:
    passkeys = f"{account.passkeys} passkeys" if account.passkeys else ""
    proofs = ("password" if account.password else "", passkeys, text.fold(account.provider))
    return ", ".join(filter(None, proofs)) or "no proof yet"


@click.command("mcp")
@common
def mcp_command(invocation: Invocation) -> None:
    """Let an agent ask about stories and propose to editors, by MCP over standard input and output.

    It reads. With a token of `copydesk desk user token` in COPYDESK_DESK_TOKEN it proposes, or
    decides, by the token's scopes. An agent's program starts this command by itself.
    """
    from copydesk.desk import agents

    with invocation.newsroom() as newsroom:
        agents.serve_stdio(newsroom, invocation.environ, terminal.note)
