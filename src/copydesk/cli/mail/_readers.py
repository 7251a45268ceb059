"""copydesk mail readers: who gets letters, counted, found, added, taken away."""

from __future__ import annotations

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.cli.mail._lost_letters import note_lost_letters, rename_letter
from copydesk.cli.mail._readers_files import export_file, import_file
from copydesk.cli.mail._suppressions import suppress, suppressions
from copydesk.cli.mail._typed import read_address
from copydesk.kit import text


@click.group("readers", invoke_without_command=True)
@common
def readers(invocation: Invocation) -> None:
    """Count who reads which letter, or look after single readers and lists of them.

    An ADDRESS may be `-`: then it is read from stdin, and stands in no list of processes.
    """
    if click.get_current_context().invoked_subcommand is not None:
        return
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        counts = engine.count_readers(newsroom, store)
        lost = engine.find_lost_letters(newsroom, store)
        same = [
            [engine.read_reader(store, number).address for number in numbers]
            for numbers in counts.same_mailbox
        ]
    if invocation.json:
        terminal.as_json(counts)
        return
    rows = [("letter", letter, str(count)) for letter, count in counts.letters.items()]
    rows += [("state", state, str(count)) for state, count in counts.states.items()]
    if counts.suppressed_readers:
        rows.append(("state", "suppressed", str(counts.suppressed_readers)))
    rows += [("suppressed", reason, str(count)) for reason, count in counts.suppressed.items()]
    rows += [("mails", "waiting", str(counts.waiting_mails))]
    terminal.table(("", "", "readers"), rows)
    note_lost_letters(lost)
    for addresses in same:
        terminal.note(f"one mailbox, two readers: {' and '.join(map(text.fold, addresses))}")


@click.command("find")
@click.argument("address")
@common
def find(invocation: Invocation, address: str) -> None:
    """Show how the reader of ADDRESS stands."""
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        data = engine.find_reader(newsroom, store, read_address(address))
    if invocation.json:
        terminal.as_json(data)
    else:
        _show(data)


@click.command("data")
@click.argument("address")
@common
def data(invocation: Invocation, address: str) -> None:
    """Print everything that is kept of the reader of ADDRESS, as JSON: for whoever asks for it."""
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        terminal.as_json(engine.find_reader(newsroom, store, read_address(address)))


@click.command("add")
@click.argument("address")
@click.option("--letter", required=True, metavar="ID", help="The letter that they get.")
@click.option("--consent", required=True, metavar="TEXT", help="What proves that they want it.")
@common
def add(invocation: Invocation, address: str, *, letter: str, consent: str) -> None:
    """Let the reader of ADDRESS get a letter, because TEXT proves that they want it.

    They are asked by no mail: TEXT is kept as the proof (a signed list, a talk and its date).
    """
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        found = engine.add_reader(newsroom, store, read_address(address), letter, consent)
    if invocation.json:
        terminal.as_json(found)
    else:
        _show(found)


@click.command("remove")
@click.argument("address")
@common
def remove(invocation: Invocation, address: str) -> None:
    """End every letter of the reader of ADDRESS; what is kept of them stays."""
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        ended = engine.remove_reader(newsroom, store, read_address(address))
    if invocation.json:
        terminal.as_json({"ended": ended})
    else:
        click.echo(f"ended: {', '.join(ended) or 'none'}")


@click.command("erase")
@click.argument("address")
@common
def erase(invocation: Invocation, address: str) -> None:
    """Forget the reader of ADDRESS: a keyed digest stays, by which nothing is sent there again.

    Backups made before still have the address.
    """
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        engine.erase_by_address(newsroom, store, read_address(address))
    if invocation.json:
        terminal.as_json({"erased": True})
    else:
        click.echo("erased")


def _show(found: engine.ReaderData) -> None:
    click.echo(f"{found.address}: {found.state}, since {found.made:%Y-%m-%d}")
    for kept in found.subscriptions:
        topics = f" ({', '.join(kept.topics)})" if kept.topics else ""
        click.echo(f"  {kept.letter}{topics}, since {kept.since:%Y-%m-%d}")
    for consent in found.consents:
        click.echo(f"  consent to {consent.letter}, {consent.at:%Y-%m-%d}: {consent.proof}")
    for delivery in found.deliveries[:10]:
        at = f", {delivery.at:%Y-%m-%d %H:%M}" if delivery.at else ""
        click.echo(f"  {delivery.issue}: {delivery.state}{at}")
    if found.suppressed:
        terminal.note(f"nothing is sent there: {found.suppressed}")


for word in (find, add, remove, erase, data, rename_letter, import_file, export_file):
    readers.add_command(word)
for group in (suppress, suppressions):
    readers.add_command(group)
