"""The content of a story's record (Story), its status, and the Protocols of filed stories."""

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
    """A snapshot of a related story, stored in a story's record (SPEC 2.10)."""

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
    """Lines of a story's record that this version does not know, and the key that they follow.

    `after` is the dotted path of the known key before them ("provider.domain", "" for the top);
    `text` is the lines unchanged, without the final line feed.
    """

    after: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A filed story: every field of one record (Markdown file) of `_news/`.

    `path` is relative to the newsroom, with slashes. A text field is "" and a tuple () if the
    record leaves it out. `machine` holds (field, digest) pairs of the values that the pipeline last
    wrote. `length` is that of a video or audio file (ISO 8601: "PT10M5S"), `refuses` the uses that
    its publisher forbids (`Article.refuses`). `history` are lines on what happened to it since it
    was filed, each with its time: `2026-11-24T13:10:00Z title was "Old words"`. `note` is an
    editor's note on it, in Markdown. `trust` is the trust in its source, 0 to 100, None if unknown.
    `group` names the event that it covers, by the first record filed on it; `background` names
    records on other events of the same matter. Records are named by their file name without `.md`.
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
        """Return every URL of the story's article, once: current, listed and former ones.

        The former ones come from its history: `2026-11-24T13:10:00Z moved to NEW from OLD`.
        """
        moves = (event for event in self.events if event.kind is EventKind.MOVED)
        former = (event.values.get("old") for event in moves)
        return tuple(dict.fromkeys(filter(None, (self.web_url, self.original_url, *former))))

    @property
    def is_own(self) -> bool:
        """Return whether the site itself wrote the story, so that no other site has it."""
        return not (self.web_url or self.original_url)

    @property
    def is_kept_out(self) -> bool:
        """Return whether an editor rejected or removed the story, which bars it from groups."""
        return self.verdict is not None and self.verdict.said in {"reject", "remove"}

    @property
    def returns_to(self) -> str:
        """Return the group that the story rejoins once a rejection was undone, "" for none."""
        if self.is_kept_out:
            return ""
        return next(filter(None, (reason.former_group for reason in self.reasons)), "")

    @property
    def events(self) -> tuple[Event, ...]:
        """Return the events of the story's history, in order."""
        return tuple(map(Event.parse, self.history))


class Standing(StrEnum):
    """The status of a story: published, or the cause that it is not; dropped leads are DROPPED."""

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
    """How we covered a story from somebody else's list; if two kinds fit, the first counts."""

    HAVE = "have"  # its page is filed
    COVERED = "covered"  # another publisher's story on the same event is filed
    DROPPED = "dropped"
    OPEN = "open"  # fetching its page failed, or it was not read yet
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A filed story that new ones are compared with, and its article's text ("" if gone).

    `found` is when its article was found, None if that is no longer known.
    `vector` is the embedding of its text (384 signed bytes, of which only the direction counts),
    b"" if there is none.
    """

    story: Story
    text: str = ""
    found: datetime | None = None
    vector: bytes = b""


class Shelf(Protocol):
    """The filed stories that new ones are compared with, as the judge queries them."""

    def at(self, url: str) -> str | None:
        """Return the path of the story with a URL (by `kit.urls.identity`), or None."""
        ...

    def holds(self, name: str) -> bool:
        """Return whether a story's record of this name is filed."""
        ...

    def near(self, fingerprint: tuple[int, ...]) -> Iterable[Shelved]:
        """Return filed stories with a similar text fingerprint, to be compared, best first."""
        ...

    def between(self, start: datetime, end: datetime) -> Iterable[Shelved]:
        """Return the stories published in [start, end], by time and path ascending."""
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
    """A document of a corpus: its time in seconds since 1970, its terms and its digest.

    The digest changes with anything that the terms and the time are computed from.
    """

    key: str
    second: int
    digest: bytes
    terms: CountedTerms


class Corpus(Protocol):
    """The texts of some weeks of stories, as grouping queries them, by their records' names."""

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the number of documents, then the total numbers of words, n-grams and names."""
        ...

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Return the number of documents that contain each of these terms, without zeros."""
        ...

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return (second, key) of the documents with a characteristic term, nearest in time first.

        At most `most` of them; ties are ordered by `number_of` their keys.
        """
        ...

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Return the terms of these documents by key, without those that the corpus lacks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The filed stories that others are grouped with: their terms, and counts by topic."""

    corpus: Corpus
    count_stories: Callable[[str], int]


def number_of(key: str) -> int:
    """Return the hash of a document's key (56 bits), the same in every process."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return int.from_bytes(digest)
