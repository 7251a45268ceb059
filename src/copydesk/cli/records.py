"""`copydesk record`, `adopt`, `catalogue` and `seal`: commands on stories' Markdown records."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Mapping
from pathlib import Path

import click

from copydesk import archive
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.newsroom import cataloguing
from copydesk.newsroom.records import check_records, open_seal
from copydesk.newsroom.starts import adopt


@click.group("record")
def record_command() -> None:
    """Check the story files."""


@record_command.command("check")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@common
def check(invocation: Invocation, folder: Path | None) -> None:
    """Check that every story file can be read and written unchanged.

    Files are only written in memory and compared byte by byte. Exits with 1 if a file differs.
    """
    with terminal.progress() as progress:
        report = check_records(folder or invocation.given_root, progress)
    if invocation.json:
        terminal.as_json(as_dict(report))
    else:
        show_check(report)
    if not report.is_clean:
        raise click.exceptions.Exit(1)


def as_dict(report: archive.CheckReport) -> Mapping[str, object]:
    """Return the report of `copydesk record check` as a dictionary for `--json`."""
    return {
        "records": report.records,
        "identical": report.identical,
        "different": report.different,
        "errors": [{"path": path, "what": what} for path, what in report.errors],
        "collections": report.collections,
        "data": report.data,
    }


def show_check(report: archive.CheckReport) -> None:
    """Print the report of `copydesk record check` for a person."""
    click.echo(f"{report.records} records checked, saving changes no byte of {report.identical}")
    for collection, count in report.collections.items():
        click.echo(f"  {count:6} {collection}")
    for path in (*report.different, *report.data.different):
        terminal.note(f"different: {path}")
    for path, what in (*report.errors, *report.data.errors):
        terminal.note(f"error: {what}: {path}")


@click.command("adopt")
@click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@common
def adopt_command(invocation: Invocation, folder: Path) -> None:
    """Turn the folder of an everyday.cc site into a newsroom.

    Does the same as `copydesk new --from DIR`.
    """
    take_over(invocation, folder)


def take_over(invocation: Invocation, folder: Path) -> None:
    """Turn the folder of an everyday.cc site into a newsroom, and print what was changed."""
    with terminal.progress() as progress:
        report = check_records(folder, progress)
    changed, obstacle = adopt(folder, invocation.clock())
    if changed and obstacle:
        terminal.note(f"note: not committed ({obstacle})")
    if invocation.json:
        terminal.as_json({"changed": changed, "records": as_dict(report)})
        return
    show_check(report)
    click.echo(f"changed: {', '.join(changed) or 'nothing'}")
    terminal.note(f"next: copydesk -C {shlex.quote(str(folder))} build")


@click.command("catalogue")
@common
def catalogue_command(invocation: Invocation) -> None:
    """Update the search index of stories (the catalogue).

    Only needed after you edited story files, if neither `copydesk run` nor `copydesk serve` is
    used.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM acts like Ctrl-C
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        report = cataloguing.refresh_catalogue(newsroom, progress)
    if invocation.json:
        terminal.as_json(report)
        return
    terminal.failures(report.failed)
    click.echo(
        f"{report.stories} stories in the search index: {report.read} updated, "
        f"{report.lost} removed in {report.seconds:.1f} s"
    )


@click.group("seal")
def seal_command() -> None:
    """Decrypt the private part of story files."""


@seal_command.command("open")
@click.argument("path")
@common
def open_(invocation: Invocation, path: str) -> None:
    """Print the decrypted private part of the story file PATH.

    Needs the key in `.copydesk/key` or in the environment variable COPYDESK_KEY.
    """
    with invocation.newsroom() as newsroom:
        click.echo(open_seal(newsroom, path))
