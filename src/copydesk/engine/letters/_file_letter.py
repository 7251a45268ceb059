"""File letter: a letter's issue to come, with what editors changed in it, composed and filed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from copydesk.desk_store import has_desk, open_desk
from copydesk.desk_store.letter_edits import KeptEdits
from copydesk.engine.letters._compose_issue import draft_letter, find_letter, render_issue
from copydesk.engine.letters._file_issue import file_issue
from copydesk.engine.newsroom import Newsroom
from copydesk.kit import dates
from copydesk.mail import IssueDraft
from copydesk.news import Issue, IssueEdits, LetterOptions

LetterState = Literal["filed", "filed-before", "skipped", "held", "unapproved", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOutcome:
    """What became of the issue to come of a letter; `what` says it to a person.

    `path` is that of its file, "" where there is none; `new` stories were new, of `fewest` that it
    takes. `hint` says what would let one go that was skipped. One that `is_held` is filed, and
    awaits a person's word before it goes out.
    """

    letter: str
    state: LetterState
    what: str
    path: str = ""
    new: int = 0
    fewest: int = 0
    hint: str = ""
    commit: str | None = None
    notes: tuple[str, ...] = ()
    is_held: bool = False


def file_letter(
    newsroom: Newsroom,
    letter_id: str,
    by: str = "",
    before: Callable[[Issue], None] = lambda _issue: None,
) -> LetterOutcome:
    """Compose a letter's issue as of now and file it, unless there is too little to tell.

    `by` is the person who lets it go, which is their approval; by itself one goes that needs none.
    A held one goes with nobody. `before` sees the issue that is about to be filed. Raises
    UsageError where there is no such letter and as `file_issue` does, MailError and PublishError
    for a template of the owner's.
    """
    letter = find_letter(newsroom, letter_id).options
    kept = read_edits(newsroom, letter.id)
    obstacle = find_obstacle(letter, kept.edits, by)
    if obstacle is not None:
        return obstacle
    draft = draft_letter(newsroom, letter.id, newsroom.now, kept.edits)
    if not draft.is_enough:
        return explain_skip(draft)
    before(draft.issue)
    return file_draft(newsroom, draft, kept, by or kept.edits.approved_by)


def file_draft(newsroom: Newsroom, draft: IssueDraft, kept: KeptEdits, by: str) -> LetterOutcome:
    """File an issue that was composed with what editors changed, which is done with then.

    Where another process filed its hour meanwhile, that one is done with them. Raises as
    `file_issue` does, MailError, PublishError.
    """
    outcome = _file(newsroom, draft, by)
    if outcome.state == "filed" and kept.version:
        with contextlib.closing(open_desk(newsroom.private)) as desk:
            desk.letters.end(kept.letter, kept.version)
    return outcome


def read_edits(newsroom: Newsroom, letter_id: str) -> KeptEdits:
    """Return what editors changed in the issue to come of a letter; nothing where is no desk yet.

    Raises DeskStoreError.
    """
    if not has_desk(newsroom.private):
        return KeptEdits(letter=letter_id)
    with contextlib.closing(open_desk(newsroom.private)) as desk:
        return desk.letters.of(letter_id)


def find_obstacle(letter: LetterOptions, edits: IssueEdits, by: str = "") -> LetterOutcome | None:
    """Return what keeps an issue back that there is enough to tell in, None for nothing."""
    if edits.is_held:
        return LetterOutcome(letter=letter.id, state="held", what="it is held at the desk")
    if letter.approval == "editor" and not (by or edits.approved_by):
        what = "it waits for an editor's approval"
        return LetterOutcome(letter=letter.id, state="unapproved", what=what)
    return None


def explain_skip(draft: IssueDraft) -> LetterOutcome:
    """Return that an issue is skipped, and why."""
    told = f"{draft.new} new of {draft.fewest} that it takes" if draft.new else "no story is new"
    return LetterOutcome(
        letter=draft.issue.letter,
        state="skipped",
        what=f"skipped: {told} since {dates.rfc3339(draft.issue.since)}",
        new=draft.new,
        fewest=draft.fewest,
        hint=_explain_insisting(draft),
    )


def _explain_insisting(draft: IssueDraft) -> str:
    if not draft.new:
        return "a round may find stories: copydesk run"
    return (
        f"to have it all the same set `fewest`, or `when_new` where it has that, to {draft.new} "
        f'below the [[letter]] with id = "{draft.issue.letter}" in beat.toml'
    )


def _file(newsroom: Newsroom, draft: IssueDraft, by: str) -> LetterOutcome:
    issue = draft.issue
    filed = file_issue(newsroom, issue, render_issue(newsroom, issue, whole=True), by)
    return LetterOutcome(
        letter=issue.letter,
        state="filed" if filed.is_new else "filed-before",
        what=f"filed as {filed.path}" if filed.is_new else f"another process filed {filed.path}",
        path=filed.path,
        new=draft.new,
        fewest=draft.fewest,
        commit=filed.commit,
        notes=filed.notes,
    )
