"""copydesk mail: the group of its words."""

from __future__ import annotations

import click

from copydesk.cli._invocation import Invocation, common
from copydesk.cli.mail._bounces import bounces
from copydesk.cli.mail._compose import compose
from copydesk.cli.mail._doctor import doctor
from copydesk.cli.mail._file_due import file_due
from copydesk.cli.mail._preview import preview
from copydesk.cli.mail._readers import readers
from copydesk.cli.mail._send import send
from copydesk.cli.mail._who import who
from copydesk.errors import MailError


@click.group("mail")
@common
def command(invocation: Invocation) -> None:  # kept in the context for the command
    """Letters to readers."""


@click.command("lint", hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@common
def lint(invocation: Invocation, words: tuple[str, ...]) -> None:
    """Say which site checks a letter, as `mail lint` was cut; exit 1."""
    raise MailError(
        "copydesk mail lint was cut",
        hint="https://www.caniemail.com/ says what mail programs show of a letter's HTML",
    )


for word in (compose, preview, file_due, doctor, lint, send, who, bounces, readers):
    command.add_command(word)
