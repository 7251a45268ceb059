"""Sort all newsletter issues by newsletter and day, and choose the issues for daily digests."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from copydesk.kit import text
from copydesk.news import LetterSeries, Record
from copydesk.placement import IssueName, addresses, parse_issue_name
from copydesk.publish.newsletters._marked_form import is_marked, list_names, read_subject

_DATED = re.compile(r"\s*\([^()]*\)$")  # the end of a title, as "(2026-11-24)"
_TELLS = ("<!--story ", "\N{RIGHTWARDS ARROW WITH HOOK}", "&#8618;", "&#x21aa;")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvedIssue:
    """A newsletter issue and its place on the site: `at` is its time in the site's zone, or None.

    `subject` is that of the mail, "" if the mail is not ours or the subject says no more than the
    record's title. `shares_day` says that its newsletter has another mail of ours on that day.
    `letter` is the newsletter's id; the beginning of the record's name if the site has no such
    newsletter now; "" if the name has none. `named` are the parts of the name, None for another
    form. `told` are the record names of its stories, if the mail has them.
    """

    record: Record
    at: datetime | None
    subject: str = ""
    shares_day: bool = False
    letter: str = ""
    named: IssueName | None = None
    told: tuple[str, ...] = ()

    @property
    def day(self) -> date | None:
        """Return the issue's day in the site's zone, None if undated."""
        return self.at.date() if self.at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterShelf:
    """All newsletter issues, newest first; `titles` maps newsletters' ids to their titles.

    Those in the settings come first; `series` are all in the settings. `digests` has the issue for
    each day's digest: the first of the day of the first newsletter. The oldest day comes first.
    """

    issues: tuple[ShelvedIssue, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    series: tuple[LetterSeries, ...] = ()
    digests: Mapping[date, ShelvedIssue] = field(default_factory=dict)
    _beside: Mapping[str, tuple[ShelvedIssue | None, ShelvedIssue | None]] = field(
        default_factory=dict, repr=False
    )

    @property
    def listed_titles(self) -> Mapping[str, str]:
        """Map ids to titles of newsletters with a list of their own; {} if there is only one."""
        return self.titles if len(self.titles) > 1 else {}

    def of_letter(self, letter: str) -> Sequence[ShelvedIssue]:
        """Return the issues of a newsletter, newest first."""
        return [issue for issue in self.issues if issue.letter == letter]

    def beside(self, issue: ShelvedIssue) -> tuple[ShelvedIssue | None, ShelvedIssue | None]:
        """Return the previous and the next issue of the same newsletter, None for none."""
        return self._beside.get(issue.record.path, (None, None))

    def digest_of(self, issue: ShelvedIssue) -> date | None:
        """Return the day whose digest is made of a newsletter issue, None if there is none."""
        day = issue.named.day if issue.named else None
        return day if day is not None and self.digests.get(day) == issue else None


def shelve_letters(
    records: Iterable[Record],
    series: Sequence[LetterSeries],
    local_time: Callable[[datetime], datetime],
) -> LetterShelf:
    """Sort the records of newsletter issues, which come newest first, by newsletter and day."""
    by_stem = {stem: letter.id for letter in reversed(series) for stem in letter.stems}
    issues = _mark_shared_days([_shelve(record, by_stem, local_time) for record in records])
    of_letter: defaultdict[str, list[ShelvedIssue]] = defaultdict(list)
    for issue in issues:
        of_letter[issue.letter].append(issue)
    digests = _choose_digests(of_letter[series[0].id]) if series else {}
    beside = {}
    for some in of_letter.values():
        for older, issue, newer in zip([*some[1:], None], some, [None, *some], strict=False):
            beside[issue.record.path] = (older, newer)
    return LetterShelf(
        issues=issues,
        titles=_name_letters(series, of_letter),
        series=tuple(series),
        digests=digests,
        _beside=beside,
    )


def _shelve(
    record: Record, by_stem: Mapping[str, str], local_time: Callable[[datetime], datetime]
) -> ShelvedIssue:
    named = parse_issue_name(addresses.record_name(record.path))
    sent = record.fields.get("publishedDateTime")
    return ShelvedIssue(
        record=record,
        at=local_time(sent) if isinstance(sent, datetime) else None,
        subject=_find_subject(record),
        letter=by_stem.get(named.stem, named.stem) if named else "",
        named=named,
        told=tuple(sorted(list_names(record.body))),
    )


def _find_subject(record: Record) -> str:
    """Return the subject of a newsletter mail, "" if it is only the title and a date."""
    subject, title = read_subject(record.body), text.fold(str(record.fields.get("title") or ""))
    return "" if subject in {title, _DATED.sub("", title)} else subject


def _mark_shared_days(issues: Sequence[ShelvedIssue]) -> tuple[ShelvedIssue, ...]:
    """Mark the issues whose newsletter has another mail of ours on the same day."""
    ours = [issue for issue in issues if issue.day and is_marked(issue.record.body)]
    count = Counter((issue.letter, issue.day) for issue in ours)
    shared = {issue.record.path for issue in ours if count[issue.letter, issue.day] > 1}
    return tuple(replace(issue, shares_day=issue.record.path in shared) for issue in issues)


def _name_letters(
    series: Sequence[LetterSeries], of_letter: Mapping[str, Sequence[ShelvedIssue]]
) -> Mapping[str, str]:
    """Map newsletter ids to titles; one not in the settings is named after its last issue."""
    titles = {letter.id: letter.title for letter in series if of_letter.get(letter.id)}
    for letter in sorted(of_letter.keys() - titles.keys()):
        if addresses.is_folder(letter) and of_letter[letter]:
            title = of_letter[letter][0].record.fields.get("title")
            titles[letter] = _DATED.sub("", text.fold(str(title or ""))) or letter
    return titles


def _choose_digests(issues: Sequence[ShelvedIssue]) -> Mapping[date, ShelvedIssue]:
    """Return the first issue of each day that has any story."""
    first: dict[date, ShelvedIssue] = {}
    for issue in issues:
        if issue.named is not None and any(mark in issue.record.body for mark in _TELLS):
            other = first.get(issue.named.day)
            if other is None or other.named is None or issue.named.number < other.named.number:
                first[issue.named.day] = issue
    return dict(sorted(first.items()))
