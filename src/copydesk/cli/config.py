"""copydesk config."""

from __future__ import annotations

import click

from copydesk import engine
from copydesk.cli import _out
from copydesk.cli._asked import Asked, common


@click.command("config")
@common
def command(asked: Asked) -> None:
    """Print every setting with its origin, secrets hidden."""
    rows, warnings = engine.setting_rows(asked.root, asked.environ)
    for warning in warnings:
        _out.note(f"warning: {warning}")
    if asked.json:
        _out.as_json(rows)
        return
    _out.table(("setting", "value", "from"), [(row.path, row.value, row.origin) for row in rows])
