"""copydesk mail readers rename-letter: readers of a letter whose id changed get it again."""

from __future__ import annotations

from collections.abc import Iterable

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import text


@click.command("rename-letter")
@click.argument("old")
@click.argument("new")
@click.option("--as", "by", default="", metavar="NAME", help="Whose word it is; else git's user.")
@common
def rename_letter(invocation: Invocation, old: str, new: str, *, by: str) -> None:
    """Let the readers of the letter OLD get it as NEW: you gave it another id in beat.toml.

    What proves their consent is kept, with your word beside it, and links in letters of before go
    on working. It is for a rename alone: OLD must be gone from the settings, and the two must never
    have been there side by side.
    """
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        speaker = engine.speaker(newsroom, by)
        moved = engine.rename_letter(newsroom, store, old, new, speaker)
    if invocation.json:
        terminal.as_json({"moved": moved})
    else:
        click.echo(f"{moved} readers of {text.fold(old)} get {text.fold(new)}")


def note_lost_letters(lost: Iterable[engine.LostLetter]) -> None:
    """Say which letters people are subscribed to that are no more, and how to mend it."""
    for each in lost:
        whom = "1 reader is" if each.readers == 1 else f"{each.readers} readers are"
        terminal.note(
            f"{whom} subscribed to a letter that no longer exists: {text.fold(each.letter)}; "
            f"rename it back or move them: {each.command}"
        )
