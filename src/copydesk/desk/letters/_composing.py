"""Composing: how an issue to come stands to what somebody saw of it, and filing it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

import msgspec

from copydesk import engine
from copydesk.desk.live import ComposedLetter, compose_letter
from copydesk.desk_store import DeskStore, KeptChange
from copydesk.errors import UsageError
from copydesk.news import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved an issue and when, and what is another thing in it since then."""

    change: KeptChange
    came: tuple[str, ...]
    left: tuple[str, ...]
    changes: int


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
    rendered = engine.render_issue(newsroom, composed.issue, whole=True)
    filed = engine.file_issue(newsroom, composed.issue, rendered, by)
    store.letters.end(letter_id, composed.kept.version)
    return PurePosixPath(filed.path).stem


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
