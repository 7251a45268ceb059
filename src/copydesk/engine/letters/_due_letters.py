"""Due letters: those whose hour has come, or enough of whose stories are new, are filed.

A held issue and one that waits for approval go within a day of their hour, once somebody lets them;
one with too little to tell is skipped, and what it had is told by the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from copydesk import mail
from copydesk.engine.letters._compose_issue import list_letters, mark_hour
from copydesk.engine.letters._file_letter import LetterOutcome, file_letter
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import CopydeskError


def list_due_letters(newsroom: Newsroom, *, with_waiting: bool) -> list[str]:
    """Return the letters to make an issue of now; with those that wait for so many new stories."""
    return [
        row.options.id
        for row in list_letters(newsroom)
        if (with_waiting and row.options.when_new) or (row.due_at and row.due_at <= newsroom.now)
    ]


def file_due_letters(newsroom: Newsroom) -> tuple[LetterOutcome, ...]:
    """File the letters that are due; one that fails costs no other, and is tried again."""
    due = list_due_letters(newsroom, with_waiting=True)
    return tuple(outcome for letter_id in due for outcome in _file_due(newsroom, letter_id))


def _file_due(newsroom: Newsroom, letter_id: str) -> Iterator[LetterOutcome]:
    try:
        outcome = file_letter(newsroom, letter_id)
    except CopydeskError as error:
        what = f"not filed: {error}; {error.hint}" if error.hint else f"not filed: {error}"
        yield LetterOutcome(letter=letter_id, state="failed", what=what)
        return
    letter = next(found for found in newsroom.settings.letters if found.id == letter_id)
    if outcome.state == "skipped" and (hour := mail.last_due(letter, newsroom.now)):
        newsroom.memory.letters.put(letter_id, mark_hour(hour))
    if outcome.state != "skipped" or not letter.when_new:
        yield outcome
