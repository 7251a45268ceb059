"""Earlier issues: when the filed ones of a letter were made, and which stories they told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk.engine.letters._filed_issues import list_issue_names, read_issue
from copydesk.engine.newsroom import Newsroom
from copydesk.kit import dates
from copydesk.rendering import list_story_names

# Groups are no wider, and what is older than a week is not told as new.
_LOOKED_BACK = timedelta(days=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierIssue:
    """A filed issue: its file, the moment for which it was made, the records that it told."""

    path: str
    at: datetime
    names: tuple[str, ...]


def read_earlier_issues(
    newsroom: Newsroom, stems: Collection[str], before: datetime, *, every: bool
) -> list[EarlierIssue]:
    """Return the issues of a letter before a moment, the last one last; without `every` of weeks.

    One that cannot be read was none. An issue of the reference's form told no record.
    """
    return sorted(_walk_back(newsroom, stems, before, every=every), key=lambda issue: issue.at)


def _walk_back(
    newsroom: Newsroom, stems: Collection[str], before: datetime, *, every: bool
) -> Iterator[EarlierIssue]:
    newest = None
    for name in sorted(list_issue_names(newsroom, stems), reverse=True):
        if newest and not every and newest - name.day > _LOOKED_BACK:
            return
        found = read_issue(newsroom, name)
        if found is not None and found[0].at < dates.utc(before):
            newest = newest or name.day
            issue, body = found
            yield EarlierIssue(path=issue.path, at=issue.at, names=tuple(list_story_names(body)))
