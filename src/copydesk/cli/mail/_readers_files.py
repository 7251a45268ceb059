"""copydesk mail readers import and export: files of readers."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.errors import UsageError

_EACH = 10_000  # rows between two words on how far it is
_QUIET = {"added", "already"}  # what is not named row by row


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what each row would become; change nothing.")
@click.option("--letter", default="", metavar="ID", help="The letter of rows that name none.")
@click.option("--consent", default="", metavar="TEXT", help="What proves it of rows that do not.")
@click.option(
    *("--ignore-column", "ignored"),
    multiple=True,
    metavar="NAME",
    help="Take a column for no word on who left.",
)
@common
def import_file(
    invocation: Invocation,
    file: Path,
    *,
    dry_run: bool,
    letter: str,
    consent: str,
    ignored: tuple[str, ...],
) -> None:
    """Take the readers of FILE over, with what proves their consent; nobody is mailed.

    FILE is CSV: this command's own, an export of listmonk, Buttondown, Mailchimp, Ghost or
    Substack, or any with a column of addresses and perhaps letter, topics, language, consented_at
    and proof. Who left or bounced there is suppressed here: a column that says so (status,
    unsubscribed …) must do it in words that are known. Exit 1 where a row could not be read.
    """
    lines = _Lines(is_silent=invocation.json)
    options = engine.ImportOptions(letter=letter, consent=consent, ignored_columns=ignored)
    act = engine.rehearse_reader_import if dry_run else engine.import_readers
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        report = act(newsroom, store, file, options, lines.tell)
    if invocation.json:
        terminal.as_json(report)
    else:
        _show(report, has_consent=bool(consent))
    if report.counts.keys() & {"bad-row", "no-address", "formula", "no-letter"}:
        sys.exit(1)


def _show(report: engine.ImportReport, *, has_consent: bool) -> None:
    terminal.table(("", "rows"), [(kind, str(n)) for kind, n in report.counts.items()])
    terminal.note(f"{report.rows} rows, as {report.layout} writes them")
    if report.state_columns:
        terminal.note(f"who left is known by: {', '.join(report.state_columns)}")
    unproved = report.counts.get("no-consent", 0)
    if unproved and not has_consent:
        terminal.note(
            f"nothing proves the consent of {unproved}: say how they agreed, and they are taken: "
            '--consent "how they agreed"'
        )
    if report.is_rehearsal:
        terminal.note("a rehearsal: nothing was changed")


class _Lines:
    """What is said while rows are taken: how far it is, and rows that became no reader."""

    def __init__(self, *, is_silent: bool) -> None:
        self._is_silent = is_silent
        self._rows = 0

    def tell(self, row: engine.ImportedRow) -> None:
        """Say what a row became, by its line: never whose it is."""
        self._rows += 1
        if self._rows % _EACH == 0:
            terminal.note(f"{self._rows} rows …")
        if row.kind not in _QUIET and not self._is_silent:
            click.echo(f"line {row.line}: {row.kind}")


@click.command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@common
def export_file(invocation: Invocation, file: Path | None, *, form: engine.ExportFormat) -> None:
    """Write all readers to FILE, which nobody else can read, or to stdout.

    One row for each letter that somebody gets. A cell that a spreadsheet would execute has an
    apostrophe before it, which `import` takes away again. FILE must not exist.
    """
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        if file is None or str(file) == "-":
            rows = engine.export_readers(store, sys.stdout, form)
        else:
            with _create_private(file) as out:
                rows = engine.export_readers(store, out, form)
    terminal.note(f"{rows} rows")


def _create_private(file: Path) -> TextIO:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(
            f"the file cannot be made ({error.strerror})",
            subject=str(file),
            hint="name one that does not exist, in a folder of yours",
        ) from error
    return os.fdopen(handle, "w", encoding="utf-8", newline="")
