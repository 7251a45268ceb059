"""A story as stored in its Markdown file (Story), its status, and interfaces to find stories."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from copydesk.kit import dates
from copydesk.news.article import Author, Image, Provider
from copydesk.news.reason import Reason, ReasonKind
from copydesk.news.ruling import Verdict
from copydesk.news.summary import Summary, Translation
from copydesk.news.wording import Wording, read_sentences

_BACKFILLED = re.compile(r"_archive/_news/\d{4}/\d\d/")


def is_backfilled(path: str) -> bool:
    """Return whether a record's story was filed out of an archive of the web, not as news.

    Such stories are in a folder for each month. The front page, lists of news, newsletters, posts
    and webhooks leave them out.
    """
    return _BACKFILLED.match(path) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A copy of the main fields of a related story, stored in a story's file (SPEC 2.10)."""

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
class Addition:
    """A sentence of another newsroom's report that adds to the main story of an event.

    `text` stands letter by letter in that report, whose record is named by `story`. `why` says what
    the main story's own text lacks.
    """

    text: str
    story: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """Unknown lines in the front matter of a story's file, kept unchanged, and the key before them.

    `after` is the dotted path of the known key before them ("provider.domain", "" for the top);
    `text` is the lines unchanged, without the final line feed.
    """

    after: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story as stored in one Markdown file of `_news/`, with all fields.

    `path` is relative to the newsroom, with slashes. A text field is "" and a tuple () if the
    record leaves it out. `machine` holds (field, digest) pairs of the values that the pipeline last
    wrote. `length` is that of a video or audio file (ISO 8601: "PT10M5S"), `refuses` the uses that
    its publisher forbids (`Article.refuses`). `authors` are the
    names of its byline, persons first. `history` are lines on what happened to it since it
    was filed, each with its time: `2026-11-24T13:10:00Z title was "Old words"`. `note` is an
    editor's note on it, in Markdown. `trust` is the trust in its source, 0 to 100, None if unknown.
    `group` names the event that it covers, by the first record filed on it; `background` names
    records on other events of the same matter. `matter` names the chain of events that go on from
    each other ("" for a lone event), by its first story: it never changes. `additions` are
    sentences that other newsrooms' reports of the event add. `summary` is a short text on the
    event, `translation` the headline in the language of the site. Records are named by their file
    name without `.md`.
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
    additions: tuple[Addition, ...] = ()
    reasons: tuple[Reason, ...] = ()
    history: tuple[str, ...] = ()
    matter: str = ""
    authors: tuple[Author, ...] = ()
    note: str = ""
    summary: Summary | None = None
    translation: Translation | None = None
    verdict: Verdict | None = None
    machine: tuple[tuple[str, str], ...] = ()
    secured: str = ""
    body: str = ""
    extra: tuple[Extra, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return all URLs of the story's article, each once: current, listed and former ones.

        The former ones come from its history: `2026-11-24T13:10:00Z moved to NEW from OLD`.
        """
        moves = (event for event in self.events if event.kind is EventKind.MOVED)
        former = (event.values.get("old") for event in moves)
        return tuple(dict.fromkeys(filter(None, (self.web_url, self.original_url, *former))))

    @property
    def public_reasons(self) -> tuple[Reason, ...]:
        """Return the reasons as the public site shows them. It does not tell what it hides."""
        texts = {ReasonKind.SUMMARY_RULED, ReasonKind.TRANSLATION_RULED}
        hidden = {ReasonKind.CHANGES_RULED, ReasonKind.ADDITIONS_RULED, *texts}
        return tuple(
            one.for_readers
            for one in self.reasons
            if one.points is not None or one.kind not in hidden  # a rule's reason has no points
        )

    @property
    def is_own(self) -> bool:
        """Return whether the site itself wrote the story, so that it has no URL at a publisher."""
        return not (self.web_url or self.original_url)

    @property
    def is_left_off(self) -> bool:
        """Return whether it came out of a web archive and may not be published, without a reason.

        Records of the profile `everyday` have none. Other records say that they are held.
        """
        is_undecided = self.verdict is None and not self.reasons and self.heat != -1
        return is_undecided and not self.published and is_backfilled(self.path)

    @property
    def is_kept_out(self) -> bool:
        """Return whether an editor rejected or removed the story: no group may contain it."""
        return self.verdict is not None and self.verdict.said in {"reject", "remove"}

    @property
    def refuses_models(self) -> bool:
        """Return whether its publisher forbids giving its text to a language model."""
        return "ai-input" in self.refuses

    @property
    def may_be_quoted(self) -> bool:
        """Return whether the page of another story on the same event may quote this one.

        A story is not quoted if it is held, rejected, removed or blocked, if it is a copy, if its
        page is gone, or if its publisher refuses it.
        """
        said = self.verdict.said if self.verdict else ""
        is_waiting = not said and any(reason.about == "held" for reason in self.reasons)
        is_blocked = any(reason.kind is ReasonKind.RULED_OUT for reason in self.reasons)
        if is_waiting or is_blocked or said not in {"", "publish"}:
            return False
        return not self.copy_of and self.access != "gone" and "snippet" not in self.refuses

    @property
    def returns_to(self) -> str:
        """Return the group that the story rejoins after its rejection was undone, "" for none."""
        if self.is_kept_out:
            return ""
        return next(filter(None, (reason.former_group for reason in self.reasons)), "")

    @property
    def events(self) -> tuple[Event, ...]:
        """Return the events of the story's history, in order."""
        return tuple(map(Event.parse, self.history))


def time_and_path(story: Story) -> tuple[datetime, str]:
    """Return the key that sorts stories by time of publication, those without one first."""
    return (story.published_at or dates.EARLIEST, story.path)


class Standing(StrEnum):
    """The status of a story: published, or the reason why it is not (held, copy, rejected, …)."""

    PUBLISHED = "published"
    HELD = "held"  # it waits for an editor, or an editor holds it
    BELOW_GATE = "below-gate"
    BEHIND_LEADER = "behind-leader"
    COPY = "copy"
    OFF_BEAT = "off-beat"
    RULED_OUT = "ruled-out"
    REJECTED = "rejected"
    REMOVED = "removed"
    DROPPED = "dropped"


class RecallKind(StrEnum):
    """How the site covered a story on somebody else's list: it has the story, dropped it, never saw
    it and so on. If two kinds fit, the first one is used.
    """

    HAVE = "have"  # its page is filed
    COVERED = "covered"  # another publisher's story on the same event is filed
    DROPPED = "dropped"
    OPEN = "open"  # fetching its page failed, or it was not read yet
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A stored story that new ones are compared with, and its article's text ("" if deleted).

    `found` is when its article was found, None if that is no longer known.
    `vector` is the embedding of its text (384 signed bytes, of which only the direction counts),
    b"" if there is none. `quotable` is how many characters of the text the site may show in all, by
    its own rule and the publisher's; None if that is not known.
    """

    story: Story
    text: str = ""
    found: datetime | None = None
    vector: bytes = b""
    quotable: int | None = None


class Shelf(Protocol):
    """The interface to find stored stories that a new story is compared with."""

    def at(self, url: str) -> str | None:
        """Return the path of the stored story with this URL, in any spelling; None if unknown."""
        ...

    def holds(self, name: str) -> bool:
        """Return whether a story with this record name is stored."""
        ...

    def near(self, fingerprint: tuple[int, ...]) -> Iterable[Shelved]:
        """Return stored stories whose text fingerprint is similar, most similar first."""
        ...

    def between(self, start: datetime, end: datetime) -> Iterable[Shelved]:
        """Return the stored stories published from `start` to `end`, sorted by time, then path."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedTerms:
    """The terms of a document with their counts: its words first, then its n-grams, then its names.

    `terms` are their hashes (32 bits), the same in every process. In the same order, `counts` is
    how often each occurs in the document, 255 at most, and `rates` how common it is in news at
    large, on a scale private to the counting code. `sizes` are the numbers of words, n-grams and
    names; `telling` are the few characteristic terms by which the document is found.
    """

    terms: array[int]
    counts: bytes
    rates: bytes
    sizes: tuple[int, int, int]
    telling: array[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedDocument:
    """A story as a document of a corpus: its time in seconds since 1970, terms and digest.

    The digest changes with anything that the terms and the time are computed from.
    """

    key: str
    second: int
    digest: bytes
    terms: CountedTerms


class Corpus(Protocol):
    """The interface to an index of terms in some weeks of stories, for grouping them by event."""

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the number of documents, then the total numbers of words, n-grams and names."""
        ...

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Map each of these terms to the number of documents that contain it, if any."""
        ...

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return (time in seconds, key) of documents with this term, nearest in time first.

        At most `most` of them; ties are ordered by `number_of` their keys.
        """
        ...

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Map the keys of these documents to their terms; unknown documents are left out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The stored stories that new ones are grouped with by event: their terms, counts by topic."""

    corpus: Corpus
    count_stories: Callable[[str], int]


def number_of(key: str) -> int:
    """Return the hash of a document's key (56 bits), the same in every process."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return int.from_bytes(digest)


# What happened to a story.


class EventKind(StrEnum):
    """The kind of an event in a story's history; most are changes by the publisher."""

    FILED = "filed"  # by an editor, who found its page
    HEADLINE_CHANGED = "headline-changed"
    HEADLINE_KEPT = "headline-kept"  # changed at the publisher, but an editor's headline is kept
    EXCERPT_CHANGED = "excerpt-changed"
    EXCERPT_KEPT = "excerpt-kept"
    EXCERPT_RESPELLED = "excerpt-respelled"  # in commas or spelling, which is no news
    TEXT_CHANGED = "text-changed"
    NUMBER_CHANGED = "number-changed"
    MOVED = "moved"
    GONE = "gone"
    BACK = "back"
    DEPOSED = "deposed"  # another story leads its group now
    CORRECTED = "corrected"  # here, by an editor
    OTHER = "other"


PUBLISHERS_CHANGES = frozenset(
    {
        EventKind.HEADLINE_CHANGED,
        EventKind.EXCERPT_CHANGED,
        EventKind.TEXT_CHANGED,
        EventKind.NUMBER_CHANGED,
        EventKind.GONE,
        EventKind.BACK,
    }
)

# What `show_changes = false` of a source, or an editor's rule, keeps off the site.
CONCEALABLE = PUBLISHERS_CHANGES | {EventKind.HEADLINE_KEPT, EventKind.EXCERPT_KEPT}

_WORDING = Wording(read_sentences(__package__, "events.toml", EventKind), other=EventKind.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a story's history: `2026-11-24T13:10:00Z title was "Old words"`.

    `at` is the time as written in the line, "" for none; `what` is the sentence after it.
    """

    what: str
    at: str = ""

    def __str__(self) -> str:
        return f"{self.at} {self.what}" if self.at else self.what

    @property
    def kind(self) -> EventKind:
        """Return the kind of the event in a story's history, `EventKind.OTHER` if unknown."""
        return _WORDING.parse(self.what)[0]

    @property
    def values(self) -> Mapping[str, str]:
        """Return the values that the event's sentence contains, by name: `title`, `new`, …."""
        return _WORDING.parse(self.what)[1]

    @classmethod
    def of(cls, kind: EventKind, **values: str | int) -> Event:
        """Return an event for a story's history, of the given kind and without a time."""
        return cls(what=_WORDING.say(kind, {name: str(value) for name, value in values.items()}))

    @classmethod
    def parse(cls, line: str) -> Event:
        """Parse a line of a story's history. A line without a time becomes `what` as a whole."""
        first, blank, rest = line.partition(" ")
        if blank and first and dates.parse(first) is not None:
            return cls(at=first, what=rest)
        return cls(what=line)
