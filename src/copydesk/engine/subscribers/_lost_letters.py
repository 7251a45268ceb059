"""Lost letters: subscriptions to an id that the settings have no more, and their way to a new one.

Who renames a letter in beat.toml leaves its readers with the old id, and nothing goes to that.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.engine.newsroom import Newsroom
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.mail_store import LetterRename, MailStore, SendingState

_OPEN: tuple[SendingState, ...] = ("ready", "awaits-word", "sending", "paused")
_BACK = "rename it back in beat.toml, or end that: copydesk mail send ISSUE --end"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLetter:
    """A letter that the settings have no more, and how many still are subscribed to it.

    `command` moves its readers: it has NEW for the new id, unless one letter alone may be it.
    """

    letter: str
    readers: int
    command: str


def find_lost_letters(newsroom: Newsroom, store: MailStore) -> tuple[LostLetter, ...]:
    """Return the letters that people are subscribed to and that are no more; MailStoreError."""
    known = [letter.id for letter in newsroom.settings.letters]
    return tuple(
        LostLetter(letter=letter, readers=readers, command=_write_command(store, letter, known))
        for letter, readers in store.subscriptions.count_all().items()
        if letter not in known
    )


def rename_letter(newsroom: Newsroom, store: MailStore, old: str, new: str, by: str) -> int:
    """Let the readers of a letter that was renamed get it again; return how many those are.

    What proves their consent is kept, and that somebody renamed the letter is noted beside it.
    Raises UsageError where that would subscribe anybody to what they did not ask for: both letters
    are there, or were side by side; and where an issue of the old one is on its way.
    """
    known = {letter.id for letter in newsroom.settings.letters}
    shown = text.fold(f"{old} to {new}")[:80]
    if new not in known:
        raise UsageError("no such letter", subject=text.fold(new)[:80], hint="name its new id")
    if old in known:
        hint = "nobody is moved from one letter to another: readers choose for themselves"
        raise UsageError("that letter is still there", subject=text.fold(old)[:80], hint=hint)
    with store.at_once():
        if old not in store.subscriptions.count_all():
            raise UsageError("nobody is subscribed to that letter", subject=text.fold(old)[:80])
        going = store.ledger.list_sendings(most=1_000, states=_OPEN)
        issue = next((sending.issue for sending in going if sending.letter == old), "")
        if issue:
            raise UsageError("an issue of it is on its way", subject=issue, hint=_BACK)
        if not store.renames.may_be_one(old, new):
            hint = "there were readers or issues of both at one time: readers choose for themselves"
            raise UsageError("that is no rename, but two letters", subject=shown, hint=hint)
        rename = LetterRename(old=old, new=new, by=text.fold(by)[:200], at=newsroom.now)
        return store.renames.move_readers(rename)


def _write_command(store: MailStore, old: str, known: Sequence[str]) -> str:
    possible = [new for new in known if store.renames.may_be_one(old, new)]
    new = possible[0] if len(possible) == 1 else "NEW"
    return f"copydesk mail readers rename-letter {shlex.quote(text.fold(old))} {new}"
