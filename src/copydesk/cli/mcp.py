"""copydesk mcp."""

from __future__ import annotations

import click

from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.desk import agents


@click.command("mcp")
@common
def command(invocation: Invocation) -> None:
    """Let an agent ask about stories and propose to editors, by MCP over standard input and output.

    It reads. With a token of `copydesk desk user token` in COPYDESK_DESK_TOKEN it proposes, or
    decides, by the token's scopes. An agent's program starts this command by itself.
    """
    with invocation.newsroom() as newsroom:
        agents.serve_stdio(newsroom, invocation.environ, terminal.note)
