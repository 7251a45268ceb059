"""Composing: a letter's issue as it would be now, with what editors changed in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import msgspec

from copydesk import engine
from copydesk.desk_store import DeskStore, KeptChange, KeptEdits
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import Issue, IssueStory

_TOLD_CHANGES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedLetter:
    """A letter's issue to come, the edits that it was composed with, and the latest of these."""

    row: engine.LetterRow
    issue: Issue
    kept: KeptEdits
    changes: Sequence[KeptChange] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the records of its stories in their order."""
        return tuple(story.name for story in list_stories(self.issue))


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved an issue and when, and what is another thing in it since then."""

    change: KeptChange
    came: tuple[str, ...]
    left: tuple[str, ...]
    changes: int


def compose_letter(newsroom: engine.Newsroom, store: DeskStore, letter_id: str) -> ComposedLetter:
    """Compose a letter's issue to come; raises UsageError where there is no such letter."""
    row = find_row(newsroom, letter_id)
    kept = store.letters.of(letter_id)
    return ComposedLetter(
        row=row,
        issue=engine.compose_issue(newsroom, letter_id, newsroom.now, kept.edits),
        kept=kept,
        changes=store.letters.list_changes(letter_id, _TOLD_CHANGES),
    )


def find_row(newsroom: engine.Newsroom, letter_id: str) -> engine.LetterRow:
    """Return a letter, the first for ""; raises UsageError where there is none of that id."""
    rows = engine.list_letters(newsroom)
    for row in rows:
        if letter_id in {"", row.options.id}:
            return row
    hint = "write [[letter]] in beat.toml" if not rows else "[[letter]] in beat.toml names them"
    raise UsageError("there is no such letter", subject=text.fold(letter_id)[:80], hint=hint)


def file_letter(
    newsroom: engine.Newsroom, store: DeskStore, letter_id: str, digest: str, by: str
) -> str:
    """File a letter's issue as somebody looked at it, and return its name.

    What was changed in it is forgotten then. Raises UsageError where it is another one by now, is
    held or empty, and as `engine.file_issue` does.
    """
    composed = compose_letter(newsroom, store, letter_id)
    if digest_issue(composed.issue) != digest:
        hint = "look at it once more, then file it"
        raise UsageError("the issue has changed since you looked at it", hint=hint)
    if composed.kept.edits.is_held:
        raise UsageError("the issue is held", subject=letter_id, hint="release it first")
    if not composed.issue.sections:
        raise UsageError("there is nothing to file", subject=letter_id)
    rendered = engine.render_issue(newsroom, composed.issue, is_whole=True)
    filed = engine.file_issue(newsroom, composed.issue, rendered, by)
    store.letters.end(letter_id, composed.kept.version)
    return PurePosixPath(filed.path).stem


def list_stories(issue: Issue) -> Iterator[IssueStory]:
    """Yield the stories of an issue in their order."""
    return (story for section in issue.sections for story in section.stories)


def digest_issue(issue: Issue) -> str:
    """Return the digest of what an issue tells, whenever that is."""
    told = (issue.subject, issue.preheader, issue.note, issue.sections)
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:16]


def find_approval(composed: ComposedLetter) -> Approval | None:
    """Return how an issue stands to what was approved, None where nobody did."""
    change = composed.kept.last.get(("approved", ""))
    if change is None or not change.value:
        return None
    approved, now = set(change.value), set(composed.names)
    later = [
        one
        for one in composed.kept.last.values()
        if one.number > change.number and one.field != "held"
    ]
    return Approval(
        change=change,
        came=tuple(name for name in composed.names if name not in approved),
        left=tuple(name for name in change.value if name not in now),
        changes=len(later),
    )
