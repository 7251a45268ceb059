"""Issue to send: an issue's file as the letter that readers get, read as it stands now."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime

from copydesk import archive, mail
from copydesk.archive import document
from copydesk.archive.letters import LETTERS_FOLDER, letter_path
from copydesk.engine.letters._filed_issues import letter_stems
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import MailError, RecordError, UsageError
from copydesk.kit import dates, text
from copydesk.mail import FiledMail
from copydesk.news import LetterOptions, OutgoingIssue
from copydesk.placement import parse_issue_name
from copydesk.rendering import load_site_strings

_TITLE = re.compile(r"<title>([^<]*)</title>", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToSend:
    """An issue as its file has it: what of its letter, and when; its page is "" where it has none.

    What was taken out of it or mended by hand since it was filed is so here.
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
    """Read a filed issue by its name, `daily-2026-11-24`, or its path.

    Raises UsageError where there is none or no letter of the settings has it; MailError where its
    file cannot be read.
    """
    stem = name.removeprefix(f"{LETTERS_FOLDER}/").removesuffix(".html")
    parsed = parse_issue_name(stem)
    letter = _find_letter(newsroom, parsed.stem) if parsed is not None else None
    shown = text.fold(stem)[:80]
    if parsed is None or letter is None:
        hint = "take a name from _newsletters/ that begins with the id of a [[letter]]"
        raise UsageError("no issue of a letter", subject=shown, hint=hint)
    path = letter_path(str(parsed))
    if not archive.digest_of(newsroom.root, path):
        raise UsageError(
            "no such issue",
            subject=shown,
            hint=f"file it: copydesk mail compose {letter.id} --file",
        )
    try:
        record = document.parse_record(path, newsroom.archive.file_bytes(path))
    except RecordError as error:
        raise MailError("an issue cannot be read", subject=path, hint=str(error)) from error
    fields = record.fields
    at = fields.get("publishedDateTime")
    if not isinstance(at, datetime):
        raise MailError("an issue says no time", subject=path, hint="mend its publishedDateTime")
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
    """Return an issue as it is sent to all, in the site's language; MailError for an empty one."""
    options = newsroom.settings.mail
    filed = FiledMail(
        subject=issue.subject,
        html=issue.html,
        page=issue.page,
        postal_address=options.postal_address,
        counts_views=options.count_views,
    )
    return mail.make_outgoing(filed, load_site_strings(newsroom.beat.locale, newsroom.templates))
