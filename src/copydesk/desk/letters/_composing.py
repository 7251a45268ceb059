"""Composing: how an issue to come stands to what somebody saw of it, and filing it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

import msgspec

from copydesk import engine
from copydesk.desk.live import ComposedLetter, compose_letter
from copydesk.desk_store import DeskStore
from copydesk.desk_store.letter_edits import KeptChange
from copydesk.errors import UsageError
from copydesk.news import Issue

_LOOK_AGAIN = "look at it once more, then file it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved an issue and when, and what is another thing in it since then."""

    change: KeptChange
    came: tuple[str, ...]
    left: tuple[str, ...]
    changes: int


def file_looked_at(
    newsroom: engine.Newsroom, store: DeskStore, letter_id: str, digest: str, by: str
) -> str:
    """File a letter's issue as somebody looked at it, and return its name.

    Raises UsageError where it is another one by now, is held, empty, or filed by somebody else, and
    as `engine.file_draft` does.
    """
    composed = compose_letter(newsroom, store, letter_id)
    if digest_issue(composed.issue) != digest:
        raise UsageError("the issue has changed since you looked at it", hint=_LOOK_AGAIN)
    if composed.kept.edits.is_held:
        raise UsageError("the issue is held", subject=letter_id, hint="release it first")
    if not composed.issue.sections:
        raise UsageError("there is nothing to file", subject=letter_id)
    outcome = engine.file_draft(newsroom, composed.draft, composed.kept, by)
    if outcome.state != "filed":
        raise UsageError(outcome.what, subject=letter_id, hint=_LOOK_AGAIN)
    return PurePosixPath(outcome.path).stem


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
