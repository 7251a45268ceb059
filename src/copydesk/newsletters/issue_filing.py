"""Create the newsletter issues that are due: pages below `_newsletters/`, each in a commit of its
own.

An issue with too few stories is skipped; its stories go into the next one. An issue that was on
hold or waited for approval may still go within a day after it is released.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from copydesk import archive
from copydesk.archive import FileChange
from copydesk.archive.change import Change
from copydesk.archive.letters import FiledLetter, emit_letter, letter_path
from copydesk.building import make_public_pictures
from copydesk.desk_store import has_desk, open_desk
from copydesk.desk_store.letter_edits import KeptEdits
from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import dates, text, urls
from copydesk.news.letter import Issue, IssueEdits, IssueStory, LetterOptions
from copydesk.newsletters import issues
from copydesk.newsletters.composing import RenderedIssue, drafts
from copydesk.newsletters.composing.drafts import IssueDraft
from copydesk.newsletters.issues import find_last_issue
from copydesk.newsroom import Newsroom
from copydesk.newsroom.filing import hold_write_lock, notes_on
from copydesk.placement.addresses import parse_issue_name


def list_due_letters(newsroom: Newsroom, *, with_waiting: bool) -> list[str]:
    """Return the ids of newsletters whose next issue is due. `with_waiting` adds those that wait
    for more new stories.

    A newsletter on hold, or without the approval that it needs, is left out.
    """
    return [
        letter.id
        for letter in _list_due(newsroom, with_waiting=with_waiting)
        if not find_obstacle(letter, read_edits(newsroom, letter.id).edits)
    ]


def file_due_letters(newsroom: Newsroom) -> tuple[LetterOutcome, ...]:
    """Create the next issue of each newsletter that is due. One that fails is tried again later."""
    due = _list_due(newsroom, with_waiting=True)
    if due:
        make_public_pictures(newsroom)
    return tuple(outcome for letter in due for outcome in _file_due(newsroom, letter))


def _list_due(newsroom: Newsroom, *, with_waiting: bool) -> list[LetterOptions]:
    return [
        row.options
        for row in issues.list_letters(newsroom)
        if (with_waiting and row.options.when_new) or (row.due_at and row.due_at <= newsroom.now)
    ]


def _file_due(newsroom: Newsroom, letter: LetterOptions) -> Iterator[LetterOutcome]:
    try:
        outcome = file_letter(newsroom, letter.id)
    except CopydeskError as error:
        what = f"not saved: {error}; {error.hint}" if error.hint else f"not saved: {error}"
        yield LetterOutcome(letter=letter.id, state="failed", what=what)
        return
    if outcome.state == "skipped" and (hour := drafts.last_due(letter, newsroom.now)):
        newsroom.memory.letters.put(letter.id, issues.mark_hour(hour))
    if outcome.state != "skipped" or not letter.when_new:
        yield outcome


# ---- Filing one newsletter's issue

LetterState = Literal["filed", "filed-before", "skipped", "held", "unapproved", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOutcome:
    """The result of trying to create a newsletter's next issue. `what` describes it to a person.

    `path` is the issue's file, "" if there is none; `new` of the needed `fewest` stories were new.
    `hint` says what would release a skipped issue. An issue that `is_held` is filed, and waits for
    a person's approval before it is sent.
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
    """Compose a newsletter's next issue and commit it to git, unless there are too few new stories.

    `by` is the person who releases the issue, which counts as approval; without one, only a
    newsletter that needs no approval is filed. A newsletter on hold is never filed. `before` is
    called with the issue before it is filed. Raises UsageError if there is no such newsletter and
    as `file_issue` does, MailError and PublishError for the owner's template.
    """
    letter = issues.find_letter(newsroom, letter_id).options
    kept = read_edits(newsroom, letter.id)
    obstacle = find_obstacle(letter, kept.edits, by)
    if obstacle is not None:
        return obstacle
    draft = issues.draft_letter(newsroom, letter.id, newsroom.now, kept.edits)
    if not draft.is_enough:
        return explain_skip(draft)
    draft = issues.add_digest(newsroom, draft, asks=letter.approval == "itself")
    before(draft.issue)
    return file_draft(newsroom, draft, kept, by or kept.edits.approved_by)


def prepare_digests(newsroom: Newsroom) -> None:
    """Ask for the opening paragraphs of issues that wait for an editor, so that they are seen.

    Raises as `draft_letter` does, DeskStoreError.
    """
    for letter in newsroom.settings.letters if newsroom.settings.model.has("digest") else ():
        if letter.approval == "editor":
            edits = read_edits(newsroom, letter.id).edits
            draft = issues.draft_letter(newsroom, letter.id, newsroom.now, edits)
            if draft.is_enough and not edits.is_held:
                issues.add_digest(newsroom, draft, asks=True)


def file_draft(newsroom: Newsroom, draft: IssueDraft, kept: KeptEdits, by: str) -> LetterOutcome:
    """Commit a composed newsletter issue to git, and delete the editors' changes that it now
    contains.

    If another process has filed the issue meanwhile, that one has used the changes. Raises as
    `file_issue` does, MailError, PublishError.
    """
    outcome = _file(newsroom, draft, by)
    if outcome.state == "filed" and kept.version:
        with contextlib.closing(open_desk(newsroom.private)) as desk:
            desk.letters.end(kept.letter, kept.version)
    return outcome


def read_edits(newsroom: Newsroom, letter_id: str) -> KeptEdits:
    """Return the editors' changes to a newsletter's next issue, empty if no editor made any.

    Raises DeskStoreError.
    """
    if not has_desk(newsroom.private):
        return KeptEdits(letter=letter_id)
    with contextlib.closing(open_desk(newsroom.private)) as desk:
        return desk.letters.of(letter_id)


def find_obstacle(letter: LetterOptions, edits: IssueEdits, by: str = "") -> LetterOutcome | None:
    """Return what prevents creating a newsletter issue (a hold, a missing approval), None if
    nothing.
    """
    if edits.is_held:
        return LetterOutcome(
            letter=letter.id, state="held", what="an editor holds the issue at the desk"
        )
    if letter.approval == "editor" and not (by or edits.approved_by):
        what = "the issue waits for an editor's approval"
        return LetterOutcome(letter=letter.id, state="unapproved", what=what)
    return None


def explain_skip(draft: IssueDraft) -> LetterOutcome:
    """Return the outcome for a newsletter issue that is skipped for want of new stories."""
    told = (
        f"only {draft.new} new stories ({draft.fewest} needed)" if draft.new else "no new stories"
    )
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
        return "run `copydesk run` to look for stories"
    return (
        f"to create the issue now, set `fewest` (or `when_new`, if it is set) to {draft.new} "
        f'in the [[letter]] with id = "{draft.issue.letter}" in beat.toml'
    )


def _file(newsroom: Newsroom, draft: IssueDraft, by: str) -> LetterOutcome:
    issue = draft.issue
    filed = file_issue(newsroom, issue, issues.render_issue(newsroom, issue, whole=True), by)
    return LetterOutcome(
        letter=issue.letter,
        state="filed" if filed.is_new else "filed-before",
        what=f"saved as {filed.path}" if filed.is_new else f"another process saved {filed.path}",
        path=filed.path,
        new=draft.new,
        fewest=draft.fewest,
        commit=filed.commit,
        notes=filed.notes,
    )


# ---- Writing the file, under the write lock

_SUBJECT = 200
_CLOCKS_DIFFER = timedelta(hours=1)  # clocks of processes that file one issue differ by less


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledIssue:
    """A newsletter issue committed to git. `is_new` is False if another process had created it.

    Either way the editors' changes to it are used up.
    """

    path: str
    is_new: bool
    commit: str | None = None
    notes: tuple[str, ...] = ()


def file_issue(
    newsroom: Newsroom, issue: Issue, rendered: RenderedIssue, by: str = ""
) -> FiledIssue:
    """Commit a rendered newsletter issue to git. `by` is the person who approved it, "" for nobody.

    The issue counts as filed if the newsletter has a newer issue than the one it was composed
    after. Raises UsageError if one of its stories was removed meanwhile, its name is taken by
    another file, or an issue has a later date (by a wrong clock); BusyError if another process
    writes for ten seconds; RecordError.
    """
    with hold_write_lock(newsroom) as lock:
        last = find_last_issue(newsroom, _stems(issue))
        if last is not None and last.at - dates.utc(issue.at) > _CLOCKS_DIFFER:
            hint = "correct its publishedDateTime, or wait until that time has passed"
            raise UsageError(
                "a saved issue of this newsletter has a later date", subject=last.path, hint=hint
            )
        if last is not None and last.at > dates.utc(issue.since):
            return FiledIssue(path=last.path, is_new=False)
        change = _plan_change(newsroom, issue, rendered, by)
        done = change.begin(lock, needed=change.paths).finish()
    for _, error in done.failed:
        raise error
    (path,) = change.paths
    return FiledIssue(path=path, is_new=True, commit=done.commit, notes=notes_on(done, "it is"))


def _stems(issue: Issue) -> frozenset[str]:
    name = parse_issue_name(issue.name)
    return frozenset({issue.letter, name.stem if name else issue.letter})


def _plan_change(newsroom: Newsroom, issue: Issue, rendered: RenderedIssue, by: str) -> Change:
    """Return the commit that adds an issue to the site. Raises UsageError as `file_issue` does."""
    path = letter_path(issue.name)
    if archive.digest_of(newsroom.root, path):
        raise _out_of_date("another file already has the name of the issue", path)
    gone = _find_removed_story(newsroom, issue)
    if gone is not None:
        raise _out_of_date("a story of the issue was removed in the meantime", gone.title)
    name = parse_issue_name(issue.name)
    letter = FiledLetter(
        path=path,
        title=f"{issue.title} ({name.day if name else dates.utc(issue.at).date()})",
        excerpt=issue.preheader,
        published_at=issue.at,
        address=issue.page,
        topics=issue.topics,
        digest=issue.digest,
        html=rendered.html,
    )
    file = FileChange(path=path, after=emit_letter(letter))
    return Change(files=(file,), message=_write_message(letter, issue, by), when=newsroom.now)


def _find_removed_story(newsroom: Newsroom, issue: Issue) -> IssueStory | None:
    """Return a story of an issue that an editor has removed for good, None if there is none."""
    rulings = archive.read_rulings(newsroom.root)
    removed = frozenset(map(urls.identity, rulings.removed))
    for story in issue.stories:
        addresses = (story.url, *(link.url for link in story.coverage))
        if not removed.isdisjoint(map(urls.identity, addresses)):
            return story
        verdict = rulings.verdict_on(f"_news/{story.name}.md")
        if verdict is not None and verdict.said == "remove":
            return story
    return None


def _out_of_date(what: str, subject: str) -> UsageError:
    return UsageError(what, subject=text.fold(subject)[:_SUBJECT], hint="compose the issue again")


def _write_message(letter: FiledLetter, issue: Issue, by: str) -> str:
    titles = (f"* {text.fold(story.title)[:_SUBJECT]}" for story in issue.stories)
    signed = f"by {text.fold(by)[:_SUBJECT]}" if by else ""
    parts = (f"letter: {text.fold(letter.title)[:_SUBJECT]}", "\n".join(titles), signed)
    return "\n\n".join(filter(None, parts))
