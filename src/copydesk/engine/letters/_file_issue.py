"""File issue: an issue and its HTML become `_newsletters/NAME.html`, in one commit, once.

an issue │ under the write lock: its hour is not filed, no story of it is removed ──> one commit
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from copydesk import archive
from copydesk.archive import FileChange, letters
from copydesk.archive.change import Change
from copydesk.archive.letters import FiledLetter
from copydesk.engine.filing import begin_change, hold_write_lock, notes_on
from copydesk.engine.letters._filed_issues import find_last_issue
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import UsageError
from copydesk.kit import dates, text, urls
from copydesk.mail import RenderedIssue
from copydesk.news import Issue, IssueStory
from copydesk.placement import parse_issue_name

_SUBJECT = 200
_CLOCKS_DIFFER = timedelta(hours=1)  # two processes that file one hour are no further apart


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledIssue:
    """Where an issue stands in git; not `is_new` where another process had filed its hour before.

    Either way what editors had changed in it is done with.
    """

    path: str
    is_new: bool
    commit: str | None = None
    notes: tuple[str, ...] = ()


def file_issue(
    newsroom: Newsroom, issue: Issue, rendered: RenderedIssue, by: str = ""
) -> FiledIssue:
    """File an issue as it was composed and rendered; `by` is who let it go, "" for nobody.

    Its hour is filed where an issue of the letter is newer than the one that it was composed after.
    Raises UsageError where a story of it was removed meanwhile, its name went to another file, or
    an issue is dated later than this one, by a clock that was wrong;
    BusyError where another process writes for ten seconds; RecordError.
    """
    with hold_write_lock(newsroom) as lock:
        last = find_last_issue(newsroom, _stems(issue))
        if last is not None and last.at - dates.utc(issue.at) > _CLOCKS_DIFFER:
            hint = "mend its publishedDateTime, or wait: until then no issue is due"
            raise UsageError("an issue of this letter is dated later", subject=last.path, hint=hint)
        if last is not None and last.at > dates.utc(issue.since):
            return FiledIssue(path=last.path, is_new=False)
        change = _plan_change(newsroom, issue, rendered, by)
        done = begin_change(
            newsroom.memory, lock, change, lambda _skipped: None, needed=change.paths
        ).finish()
    for _, error in done.failed:
        raise error
    (path,) = change.paths
    return FiledIssue(path=path, is_new=True, commit=done.commit, notes=notes_on(done, "it is"))


def _stems(issue: Issue) -> frozenset[str]:
    name = parse_issue_name(issue.name)
    return frozenset({issue.letter, name.stem if name else issue.letter})


def _plan_change(newsroom: Newsroom, issue: Issue, rendered: RenderedIssue, by: str) -> Change:
    """Return the change that files an issue; raises UsageError as `file_issue` does."""
    path = letters.letter_path(issue.name)
    if archive.digest_of(newsroom.root, path):
        raise _out_of_date("another file has the issue's name", path)
    gone = _find_removed_story(newsroom, issue)
    if gone is not None:
        raise _out_of_date("a story of the issue was removed meanwhile", gone.title)
    name = parse_issue_name(issue.name)
    letter = FiledLetter(
        path=path,
        title=f"{issue.title} ({name.day if name else dates.utc(issue.at).date()})",
        excerpt=issue.preheader,
        published_at=issue.at,
        address=issue.page,
        topics=issue.topics,
        html=rendered.html,
    )
    file = FileChange(path=path, after=letters.emit_letter(letter))
    return Change(files=(file,), message=_write_message(letter, issue, by), when=newsroom.now)


def _find_removed_story(newsroom: Newsroom, issue: Issue) -> IssueStory | None:
    """Return a story of an issue that an editor removed for good, or beside which one stands."""
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
