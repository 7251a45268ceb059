"""Due letters: those whose hour has come, or enough of whose stories are new, are filed.

A held issue and one that waits for approval go within a day of their hour, once somebody lets them;
one with too little to tell is skipped, and what it had is told by the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from copydesk import mail
from copydesk.engine.letters._compose_issue import list_letters, mark_hour
from copydesk.engine.letters._file_letter import (
    LetterOutcome,
    file_letter,
    find_obstacle,
    read_edits,
)
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.publishing import make_public_pictures
from copydesk.errors import CopydeskError
from copydesk.news import LetterOptions


def list_due_letters(newsroom: Newsroom, *, with_waiting: bool) -> list[str]:
    """Return the letters that would go now if somebody filed them; with those that wait for news.

    One that is held, or needs an approval that it does not have, would not.
    """
    return [
        letter.id
        for letter in _list_due(newsroom, with_waiting=with_waiting)
        if not find_obstacle(letter, read_edits(newsroom, letter.id).edits)
    ]


def file_due_letters(newsroom: Newsroom) -> tuple[LetterOutcome, ...]:
    """File the letters that are due; one that fails costs no other, and is tried again."""
    due = _list_due(newsroom, with_waiting=True)
    if due:
        make_public_pictures(newsroom)
    return tuple(outcome for letter in due for outcome in _file_due(newsroom, letter))


def _list_due(newsroom: Newsroom, *, with_waiting: bool) -> list[LetterOptions]:
    return [
        row.options
        for row in list_letters(newsroom)
        if (with_waiting and row.options.when_new) or (row.due_at and row.due_at <= newsroom.now)
    ]


def _file_due(newsroom: Newsroom, letter: LetterOptions) -> Iterator[LetterOutcome]:
    try:
        outcome = file_letter(newsroom, letter.id)
    except CopydeskError as error:
        what = f"not filed: {error}; {error.hint}" if error.hint else f"not filed: {error}"
        yield LetterOutcome(letter=letter.id, state="failed", what=what)
        return
    if outcome.state == "skipped" and (hour := mail.last_due(letter, newsroom.now)):
        newsroom.memory.letters.put(letter.id, mark_hour(hour))
    if outcome.state != "skipped" or not letter.when_new:
        yield outcome
