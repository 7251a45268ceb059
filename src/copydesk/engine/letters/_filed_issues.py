"""Filed issues: what of a letter is filed already, and what its next file is called."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from copydesk import archive
from copydesk.archive import document
from copydesk.archive.letters import LETTERS_FOLDER, letter_path
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError
from copydesk.kit import dates
from copydesk.news import LetterOptions
from copydesk.placement import IssueName, issue_stems, name_issue, parse_issue_name

# The zones of the world are 26 hours apart: where a letter's is changed, so far may its names be.
_LATEST = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastIssue:
    """The issue of a letter that was filed last: its file, and the moment for which it was made."""

    path: str
    at: datetime


def letter_stems(
    newsroom: Newsroom, letter: LetterOptions, letters: Sequence[LetterOptions]
) -> tuple[str, ...]:
    """Return what the names of a letter's issues begin with, that of the next one first."""
    return issue_stems(letter, letters, archive.slug(newsroom.beat.title).strip("-"))


def name_next_issue(newsroom: Newsroom, stem: str, day: date) -> str:
    """Return the name of an issue that is filed on a day, in the letter's zone."""
    return name_issue(stem, day, lambda name: _is_taken(newsroom, name))


def find_last_issue(newsroom: Newsroom, stems: Collection[str]) -> LastIssue | None:
    """Return the last issue filed under one of these stems, None where there is none.

    One that cannot be read does not count.
    """
    last, newest_day = None, date.max
    for name in sorted(list_issue_names(newsroom, stems), reverse=True):
        if last is not None and newest_day - name.day > _LATEST:
            break
        found = read_issue(newsroom, name)
        if found is not None and (last is None or found[0].at > last.at):
            newest_day = name.day if last is None else newest_day
            last = found[0]
    return last


def list_issue_names(newsroom: Newsroom, stems: Collection[str]) -> Iterator[IssueName]:
    """Walk the names of the issues that are filed under some stems, in no order."""
    folder = newsroom.root / LETTERS_FOLDER
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for file in folder.iterdir():
            name = parse_issue_name(file.stem) if file.suffix == ".html" else None
            if name is not None and name.stem in stems:
                yield name


def read_issue(newsroom: Newsroom, name: IssueName) -> tuple[LastIssue, str] | None:
    """Return a filed issue with its mail, None where it cannot be read or says no time."""
    path = letter_path(str(name))
    try:
        record = document.parse_record(path, newsroom.archive.file_bytes(path))
    except RecordError:
        return None
    at = record.fields.get("publishedDateTime")
    if not isinstance(at, datetime):
        return None
    return LastIssue(path=path, at=dates.utc(at)), record.body


def _is_taken(newsroom: Newsroom, name: str) -> bool:
    return bool(archive.digest_of(newsroom.root, letter_path(name)))
