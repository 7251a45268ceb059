"""A story as its record keeps it; its standing; and how filed stories are found."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from copydesk.news.article import Image, Provider
from copydesk.news.event import Event, EventKind
from copydesk.news.reason import Reason
from copydesk.news.ruling import Verdict


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


class Standing(StrEnum):
    """Where a story stands: on the site, or what keeps it off; a lead that is none is DROPPED."""

    PUBLISHED = "published"
    HELD = "held"  # it waits for an editor, or one holds it
    BELOW_GATE = "below-gate"
    BEHIND_LEADER = "behind-leader"
    COPY = "copy"
    OFF_BEAT = "off-beat"
    RULED_OUT = "ruled-out"
    REJECTED = "rejected"
    REMOVED = "removed"
    DROPPED = "dropped"


class RecallKind(StrEnum):
    """Where a story of somebody else's list stands with us; of two that fit it is the first."""

    HAVE = "have"  # its page is filed
    COVERED = "covered"  # another newsroom's report on the same happening is
    DROPPED = "dropped"
    OPEN = "open"  # its page failed, or waits to be read
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A filed story with the text that was read for it ("" where it is no longer kept).

    `found` is when its article was found, None where that is not known any more.
    `vector` is where its words point in a space of meaning (384 signed bytes, of which only the
    direction counts), b"" where that is not known.
    """

    story: Story
    text: str = ""
    found: datetime | None = None
    vector: bytes = b""


class Shelf(Protocol):
    """What the judge may ask about what is filed already."""

    def at(self, url: str) -> str | None:
        """Return the path of the record that stands for this address, by the address's identity."""
        ...

    def holds(self, name: str) -> bool:
        """Decide whether a record of this name is filed."""
        ...

    def near(self, fingerprint: tuple[int, ...]) -> Iterable[Shelved]:
        """Return stories whose fingerprint is near, candidates for an exact check, best first."""
        ...

    def between(self, start: datetime, end: datetime) -> Iterable[Shelved]:
        """Return the stories published in [start, end], by time and path ascending."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedTerms:
    """The terms of a document: those of its words first, then its n-grams, then its names.

    `terms` are their numbers (32 bits), the same in every process. By place, `counts` says how
    often each stands in the document, 255 at most, `rates` how common it is in news at large, in
    steps that only who counted knows. `sizes` says how many of each of the three spaces there are;
    `telling` are the few terms by which the document is found.
    """

    terms: array[int]
    counts: bytes
    rates: bytes
    sizes: tuple[int, int, int]
    telling: array[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedDocument:
    """A document of a corpus: when it came, in seconds since 1970, its terms and its digest.

    The digest changes with everything that its terms and its time are made of.
    """

    key: str
    second: int
    digest: bytes
    terms: CountedTerms


class Corpus(Protocol):
    """What grouping may ask about the documents of some weeks; a key is the name of a record."""

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the number of documents, then how many terms of each space they have together."""
        ...

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Return in how many documents each of these terms stands, those in none left out."""
        ...

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return the documents that a term tells of, the nearest to a time first.

        Each as its own second and its key. What is equally near comes by `number_of` its key.
        """
        ...

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Return the terms of these documents by key, those that are not there left out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is filed around some stories: its terms, and how many stories have a topic."""

    corpus: Corpus
    count_stories: Callable[[str], int]


def number_of(key: str) -> int:
    """Return the number of a document (56 bits), the same in every process."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return int.from_bytes(digest)
