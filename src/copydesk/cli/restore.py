"""copydesk restore FILE [DIR]."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import backup, terminal
from copydesk.cli._invocation import Invocation, common


@click.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@common
def command(invocation: Invocation, file: Path, folder: Path | None) -> None:
    """Restore a newsroom from FILE into DIR (default: here), which must be empty or not there."""
    report = engine.restore(file, folder or invocation.root, invocation.clock())
    if invocation.json:
        terminal.as_json(
            {
                "folder": report.folder,
                "newsroom": report.newsroom,
                **backup.describe(report.manifest),
                "verified": report.verification,
                "sending_waits": report.sending_waits,
                "missing": report.missing,
                "seconds": report.seconds,
            }
        )
        return
    backup.show_manifest(report.manifest)
    click.echo(f"restored: {report.newsroom}, as of {report.manifest.made}")
    if report.sending_waits:
        terminal.note("letters filed since then wait for a person's word: copydesk mail send")
    if not backup.key_paths(report.manifest):
        terminal.note("the key is not in it: put it back first, as .copydesk/key")
    if report.missing is None:
        terminal.note(
            "the backup has no list of the texts and pictures that it leaves out: they stay away"
        )
    elif report.missing.waiting:
        terminal.note(report.missing.describe())
    terminal.note(f"next: copydesk -C {shlex.quote(report.newsroom)} run")
