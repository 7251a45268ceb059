"""`copydesk desk` manages accounts of the editors' web interface; `mcp` serves AI agents."""

from __future__ import annotations

from datetime import timedelta

import click

from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, command, command_group
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
    link_account,
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
    help="Port of copydesk serve, for the printed link.",
)


@command_group("desk")
def desk_command(invocation: Invocation) -> None:  # stored in the context for the subcommand
    """Manage user accounts of the desk (web editor)."""


@command("file-actions", of=desk_command)
def file_actions(invocation: Invocation) -> None:
    """Save queued changes of the desk (web editor) in git.

    `copydesk serve` does this automatically. Changes are saved in the order in which they were
    made; a commit has at most 50 changes, all by the same editor.
    """
    with invocation.newsroom() as newsroom:
        done = applying.file_actions(newsroom, lambda error: terminal.note(f"waiting: {error}"))
    if invocation.print_json(done):
        return
    for outcome in done.outcomes:
        click.echo(": ".join(filter(None, (outcome.state, outcome.what, outcome.hint))))
    terminal.failures(done.failed)
    terminal.note(f"{text.count_of(len(done.outcomes), 'change')} saved")


@command_group("user", of=desk_command)
def user(invocation: Invocation) -> None:  # stored in the context for the subcommand
    """Add, list, reset and remove user accounts of the desk."""


@command("add", of=user)
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="editor",
    show_default=True,
    help="viewer: read only; editor: edit stories; owner: also manage accounts.",
)
@click.option("--subject", default="", help="ID (subject) of NAME at the login provider.")
@port_option
def add(invocation: Invocation, name: str, role: Role, port: int, *, subject: str) -> None:
    """Add an account named NAME, and print a sign-in link.

    The link works once, within 15 minutes.
    """
    with invocation.newsroom() as newsroom:
        _print_link(invocation, add_account(newsroom, name, role, port, subject), "added")


@command("token", of=user)
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(TOKEN_SCOPES),
    multiple=True,
    default=("read",),
    show_default=True,
    help="Permission of the program; can be repeated.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 366),
    default=90,
    show_default=True,
    help="Days until the token expires.",
)
@click.option("--label", default="token", show_default=True, help="Name of the program.")
def token(
    invocation: Invocation, name: str, scopes: tuple[TokenScope, ...], days: int, *, label: str
) -> None:
    """Create an API token for a program that acts for NAME.

    The token is for the API of the desk (web editor), and is printed only once.
    """
    lifetime = timedelta(days=days)
    grant = TokenGrant(label=label, scopes=scopes, lifetime=lifetime)
    with invocation.newsroom() as newsroom:
        made = make_token(newsroom, name, grant)
    if invocation.print_json(made):
        return
    terminal.note(f"created an API token for {made.name} with scopes: {', '.join(made.scopes)}")
    click.echo(made.token)
    terminal.note(f"the token is shown only once, and expires on {made.expires:%Y-%m-%d}")


@command("reset", of=user)
@click.argument("name")
@port_option
def reset(invocation: Invocation, name: str, port: int) -> None:
    """Reset NAME's account, and print a new sign-in link.

    Deletes the password, passkeys, API tokens and sessions. The link works once, within 15
    minutes.
    """
    with invocation.newsroom() as newsroom:
        _print_link(invocation, reset_account(newsroom, name, port), "reset")


@command("link", of=user)
@click.argument("name")
@port_option
def link(invocation: Invocation, name: str, port: int) -> None:
    """Print a sign-in link for NAME, whose account stays as it is.

    The link works once, within 15 minutes, even if the settings allow only the login provider.
    """
    with invocation.newsroom() as newsroom:
        _print_link(invocation, link_account(newsroom, name, port), "link")


@command("list", of=user)
def list_(invocation: Invocation) -> None:
    """List all accounts with their sign-in methods and sessions."""
    with invocation.newsroom() as newsroom:
        accounts = list_accounts(newsroom)
    if invocation.print_json({"accounts": accounts}):
        return
    columns = Columns(0, 6, 22, 12, spare=(3,))
    if accounts:
        columns.head(("account", "role", "sign-in", "sessions"))
    for account in accounts:
        sessions = text.count_of(account.sessions, "session") if account.sessions else ""
        click.echo(columns.line((account.name, account.role, _describe_proofs(account), sessions)))
    terminal.note(f"{text.count_of(len(accounts), 'account')} can use the desk")


@command("end", of=user)
@click.argument("name")
def end(invocation: Invocation, name: str) -> None:
    """Sign NAME out on all devices; NAME can sign in again."""
    with invocation.newsroom() as newsroom:
        ended = end_sessions(newsroom, name)
    if not invocation.print_json(ended):
        click.echo(f"signed out: {ended.name} ({ended.sessions} sessions)")


@command("remove", of=user)
@click.argument("name")
def remove(invocation: Invocation, name: str) -> None:
    """Remove the account of NAME; changes made by NAME stay."""
    with invocation.newsroom() as newsroom:
        ended = remove_account(newsroom, name)
    if not invocation.print_json(ended):
        click.echo(f"removed: {ended.name}")


def _print_link(invocation: Invocation, link: AccountLink, done: str) -> None:
    if invocation.print_json(link):
        return
    terminal.note(f"{done}: {link.name} ({link.role})")
    click.echo(link.link)
    terminal.note(
        f"give the link only to {link.name}: it works once, until {link.expires:%H:%M} UTC"
    )


def _describe_proofs(account: AccountRow) -> str:
    passkeys = f"{account.passkeys} passkeys" if account.passkeys else ""
    proofs = ("password" if account.password else "", passkeys, text.fold(account.provider))
    return ", ".join(filter(None, proofs)) or "no sign-in method yet"


@command("mcp")
def mcp_command(invocation: Invocation) -> None:
    """Connect an AI agent to the desk (MCP server on stdin and stdout).

    The agent's program starts this command. The agent can read stories. To let the agent propose
    or make changes, set COPYDESK_DESK_TOKEN to a token from `copydesk desk user token`.
    """
    from copydesk.desk import agents

    with invocation.newsroom() as newsroom:
        agents.serve_stdio(newsroom, terminal.note)
