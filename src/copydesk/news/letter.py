"""A letter: what its owner wants told and when, and what one issue of it tells.

LetterOptions -- composed, with an editor's IssueEdits --> Issue -- rendered --> HTML and text
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from copydesk.kit import kinds
from copydesk.kit.options import option, required

LetterDay = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
PartKind = Literal["lead", "topic", "topics", "notes", "list", "stash", "collection"]
# places in what is sent, which are filled in for each reader
UNSUBSCRIBE = "%unsubscribe%"
CHOICES = "%choices%"
LISTED_KINDS: frozenset[PartKind] = frozenset({"list", "stash"})  # in an editor's own order


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOptions:
    """One part of a letter, as `[[letter.part]]` in beat.toml."""

    kind: PartKind = field(
        metadata=required(
            "What stands in it: `lead` (the front page's order), `topic` (stories of one), "
            "`topics` (each topic's first), `notes` (what the desk wrote itself, or a note on), "
            "`list` (a reading list), `stash` (one that the desk shares), `collection` (picks from "
            "another collection, by the date)."
        )
    )
    of: str = option("", "Which topic, list, stash or collection: its name, id or folder.")
    title: str = option("", "What it is called; by itself what it has.")
    most: int = option(
        5, "How many stories at most; of `topics`, from each.", kinds.whole(minimum=1, maximum=100)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOptions:
    """One letter, as `[[letter]]` in beat.toml."""

    id: str = field(
        metadata=required("What it is called in commands, addresses and file names.", kinds.ID)
    )
    title: str = option("", "What readers call it; by itself the site's title.")
    days: tuple[LetterDay, ...] = option((), "The days on which it is due; none named: all.")
    at: str = option("07:00", "The time of day at which it is due, as HH:MM.", kinds.CLOCK)
    zone: str = option("", "The time zone of that hour; by itself the site's.", kinds.OWN_TIMEZONE)
    when_new: int = option(
        0,
        "Instead of a time: as soon as so many stories are new; 0 for the time.",
        kinds.whole(maximum=1000),
    )
    fewest: int = option(
        1,
        "Skipped, and its stories kept for the next, below so many new ones.",
        kinds.whole(minimum=1, maximum=1000),
    )
    most: int = option(20, "How many stories at most in all.", kinds.whole(minimum=1, maximum=500))
    subject: Literal["lead", "titles"] = option(
        "lead",
        "The subject: the first headline, or up to three joined by ` / ` as everyday.cc had them.",
    )
    approval: Literal["itself", "editor"] = option(
        "itself", "Who lets an issue go at its hour: nobody need (`itself`), or an `editor`."
    )
    parts: tuple[PartOptions, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSeries:
    """A letter as a site's readers find it: `stems` are what names of its issues' files begin with.

    `daily-2026-11-24` has the stem `daily`. `days` are those on which it is due, none where nobody
    says; it `is_prompt` where it comes as soon as there is enough to tell, on whatever day.
    """

    id: str
    title: str
    stems: tuple[str, ...]
    days: tuple[LetterDay, ...] = ()
    is_prompt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLink:
    """A link of an issue: what it is called, and where it leads."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePicture:
    """A picture on the site's own host, with its size in pixels as it is shown at most."""

    url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStory:
    """A story as an issue tells it.

    `name` is that of its record. `url` leads to the story, `page` to its page on the site ("" where
    it has none). `coverage` are other newsrooms' stories of the event, `note` is the desk's own
    word in Markdown, `minutes` the time that reading takes, 0 where unknown.
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
    """A part of an issue: what it is called, and its stories in their order; never empty."""

    title: str
    stories: tuple[IssueStory, ...]
    kind: PartKind = "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What a letter tells at one time.

    `name` is that of its file below `_newsletters`, without the ending. `since` is where its window
    begins: its last issue. `note` is an editor's word on top, in Markdown. `page` is its address on
    the site, `archive` that of all issues, `home` the site's own, and `site` is that one's title,
    "" where it is called as the letter. Its day is that in its `zone`.
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

    @property
    def stories(self) -> tuple[IssueStory, ...]:
        """Return all that it tells, in its order."""
        return tuple(story for section in self.sections for story in section.stories)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingIssue:
    """An issue as it is sent to all: `html` and `text` have the places UNSUBSCRIBE and CHOICES."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueEdits:
    """What editors changed in the issue to come of a letter; all are names of records.

    `order` stand before the others in their section, `added` come to the first section. `words`
    are a title and an excerpt for a story. "" for a text means: by rule. `approved_by` let it go
    as it is. It is gone once the issue is filed.
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
