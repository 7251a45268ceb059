"""Story: a judged article as its record keeps it; with Related, Extra."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from copydesk.news.article import Image, Provider
from copydesk.news.event import Event, EventKind
from copydesk.news.reason import Reason
from copydesk.news.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A snapshot of another story beside this one (SPEC 2.10)."""

    title: str
    published_at: datetime
    web_url: str
    excerpt: str = ""
    amp_web_url: str = ""
    cdn_amp_web_url: str = ""
    type: str = "article"
    provider: Provider | None = None
    quality: int | None = None
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """Lines of a record that this version does not know, and the key that they follow.

    `after` is the dotted path of the known key before them ("provider.domain", "" for the top);
    `text` is the lines as they stand, without the final line feed.
    """

    after: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One record of `_news/`, every field of it.

    `path` is relative to the newsroom, with slashes. A text field is "" and a tuple () where the
    record leaves it out. `machine` holds (field, digest) pairs of what the line last wrote.
    `length` is a video's or a sound's (ISO 8601: "PT10M5S"), `refuses` the uses that its publisher
    forbids (`Article.refuses`). `history` are sentences about what its publisher changed since it
    was filed, each after its time: `2026-11-24T13:10:00Z title was "Old words"`.
    `note` is an editor's own words on it, in Markdown.
    `trust` is what is known of its source, 0 to 100, None for nothing. `group` names the happening
    that it covers, by the first record filed of it; `background` names records on the same matter.
    Records are named by their file name without `.md`.
    """

    path: str
    title: str
    published_at: datetime | None
    excerpt: str = ""
    category: str = "news"
    updated_at: datetime | None = None
    original_url: str = ""
    web_url: str = ""
    amp_web_url: str = ""
    cdn_amp_web_url: str = ""
    type: str = "article"
    quality: int | None = None
    heat: int | None = None
    published: bool | None = None
    featured_content: str = ""
    provider: Provider | None = None
    topics: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    related: tuple[Related, ...] = ()
    language: str = ""
    access: str = ""
    credit: str = ""
    length: str = ""
    refuses: tuple[str, ...] = ()
    trust: int | None = None
    copy_of: str = ""
    group: str = ""
    background: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    history: tuple[str, ...] = ()
    note: str = ""
    verdict: Verdict | None = None
    machine: tuple[tuple[str, str], ...] = ()
    secured: str = ""
    body: str = ""
    extra: tuple[Extra, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return every address of its page, each once: where it is, was found, and moved from.

        The former ones are told by its history: `2026-11-24T13:10:00Z moved to NEW from OLD`.
        """
        moves = (event for event in self.events if event.kind is EventKind.MOVED)
        former = (event.values.get("old") for event in moves)
        return tuple(dict.fromkeys(filter(None, (self.web_url, self.original_url, *former))))

    @property
    def is_own(self) -> bool:
        """Decide whether the site itself published it: it is to be read nowhere else."""
        return not (self.web_url or self.original_url)

    @property
    def is_kept_out(self) -> bool:
        """Decide whether an editor's word keeps it out of every group: it was rejected, removed."""
        return self.verdict is not None and self.verdict.said in {"reject", "remove"}

    @property
    def returns_to(self) -> str:
        """Return the group out of which such a word took it that is taken back, "" for none."""
        if self.is_kept_out:
            return ""
        return next(filter(None, (reason.former_group for reason in self.reasons)), "")

    @property
    def events(self) -> tuple[Event, ...]:
        """Return what happened to it since it was filed, in the order of its history."""
        return tuple(map(Event.parse, self.history))
