"""copydesk config."""

from __future__ import annotations

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("config")
@common
def command(invocation: Invocation) -> None:
    """Print every setting with its origin, secrets hidden."""
    rows, warnings = engine.setting_rows(invocation.root, invocation.environ)
    for warning in warnings:
        terminal.note(f"warning: {warning}")
    if invocation.json:
        terminal.as_json(rows)
        return
    terminal.table(
        ("setting", "value", "from"), [(row.path, row.value, row.origin) for row in rows]
    )
