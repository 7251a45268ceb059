"""List the stored issues of a newsletter, name the next one, and read one to send it."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from copydesk import archive
from copydesk.archive import LETTERS_FOLDER, document
from copydesk.archive.letters import letter_path
from copydesk.errors import MailError, RecordError, UsageError
from copydesk.kit import dates, text
from copydesk.kit.options import fill
from copydesk.news.letter import LetterOptions, OutgoingIssue
from copydesk.newsletters import composing
from copydesk.newsletters.composing import FiledMail
from copydesk.newsroom import Newsroom
from copydesk.placement.addresses import IssueName, issue_stems, name_issue, parse_issue_name
from copydesk.rendering import load_site_strings

# Time zones are up to 26 hours apart: a change of a newsletter's zone moves its names by as much.
_LATEST = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastIssue:
    """The latest stored issue of a newsletter: its file and its time."""

    path: str
    at: datetime


def letter_stems(
    newsroom: Newsroom, letter: LetterOptions, letters: Sequence[LetterOptions]
) -> tuple[str, ...]:
    """Return the prefixes of a newsletter's issue file names. The next issue's prefix
    comes first.
    """
    return issue_stems(letter, letters, archive.slug(newsroom.beat.title).strip("-"))


def name_next_issue(newsroom: Newsroom, stem: str, day: date) -> str:
    """Return an unused file name for a newsletter issue of a day."""
    return name_issue(stem, day, lambda name: _is_taken(newsroom, name))


def find_last_issue(newsroom: Newsroom, stems: Collection[str]) -> LastIssue | None:
    """Return the latest newsletter issue whose file name has one of the prefixes, None if there is
    none.

    An issue that cannot be read is ignored.
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
    """Yield the file names of newsletter issues that have one of the prefixes, unsorted."""
    folder = newsroom.root / LETTERS_FOLDER
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for file in folder.iterdir():
            name = parse_issue_name(file.stem) if file.suffix == ".html" else None
            if name is not None and name.stem in stems:
                yield name


def read_issue(newsroom: Newsroom, name: IssueName) -> tuple[LastIssue, str] | None:
    """Read a stored newsletter issue with its HTML, None if it cannot be read or has no time."""
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


# ---- Reading an issue to send it

_TITLE = re.compile(r"<title>([^<]*)</title>", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToSend:
    """A newsletter issue read from its file in order to be sent. `page`, its URL, may be "".

    Corrections made to the file after it was filed are included.
    """

    name: str
    letter: LetterOptions
    at: datetime
    subject: str
    preheader: str
    page: str
    topics: tuple[str, ...]
    html: str


def read_issue_to_send(newsroom: Newsroom, name: str) -> IssueToSend:
    """Read a stored newsletter issue by its name, such as `daily-2026-11-24`, or its path.

    Raises UsageError if there is none or the settings lack its newsletter; MailError if its file
    cannot be read.
    """
    stem = name.removeprefix(f"{LETTERS_FOLDER}/").removesuffix(".html")
    parsed = parse_issue_name(stem)
    letter = _find_letter(newsroom, parsed.stem) if parsed is not None else None
    shown = text.fold(stem)[:80]
    if parsed is None or letter is None:
        hint = "use a file name from _newsletters/ that begins with the id of a [[letter]]"
        if any(letter.id == stem for letter in newsroom.settings.letters):
            look, save = f"copydesk mail preview {stem} --open", f"copydesk mail file {stem}"
            hint = f"to look at its next issue: {look}; to save it: {save}"
        raise UsageError("not the name of a newsletter's issue", subject=shown, hint=hint)
    path = letter_path(str(parsed))
    if not archive.digest_of(newsroom.root, path):
        raise UsageError(
            "no such issue",
            subject=shown,
            hint=f"create the issue: copydesk mail file {letter.id}",
        )
    try:
        record = document.parse_record(path, newsroom.archive.file_bytes(path))
    except RecordError as error:
        raise MailError("could not read the issue", subject=path, hint=str(error)) from error
    fields = record.fields
    at = fields.get("publishedDateTime")
    if not isinstance(at, datetime):
        raise MailError(
            "the issue has no publication time", subject=path, hint="set its publishedDateTime"
        )
    title = _TITLE.search(record.body)
    topics = fields.get("topics")
    return IssueToSend(
        name=str(parsed),
        letter=letter,
        at=dates.utc(at),
        subject=html.unescape(title[1]).strip() if title else _word(fields.get("title")),
        preheader=_word(fields.get("excerpt")),
        page=_word(fields.get("webUrl")),
        topics=tuple(map(str, topics)) if isinstance(topics, list | tuple) else (),
        html=record.body,
    )


def _find_letter(newsroom: Newsroom, stem: str) -> LetterOptions | None:
    letters = newsroom.settings.letters
    return next((each for each in letters if stem in letter_stems(newsroom, each, letters)), None)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def make_outgoing(newsroom: Newsroom, issue: IssueToSend) -> OutgoingIssue:
    """Return a newsletter issue as it is mailed, in the site's language. Raises
    MailError if empty.
    """
    options = newsroom.settings.mail
    filed = fill(
        FiledMail, issue, postal_address=options.postal_address, counts_views=options.count_views
    )
    return composing.make_outgoing(
        filed, load_site_strings(newsroom.beat.locale, newsroom.templates)
    )
