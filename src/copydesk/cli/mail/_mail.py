"""copydesk mail: the group of its words."""

from __future__ import annotations

import click

from copydesk.cli._invocation import Invocation, common
from copydesk.cli.mail._bounces import bounces
from copydesk.cli.mail._compose import compose
from copydesk.cli.mail._doctor import doctor
from copydesk.cli.mail._file_due import file_due
from copydesk.cli.mail._lint import lint
from copydesk.cli.mail._preview import preview
from copydesk.cli.mail._readers import readers
from copydesk.cli.mail._send import send
from copydesk.cli.mail._who import who


@click.group("mail")
@common
def command(invocation: Invocation) -> None:  # kept in the context for the command
    """Letters to readers."""


for word in (compose, preview, file_due, doctor, lint, send, who, bounces, readers):
    command.add_command(word)
