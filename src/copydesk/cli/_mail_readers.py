"""`copydesk mail readers`: list, add, import, export, suppress and erase newsletter subscribers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import click

from copydesk import editing
from copydesk.cli import terminal
from copydesk.cli._invocation import AS_HELP, Invocation, command, command_group
from copydesk.errors import UsageError
from copydesk.kit import files, text
from copydesk.newsletters import exchange, reader_lists
from copydesk.newsletters.readers import by_hand
from copydesk.newsletters.readers.addresses import open_readers
from copydesk.newsletters.readers.outcomes import ReaderData

COMMAND = "copydesk mail"  # who asked for a test letter, if no name is given


def read_address(argument: str) -> str:
    """Return the mail address in an argument, or for `-` the first line of stdin.

    Stdin, because every user of this machine can see the arguments of commands.
    """
    return sys.stdin.readline().strip() if argument == "-" else argument


@command("rename-letter")
@click.argument("old")
@click.argument("new")
@click.option("--as", "by", default="", metavar="NAME", help=AS_HELP)
def rename_letter(invocation: Invocation, old: str, new: str, *, by: str) -> None:
    """Move the subscribers of newsletter OLD to its new ID NEW.

    Use this command after you changed the ID of a newsletter in beat.toml. OLD must no longer be
    in beat.toml, and OLD and NEW must never have been there at the same time. The proofs of
    consent are kept, and links in older issues still work.
    """
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        speaker = editing.speaker(newsroom, by)
        moved = by_hand.rename_letter(newsroom, store, old, new, speaker)
    if not invocation.print_json({"moved": moved}):
        click.echo(f"moved {moved} subscribers from {text.fold(old)} to {text.fold(new)}")


def note_lost_letters(lost: Iterable[by_hand.LostLetter]) -> None:
    """Warn of subscriptions to newsletters that no longer exist, with a hint."""
    for each in lost:
        whom = "1 subscriber gets" if each.readers == 1 else f"{each.readers} subscribers get"
        terminal.note(
            f"{whom} a newsletter that no longer exists: {text.fold(each.letter)}; "
            f"restore its ID, or move its subscribers: {each.command}"
        )


_EACH = 10_000  # rows between two progress messages
_QUIET = {"added", "already"}  # results that are not listed row by row


@command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show each row's result, without changing anything.")
@click.option("--letter", default="", metavar="ID", help="Newsletter of rows without a newsletter.")
@click.option("--consent", default="", metavar="TEXT", help="Proof of consent if a row has none.")
@click.option(
    *("--ignore-column", "ignored"),
    multiple=True,
    metavar="NAME",
    help="Do not read this column as a subscription status.",
)
def import_file(
    invocation: Invocation,
    file: Path,
    *,
    dry_run: bool,
    letter: str,
    consent: str,
    ignored: tuple[str, ...],
) -> None:
    """Import subscribers from a CSV FILE, with proofs of consent.

    Sends no email. FILE is an export of copydesk, listmonk, Buttondown, Mailchimp, Ghost or
    Substack, or any CSV file with a column of addresses, and optionally the columns letter,
    topics, language, consented_at and proof. Addresses that unsubscribed or bounced are added to
    the suppression list. Exits with 1 if a row could not be read.
    """
    lines = _Lines(is_silent=invocation.json)
    options = exchange.ImportOptions(
        letter=letter, consent=consent, ignored_columns=ignored, is_rehearsal=dry_run
    )
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        report = exchange.import_readers(newsroom, store, file, options, lines.tell)
    if not invocation.print_json(report):
        _show_import(report, has_consent=bool(consent))
    if report.counts.keys() & {"bad-row", "no-address", "formula", "no-letter"}:
        sys.exit(1)


def _show_import(report: exchange.ImportReport, *, has_consent: bool) -> None:
    terminal.table(("result", "rows"), [(kind, str(n)) for kind, n in report.counts.items()])
    terminal.note(f"read {report.rows} rows in the format: {report.layout}")
    if report.state_columns:
        terminal.note(f"columns that show who unsubscribed: {', '.join(report.state_columns)}")
    unproved = report.counts.get("no-consent", 0)
    if unproved and not has_consent:
        terminal.note(
            f"{unproved} rows have no proof of consent; to import these rows, add "
            '--consent "how the subscribers agreed"'
        )
    if report.is_rehearsal:
        terminal.note("dry run: nothing was changed")


class _Lines:
    """Prints the progress of an import of subscribers, and the rows that were not imported."""

    def __init__(self, *, is_silent: bool) -> None:
        self._is_silent = is_silent
        self._rows = 0

    def tell(self, row: exchange.ImportedRow) -> None:
        """Print the result of an imported row with its line number, never the mail address."""
        self._rows += 1
        if self._rows % _EACH == 0:
            terminal.note(f"{self._rows} rows …")
        if row.kind not in _QUIET and not self._is_silent:
            click.echo(f"line {row.line}: {row.kind}")


@command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json"]),
    default="csv",
    help="Export format (default: csv).",
)
def export_file(
    invocation: Invocation, file: Path | None, *, form: reader_lists.ExportFormat
) -> None:
    """Export all subscribers to FILE or stdout.

    The export has one row for each subscription. FILE must not exist yet, and only you can read
    FILE. An apostrophe is put before CSV cells that a spreadsheet would run as a formula; `import`
    removes the apostrophe.
    """
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        if file is None or str(file) == "-":
            rows = reader_lists.export_readers(store, sys.stdout, form)
        else:
            with _create_private(file) as out:
                rows = reader_lists.export_readers(store, out, form)
    terminal.note(f"exported {rows} rows")


def _create_private(file: Path) -> TextIO:
    hint = "choose a new file name in a folder that you can write to"
    with files.explain_errors(UsageError, "could not create the file", file, hint):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")


@command("suppress")
@click.argument("address")
@click.option("--why", required=True, metavar="TEXT", help="Reason for blocking the address.")
def suppress(invocation: Invocation, address: str, *, why: str) -> None:
    """Never send email to ADDRESS again (suppression list)."""
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        by_hand.suppress_address(newsroom, store, read_address(address), why)
    if not invocation.print_json({"suppressed": True}):
        click.echo("suppressed")


@command_group("suppressions", invoke_without_command=True)
def suppressions(invocation: Invocation) -> None:
    """List addresses that get no email, or allow one again."""
    if click.get_current_context().invoked_subcommand is None:
        _list(invocation)


@command("list")
def list_all(invocation: Invocation) -> None:
    """List addresses that get no email, newest first."""
    _list(invocation)


@command("lift")
@click.argument("address")
def lift(invocation: Invocation, address: str) -> None:
    """Remove ADDRESS from the suppression list.

    ADDRESS then gets the newsletters to which it is subscribed.
    """
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        by_hand.lift_suppression(newsroom, store, read_address(address))
    if not invocation.print_json({"lifted": True}):
        click.echo("lifted")


def _list(invocation: Invocation) -> None:
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        rows = by_hand.list_suppressions(store)
    if invocation.print_json(rows):
        return
    terminal.table(
        ("address", "reason", "since", "detail"),
        [
            (row.address or "(address not stored)", row.reason, f"{row.since:%Y-%m-%d}", row.detail)
            for row in rows
        ],
    )


for suppressions_word in (list_all, lift):
    suppressions.add_command(suppressions_word)


@command_group("readers", invoke_without_command=True)
def readers(invocation: Invocation) -> None:
    """Count newsletter subscribers, or manage them.

    If ADDRESS is `-`, the email address is read from stdin, so that other users of the machine
    cannot see the address in the list of processes.
    """
    if click.get_current_context().invoked_subcommand is not None:
        return
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        counts = by_hand.count_readers(newsroom, store)
        lost = by_hand.find_lost_letters(newsroom, store)
        same = [
            [by_hand.read_reader(store, number).address for number in numbers]
            for numbers in counts.same_mailbox
        ]
    if invocation.print_json(counts):
        return
    rows = [("newsletter", letter, str(count)) for letter, count in counts.letters.items()]
    rows += [("status", state, str(count)) for state, count in counts.states.items()]
    if counts.suppressed_readers:
        rows.append(("status", "suppressed", str(counts.suppressed_readers)))
    rows += [("suppressed", reason, str(count)) for reason, count in counts.suppressed.items()]
    rows += [("emails", "waiting", str(counts.waiting_mails))]
    terminal.table(("kind", "name", "number"), rows)
    note_lost_letters(lost)
    for addresses in same:
        terminal.note(f"two subscribers, one mailbox: {' and '.join(map(text.fold, addresses))}")


@command("find")
@click.argument("address")
def find(invocation: Invocation, address: str) -> None:
    """Show the status and newsletters of ADDRESS."""
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        data = by_hand.find_reader(newsroom, store, read_address(address))
    if not invocation.print_json(data):
        _show_reader(data)


@command("data")
@click.argument("address")
def data(invocation: Invocation, address: str) -> None:
    """Print all stored data about ADDRESS as JSON.

    Use this command for subscribers who ask for their data.
    """
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        terminal.as_json(by_hand.find_reader(newsroom, store, read_address(address)))


@command("add")
@click.argument("address")
@click.option("--letter", required=True, metavar="ID", help="ID of the newsletter.")
@click.option("--consent", required=True, metavar="TEXT", help="Proof that the subscriber agreed.")
def add(invocation: Invocation, address: str, *, letter: str, consent: str) -> None:
    """Subscribe ADDRESS to a newsletter, with a proof of consent.

    No confirmation email is sent. The text of --consent is stored as the proof, such as a signed
    list, or a talk and its date.
    """
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        found = by_hand.add_reader(newsroom, store, read_address(address), letter, consent)
    if not invocation.print_json(found):
        _show_reader(found)


@command("remove")
@click.argument("address")
def remove(invocation: Invocation, address: str) -> None:
    """Unsubscribe ADDRESS from all newsletters.

    The stored data about the subscriber stays.
    """
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        ended = by_hand.remove_reader(newsroom, store, read_address(address))
    if not invocation.print_json({"ended": ended}):
        click.echo(f"unsubscribed from: {', '.join(ended) or 'no newsletter'}")


@command("erase")
@click.argument("address")
def erase(invocation: Invocation, address: str) -> None:
    """Delete all data about ADDRESS, and block the address.

    No email is sent to a blocked address. Only a keyed hash of the address is kept. Earlier
    backups still contain the address.
    """
    with invocation.newsroom() as newsroom, open_readers(newsroom) as store:
        by_hand.erase_by_address(newsroom, store, read_address(address))
    if not invocation.print_json({"erased": True}):
        click.echo("erased")


def _show_reader(found: ReaderData) -> None:
    click.echo(f"status of {found.address}: {found.state}, since {found.made:%Y-%m-%d}")
    for kept in found.subscriptions:
        topics = f" ({', '.join(kept.topics)})" if kept.topics else ""
        click.echo(f"  subscribed to {kept.letter}{topics} since {kept.since:%Y-%m-%d}")
    for consent in found.consents:
        click.echo(f"  consented to {consent.letter} on {consent.at:%Y-%m-%d}: {consent.proof}")
    for delivery in found.deliveries[:10]:
        at = f", {delivery.at:%Y-%m-%d %H:%M}" if delivery.at else ""
        click.echo(f"  issue {delivery.issue}: {delivery.state}{at}")
    if found.suppressed:
        terminal.note(f"the address gets no email, because of: {found.suppressed}")


for readers_word in (find, add, remove, erase, data, rename_letter, import_file, export_file):
    readers.add_command(readers_word)
for group in (suppress, suppressions):
    readers.add_command(group)
