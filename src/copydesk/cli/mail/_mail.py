"""copydesk mail: the group of its words."""

from __future__ import annotations

import click

from copydesk.cli._invocation import Invocation, common
from copydesk.cli.mail._lint import lint


@click.group("mail")
@common
def command(invocation: Invocation) -> None:  # kept in the context for the command
    """Letters to readers."""


command.add_command(lint)
