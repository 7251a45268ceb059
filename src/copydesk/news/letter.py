"""Newsletters: their settings, the issues composed from stories, and editors' changes.

LetterOptions + IssueEdits | compose -> Issue | render -> OutgoingIssue (HTML and text)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from copydesk.kit import kinds
from copydesk.kit.options import option, required
from copydesk.news.summary import Summary

LetterDay = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
PartKind = Literal["lead", "topic", "topics", "notes", "list", "stash", "collection"]
# placeholders in the mail, replaced for each subscriber
UNSUBSCRIBE = "%unsubscribe%"
CHOICES = "%choices%"
LISTED_KINDS: frozenset[PartKind] = frozenset({"list", "stash"})  # in an editor's own order


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOptions:
    """One section of a newsletter, as `[[letter.part]]` in beat.toml."""

    kind: PartKind = field(
        metadata=required(
            "Content of the section: `lead` (top stories, in the order of the front page), "
            "`topic` (stories on one topic), `topics` (the first stories of each topic), `notes` "
            "(stories with editors' notes, and stories that editors wrote), `list` (a reading "
            "list), `stash` (a stash that editors share) or `collection` (entries of another "
            "collection, which change daily)."
        )
    )
    of: str = option("", "Name, id or folder of the topic, list, stash or collection to show.")
    title: str = option("", "Title of the section. By default a title that fits its content.")
    most: int = option(
        5,
        "Maximum number of stories (of each topic for `topics`).",
        kinds.whole(minimum=1, maximum=100),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOptions:
    """One newsletter, as `[[letter]]` in beat.toml."""

    id: str = field(metadata=required("Name in commands, URLs and file names.", kinds.ID))
    title: str = option("", "Title of the newsletter. By default the title of the site.")
    days: tuple[LetterDay, ...] = option((), "Days on which an issue is due. By default every day.")
    at: str = option("07:00", "Time of day at which an issue is due, as HH:MM.", kinds.CLOCK)
    zone: str = option("", "Time zone of `at`. By default the site's.", kinds.OWN_TIMEZONE)
    when_new: int = option(
        0,
        "Number of new stories at which an issue is due, instead of a time of day. 0 (the "
        "default): an issue is due at the time in `at`.",
        kinds.whole(maximum=1000),
    )
    fewest: int = option(
        1,
        "Minimum number of new stories in an issue. With fewer, the issue is skipped, and the "
        "next issue has its stories.",
        kinds.whole(minimum=1, maximum=1000),
    )
    most: int = option(20, "Maximum number of stories.", kinds.whole(minimum=1, maximum=500))
    subject: Literal["lead", "titles"] = option(
        "lead",
        "Subject of the mail. `lead`: the first headline. `titles`: up to three headlines joined "
        "by ` / `, as everyday.cc did.",
    )
    approval: Literal["itself", "editor"] = option(
        "itself",
        "Who approves an issue. `itself`: the issue is sent without approval. `editor`: an editor "
        "must approve it first.",
    )
    parts: tuple[PartOptions, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSeries:
    """A newsletter as site visitors see it; `stems` are the prefixes of its issues' file names.

    `daily-2026-11-24` has the stem `daily`. `days` are its days of the week, empty if not set; with
    `is_prompt` an issue is due as soon as there are enough stories, on any day.
    """

    id: str
    title: str
    stems: tuple[str, ...]
    days: tuple[LetterDay, ...] = ()
    is_prompt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLink:
    """A link in a newsletter issue: its text and its URL."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePicture:
    """A picture in a newsletter issue, on the site's host, with its largest size in pixels."""

    url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStory:
    """A story as it appears in a newsletter issue.

    `name` is the name of its record. `url` is the address of the article, `page` that of its page
    on the site ("" if it has none). `coverage` are other publishers' stories on the same event,
    `note` is an editor's note in Markdown, `minutes` the reading time, 0 if unknown.
    """

    name: str
    title: str
    url: str
    page: str = ""
    excerpt: str = ""
    source: str = ""
    language: str = ""
    published_at: datetime | None = None
    picture: IssuePicture | None = None
    coverage: tuple[IssueLink, ...] = ()
    topics: tuple[str, ...] = ()
    note: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSection:
    """A section of a newsletter issue: its title, and its stories (at least one) in order."""

    title: str
    stories: tuple[IssueStory, ...]
    kind: PartKind = "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue of a newsletter.

    `digest` is an opening paragraph on its stories by a model, None without one.
    `name` is the name of its file below `_newsletters`, without the ending. `since` is the time of
    the previous issue, from which on it has stories. `note` is an editor's introduction in
    Markdown. `page` is its address on the site, `archive` that of all issues, `home` that of the
    site. `site` is the site's title, "" if the newsletter has the same one. Its date is the day in
    its time `zone`.
    """

    letter: str
    name: str
    title: str
    at: datetime
    since: datetime
    subject: str
    preheader: str
    page: str
    archive: str
    home: str
    site: str = ""
    language: str = "en"
    zone: str = "UTC"
    note: str = ""
    topics: tuple[str, ...] = ()
    sections: tuple[IssueSection, ...] = ()
    digest: Summary | None = None

    @property
    def stories(self) -> tuple[IssueStory, ...]:
        """Return all stories of the issue in order."""
        return tuple(story for section in self.sections for story in section.stories)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingIssue:
    """A newsletter issue ready to send, with placeholders for each subscriber's own links."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueEdits:
    """Editors' changes to a newsletter's next issue. Stories are given by their record names.

    The stories in `order` come first in their section, those in `added` go to the first section.
    `words` are a title and an excerpt for a story. A text that is "" is generated as usual.
    `approved_by` is who approved the issue. The changes are deleted once the issue is filed.
    """

    order: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    subject: str = ""
    preheader: str = ""
    note: str = ""
    is_held: bool = False
    approved_by: str = ""
