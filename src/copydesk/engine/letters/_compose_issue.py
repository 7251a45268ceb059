"""Compose and render: a letter's issue as it would be at a moment, and as it is read."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime

from copydesk import mail
from copydesk.config import find_nearest
from copydesk.engine.letters._filed_issues import LastIssue, find_last_issue, letter_stems
from copydesk.engine.letters._gather import gather_material
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import UsageError
from copydesk.kit import dates, text
from copydesk.mail import IssueDraft, RenderedIssue
from copydesk.news import Issue, IssueEdits, LetterOptions
from copydesk.rendering import Renderer, load_site_strings

_NO_EDITS = IssueEdits()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter, its last issue, and when the next one is due: None where no hour says so.

    A moment that is past is one for which the issue is still to be made.
    """

    options: LetterOptions
    last: LastIssue | None
    due_at: datetime | None


def list_letters(newsroom: Newsroom) -> list[LetterRow]:
    """Return the letters of the settings, in their order."""
    return [_make_row(newsroom, letter) for letter in newsroom.settings.letters]


def find_letter(newsroom: Newsroom, letter_id: str) -> LetterRow:
    """Return the letter of an id; raises UsageError where there is none."""
    letters = newsroom.settings.letters
    letter = next((letter for letter in letters if letter.id == letter_id), None)
    if letter is not None:
        return _make_row(newsroom, letter)
    known = [letter.id for letter in letters]
    near = find_nearest(letter_id, known)
    hint = f'did you mean "{near}"?' if near else f"there are: {', '.join(known)}"
    if not known:
        hint = 'write [[letter]] and id = "daily" into beat.toml'
    raise UsageError("no such letter", subject=text.fold(letter_id)[:80], hint=hint)


def compose_issue(
    newsroom: Newsroom, letter_id: str, at: datetime, edits: IssueEdits = _NO_EDITS
) -> Issue:
    """Compose the issue that a letter would be at a moment, however little is new.

    Raises UsageError where there is no such letter, PublishError, MemoryStoreError.
    """
    return draft_letter(newsroom, letter_id, at, edits).issue


def draft_letter(
    newsroom: Newsroom, letter_id: str, at: datetime, edits: IssueEdits = _NO_EDITS
) -> IssueDraft:
    """Compose as `compose_issue` does, and say whether there is enough to tell."""
    letter = find_letter(newsroom, letter_id).options
    with gather_material(newsroom, letter, at) as material:
        return mail.draft_issue(material, edits)


def render_issue(newsroom: Newsroom, issue: Issue, *, whole: bool = False) -> RenderedIssue:
    """Render an issue in the site's theme and language; raises MailError, PublishError.

    `whole` has all its stories, however long it gets: where a mail ends, its page goes on.
    """
    return mail.render(
        issue,
        Renderer(newsroom.templates),
        load_site_strings(newsroom.beat.locale, newsroom.templates),
        most_bytes=sys.maxsize if whole else mail.MOST_BYTES,
    )


def _make_row(newsroom: Newsroom, letter: LetterOptions) -> LetterRow:
    stems = letter_stems(newsroom, letter, newsroom.settings.letters)
    last = find_last_issue(newsroom, stems)
    due = find_due_hour(newsroom, letter, last) or mail.next_due(letter, newsroom.now)
    return LetterRow(options=letter, last=last, due_at=due)


def find_due_hour(
    newsroom: Newsroom, letter: LetterOptions, last: LastIssue | None
) -> datetime | None:
    """Return the hour for which an issue of a letter is still to be made, None for none."""
    if not mail.is_due(letter, last.at if last else None, newsroom.now):
        return None
    hour = mail.last_due(letter, newsroom.now)
    is_skipped = hour and newsroom.memory.letters.get(letter.id) == mark_hour(hour)
    return None if is_skipped else hour


def mark_hour(hour: datetime) -> bytes:
    """Return what is remembered of an hour whose issue was skipped."""
    return dates.rfc3339(hour).encode()
